"""How much of what a thinner ink uncovers was not meant to be seen.

Colours usually reach under the middle of a stroke, but some drawings leave the paper bare there, or keep an
old black line. With thinner ink that would show: a white rim between a line and its colour, or a dark line
that the line art does not have. The measure compares each uncovered pixel of the colour layers with the
nearest one that no ink ever covered.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from dataset_tools.sources.svg import rasterise
from lineart.pictures.images import Picture, luminance

INK = 0.5  # coverage that counts as ink
WHITE = 0.9  # the smallest channel of bare paper has more
# luminance of an old line has less than the first, of a colour more than the second
DARK, LIGHT = 0.25, 0.5
LOOK = 144  # pixels of the pictures in which is looked for what thinner ink uncovers
BEARABLE = 0.02  # share of it that may be wrong
STEPS = (0.25, 0.5, 0.75)  # of the way back to the drawn width


def thinnest(colours: ET.Element, ink_at: Callable[[float], ET.Element], factor: float) -> float:
    """The factor of stroke widths itself, or the thinnest of some thicker ones that is bearable.

    Args:
        colours: an SVG of the drawing without its ink.
        ink_at: a factor of the drawn stroke widths, to an SVG of the ink alone.
        factor: the wanted one; from 1 on nothing is uncovered.
    """
    if factor >= 1:
        return factor
    below = rasterise(colours, LOOK)
    drawn = 1 - luminance(rasterise(ink_at(1), LOOK))
    for thicker in (factor, *(factor + (1 - factor) * step for step in STEPS)):
        thin = 1 - luminance(rasterise(ink_at(thicker), LOOK))
        if wrong_share(below, drawn, thin) <= BEARABLE:
            return thicker
    return 1.0


def wrong_share(colours: Picture, ink: Picture, thin: Picture) -> float:
    """The share of the uncovered pixels that are bare or black though the nearest colour is neither.

    Args:
        colours: the drawing without its ink on white paper, ``(H, W, 3)`` in [0, 1].
        ink: the ink as it was drawn, ``(H, W)``, 1 is ink.
        thin: the ink as it is to be drawn, likewise.

    Returns:
        0 to 1; 0 if nothing is uncovered.
    """
    covered = ink > INK
    uncovered = covered & (thin <= INK)
    if not uncovered.any() or covered.all():
        return 0.0
    beside = nearest_outside(covered)[uncovered]
    flat = colours.reshape(-1, 3)
    own, near = colours[uncovered], flat[beside]
    bare = (own.min(axis=1) > WHITE) & (near.min(axis=1) < WHITE)
    old = (luminance(own) < DARK) & (luminance(near) > LIGHT)
    return float((bare | old).mean())


def nearest_outside(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each pixel the flat index of the nearest one outside of ``mask``, ``(H, W)``; some is outside."""
    _, labels = cv2.distanceTransformWithLabels(
        mask.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.zeros(labels.max() + 1, np.intp)
    outside = np.flatnonzero(~mask)
    places[labels.ravel()[outside]] = outside
    return places[labels]
