"""What the checks measure: small functions of a render ``(H, W, 3)`` and a line art ``(H, W)``.

Everything is in pixels and shares of the picture. Lengths follow the width of the drawing's own strokes,
so that hair-thin and bold drawings, small and large, are held to the same rule. One pass over a pair at
512 x 512 takes a few milliseconds: masks and grey values are bytes, and OpenCV does the work.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.images import Bytes, Picture, fit, luminance, to_bytes

Mask = NDArray[np.uint8]  # 0 or 1
Array = TypeVar("Array", Picture, Mask)

INK = 0.5  # from here on a pixel of a line art is counted as ink
WIDEST = 1 / 32  # strokes wider than this part of the longer side are areas
DARK = 0.1  # a pixel this much lighter than the darkest ink, or less, is ink
REGISTERED = 256  # longer side, in pixels, of what is registered
LIGHTEST = 0.5  # ink this light is not taken as the measure of what is dark


def ink_share(line: Picture) -> float:
    """The share of a line art that is ink, in [0, 1]."""
    return float((line > INK).mean())


def border_ink(line: Picture) -> float:
    """The share of ink among the pixels of the outermost rows and columns."""
    edge = np.concatenate([line[0], line[-1], line[:, 0], line[:, -1]])
    return float((edge > INK).mean())


def stroke_width(line: Picture) -> float:
    """The median width of the strokes in pixels, from 1 to a 32nd of the longer side; 1 without ink.

    Twice the distance to the nearest paper, at the pixels where it is a local maximum: the middle of
    the strokes.
    """
    ink = (line > INK).astype(np.uint8)
    distance: Picture = np.asarray(cv2.distanceTransform(ink, cv2.DIST_L2, 5), np.float32)
    middle = (distance >= _grown(distance, 3)) & (ink > 0)
    if not middle.any():
        return 1.0
    if ink.all():
        return max(1.0, WIDEST * max(line.shape))
    # A pixel's distance is counted to the paper's first pixel, half of it beyond the rim on either side.
    width = 2 * float(np.median(distance[middle])) - 1
    return float(np.clip(width, 1, max(1, WIDEST * max(line.shape))))


def hidden_ink(render: Picture, line: Picture, contrast: float) -> Mask:
    """Where the line art has ink and the render shows none: white or coloured lettering, areas.

    A pixel of ink is seen if it is nearly as dark as the darkest ink of the drawing, or if it stands out
    from the paper around it, within a stroke's width, by ``contrast`` times its own lightness above that
    ink. So black, brown and dark blue lines pass on what is lighter, and a white letter on a dark sign,
    or a grey area that the line art fills with black, does not. Specks below a square of the stroke's
    width are left out.

    Returns:
        ``(H, W)``, 1 where ink is hidden.
    """
    width = stroke_width(line)
    grey = luminance(render)
    # The rim of a stroke is a blend with what is beside it and says nothing.
    core = _shrunk((line > 0.9).astype(np.uint8), 3)
    if not core.any():
        return core
    darkest = min(_darkest(grey, core), LIGHTEST)
    # One pixel of tolerance: a shift is another check's business.
    seen_grey = _shrunk(grey, 3)
    lighter = seen_grey - darkest
    paper = (_grown(line, 3) < 0.1).astype(np.float32)
    # As far as a stroke is wide, and two pixels for the rims of its own side and of the paper's.
    side = 2 * round(width + 2) + 1
    count = cv2.boxFilter(paper, -1, (side, side), normalize=False)
    around = cv2.boxFilter(grey * paper, -1, (side, side), normalize=False) / np.maximum(count, 1)
    stands_out = (count > 0) & (around - seen_grey >= contrast * lighter)
    hidden = core & ~((lighter <= DARK) | stands_out)
    return _without_specks(hidden, width)


def absent_ink(render: Picture, line: Picture, likeness: float) -> Mask:
    """Where the render has the colour of the drawing's ink and the line art has none: solid blacks.

    Returns:
        ``(H, W)``, 1 where ink is absent, more than half a stroke's width from any ink. Specks below a
        square of the stroke's width are left out.
    """
    width = stroke_width(line)
    core = _shrunk((line > 0.9).astype(np.uint8), 3)
    if not core.any():
        return core
    grey = luminance(render)
    darkest = _darkest(grey, core)
    if darkest > LIGHTEST:
        return np.zeros_like(core)
    colour = np.median(render[(core > 0) & (grey <= darkest + DARK)], axis=0)
    like = np.asarray(cv2.inRange(render, colour - likeness, colour + likeness), np.uint8) // 255
    reach = 2 * round(width / 2 + 1) + 1
    near = _grown((line > 0.1).astype(np.uint8), reach)
    return _without_specks(like & (1 - near), width)


def offset_of(render: Picture, line: Picture) -> tuple[float, float, float]:
    """How far the line art lies from the lines of the render.

    Phase correlation of the ridges of both (Kuglin and Hines, 1975) finds the whole pixels, one step of
    least squares on the gradient (Lucas and Kanade, 1981) the rest.

    Returns:
        ``(dx, dy, fit)``: the line art lies ``dx`` pixels to the right and ``dy`` below; ``fit`` is the
        correlation of the ridges in [0, 1] once it is moved back (all 0 where nothing can be told, or
        where moving it makes nothing better).
    """
    stroke = max(2, round(stroke_width(line)))
    drawn = _ridges(to_bytes(luminance(render)), stroke)
    ink = _ridges(to_bytes(1 - line), stroke)
    # Large pictures are registered small, and only the last step at full size.
    small = fit(drawn, REGISTERED), fit(ink, REGISTERED)
    height, width = small[0].shape
    if min(height, width) < 8 or drawn.max() < 0.1 or ink.max() < 0.1:
        return 0.0, 0.0, 0.0
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    peak, _ = cv2.phaseCorrelate(*small, window)
    dx, dy = (float(round(way * max(line.shape) / max(height, width))) for way in peak)
    step_x, step_y = _small_step(drawn, _moved(ink, -dx, -dy))
    dx, dy = dx + step_x, dy + step_y
    back = _moved(ink, -dx, -dy)
    if cv2.norm(drawn, back) >= cv2.norm(drawn, ink):
        return 0.0, 0.0, 0.0
    likeness = float((drawn * back).sum()) / float(cv2.norm(drawn) * cv2.norm(back) + 1e-6)
    return dx, dy, min(likeness, 1.0)


def _moved(picture: Picture, dx: float, dy: float) -> Picture:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    moved = cv2.warpAffine(picture, matrix, (picture.shape[1], picture.shape[0]))
    return np.asarray(moved, np.float32)


def _small_step(drawn: Picture, ink: Picture) -> tuple[float, float]:
    """How far, within a pixel, ``ink`` lies from ``drawn``; 0 along a direction without edges."""
    across, down = cv2.Scharr(ink, -1, 1, 0) / 32, cv2.Scharr(ink, -1, 0, 1) / 32
    there = _grown(ink, 3) > 0.3
    slopes = np.stack([across[there], down[there]], axis=1)
    # rcond: a drawing of level lines alone says nothing of a shift along them
    step = np.linalg.lstsq(slopes, (drawn - ink)[there], rcond=1e-2)[0]
    return float(np.clip(step[0], -1, 1)), float(np.clip(step[1], -1, 1))


def _ridges(grey: Bytes, width: int) -> Picture:
    """Dark strokes up to twice ``width`` wide as bright on black, in [0, 1]."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * width + 1, 2 * width + 1))
    closed = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    return closed.astype(np.float32) / 255


def _grown(picture: Array, side: int) -> Array:
    """The greatest value within a square of ``side`` pixels."""
    return np.asarray(cv2.dilate(picture, np.ones((side, side), np.uint8)), picture.dtype)


def _shrunk(picture: Array, side: int) -> Array:
    """The least value within a square of ``side`` pixels."""
    return np.asarray(cv2.erode(picture, np.ones((side, side), np.uint8)), picture.dtype)


def _darkest(grey: Picture, core: Mask) -> float:
    """The lightness of the darkest twentieth of the ink."""
    return float(np.percentile(grey[core > 0], 5))


def _without_specks(mask: Mask, width: float) -> Mask:
    """The mask without components smaller than a square of the stroke's width."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= max(width**2, 4)
    keep[0] = False
    if not keep.any():
        return np.zeros_like(mask)
    return keep[labels].astype(np.uint8)
