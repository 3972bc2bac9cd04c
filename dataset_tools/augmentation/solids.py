"""Spotted blacks: cells filled with ink, in the render and in the line art, as comics have them.

With a hard edge of their own where a shadow or a shine ends inside a cell. What is drawn in black has them
in any size. In ink of another colour only spots are filled, such as pupils and buttons: a larger area in
dark grey or brown is a fill, as :func:`dataset_tools.augmentation.fills.dark` makes them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import clamp, cloud, frame, merge, ramp
from dataset_tools.augmentation.sheet import SPOT, Notes, cells_of, ink_colour, within
from dataset_tools.augmentation.weight import Drawn, of_one_colour
from lineart.images import luminance

LARGEST = 1 / 6  # part of the picture that is blackened at most, all cells together
BLACK = 0.07  # luminance of ink up to which an area of any size is meant as ink
CUT = 0.5  # how often a black has an edge of its own


def blacken(drawn: Drawn, rng: Generator, strength: float) -> tuple[Drawn, Notes]:
    """Fill some cells with ink: any where it is black, spots in another colour, none in several colours.

    Args:
        drawn: what to change.
        rng: where the choice of cells comes from.
        strength: in [0, 1]; the part of the cells that are tried.
    """
    cells, areas = cells_of(drawn.line, drawn.bare)
    ink = np.array(ink_colour(drawn.render, drawn.line), np.float32)
    black_ink = float(luminance(ink)) <= BLACK
    chosen, room = [], LARGEST * drawn.line.size
    largest = room if black_ink else SPOT * drawn.line.size
    for cell in rng.permutation(len(areas))[: math.ceil(strength * len(areas) / 2)]:
        if areas[cell] <= min(room, largest):
            chosen.append(cell + 1)
            room -= areas[cell]
    cut, reach = rng.uniform() < CUT, rng.uniform(0.05, 0.3)
    if not chosen or not of_one_colour(drawn.render, drawn.line):
        return drawn, {"cells": 0}
    black = within(cells, chosen, drawn.line)
    if cut and black_ink:
        shape = frame(black)
        edge = 1 / (reach * max(shape))  # in the cloud's units: about a pixel
        level = rng.uniform(0.35, 0.65)
        black *= ramp(cloud(rng, shape, reach * max(shape), 2), level - edge, level + edge)
    render = drawn.render + merge([black] * 3) * (ink - drawn.render)
    line = drawn.line + black * (1 - drawn.line)
    bare = drawn.bare * (1 - black)
    return Drawn(clamp(render), clamp(line), bare), {"cells": len(chosen), "cut": cut and black_ink}
