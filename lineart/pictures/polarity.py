"""Drawings in light ink on a dark ground: chalk on a board, blueprints, white on black.

A network that was trained on dark ink reads them inverted in their luminance. Hues stay; yellow chalk becomes
dark, where the inverse in HSL would leave it as light as it is.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lineart.pictures.images import Bytes, Picture

LOOK = (
    1000  # pixels of the longer side; in larger pictures the question is answered reduced to these
)
DARK = 110  # of 255; a lighter ground is none
APART = 40  # levels by which ink differs from its ground at least
BRIGHT = 90  # levels by which the purest tenth of it is lighter
SHADE = 15  # levels; what is so much darker than the ground is neither ground nor light ink
INK = (0.002, 0.25)  # share of the page that ink has
BROAD = 0.012  # of the longer side: the radius of what is too broad for a line
LONG = 0.08  # of the longer side: how far a line goes at least
WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
STRIP = 256  # rows inverted at a time


def inverted(picture: Any) -> Any:
    """A picture, ``(H, W, 3)`` uint8 or float in [0, 1], dark where it was light, with the hues it had.

    >>> inverted(np.array([[[255, 255, 255], [30, 60, 120]]], np.uint8)).tolist()
    [[[0, 0, 0], [169, 199, 255]]]
    """
    white = 255 if picture.dtype == np.uint8 else 1
    turned = np.empty_like(picture)
    for top in range(0, len(picture), STRIP):
        rows = picture[top : top + STRIP].astype(np.float32)
        rows += white - 2 * (rows @ WEIGHTS)[..., None]
        turned[top : top + STRIP] = np.clip(np.rint(rows) if white == 255 else rows, 0, white)
    return turned


def is_light_on_dark(picture: Bytes | Picture) -> bool:
    """Whether a picture is surely a line drawing in light ink: thin light lines on dark, nothing else.

    In doubt it is not: a night scene, a painting, or a figure on black is no such drawing.
    """
    small = _small(picture)
    ground = np.median(small.reshape(-1, 3), axis=0)
    if ground @ WEIGHTS > DARK:
        return False
    lighter = (small - ground.astype(np.float32)) @ WEIGHTS
    away = np.abs(small - ground).max(axis=2) > APART
    light = lighter > APART
    ink = np.count_nonzero(light)
    shaded = np.count_nonzero(cv2.blur(lighter, (3, 3)) < -SHADE)
    if not INK[0] < ink / light.size < INK[1] or shaded > 0.1 * ink:
        return False
    # The soft edges of light ink are away from the ground in colour before they are in light.
    if np.count_nonzero(away) > 1.5 * ink or np.quantile(lighter[light], 0.9) < BRIGHT:
        return False
    return _is_lines(light.view(np.uint8))


def _is_lines(light: Bytes) -> bool:
    """Whether ink, ``(H, W)`` of 0 and 1, is thin and long."""
    longer = max(light.shape)
    side = 2 * max(2, round(BROAD * longer)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    ink = np.count_nonzero(light)
    if np.count_nonzero(cv2.morphologyEx(light, cv2.MORPH_OPEN, disc)) > 0.05 * ink:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=8)
    reach = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return bool(areas[reach >= LONG * longer].sum() > 0.5 * ink)


def _small(picture: Bytes | Picture) -> Picture:
    """A picture of at most ``LOOK`` pixels a side, float32 from 0 to 255."""
    height, width = picture.shape[:2]
    scale = min(1.0, LOOK / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return small if picture.dtype == np.uint8 else small * 255
