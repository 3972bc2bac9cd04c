"""Another pen: strokes made thinner or bolder, or tapering, in the render and in the line art.

A bolder stroke is ink of the same colour on more of the paper and the fills, a thinner one uncovers what is
beside it. Both follow the rule by which ink was laid in the first place, ``render = (1 - line) * below +
line * ink``, so the two pictures agree as well as they did before. What lay below ink is taken from its
neighbourhood by normalised convolution (H. Knutsson and C.-F. Westin, CVPR 1993).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.augmentation.fields import (
    as_bytes,
    as_floats,
    clamp,
    cloud,
    coarse,
    enlarge,
    frame,
    merge,
    soften,
)
from dataset_tools.augmentation.sheet import Notes, ink_colour
from lineart.pictures.discs import disc, discs
from lineart.pictures.images import Bytes, Picture

# part of the strokes' width that is taken from or put on either side, at most
THINNEST, BOLDEST = 0.35, 0.45
TAPERED = 0.42  # the same where a tapering stroke is thinnest
STAIR = 0.7  # pixels by which edges move between two pictures that are mixed
FURTHEST = 64  # an edge moves by at most the longer side over this: a black shape is no stroke
ONE_COLOUR = 0.06  # mean distance from its median colour up to which ink counts as of one colour


@dataclass(frozen=True)
class Drawn:
    """A pair and its bare paper, as :class:`~dataset_tools.augmentation.sheet.Sheet` has them."""

    render: Picture  # (H, W, 3)
    line: Picture  # (H, W)
    bare: Picture  # (H, W)


def weight(drawn: Drawn, rng: Generator, strength: float) -> tuple[Drawn, Notes]:
    """Draw the same with a thinner or a bolder pen; ink of several colours stays as it is.

    Args:
        drawn: what to change.
        rng: where the choice between thinner and bolder comes from.
        strength: in [0, 1]; at 1 strokes keep three tenths of their width, or nearly double it.
    """
    bolder = bool(rng.uniform() < 0.5)
    width = stroke_width(drawn.line)
    edge = min(width * (BOLDEST if bolder else THINNEST), max(drawn.line.shape) / FURTHEST)
    change = strength * edge if bolder else -strength * edge
    if width == 0 or not of_one_colour(drawn.render, drawn.line):
        change = 0.0
    return reweigh(drawn, change), {"width": width, "change": change}


def taper(drawn: Drawn, rng: Generator, strength: float) -> tuple[Drawn, Notes]:
    """Draw the same with a pen that is pressed now more, now less; ink of several colours stays as it is.

    Args:
        drawn: what to change.
        rng: where the pressure comes from.
        strength: in [0, 1]; at 1 strokes run out to a sixth of their width where the pressure is least.
    """
    width = stroke_width(drawn.line)
    most = strength * min(TAPERED * width, max(drawn.line.shape) / FURTHEST)
    reach = rng.uniform(0.05, 0.2)
    if most < STAIR or not of_one_colour(drawn.render, drawn.line):
        return drawn, {"width": width, "change": 0.0}
    shape = frame(drawn.line)
    pressure = cloud(rng, shape, reach * max(shape), 2)
    thinner = [drawn.line]
    stairs = math.ceil(most / STAIR)
    for stair in range(1, stairs + 1):
        thinner.append(shrink(drawn.line, stair * most / stairs))
    # Between two stairs an edge moves by less than a pixel, so a mixture of both is the edge between them.
    height = (1 - pressure) * np.float32(stairs)
    line: Picture = np.zeros(shape, np.float32)
    for stair, picture in enumerate(thinner):
        line += np.maximum(1 - np.abs(height - np.float32(stair)), 0) * picture
    line = np.asarray(np.minimum(line, drawn.line), np.float32)
    ink = np.array(ink_colour(drawn.render, drawn.line), np.float32)
    return uncovered(drawn, line, 1 + most, ink), {"width": width, "change": -most}


def stroke_width(line: Picture) -> float:
    """The width of most strokes in pixels: twice the median distance from their ridge to paper, less one.

    0 if there is no solid ink.
    """
    solid = (line > 0.5).astype(np.uint8)
    away = np.asarray(cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
    away = np.minimum(away, np.float32(max(line.shape)))  # without paper it has no bound
    ridge = away[(away > 0) & (away >= cv2.dilate(away, np.ones((3, 3), np.uint8)))]
    return max(1.0, 2 * float(np.median(ridge)) - 1) if ridge.size else 0.0


def of_one_colour(render: Picture, line: Picture) -> bool:
    """Whether the ink of a render has one colour."""
    solid = render[line > 0.95]
    if not solid.size:
        return False
    return float(np.abs(solid - np.array(ink_colour(render, line), np.float32)).mean()) < ONE_COLOUR


def reweigh(drawn: Drawn, change: float) -> Drawn:
    """Move the edges of the ink outwards by ``change`` pixels, or inwards where it is negative."""
    if not change:
        return drawn
    x, y, width, height = cv2.boundingRect((drawn.line > 0).astype(np.uint8))
    if not width:
        return drawn
    room = int(abs(change)) + 2  # the rest of the picture stays as it is
    box = np.s_[max(y - room, 0) : y + height + room, max(x - room, 0) : x + width + room]
    parts = Drawn(*(np.ascontiguousarray(part[box]) for part in vars(drawn).values()))
    ink = np.array(ink_colour(drawn.render, drawn.line), np.float32)
    changed = _reweighed(parts, change, ink)
    whole = Drawn(drawn.render.copy(), drawn.line.copy(), drawn.bare.copy())
    whole.render[box], whole.line[box], whole.bare[box] = changed.render, changed.line, changed.bare
    return whole


def _reweighed(drawn: Drawn, change: float, ink: NDArray[np.float32]) -> Drawn:
    """The same for a part of a picture whose ink has the colour ``ink``."""
    if change > 0:
        line = np.maximum(grow(drawn.line, change), drawn.line)
        kept = (1 - line) / np.maximum(1 - drawn.line, np.float32(1e-6))  # of what is not ink
        np.minimum(kept, 1, out=kept)
        render = ink + (drawn.render - ink) * merge([kept] * 3)
        return Drawn(clamp(render), line, drawn.bare * kept)
    return uncovered(drawn, shrink(drawn.line, -change), 1 - change, ink) if change < 0 else drawn


def uncovered(drawn: Drawn, line: Picture, reach: float, ink: NDArray[np.float32]) -> Drawn:
    """The same with less ink: where it is gone lies what is seen within about ``reach`` pixels."""
    below = beside(drawn, reach)
    inked = merge([line] * 3)
    laid = below[..., :3] * (1 - inked) + ink * inked
    touched = drawn.line > line + np.float32(1 / 512)
    render = np.where(touched[..., None], laid, drawn.render)
    bare = np.where(touched, below[..., 3] * (1 - line), drawn.bare)
    return Drawn(clamp(render), line, clamp(bare))


def beside(drawn: Drawn, reach: float) -> Picture:
    """What is below the ink, as far as it can be seen within about ``reach`` pixels; ``(H, W, 4)``.

    The last channel is the share of bare paper. Where no paper or fill is near it is zero.
    """
    clear = (drawn.line < 0.03).astype(np.float32)
    shape = frame(clear)
    half = coarse(shape, max(2, max(shape) // 2))
    size = (half[1], half[0])
    # At half the size, for it is smooth; a mean over four pixels is the first step of the blur.
    seen = [channel * clear for channel in (*cv2.split(drawn.render), drawn.bare)]
    small, there = (
        soften(
            np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32), reach / 2
        )
        for part in (merge(seen), clear)
    )
    below = small / np.maximum(there, np.float32(1e-6))[..., None]
    return np.clip(enlarge(below, shape), 0, 1)


def grow(line: Picture, change: float) -> Picture:
    """Move the edges of ink outwards: dilation by a disc, or by a mixture of the two that come nearest.

    On bytes, which OpenCV dilates several times as fast as floats.
    """
    small, large, part = discs(change)
    pixels = as_bytes(line)
    inner = as_floats(cv2.dilate(pixels, small))
    return inner + np.float32(part) * (as_floats(cv2.dilate(pixels, large)) - inner)


def shrink(line: Picture, change: float) -> Picture:
    """Move the edges of ink inwards; strokes that would vanish are kept as they are."""
    small, large, part = discs(change)
    pixels = as_bytes(line)
    eroded = cv2.erode(pixels, small)
    wide = as_floats(eroded)
    thinner = wide + np.float32(part) * (as_floats(cv2.erode(pixels, large)) - wide)
    if change >= 1:
        thin = cv2.subtract(pixels, cv2.dilate(eroded, small)) > 100
        thinner = np.maximum(thinner, line * strokes(thin.astype(np.uint8), math.ceil(change)))
    return thinner


def strokes(thin: Bytes, radius: int) -> NDArray[np.float32]:
    """Of the ink that an opening by ``radius`` took away, what is a stroke and not the tip of a corner."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(thin, connectivity=8)
    long = stats[:, cv2.CC_STAT_AREA] > 4 * (radius + 1) ** 2
    long[0] = False  # all that is no such ink
    if count == 1 or not long.any():
        return np.zeros(thin.shape, np.float32)
    return np.asarray(cv2.dilate(long.astype(np.float32)[labels], disc(1)), np.float32)
