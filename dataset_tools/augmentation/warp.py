"""Moving a pair: one map draws the render, the line art and the paper, with the same weights.

So they stay aligned to a fraction of a pixel, and what is a mixture of paper and ink before is the same
mixture after. A map that is affine goes through ``warpAffine``, any other through ``remap``, both with
OpenCV's cubic kernel on bytes: a third of the time of its Lanczos kernel. Cubic pixels differ a little
between OpenCV's versions 4 and 5; constraints.txt keeps the version that the data were made with.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dataset_tools.augmentation.fields import as_bytes, as_floats, smooth_noise
from dataset_tools.augmentation.geometry import Matrix, Motion
from lineart.pictures.images import Bytes, Picture

KERNEL = cv2.INTER_CUBIC
TAPS = 2  # pixels that the kernel reads to either side
STEP = 8  # pixels between the nodes on which a map is worked out
RIM = 2  # nodes outside the frame, on each side

Box = tuple[int, int, int, int]  # left, top, right, bottom
WHITE = (255, 255, 255, 255)


@dataclass(frozen=True)
class Layers:
    """A pair as bytes, ready to be moved as often as wanted; white paper is 255 everywhere."""

    drawing: Bytes  # (H, W, 4): render and line art
    paper: Bytes  # (H, W): share of bare paper
    extent: Box  # what is not white paper lies in it


def layers_of(render: Picture, line: Picture, bare: Picture) -> Layers:
    """Layers of a render ``(H, W, 3)``, its line art ``(H, W)`` and its share of bare paper ``(H, W)``."""
    drawing = np.asarray(cv2.merge([*cv2.split(as_bytes(render)), as_bytes(1 - line)]), np.uint8)
    x, y, w, h = cv2.boundingRect(255 - functools.reduce(cv2.min, cv2.split(drawing)))
    return Layers(drawing, as_bytes(bare), (x, y, x + w, y + h))


def move(
    layers: Layers, motion: Motion, shape: tuple[int, int] | None = None
) -> tuple[Picture, Picture, Picture]:
    """Warp a pair by one map; outside is white paper.

    Args:
        layers: of :func:`layers_of`.
        motion: where the pixels go.
        shape: of the new frame, (height, width); that of the old one if not given.

    Returns:
        The render ``(H, W, 3)``, the line art and the share of bare paper ``(H, W)``, of the same size, in
        [0, 1], to 1/255.
    """
    drawing, paper = layers.drawing, layers.paper
    shape = shape or (paper.shape[0], paper.shape[1])
    if motion.scale < 1:
        # The kernel reads four pixels whatever the scale: what it would skip is averaged before.
        sigma = 0.5 * float(np.sqrt(1 / motion.scale**2 - 1))
        drawing = np.asarray(cv2.GaussianBlur(drawing, (0, 0), sigma), np.uint8)
        paper = np.asarray(cv2.GaussianBlur(paper, (0, 0), sigma), np.uint8)
    # Where a render is white to its border the paper is bare: the box of the drawing serves both.
    if motion.corners is None and motion.bend is None:
        box = reached(layers.extent, motion, shape)
        drawing, paper = (warp(part, motion.matrix, box, shape) for part in (drawing, paper))
    else:
        nodes = origins(motion, shape)
        box = reached_by(nodes, layers.extent, shape)
        sources = fill(nodes, box)
        drawing, paper = (remap(part, sources, box, shape) for part in (drawing, paper))
    render = as_floats(cv2.cvtColor(drawing, cv2.COLOR_RGBA2RGB))
    return render, as_floats(255 - drawing[..., 3]), as_floats(paper)


def warp(pixels: Bytes, matrix: Matrix, box: Box, shape: tuple[int, int]) -> Bytes:
    """Warp a picture of up to four channels, ``(H, W)`` or ``(H, W, C)``; 255 outside and off the box."""
    left, top, right, bottom = box
    result = np.full((*shape, *pixels.shape[2:]), 255, np.uint8)
    if left < right and top < bottom:
        result[top:bottom, left:right] = cv2.warpAffine(
            pixels,
            matrix - [[0, 0, left], [0, 0, top]],
            (right - left, bottom - top),
            flags=KERNEL,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=WHITE,
        )
    return result


def remap(
    pixels: Bytes, sources: tuple[Picture, Picture], box: Box, shape: tuple[int, int]
) -> Bytes:
    """As :func:`warp`, by the old x and y of each pixel of the box."""
    left, top, right, bottom = box
    result = np.full((*shape, *pixels.shape[2:]), 255, np.uint8)
    if left < right and top < bottom:
        fixed = cv2.convertMaps(*sources, cv2.CV_16SC2)  # to 1/32 pixel, as warpAffine rounds
        result[top:bottom, left:right] = cv2.remap(
            pixels, *fixed, KERNEL, borderMode=cv2.BORDER_CONSTANT, borderValue=WHITE
        )
    return result


def reached(extent: Box, motion: Motion, shape: tuple[int, int]) -> Box:
    """Where the matrix of a motion puts a box: (left, top, right, bottom). The rest stays white."""
    x, y, right, bottom = extent
    corners = np.array([[u, v, 1] for u in (x - 0.5, right - 0.5) for v in (y - 0.5, bottom - 0.5)])
    reach = TAPS * max(1.0, motion.scale) + 2
    corners = corners @ motion.matrix.T
    left, top = np.floor(corners.min(0) - reach).astype(int)
    right, bottom = np.ceil(corners.max(0) + reach).astype(int)
    return max(left, 0), max(top, 0), min(right, shape[1]), min(bottom, shape[0])


def origins(motion: Motion, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Where the nodes of a grid over the new frame come from.

    Args:
        motion: old to new.
        shape: of the new frame, (height, width).

    Returns:
        ``(rows, columns, 2)``: the old x and y of each node. Nodes are :data:`STEP` pixels apart, the first
        in the middle of the first block of pixels :data:`RIM` blocks outside the frame.
    """
    rows, columns = (-(-side // STEP) + 2 * RIM for side in shape)
    grid = rows, columns
    first = (STEP - 1) / 2 - RIM * STEP
    x, y = np.meshgrid(STEP * np.arange(columns) + first, STEP * np.arange(rows) + first)
    if motion.bend is not None:
        bend, rng = motion.bend, np.random.default_rng(motion.bend.seed)
        x = x + bend.amount * smooth_noise(rng, grid, bend.cell / STEP)
        y = y + bend.amount * smooth_noise(rng, grid, bend.cell / STEP)
    points = np.stack([x, y, np.ones_like(x)], axis=-1)
    if motion.corners is not None:
        points = points @ np.linalg.inv(motion.corners).T
        points = points / points[..., 2:]
    back = np.linalg.inv(np.vstack([motion.matrix, [0, 0, 1]]))
    return np.asarray((points @ back.T)[..., :2], np.float32)


def reached_by(nodes: NDArray[np.float32], extent: Box, shape: tuple[int, int]) -> Box:
    """The part of the frame whose nodes come from a box, or from near enough to read from it."""
    steps = [float(np.abs(np.diff(nodes, axis=axis)).max()) for axis in (0, 1)]
    reach = max(steps) + TAPS + 1
    low, high = np.array(extent[:2]) - reach, np.array(extent[2:]) + reach
    rows, columns = np.nonzero(((nodes > low) & (nodes < high)).all(axis=2))
    if not rows.size:
        return 0, 0, 0, 0
    left, right = (STEP * (int(end) - RIM) for end in (columns.min(), columns.max() + 1))
    top, bottom = (STEP * (int(end) - RIM) for end in (rows.min(), rows.max() + 1))
    return max(left, 0), max(top, 0), min(right, shape[1]), min(bottom, shape[0])


def fill(nodes: NDArray[np.float32], box: Box) -> tuple[Picture, Picture]:
    """The old x and the old y of every pixel of a box, from the nodes of :func:`origins`."""
    rows, columns = nodes.shape[:2]
    # a node is the middle of STEP x STEP pixels, as resize has it
    size = STEP * columns, STEP * rows
    left, top, right, bottom = (edge + RIM * STEP for edge in box)
    # Linearly: OpenCV's cubic kernel does not give back a straight line.
    x, y = (
        np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LINEAR), np.float32)
        for part in (nodes[..., 0], nodes[..., 1])
    )
    return x[top:bottom, left:right], y[top:bottom, left:right]
