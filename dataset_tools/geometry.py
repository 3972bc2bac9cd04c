"""Moving a pair: flip, rotation, scale and shift of the render, the line art and the paper, as one.

One affine warp (OpenCV's LANCZOS4, whose pixels are the same in its versions 4.12 and 5.0) draws all of
them with the same weights, so they stay aligned to a fraction of a pixel and what is a mixture of
paper and ink before is the same mixture after.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lineart.images import Bytes, Picture, to_bytes
from lineart.settings import require

# Two fifths of the time of a child go here. INTER_CUBIC takes a third of that, but differs by version.
KERNEL = cv2.INTER_LANCZOS4

Matrix = NDArray[np.float64]
Box = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True)
class GeometrySettings:
    """How far a child may move from its parent."""

    flip: float = 0.5  # probability of a mirror image
    rotation: float = 20.0  # largest rotation to either side, in degrees
    scale: tuple[float, ...] = (0.7, 1.4)  # smallest and largest
    shift: float = 0.08  # largest shift, as a part of the side; more where the frame is filled

    def __post_init__(self) -> None:
        require(0 <= self.flip <= 1, "augment.geometry.flip", self.flip, "from 0 to 1")
        require(
            0 <= self.rotation <= 180, "augment.geometry.rotation", self.rotation, "from 0 to 180"
        )
        ordered = len(self.scale) == 2 and 0.25 <= self.scale[0] <= self.scale[1] <= 4
        wanted = "two numbers from 0.25 to 4, the smaller one first"
        require(ordered, "augment.geometry.scale", list(self.scale), wanted)
        require(0 <= self.shift <= 0.5, "augment.geometry.shift", self.shift, "from 0 to 0.5")


def draw_geometry(
    rng: Generator, line: Picture, settings: GeometrySettings
) -> tuple[Matrix, dict[str, Any]]:
    """Draw a transform of the frame of ``line``: its 2 x 3 matrix (old to new pixels), and its notes.

    The frame keeps its size. The ink's centre of mass stays in the middle half of the frame, or as far
    in as the parent has it, so that no child is an empty corner.
    """
    height, width = line.shape
    flip = bool(rng.uniform() < settings.flip)
    # Two uniform numbers: small rotations are more common than large ones.
    rotation = float(rng.uniform(-0.5, 0.5, 2).sum() * settings.rotation)
    low, high = settings.scale
    scale = float(np.exp(rng.uniform(math.log(low), math.log(high))))
    reach = settings.shift + max(scale - 1, 0) / 2
    shift = rng.uniform(-reach, reach, 2)

    turn = math.radians(rotation)
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    linear = np.array([[cos, sin], [-sin, cos]]) @ np.diag([-1.0 if flip else 1.0, 1.0])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    size = np.array([width, height])
    away = (ink_centre(line) - centre) / size
    moved = linear @ (away * size) / size + shift
    limit = np.maximum(np.abs(away), 0.25)
    shift += np.clip(moved, -limit, limit) - moved
    matrix = np.column_stack([linear, centre - linear @ centre + shift * size])
    notes = {
        "flip": flip,
        "rotation": rotation,
        "scale": scale,
        "shift": [float(v) for v in shift * size],
    }
    return matrix, notes


def ink_centre(line: Picture) -> NDArray[np.float64]:
    """The centre of mass (x, y) of the ink in pixels; the middle of a blank picture."""
    height, width = line.shape
    columns, rows = line.sum(0, dtype=np.float64), line.sum(1, dtype=np.float64)
    if columns.sum() < 1:
        return np.array([(width - 1) / 2, (height - 1) / 2])
    x = columns @ np.arange(width) / columns.sum()
    y = rows @ np.arange(height) / rows.sum()
    return np.array([x, y])


@dataclass(frozen=True)
class Layers:
    """A pair as bytes, ready to be moved as often as wanted; white paper is 255 everywhere."""

    drawing: Bytes  # (H, W, 4): render and line art
    paper: Bytes  # (H, W): share of bare paper


def layers_of(render: Picture, line: Picture, bare: Picture) -> Layers:
    """Layers of a render ``(H, W, 3)``, its line art ``(H, W)`` and its share of bare paper ``(H, W)``."""
    drawing = cv2.merge([*cv2.split(to_bytes(render)), to_bytes(1 - line)])
    return Layers(np.asarray(drawing, np.uint8), to_bytes(bare))


def move(layers: Layers, matrix: Matrix) -> tuple[Picture, Picture, Picture]:
    """Warp a pair by one matrix; outside is white paper.

    Args:
        layers: of :func:`layers_of`.
        matrix: 2 x 3, from old to new pixel coordinates (x, y).

    Returns:
        The render ``(H, W, 3)``, the line art and the share of bare paper ``(H, W)``, of the same size, in
        [0, 1], to 1/255.
    """
    drawing, paper = layers.drawing, layers.paper
    scale = math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if scale < 1:
        # Lanczos reads eight pixels whatever the scale: what it would skip is averaged before.
        sigma = 0.5 * math.sqrt(1 / scale**2 - 1)
        drawing = np.asarray(cv2.GaussianBlur(drawing, (0, 0), sigma), np.uint8)
        paper = np.asarray(cv2.GaussianBlur(paper, (0, 0), sigma), np.uint8)
    # Where a render is white to its border the paper is bare: the box of the drawing serves both.
    box = reached(drawing, matrix)
    drawing, paper = warp(drawing, matrix, box), warp(paper, matrix, box)
    unit = np.float32(1 / 255)
    render = cv2.cvtColor(drawing, cv2.COLOR_RGBA2RGB) * unit
    return render, (255 - drawing[..., 3]) * unit, paper * unit


def warp(pixels: Bytes, matrix: Matrix, box: Box) -> Bytes:
    """Warp a picture of up to four channels, ``(H, W)`` or ``(H, W, C)``; 255 outside and off the box."""
    left, top, right, bottom = box
    result = np.full_like(pixels, 255)
    if left < right and top < bottom:
        result[top:bottom, left:right] = cv2.warpAffine(
            pixels,
            matrix - [[0, 0, left], [0, 0, top]],
            (right - left, bottom - top),
            flags=KERNEL,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 255, 255, 255),
        )
    return result


def reached(pixels: Bytes, matrix: Matrix) -> Box:
    """Where a warp puts what is not 255: (left, top, right, bottom). The rest need not be computed."""
    height, width = pixels.shape[:2]
    x, y, w, h = cv2.boundingRect(255 - functools.reduce(cv2.min, cv2.split(pixels)))
    corners = np.array([[u, v, 1] for u in (x - 0.5, x + w - 0.5) for v in (y - 0.5, y + h - 0.5)])
    corners = corners @ matrix.T
    reach = 4 * max(1.0, math.sqrt(abs(np.linalg.det(matrix[:, :2])))) + 2  # of the eight taps
    left, top = np.floor(corners.min(0) - reach).astype(int)
    right, bottom = np.ceil(corners.max(0) + reach).astype(int)
    return max(left, 0), max(top, 0), min(right, width), min(bottom, height)
