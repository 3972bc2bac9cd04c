"""What paper is like and what wears it: grain, tooth, fibres, canvas; creases and crumples; scratches.

What falls on paper multiplies the render (:func:`dataset_tools.augmentation.fields.shade`), so that ink stays
the darkest thing around. Sizes go with the longer side of the picture, what is as fine as the paper's
tooth is in pixels.
"""

from __future__ import annotations

import functools
import math

import cv2
import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import (
    as_floats,
    cells,
    clamp,
    cloud,
    coarse,
    coordinates,
    emboss,
    enlarge,
    frame,
    glaze,
    grain,
    merge,
    ramp,
    shade,
    smooth_noise,
    soften,
)
from dataset_tools.augmentation.sheet import Notes, Sheet
from lineart.pictures.images import Picture

COARSE = 256  # longer side of the grid on which a sheet is crumpled, in cells


def texture(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Paper that is not smooth: fine grain, tooth lit from the side, fibres, or the weave of canvas."""
    shape = frame(render)
    kind = str(rng.choice(("fine", "tooth", "rough", "fibres", "canvas")))
    depth = strength * rng.uniform(0.6, 1)
    if kind == "fine":
        field = grain(rng, shape, rng.uniform(1.4, 2.4)) * np.float32(0.04)
    elif kind == "tooth":
        bumps = grain(rng, shape, rng.uniform(2.5, 5))
        field = emboss(bumps, rng.uniform(0, 2 * math.pi)) * np.float32(0.14)
    elif kind == "rough":
        bumps = cloud(rng, shape, rng.uniform(8, 20), octaves=4)
        field = emboss(bumps, rng.uniform(0, 2 * math.pi)) * np.float32(1.1)
    elif kind == "fibres":
        field = _fibres(rng, shape) * np.float32(0.22)
        field = field + grain(rng, shape, 1.5) * np.float32(0.015)
    else:
        field = _weave(rng, shape) * np.float32(0.16)
    # Half of a texture is lighter than the mean, and white has no room for it: darken first.
    factor = 1 - np.float32(depth) * (np.float32(1.2 * field.std()) + field)
    return clamp(shade(render, factor)), {"kind": kind, "depth": depth}


def _weave(rng: Generator, shape: tuple[int, int]) -> Picture:
    """Plain weave: round threads over and under each other, uneven. Dark where positive."""
    height, width = shape
    period = rng.uniform(4, 7)
    wobble = smooth_noise(rng, shape, 40) * np.float32(0.35)
    x = np.arange(width, dtype=np.float32)[None, :] / np.float32(period) + wobble
    y = np.arange(height, dtype=np.float32)[:, None] / np.float32(period) + wobble
    across, down = np.sin(np.float32(math.pi) * x), np.sin(np.float32(math.pi) * y)
    # Where the signs agree the upright thread is on top. A thread is a ridge: bright along its middle,
    # and brightest where it passes over the other.
    upright = np.abs(across) * (np.float32(0.55) + np.float32(0.45) * np.abs(down))
    level = np.abs(down) * (np.float32(0.5) + np.float32(0.4) * np.abs(across))
    upright += np.float32(0.25) * smooth_noise(rng, (2, width), period)[:1]
    level += np.float32(0.25) * smooth_noise(rng, (height, 2), period)[:, :1]
    weave = np.where(across * down > 0, upright, level)
    return soften(np.float32(0.5) - weave, 0.5)


def _fibres(rng: Generator, shape: tuple[int, int]) -> Picture:
    """A cut of the tile of fibres, positive where a fibre is dark."""
    tile = _fibre_tile()
    if max(shape) > min(tile.shape):
        tile = np.tile(tile, (-(-shape[0] // 512), -(-shape[1] // 512)))
    top = int(rng.integers(0, tile.shape[0] - shape[0] + 1))
    left = int(rng.integers(0, tile.shape[1] - shape[1] + 1))
    cut = tile[top : top + shape[0], left : left + shape[1]]
    return cut[:: rng.choice((-1, 1)), :: rng.choice((-1, 1))]


@functools.cache
def _fibre_tile() -> Picture:
    """Short bent hairs, light and dark, and a few dark flecks, as in recycled paper; (512, 512)."""
    rng = np.random.default_rng(1)
    light, dark = np.zeros((512, 512), np.uint8), np.zeros((512, 512), np.uint8)
    for number in range(2600):
        length, start = rng.uniform(5, 26), rng.uniform(0, 512, 2)
        angles = rng.uniform(0, 2 * math.pi) + np.cumsum(rng.normal(0, 0.25, 5))
        steps = np.stack([np.cos(angles), np.sin(angles)], 1) * length / 5
        _draw(dark if number % 2 else light, start + np.cumsum(steps, 0), int(rng.uniform(40, 160)))
    for start in rng.uniform(0, 512, (160, 2)):
        _draw(dark, np.stack([start, start + rng.normal(0, 2.5, 2)]), 255, 2)
    tile = soften((dark.astype(np.float32) - light.astype(np.float32)) / np.float32(255), 0.6)
    tile.flags.writeable = False
    return tile


def _draw(canvas: np.ndarray, points: np.ndarray, value: int, thickness: int = 1) -> None:
    """An anti-aliased polyline through points (x, y) in pixels, on a uint8 picture."""
    fixed = np.round(points * 16).astype(np.int32)  # OpenCV takes 1/16 pixels as integers
    cv2.polylines(canvas, [fixed], False, (value,), thickness, cv2.LINE_AA, shift=4)


def folds(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Paper that was folded (one or two sharp creases) or crumpled (facets lit from the side)."""
    shape = frame(render)
    side = max(shape)
    kind = str(rng.choice(("folded", "crumpled")))
    if kind == "crumpled":
        bearing = rng.uniform(0, 2 * math.pi)
        small = coarse(shape, COARSE)
        slope: Picture = np.zeros(small, np.float32)
        for cell, weight in ((rng.uniform(0.2, 0.4), 0.13), (rng.uniform(0.06, 0.12), 0.06)):
            slope += _facets(rng, small, cell * max(small), bearing) * np.float32(weight)
        slope = enlarge(soften(slope, rng.uniform(0.6, 1.2)), shape)
        factor = 1 - np.float32(strength) * np.clip(slope + np.float32(0.12), 0, 0.4)
        return shade(render, factor), {"kind": kind}
    x, y = coordinates(shape)
    angle = rng.normal(0, 0.06) + rng.choice((0, math.pi / 2))
    for _ in range(int(rng.integers(1, 3))):
        shift = rng.uniform(-0.3, 0.3)
        wobble = smooth_noise(rng, shape, 0.25 * side) * np.float32(0.002)
        across = (x * math.cos(angle) + y * math.sin(angle) - shift + wobble) * 512
        lean = rng.choice((-1, 1)) * rng.uniform(0.05, 0.16)
        slant = (
            np.float32(lean) * np.tanh(across / 2) * np.exp(-np.abs(across) / rng.uniform(30, 120))
        )
        worn = ramp(cloud(rng, shape, 0.04 * side, 3), 0.35, 0.75)
        crack = np.exp(-((across / rng.uniform(0.8, 2.2)) ** 2)) * worn * np.float32(0.5 * strength)
        factor = 1 - np.float32(strength) * np.maximum(slant + np.float32(abs(lean) / 3), 0)
        # A crack shows the paper's core: nearly white, whatever was drawn there.
        crack = crack.astype(np.float32)
        render = shade(render, factor * (1 - crack)) + (crack * np.float32(0.92))[..., None]
        angle += math.pi / 2 + rng.normal(0, 0.03)
    return clamp(render), {"kind": kind}


def _facets(rng: Generator, shape: tuple[int, int], cell: float, bearing: float) -> Picture:
    """How far each facet of a crumpled sheet leans from the light, about in [-1, 1].

    The facets are the Voronoi cells of random points, each a shallow bowl with a lean of its own.
    """
    (rows, columns), label = cells(rng, shape, cell)
    cos, sin = np.float32(math.cos(bearing) / cell), np.float32(math.sin(bearing) / cell)
    lean = rng.normal(0, 0.5, rows.size + 1).astype(np.float32)
    lean[label[rows, columns]] -= columns * cos + rows * sin
    across = np.arange(shape[1], dtype=np.float32) * cos
    down = np.arange(shape[0], dtype=np.float32)[:, None] * sin
    return lean[label] + across + down


def scratches(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Thin light scratches, in bundles or alone, each with a shaded flank, and a few faint dark ones."""
    shape = frame(render)
    side = max(shape)
    light, dark = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    count = int(rng.integers(4, 8 + round(22 * strength)))
    bearing = rng.uniform(0, 2 * math.pi)
    together = rng.uniform() < 0.6
    for _ in range(count):
        angle = bearing + rng.normal(0, 0.15) if together else rng.uniform(0, 2 * math.pi)
        length = side * rng.uniform(0.08, 0.8)
        bend = rng.normal(0, 0.08)
        angles = angle + np.linspace(-bend, bend, 12)
        steps = np.stack([np.cos(angles), np.sin(angles)], 1) * length / 12
        middle = rng.uniform(0, 1, 2) * (shape[1], shape[0])
        points = middle + np.cumsum(steps, 0) - steps.sum(0) / 2
        canvas = dark if rng.uniform() < 0.15 else light
        thickness = 2 if rng.uniform() < 0.25 * side / 512 else 1
        _draw(canvas, points, int(rng.uniform(90, 255)), thickness)
    # A scratch comes and goes with the pressure.
    worn = ramp(cloud(rng, shape, 0.08 * side, 3), 0.15, 0.6) * np.float32(strength)
    groove = as_floats(cv2.GaussianBlur(light, (0, 0), 0.5)) * worn
    flank = np.roll(groove, (1, 1), (0, 1)) - groove
    faint = as_floats(cv2.GaussianBlur(dark, (0, 0), 0.7)) * worn * np.float32(0.35)
    faint += np.float32(0.3) * np.maximum(flank, 0)
    render = glaze(render, faint, (0.4, 0.38, 0.36))
    # A light scratch shows the core of the paper, lighter than most of what is around.
    core = np.float32(rng.uniform(0.85, 1))
    lighter = np.maximum(core - render, 0)
    lighter *= merge([groove * np.float32(0.85)] * 3)
    lighter += render
    return lighter, {"count": count}
