"""Random fields, the raw stuff of paper, stains and light: smooth noise, clouds, grain, soft shapes.

Every field is ``(H, W)`` float32 and comes from the generator it is given and nothing else. What varies
slowly is made small and enlarged, what is as fine as a pixel is cut from one tile of noise: this keeps a
field of 512 x 512 below a millisecond or two.

Clouds are fractional Brownian sums of value noise (K. Perlin, "An image synthesizer", SIGGRAPH 1985).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lineart.pictures.images import Bytes, Picture

TURN = np.float32(2 * math.pi)
TILE = 1024  # side of the tile that fine noise is cut from, in pixels


def frame(picture: Picture) -> tuple[int, int]:
    """Height and width of a render or a line art."""
    height, width = picture.shape[:2]
    return height, width


def as_bytes(picture: Picture) -> Bytes:
    """Round a picture in [0, 1] to 0..255, to nearest even; ten times as fast as in NumPy."""
    return np.asarray(cv2.convertScaleAbs(picture, alpha=255), np.uint8)


def as_floats(pixels: Any) -> Picture:
    """Bytes as float32 in [0, 1]."""
    return np.ascontiguousarray(pixels) * np.float32(1 / 255)


def merge(channels: Sequence[Picture]) -> Picture:
    """A picture ``(H, W, C)`` of its channels."""
    return np.asarray(cv2.merge(channels), np.float32)


def soften(picture: Picture, sigma: float) -> Picture:
    """Blur with a Gaussian of ``sigma`` pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def enlarge(field: Picture, shape: tuple[int, int]) -> Picture:
    """A small field at the size ``(H, W)``, smoothly; may overshoot its range a little."""
    enlarged = cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, np.float32)


def coarse(shape: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size of a grid over a picture whose longer side has at most ``longest`` cells."""
    scale = min(1.0, longest / max(shape))
    height, width = (max(2, round(side * scale)) for side in shape)
    return height, width


def smooth_noise(rng: Generator, shape: tuple[int, int], cell: float) -> Picture:
    """Noise that varies over about ``cell`` pixels, mean 0, about in [-1, 1]."""
    grid = tuple(max(2, math.ceil(side / cell) + 1) for side in shape)
    return enlarge(rng.uniform(-1, 1, grid).astype(np.float32), shape)


def cloud(rng: Generator, shape: tuple[int, int], cell: float, octaves: int = 4) -> Picture:
    """A cloud in [0, 1]: noise of ``cell`` pixels, and each octave half as wide and half as strong."""
    octaves = max(1, min(octaves, 1 + int(math.log2(max(cell, 1.5) / 1.5))))
    # On a grid that has three points for the finest octave, then enlarged.
    scale = min(1.0, 3 * 2 ** (octaves - 1) / cell)
    small = (max(2, math.ceil(shape[0] * scale)), max(2, math.ceil(shape[1] * scale)))
    field = np.zeros(small, np.float32)
    for octave in range(octaves):
        field += smooth_noise(rng, small, cell * scale / 2**octave) * np.float32(0.5**octave)
    low, high = float(field.min()), float(field.max())
    field = (field - low) / max(high - low, 1e-6)
    return np.clip(enlarge(field, shape), 0, 1)


def fine_noise(rng: Generator, shape: tuple[int, int]) -> Picture:
    """White noise of mean 0 and deviation 1."""
    height, width = shape
    tile = _noise_tile()
    if max(shape) > TILE:
        tile = np.tile(tile, (-(-height // TILE) + 1, -(-width // TILE) + 1))
    top = int(rng.integers(0, tile.shape[0] - height + 1))
    left = int(rng.integers(0, tile.shape[1] - width + 1))
    flips = rng.integers(0, 2, 2) * 2 - 1
    return tile[top : top + height, left : left + width][:: flips[0], :: flips[1]]


@functools.cache
def _noise_tile() -> Picture:
    tile = np.random.default_rng(0).standard_normal((TILE, TILE), dtype=np.float32)
    tile.flags.writeable = False
    return tile


def grain(rng: Generator, shape: tuple[int, int], width: float) -> Picture:
    """Fine noise softened to specks of about ``width`` pixels, mean 0 and deviation 1."""
    field = fine_noise(rng, shape)
    sigma = width / 2
    # A Gaussian of this width leaves 1 / (2 sigma sqrt(pi)) of the deviation of white noise.
    return soften(field, sigma) * np.float32(2 * sigma * math.sqrt(math.pi))


def uneven(rng: Generator, shape: tuple[int, int]) -> Picture:
    """Paint that is not even, in [0, 1]: blots, strokes of a brush, or the specks of a dim photograph."""
    side = max(shape)
    kind = str(rng.choice(("blots", "brush", "specks")))
    if kind == "specks":
        field = grain(rng, shape, rng.uniform(0.6, 2.5))
        return np.clip(np.float32(0.5) + field / np.float32(4), 0, 1)
    field = cloud(rng, shape, rng.uniform(0.006, 0.06) * side, 3)
    if kind == "brush":
        stretch = max(3, round(rng.uniform(0.01, 0.05) * side))
        along = (stretch, 1) if rng.uniform() < 0.5 else (1, stretch)
        field = np.asarray(cv2.blur(field, along), np.float32)
    low, high = float(field.min()), float(field.max())
    return (field - np.float32(low)) / np.float32(max(high - low, 1e-6))


def emboss(height: Picture, angle: float) -> Picture:
    """A height field lit from ``angle`` (radians): its slope towards the light, same units a pixel."""
    step = np.float32(0.5)
    kernel = step * np.array(
        [
            [0, -math.sin(angle), 0],
            [-math.cos(angle), 0, math.cos(angle)],
            [0, math.sin(angle), 0],
        ],
        np.float32,
    )
    lit = cv2.filter2D(height, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(lit, np.float32)


def cells(
    rng: Generator, shape: tuple[int, int], cell: float
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Random points about ``cell`` pixels apart, and which of them is nearest (their Voronoi cells).

    Returns:
        The row and column of each point, ``(2, N)``, and ``(H, W)`` labels from 1. Point k need not have
        label k; look its label up at its place.
    """
    height, width = shape
    count = max(2, round(height * width / cell**2))
    points = np.stack([rng.integers(0, height, count), rng.integers(0, width, count)])
    away = np.ones(shape, np.uint8)
    away[points[0], points[1]] = 0
    _, labels = cv2.distanceTransformWithLabels(
        away, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    return points, np.asarray(labels, np.int32)


def coordinates(shape: tuple[int, int]) -> tuple[Picture, Picture]:
    """x as ``(1, W)`` and y as ``(H, 1)`` in units of the longer side, 0 at the centre."""
    height, width = shape
    unit = max(height, width)
    x = (np.arange(width, dtype=np.float32) - (width - 1) / 2) / unit
    y = (np.arange(height, dtype=np.float32) - (height - 1) / 2) / unit
    return x[None, :], y[:, None]


def ramp(field: Picture, low: float | Picture, high: float | Picture) -> Picture:
    """0 below ``low``, 1 above ``high``, and the smooth cubic step between."""
    t = np.asarray((field - low) / (high - low), np.float32)
    np.clip(t, 0, 1, out=t)
    step = 3 - 2 * t
    step *= t
    step *= t
    return step


def turned(shape: tuple[int, int], angle: float) -> tuple[Picture, Picture]:
    """Both coordinates ``(H, W)`` of a grid turned by ``angle`` (radians); units of :func:`coordinates`."""
    x, y = coordinates(shape)
    cos, sin = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    return x * cos + y * sin, y * cos - x * sin


def halftone(rng: Generator, shape: tuple[int, int], kind: str) -> Picture:
    """A printer's screen of ``dots`` or ``lines`` at an angle, 1 in a dot; dots grow with the tone."""
    side = max(shape)
    period = rng.uniform(4, 12) * max(1.0, side / 512)
    u, v = turned(shape, rng.uniform(0, math.pi / 2))
    turns = TURN * np.float32(side / period)
    across = np.cos(u * turns)
    screen = (across + np.cos(v * turns)) / 2 if kind == "dots" else across
    tone = cloud(rng, shape, rng.uniform(0.3, 0.8) * side, 2)
    level = 1 - np.float32(1.1) * tone * ramp(tone, 0.15, 0.4)
    return ramp(screen, level - np.float32(0.25), level + np.float32(0.25))


def shade(render: Picture, factor: Picture) -> Picture:
    """Multiply a render ``(H, W, 3)`` by a grey ``(H, W)``."""
    # In place: new memory costs as much as the arithmetic.
    factors = merge([factor.astype(np.float32, copy=False)] * 3)
    return np.multiply(render, factors, out=factors)


def mixture(amount: Picture, first: float, second: float) -> Picture:
    """``first`` where the amount ``(H, W)`` is 0, ``second`` where it is 1."""
    mixed = amount * np.float32(second - first)
    mixed += np.float32(first)
    return mixed


def clamp(picture: Picture) -> Picture:
    """Cut a picture of our own making to [0, 1], in place."""
    return np.clip(picture, 0, 1, out=picture)


def glaze(render: Picture, amount: Picture, colour: tuple[float, float, float]) -> Picture:
    """Multiply a render by ``colour`` where ``amount`` is 1, leave it where it is 0.

    This is what lies on paper or falls on it, a stain or a shadow: black ink stays black and the edge of a
    stroke keeps its shape.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        amount: ``(H, W)`` in [0, 1].
        colour: what white paper becomes, in [0, 1].
    """
    factors = merge([mixture(amount, 1, channel) for channel in colour])
    return np.multiply(render, factors, out=factors)
