"""Ink that is no stroke: spotted blacks as comics have them, and pupils, in the render and in the line art.

Blacks have a hard edge of their own where a shadow or a shine ends inside a cell. What is drawn in black has
them in any size. In ink of another colour only the smallest cells are filled: a larger one in dark grey or
brown is a fill, as :func:`dataset_tools.augmentation.fills.dark` makes them. Pupils, which no stroke
surrounds, are ink in any colour.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.augmentation.fields import as_floats, clamp, cloud, frame, merge, ramp
from dataset_tools.augmentation.palette import colour_of
from dataset_tools.augmentation.sheet import SPOT, Colour, Notes, cells_of, ink_colour, within
from dataset_tools.augmentation.weight import Drawn, of_one_colour
from lineart.pictures.images import Picture, luminance

LARGEST = 1 / 6  # part of the picture that is blackened at most, all cells together
BLACK = 0.07  # luminance of ink up to which an area of any size is meant as ink
CUT = 0.5  # how often a black has an edge of its own
PUPILS = 8  # drawn at most
RADII = (0.01, 0.1)  # of pupils, in parts of the longer side
IRIS = 0.5  # how often a pupil has one, with an outline
SHINE = 0.6  # how often it has a highlight
LIGHTER = 0.15  # luminance by which what is around a pupil exceeds its ink at least


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


def pupils(drawn: Drawn, rng: Generator, strength: float) -> tuple[Drawn, Notes]:
    """Draw pupils, buttons and the like: ellipses of ink, some in an iris, some with a shine.

    An area of ink has no outline that is darker than itself, which is what tells it from a dark fill.

    Args:
        drawn: what to change.
        rng: where places, sizes and colours come from.
        strength: in [0, 1]; how many are tried. None is drawn where it could not be seen, or if the ink has
            several colours.
    """
    if not of_one_colour(drawn.render, drawn.line):
        return drawn, {"number": 0}
    ink = ink_colour(drawn.render, drawn.line)
    drawn = Drawn(drawn.render.copy(), drawn.line.copy(), drawn.bare.copy())
    tried = math.ceil(strength * PUPILS)
    return drawn, {"number": sum(_pupil(drawn, rng, ink) for _ in range(tried))}


def _pupil(drawn: Drawn, rng: Generator, ink: Colour) -> bool:
    """Draw one into the picture itself; False where it could not be seen."""
    height, width = frame(drawn.line)
    radius = max(height, width) * math.exp(rng.uniform(*np.log(RADII)))
    axes, angle = radius * np.array((rng.uniform(0.4, 1), 1)), rng.uniform(0, 180)
    iris, outline = axes * rng.uniform(1.2, 2), radius * rng.uniform(0.05, 0.25)
    reach = math.ceil(3 * radius)
    x, y = int(rng.integers(width)), int(rng.integers(height))
    box = np.s_[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach]
    part = Drawn(drawn.render[box], drawn.line[box], drawn.bare[box])
    centre = np.array((x - box[1].start, y - box[0].start))
    shape = frame(part.line)

    darkest = float(luminance(np.array(ink, np.float32))) + LIGHTER
    free = _ellipse(shape, centre, iris + outline + radius / 4, angle) * (1 - part.line)
    if float(np.sum(free * (luminance(part.render) - np.float32(darkest)))) <= 0:
        return False
    layers: list[tuple[Picture, Colour, bool]] = []  # from below: where, which colour, is it ink
    if rng.uniform() < IRIS:
        colour = colour_of(rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(darkest, 1))
        layers.append((_ellipse(shape, centre, iris + outline, angle), ink, True))
        layers.append((_ellipse(shape, centre, iris, angle), colour, False))
    layers.append((_ellipse(shape, centre, axes, angle), ink, True))
    if rng.uniform() < SHINE:
        place = centre + rng.uniform(-0.5, 0.5, 2) * axes[0]
        glint = radius * rng.uniform(0.1, 0.4) * np.ones(2)
        layers.append((_ellipse(shape, place, glint, 0), (1, 1, 1), False))
    for mask, colour, inked in layers:
        part.render[:] += merge([mask] * 3) * (np.array(colour, np.float32) - part.render)
        part.line[:] += mask * (np.float32(inked) - part.line)
        part.bare[:] *= 1 - mask
    return True


def _ellipse(
    shape: tuple[int, int], centre: NDArray[np.float64], axes: NDArray[np.float64], angle: float
) -> Picture:
    """A filled ellipse, ``shape``, 1 inside; centre and half axes in pixels, the angle in degrees."""
    cover = np.zeros(shape, np.uint8)
    middle, half = (tuple(int(16 * v) for v in pair) for pair in (centre, axes))
    cv2.ellipse(cover, middle, half, angle, 0, 360, 255, cv2.FILLED, cv2.LINE_AA, 4)
    return as_floats(cover)
