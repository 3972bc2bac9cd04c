"""Small operations on masks and grey pictures that several checks share."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np

from dataset_tools.checks.finding import Mask
from lineart.images import Bytes, Picture

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
