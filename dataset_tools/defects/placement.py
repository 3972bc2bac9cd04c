"""Faults of place: the line art shifted, bent, or of another size than its render."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator
from scipy import ndimage

from lineart.pictures.images import Picture


def shift(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Move the line art by ``strength`` pixels, in a direction drawn at random, part of a pixel too."""
    angle = rng.uniform(0, 2 * math.pi)
    # OpenCV would round the way to a 32nd of a pixel, and overshoot.
    way = (strength * math.sin(angle), strength * math.cos(angle))
    return render, _ink(ndimage.shift(line, way, order=3))


def drift(
    render: Picture, line: Picture, strength: float, rng: Generator, reach: float = 0.2
) -> tuple[Picture, Picture]:
    """Move the line art around one of its strokes, by ``strength`` pixels there and less further out.

    Args:
        render: ``(H, W, 3)``.
        line: ``(H, W)``.
        strength: the largest displacement, in pixels.
        rng: of the place and the direction.
        reach: of the bell over which it falls off, its deviation as a part of the longer side.
    """
    height, width = line.shape
    rows, columns = np.nonzero(line > 0.5)
    if not len(rows):
        return render, line
    chosen = int(rng.integers(len(rows)))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    spread = 2 * (reach * max(height, width)) ** 2
    bell = np.exp(-((y - rows[chosen]) ** 2 + (x - columns[chosen]) ** 2) / spread)
    angle = rng.uniform(0, 2 * math.pi)
    bell = (bell * strength).astype(np.float32)
    moved = cv2.remap(
        line,
        x - bell * np.float32(math.cos(angle)),
        y - bell * np.float32(math.sin(angle)),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return render, _ink(moved)


def resized(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """The line art at ``strength`` times its size."""
    return render, _scaled(line, strength, strength)


def stretched(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """The line art ``strength`` times as wide and as high as it was."""
    return render, _scaled(line, strength, 1.0)


def _scaled(line: Picture, across: float, down: float) -> Picture:
    size = (max(1, round(line.shape[1] * across)), max(1, round(line.shape[0] * down)))
    return _ink(cv2.resize(line, size, interpolation=cv2.INTER_AREA))


def _ink(picture: object) -> Picture:
    return np.clip(np.asarray(picture, np.float32), 0, 1)
