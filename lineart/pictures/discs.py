"""Discs of pixels, and ink whose edges they move by parts of a pixel.

A disc of few pixels is a polygon whose reach jumps with its size; what lies between two discs is a mixture
of what both do.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


def grow(ink: Bytes, reach: float) -> Bytes:
    """Move the edges of ink outwards by ``reach`` pixels; ``(H, W)``, ink 255, paper 0."""
    small, large, part = discs(reach)
    return _mixed(cv2.dilate(ink, small), cv2.dilate(ink, large), part)


def shrink(ink: Bytes, reach: float) -> Bytes:
    """Move the edges of ink inwards by ``reach`` pixels; what is thinner than twice that vanishes."""
    small, large, part = discs(reach)
    return _mixed(cv2.erode(ink, small), cv2.erode(ink, large), part)


def _mixed(near: NDArray[Any], far: NDArray[Any], part: float) -> Bytes:
    return np.asarray(cv2.addWeighted(near, 1 - part, far, part, 0), np.uint8)


@functools.lru_cache(maxsize=64)
def discs(reach: float) -> tuple[Bytes, Bytes, float]:
    """Two discs of pixels, and how much of the second to mix in to reach so far (in pixels) on average.

    A disc of few pixels is a polygon, so its reach is the mean of its support function over all directions.
    """
    small = large = 0
    while mean_reach(large) < reach:
        small, large = large, large + 1
        while not is_disc(large):
            large += 1
    low, high = mean_reach(small), mean_reach(large)
    return disc(small), disc(large), (reach - low) / (high - low) if high > low else 0.0


def disc(square: int) -> Bytes:
    """All pixels whose squared distance from the middle is at most ``square``, as a structuring element."""
    radius = math.isqrt(square)
    reach = np.arange(-radius, radius + 1)
    return (reach[:, None] ** 2 + reach**2 <= square).astype(np.uint8)


def is_disc(square: int) -> bool:
    """Whether a disc has pixels that the next smaller one has not."""
    return any(
        math.isqrt(square - a * a) ** 2 == square - a * a for a in range(math.isqrt(square) + 1)
    )


@functools.cache
def mean_reach(square: int) -> float:
    """How far a disc moves an edge, in pixels, as a mean over the directions of the edge."""
    rows, columns = np.nonzero(disc(square))
    middle = math.isqrt(square)
    angles = np.linspace(0, math.pi / 2, 91)
    along = np.outer(columns - middle, np.cos(angles)) + np.outer(rows - middle, np.sin(angles))
    return float(along.max(axis=0).mean())
