"""Solid blacks become their outline: for artists whose line art has none, and who fill the areas themselves.

Computed from the ink, not learned: an area of ink wider than three strokes is a solid, whatever it shows. Its
edge stays as a line as wide as the drawing's strokes are.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from lineart.extract.trace import middle_of
from lineart.pictures.discs import disc
from lineart.pictures.images import Picture

SOLID = 0.5  # ink from here on
WIDER = 3.0  # an area is a solid from so many strokes' widths on
LEAST = 1.5  # pixels; an outline is not thinner


def outlined(ink: Picture) -> Picture:
    """Leave of solid blacks their outline.

    Args:
        ink: ``(H, W)`` float32 in [0, 1], ink 1; left as it is.

    Returns:
        ``(H, W)`` float32 in [0, 1]; ``ink`` itself where there is no solid.
    """
    solid = ink >= SOLID
    if not solid.any() or solid.all():
        return ink
    # Half a pixel less: the distance is to the middle of the nearest pixel of paper.
    inside = np.asarray(
        cv2.distanceTransform(solid.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32
    ) - np.float32(0.5)
    width = max(LEAST, _stroke_width(solid, inside))
    core = inside > WIDER * width / 2
    if not core.any():
        return ink
    reach = WIDER * width / 2 + 1
    areas = cv2.dilate(core.view(np.uint8), disc(math.ceil(reach**2)))
    gone = np.clip(inside - np.float32(width - 0.5), 0, 1) * areas
    return np.asarray(ink * (1 - gone), np.float32)


def _stroke_width(solid: np.ndarray, inside: Picture) -> float:
    """The width of most of the lines' length, in pixels; solids have little length for their area."""
    middle = middle_of(solid)
    # The middle of an even width lies between two pixels, half a pixel further in than either.
    return 2 * float(np.median(inside[middle])) + 0.5 if middle.any() else 0.0
