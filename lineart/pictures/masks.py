"""Masks, what of a picture is meant: small operations on them, and the boxes around their pieces."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.pictures.images import Bytes, Picture

Mask = NDArray[np.uint8]  # (H, W), 0 or 1
Box = tuple[int, int, int, int]  # x, y, width, height in pixels
Array = TypeVar("Array", Picture, Mask)


def grown(picture: Array, side: int) -> Array:
    """The greatest value within a square of ``side`` pixels."""
    return np.asarray(cv2.dilate(picture, np.ones((side, side), np.uint8)), picture.dtype)


def shrunk(picture: Array, side: int) -> Array:
    """The least value within a square of ``side`` pixels."""
    return np.asarray(cv2.erode(picture, np.ones((side, side), np.uint8)), picture.dtype)


def depth(mask: Mask) -> Picture:
    """The distance of every pixel of a mask to the nearest outside; the longer side if there is none."""
    distance = np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 5), np.float32)
    return np.minimum(distance, np.float32(max(mask.shape)))


def without_specks(mask: Mask, smallest: float) -> Mask:
    """The mask without components of fewer than ``smallest`` pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= smallest
    keep[0] = False
    if not keep.any():
        return np.zeros_like(mask)
    return keep[labels].astype(np.uint8)


def ridges(grey: Bytes, width: int) -> Picture:
    """Dark strokes up to twice ``width`` wide as bright on black, ``(H, W)`` float32 in [0, 1]."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * width + 1, 2 * width + 1))
    closed = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    return closed.astype(np.float32) / 255


def boxes_of(mask: Mask, most: int = 8) -> list[Box]:
    """The largest connected faults of a mask as boxes, a little padded, merged where they touch.

    Args:
        mask: ``(H, W)``, 0 or 1.
        most: no more boxes than this; the smaller faults are left out.

    Returns:
        ``(x, y, width, height)`` in pixels, within the picture, from the largest fault to the smallest.
    """
    height, width = mask.shape
    pad = max(2, round(max(height, width) / 100))
    # Growing by the padding first joins what would touch once padded.
    grown = cv2.dilate(mask, np.ones((2 * pad + 1, 2 * pad + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    faults = np.bincount(labels[mask > 0], minlength=count)
    largest = sorted(range(1, count), key=lambda label: (-faults[label], label))[:most]
    return [
        (int(x), int(y), int(w), int(h)) for x, y, w, h, _ in (stats[label] for label in largest)
    ]
