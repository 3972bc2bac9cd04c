"""Flats, as a colourist lays them below the ink: every area that the ink shuts in, in one colour of its own.

Lines of a picture have gaps, so areas are found with a ball that is too large for them: where it rolls
without crossing ink is one area, what it does not reach is left to a smaller one. What a smaller one finds
joins the area beside if the colour is alike. No antialiasing, and each area goes on below the ink to its
middle, so that no white shows between the two.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.pictures.images import Bytes, Picture

INK = 0.2  # ink from here on parts areas
BALLS = (6.0, 3.0, 1.5, 0.0)  # radii in pixels, of a picture of up to PAGE pixels
PAGE = 1000  # pixels of the longer side from which on balls grow with it
TINY = 16  # pixels; smaller areas join the nearest
ALIKE = 12.0  # in CIE L*a*b*; colours no farther apart are one area's
SAMPLES = 10_000  # pixels of an area that its colour is taken from, spread over it
WHITE = 240  # of 255; a colour whose channels are all as light is paper

Labels = NDArray[np.int32]


def flats(ink: Picture, render: Bytes) -> Bytes:
    """The areas of ink, filled with the colours of the render.

    A colour is that of a pixel of the render: the one nearest to the median of its area in CIE L*a*b*. Areas
    of white that reach the border of the page are taken for its paper and left transparent.

    Args:
        ink: ``(H, W)`` in [0, 1].
        render: ``(H, W, 3)`` uint8.

    Returns:
        ``(H, W, 4)`` RGBA uint8, alpha 0 or 255.
    """
    areas, found = _areas(ink, render)
    if not found:
        return np.zeros((*ink.shape, 4), np.uint8)
    colours: Bytes = np.zeros((len(found) + 1, 4), np.uint8)
    colours[1:, :3], colours[1:, 3] = found, 255
    at_border = np.unique(np.concatenate([areas[0], areas[-1], areas[:, 0], areas[:, -1]]))
    paper = at_border[(colours[at_border, :3] >= WHITE).all(axis=1)]
    colours[paper, 3] = 0
    colours = colours[_joined(areas, colours[:, :3])]
    colours[colours[:, 3] == 0] = 0
    return np.asarray(colours[_nearest(areas)])


def _areas(ink: Picture, render: Bytes) -> tuple[Labels, list[list[int]]]:
    """The areas and the colour of each, red, green and blue.

    They are numbered from 1 in the order they are found; 0 is ink, and paper where none was.
    """
    left = np.ascontiguousarray(ink < INK)
    areas = np.zeros(ink.shape, np.int32)
    colours: list[list[int]] = []
    for ball in BALLS:
        radius = ball * max(1.0, max(ink.shape) / PAGE)
        # As if ink ran round the page, or a ball would roll out where a line ends just before the border.
        page = np.pad(left, 1).view(np.uint8)
        inside = cv2.distanceTransform(page, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1] > radius
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(
            inside.view(np.uint8), connectivity=4
        )
        kept = stats[:, cv2.CC_STAT_AREA] >= TINY
        kept[0] = False
        if not kept.any():
            continue
        numbers = np.where(kept, np.cumsum(kept) + len(colours), 0).astype(np.int32)[pieces]
        for piece in np.flatnonzero(kept).tolist():
            column, row, width, height = stats[piece, :4].tolist()
            box = slice(row, row + height), slice(column, column + width)
            colours.append(_colour(render[box][pieces[box] == piece]))
        away = cv2.distanceTransform((numbers == 0).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
        found = left & (away <= radius + 0.5)
        areas[found] = _nearest(numbers)[found]
        left &= ~found
    return areas, colours


def _colour(pixels: Bytes) -> list[int]:
    """The colour of an area, red, green and blue, from its pixels, ``(N, 3)``."""
    pixels = pixels[:: 1 + len(pixels) // SAMPLES]
    lab = _lab(pixels)
    off = ((lab - np.median(lab, axis=0)) ** 2).sum(axis=1)
    colour: list[int] = pixels[off.argmin()].tolist()
    return colour


def _lab(colours: Bytes) -> Picture:
    """CIE L*a*b* of colours, ``(N, 3)``."""
    return np.asarray(cv2.cvtColor(colours[None] / np.float32(255), cv2.COLOR_RGB2LAB)[0])


def _joined(areas: Labels, colours: Bytes) -> Labels:
    """For the number of each area that of the one whose colour it takes: its own, or that of one it joins.

    An area joins one that was found before it, if they touch and their colours are alike.
    """
    steps = [(areas[1:], areas[:-1]), (areas[:, 1:], areas[:, :-1])]
    pairs = [
        np.stack([one, other])[:, (one != other) & (one > 0) & (other > 0)] for one, other in steps
    ]
    beside = np.unique(np.sort(np.concatenate(pairs, axis=1), axis=0), axis=1)
    lab = _lab(colours)
    joined = np.arange(len(colours), dtype=np.int32)
    apart = np.linalg.norm(lab[beside[0]] - lab[beside[1]], axis=1)
    for pair in np.lexsort((apart, beside[1])):  # of each area first those found before it
        first, later = beside[:, pair]
        far = float(np.linalg.norm(lab[joined[first]] - lab[later]))
        if joined[later] == later and far <= ALIKE:
            joined[later] = joined[first]
    return joined


def _nearest(areas: Labels) -> Labels:
    """For each pixel the number of the nearest area, ``(H, W)``; there is at least one."""
    seeds = areas > 0
    _, places = cv2.distanceTransformWithLabels(
        (~seeds).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    owners = np.zeros(int(places.max()) + 1, np.int32)
    owners[places[seeds]] = areas[seeds]
    return owners[places]
