"""What lies between the lines: hatching, folds of cloth, screentone, gradients, paint, dark cells.

These look like drawing and are not the ink of the label, so they stay paler and softer than ink.
Each changes the fills alone: neither bare paper nor ink.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import (
    TURN,
    clamp,
    cloud,
    coarse,
    coordinates,
    enlarge,
    frame,
    halftone,
    merge,
    ramp,
    shade,
    smooth_noise,
    turned,
    uneven,
)
from dataset_tools.augmentation.palette import colour_of
from dataset_tools.augmentation.sheet import SPOT, Notes, Sheet, cells_of, ink_colour, within
from lineart.pictures.images import Picture, luminance

COARSE = 256  # longer side of the grid on which what is soft is made, in cells
KEPT = 0.08  # of a fill below dark paint


def _laid(
    render: Picture, sheet: Sheet, field: Picture, depth: float, kind: str
) -> tuple[Picture, Notes]:
    """Darken the fills by ``depth`` where the field ``(H, W)`` is 1."""
    factor = 1 - (np.float32(depth) * field) * ((1 - sheet.bare) * (1 - sheet.line))
    return shade(render, factor), {"kind": kind, "depth": depth}


def hatching(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Strokes side by side, or two crossing layers of them, in patches, of low contrast."""
    shape = frame(render)
    side = max(shape)
    kind = str(rng.choice(("parallel", "crossed")))
    period = rng.uniform(6, 12) * max(1.0, side / 512)
    angle = rng.uniform(0, math.pi)
    patch = ramp(cloud(rng, shape, 0.2 * side, 3), 0.3, 0.6)
    field = _strokes(rng, shape, angle, period) * patch
    if kind == "crossed":
        second = _strokes(rng, shape, angle + rng.uniform(0.7, 1.6), period)
        field = np.maximum(field, second * ramp(cloud(rng, shape, 0.2 * side, 3), 0.4, 0.65))
    return _laid(render, sheet, field, strength * rng.uniform(0.1, 0.2), kind)


def _strokes(rng: Generator, shape: tuple[int, int], angle: float, period: float) -> Picture:
    """Wobbling parallel strokes, 1 in their middle."""
    u, _ = turned(shape, angle)
    wobble = smooth_noise(rng, shape, 0.08 * max(shape)) * np.float32(period / 3)
    phase = (u * np.float32(max(shape)) + wobble) * (TURN / np.float32(period))
    return ramp(np.cos(phase), 0.1, 0.9)


def cloth(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Folds of clothing: soft ridges that run together, each lit on one side and dark on the other."""
    shape = frame(render)
    small = coarse(shape, COARSE)
    x, y = coordinates(small)
    kind = str(rng.choice(("fan", "hanging")))
    drift = smooth_noise(rng, small, 0.25 * COARSE) * np.float32(0.6)
    count = int(rng.integers(7, 16))
    if kind == "fan":  # from where the cloth is held
        held, far = rng.uniform(0, 2 * math.pi), rng.uniform(0.3, 0.8)
        start = far * math.cos(held), far * math.sin(held)
        away = np.hypot(x - start[0], y - start[1]).astype(np.float32)
        across = np.arctan2(y - start[1], x - start[0]).astype(np.float32)
    else:
        across, along = turned(small, rng.normal(0, 0.3))
        across, away = across * TURN, np.float32(0.6) + along
    phase = across * count + drift * count * away + smooth_noise(rng, small, 0.1 * COARSE)
    # A sawtooth with one steep side: the cloth turns away from the light within a few pixels.
    tooth = phase / TURN - np.floor(phase / TURN)
    steep = np.float32(rng.uniform(0.06, 0.16))
    crease = np.where(tooth < steep, tooth / steep, (1 - tooth) / (1 - steep)) ** 2
    worn = ramp(cloud(rng, small, 0.3 * COARSE, 3), 0.3, 0.65) * ramp(away, 0.02, 0.12)
    field = np.clip(enlarge((crease * worn).astype(np.float32), shape), 0, 1)
    return _laid(render, sheet, field, strength * rng.uniform(0.25, 0.5), kind)


def screentone(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Printed tone: a screen of dots or of lines at an angle, its dots as large as the tone is dark."""
    kind = str(rng.choice(("dots", "lines"), p=(0.75, 0.25)))
    field = halftone(rng, frame(render), kind)
    # Lines as dark as ink would be ink.
    depth = rng.uniform(0.2, 1.0 if kind == "dots" else 0.4)
    return _laid(render, sheet, field, strength * depth, kind)


def gradients(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Fills that darken along a direction, or away from a light, or cell by cell with a soft edge."""
    shape = frame(render)
    small = coarse(shape, COARSE)
    kind = str(rng.choice(("linear", "round", "cel")))
    along, _ = turned(small, rng.uniform(0, 2 * math.pi))
    if kind == "linear":
        field = ramp(along, -0.45, 0.45)
    elif kind == "round":
        x, y = coordinates(small)
        x0, y0 = rng.uniform(-0.4, 0.4, 2)
        field = ramp(np.hypot(x - x0, y - y0).astype(np.float32), 0.05, 0.7)
    else:
        bent = along + np.float32(0.25) * smooth_noise(rng, small, 0.3 * COARSE)
        field = ramp(bent, -0.02, 0.02)
    field = np.clip(enlarge(field, shape), 0, 1)
    return _laid(render, sheet, field, strength * rng.uniform(0.3, 0.55), kind)


def paint(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Paint that dried unevenly: blots, or strokes of a wide brush."""
    shape = frame(render)
    side = max(shape)
    kind = str(rng.choice(("blots", "brush")))
    if kind == "blots":
        field = cloud(rng, shape, 0.12 * side)
    else:
        height, width = shape
        long, thin = 0.3 * side, 0.012 * side
        streaks = smooth_noise(rng, coarse((height, width), COARSE), thin * COARSE / side)
        stretch = max(3, 2 * round(long * COARSE / side / 6) + 1)
        along = (stretch, 1) if rng.uniform() < 0.5 else (1, stretch)
        streaks = cv2.blur(streaks, along) * np.float32(math.sqrt(stretch / 3))
        field = np.clip(enlarge(streaks + np.float32(0.5), shape), 0, 1)
    return _laid(render, sheet, field, strength * rng.uniform(0.15, 0.3), kind)


def dark(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Cells painted nearly as dark as the ink around them: hair, a night sky, a black coat."""
    cells, areas = cells_of(sheet.line, sheet.bare)
    ink = np.array(ink_colour(render, sheet.line), np.float32)
    lightest = float(luminance(ink)) + rng.uniform(0.05, 0.25)
    paint = colour_of(rng.uniform(0, 1), rng.uniform(0, 0.7), lightest)
    marks = rng.uniform(0, 0.6) * (uneven(rng, frame(render)) - np.float32(0.2))
    share = rng.uniform(0.2, 0.8)
    tried = rng.permutation(len(areas))[: math.ceil(share * len(areas))]
    # A spot of a dark colour would be ink.
    chosen = [1 + int(cell) for cell in tried if areas[cell] > SPOT * sheet.line.size]
    if not chosen:
        return render, {"cells": 0}
    depth = merge([within(cells, chosen, sheet.line) * np.float32(min(1.0, 1.3 * strength))] * 3)
    inked = merge([sheet.line] * 3)
    below = render - inked * ink  # what is not ink, as far as it is seen
    body = np.array(paint, np.float32) * (1 + merge([marks] * 3))
    painted = (1 - inked) * body + np.float32(KEPT) * below
    return clamp(render + depth * (painted - below)), {"cells": len(chosen), "colour": paint}
