"""How people paint between the lines: fills of other colours, cel shading, airbrush, shine, brushwork, glow.

None of it is ink, and none has an outline: what a network learns here is that an edge between two tones is no
line. Fills alone change, neither bare paper nor ink, but for glow, which lies over all as light does.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.augmentation.fields import (
    as_floats,
    clamp,
    cloud,
    coarse,
    enlarge,
    frame,
    merge,
    ramp,
    smooth_noise,
    soften,
    turned,
)
from dataset_tools.augmentation.media import ink_below
from dataset_tools.augmentation.palette import colour_of
from dataset_tools.augmentation.sheet import SPOT, Colour, Notes, Sheet, cells_of, within
from lineart.pictures.images import Picture, luminance

COARSE = 256  # longer side of the grid on which what is soft is made, in cells
EDGE = 0.7  # pixels over which a hard edge of a shadow passes
# Hue, saturation and luminance that people paint in, each from and to: skin, hair, cloth, leather,
# metal, pastel, and anything.
PALETTE = (
    ((0.03, 0.09), (0.2, 0.55), (0.35, 0.85)),
    ((0.02, 0.12), (0.4, 0.9), (0.08, 0.5)),
    ((0.5, 0.75), (0.2, 0.8), (0.06, 0.5)),
    ((0.04, 0.1), (0.3, 0.7), (0.07, 0.3)),
    ((0.5, 0.7), (0.0, 0.2), (0.1, 0.7)),
    ((0.0, 1.0), (0.1, 0.4), (0.6, 0.9)),
    ((0.0, 1.0), (0.4, 1.0), (0.1, 0.6)),
)


def refill(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Fill cells with the colours that people paint in: skin, hair, cloth, leather, metal, pastel."""
    cells, areas = cells_of(sheet.line, sheet.bare)
    large = np.flatnonzero(areas > SPOT * sheet.line.size)
    chosen = large[rng.uniform(size=len(large)) < 0.3 + 0.6 * strength]
    if not len(chosen):
        return render, {"cells": 0}
    paints = [_paint(rng) for _ in range(int(rng.integers(2, 6)))]
    table = np.zeros((len(areas) + 1, 4), np.float32)
    for cell in chosen:
        table[cell + 1] = (*paints[int(rng.integers(len(paints)))], 1)
    laid = _spread(table, cells, sheet.line)
    ink = ink_below(render, sheet.line)
    share = merge([laid[..., 3] * (1 - sheet.line) * (1 - sheet.bare)] * 3)
    # Below a stroke lies what is beside it: the edge's share of ink stays, the rest becomes the paint.
    below = (render - merge([sheet.line] * 3) * ink) / np.maximum(
        1 - merge([sheet.line] * 3), np.float32(0.02)
    )
    kept = np.float32(0.15) * (np.clip(below, 0, 1) - luminance(np.clip(below, 0, 1))[..., None])
    return clamp(render + share * (laid[..., :3] + kept - below)), {"cells": len(chosen)}


def _paint(rng: Generator) -> Colour:
    hue, saturation, light = PALETTE[int(rng.integers(len(PALETTE)))]
    return colour_of(rng.uniform(*hue), rng.uniform(*saturation), rng.uniform(*light))


def _spread(
    table: NDArray[np.float32], cells: NDArray[np.int32], line: Picture
) -> NDArray[np.float32]:
    """A row of ``table`` for each pixel by its cell, carried on under the edge of the ink."""
    laid = table[cells]
    rim = (cells == 0) & (line > 0)
    grown = cv2.dilate(laid, np.ones((3, 3), np.uint8))
    laid[rim] = grown[rim]
    return np.asarray(laid, np.float32)


def cel(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Shadows with a hard edge from one light: each cell's far side, or pointed folds and strands in it."""
    shape = frame(render)
    side = max(shape)
    cells, areas = cells_of(sheet.line, sheet.bare)
    kind = str(rng.choice(("side", "folds", "both"), p=(0.45, 0.3, 0.25)))
    lit = np.ones(shape, np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    if kind != "folds" and len(areas):
        lit = np.minimum(lit, 1 - _far_side(rng, cells, angle, rng.uniform(0.015, 0.08) * side))
    if kind != "side":
        lit = np.minimum(lit, 1 - _pointed(rng, shape, angle))
    mask = soften(1 - lit, EDGE)
    some = _some_cells(rng, cells, areas, sheet.line, 0.4 + 0.5 * strength)
    tones = int(rng.integers(1, 3))
    colour = _shadow(rng, strength * rng.uniform(0.25, 0.6))
    drawn = render
    for _ in range(tones):
        drawn = _multiplied(drawn, sheet, mask * some, colour)
        mask = soften(1 - (1 - mask) * (1 - _pointed(rng, shape, angle)), EDGE) * mask
    return drawn, {"kind": kind, "colour": colour}


def _far_side(rng: Generator, cells: NDArray[np.int32], angle: float, reach: float) -> Picture:
    """Where one who goes ``reach`` pixels towards the light leaves the cell he is in; 1 there."""
    shape = cells.shape[0], cells.shape[1]
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    far = np.float32(reach) * (1 + np.float32(0.5) * smooth_noise(rng, shape, 0.15 * max(shape)))
    ahead = cv2.remap(
        cells.astype(np.float32),
        x + far * np.float32(math.cos(angle)),
        y + far * np.float32(math.sin(angle)),
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return ((ahead != cells) & (cells > 0)).astype(np.float32)


def _pointed(rng: Generator, shape: tuple[int, int], angle: float) -> Picture:
    """Hard-edged patches drawn out along a direction that turns, as folds of cloth and strands of hair."""
    side = max(shape)
    along, across = turned(shape, angle + rng.normal(0, 0.5))
    bend = np.float32(rng.uniform(0, 0.5)) * smooth_noise(rng, shape, 0.4 * side)
    thin, long = rng.uniform(0.015, 0.06), rng.uniform(0.12, 0.4)
    grid = rng.uniform(-1, 1, (int(2 / thin) + 4, int(2 / long) + 4)).astype(np.float32)
    u = ((across + bend + 1) / np.float32(thin)).astype(np.float32)
    v = ((along + 1) / np.float32(long)).astype(np.float32)
    field = np.asarray(
        cv2.remap(grid, v, u, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.float32
    )
    return (field > rng.uniform(0.15, 0.5)).astype(np.float32)


def airbrush(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Soft shading: along the outlines away from the light, in blushes, in folds drawn out softly."""
    shape = frame(render)
    side = max(shape)
    free = (sheet.line < 0.5).astype(np.uint8)
    away = np.asarray(cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
    reach = np.float32(rng.uniform(0.01, 0.06) * side)
    angle = rng.uniform(0, 2 * math.pi)
    along, _ = turned(coarse(shape, COARSE), angle)
    sided = enlarge(ramp(along, -0.3, 0.3), shape)
    patchy = ramp(cloud(rng, shape, rng.uniform(0.08, 0.25) * side, 3), 0.3, 0.7)
    field = np.exp(-away / reach) * (np.float32(0.3) + np.float32(0.7) * sided) * patchy
    if rng.uniform() < 0.6:
        folds = soften(_pointed(rng, shape, angle), rng.uniform(0.003, 0.018) * side) * patchy
        field = np.maximum(field, np.float32(rng.uniform(0.4, 1)) * folds)
    blush = ramp(cloud(rng, shape, rng.uniform(0.06, 0.2) * side, 2), 0.55, 0.85)
    field = np.clip(np.maximum(field, np.float32(rng.uniform(0, 0.7)) * blush), 0, 1)
    cells, areas = cells_of(sheet.line, sheet.bare)
    some = _some_cells(rng, cells, areas, sheet.line, 0.5 + 0.5 * strength)
    colour = _shadow(rng, strength * rng.uniform(0.3, 0.75))
    return _multiplied(render, sheet, field * some, colour), {"colour": colour}


def shine(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Highlights: a band across hair, a rim of light along the side it comes from, glints with hard edges."""
    shape = frame(render)
    cells, areas = cells_of(sheet.line, sheet.bare)
    kind = str(rng.choice(("band", "rim", "glints")))
    if kind == "band":
        along, across = turned(shape, rng.uniform(0, 2 * math.pi))
        teeth = np.float32(rng.uniform(0.01, 0.05)) * smooth_noise(rng, shape, 0.02 * max(shape))
        place = (
            along
            + teeth
            + np.float32(rng.uniform(-0.3, 0.3))
            + np.float32(rng.uniform(-1, 1)) * across**2
        )
        half = rng.uniform(0.008, 0.04)
        mask = ramp(np.abs(place), half + 0.004, half)
    elif kind == "rim":
        mask = _far_side(
            rng, cells, rng.uniform(0, 2 * math.pi), rng.uniform(2, 7) * max(1.0, max(shape) / 512)
        )
    else:
        mask = _pointed(rng, shape, rng.uniform(0, 2 * math.pi))
        mask = mask * ramp(cloud(rng, shape, 0.15 * max(shape), 2), 0.5, 0.55)
    mask = soften(mask, rng.uniform(0.5, 1.5))
    some = _some_cells(rng, cells, areas, sheet.line, 0.7)
    depth = np.float32(strength * rng.uniform(0.3, 0.9))
    light = np.array(
        colour_of(rng.uniform(0, 1), rng.uniform(0, 0.4), rng.uniform(0.8, 1)), np.float32
    )
    share = merge([depth * mask * some * (1 - sheet.line) * (1 - sheet.bare)] * 3)
    return clamp(render + share * (light - render)), {"kind": kind, "depth": depth}


def brushwork(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Strokes of a brush that follow a direction, of other tones and hues; grain of wood, leather."""
    shape = frame(render)
    side = max(shape)
    kind = str(rng.choice(("brush", "wood", "leather")))
    angle = rng.uniform(0, math.pi)
    if kind == "leather":
        field = cloud(rng, shape, rng.uniform(0.01, 0.04) * side, 2) * 2 - 1
        field = np.sign(field) * np.abs(field) ** np.float32(0.7)
    else:
        along, across = turned(shape, angle)
        bend = np.float32(rng.uniform(0.05, 0.4)) * smooth_noise(rng, shape, 0.3 * side)
        thin = rng.uniform(0.004, 0.03) if kind == "brush" else rng.uniform(0.01, 0.03)
        long = thin * rng.uniform(5, 20)
        grid = rng.uniform(-1, 1, (int(2.2 / thin) + 4, int(2.2 / long) + 4)).astype(np.float32)
        u = ((across + bend + np.float32(1.1)) / np.float32(thin)).astype(np.float32)
        v = ((along + np.float32(1.1)) / np.float32(long)).astype(np.float32)
        field = cv2.remap(grid, v, u, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    depth = strength * rng.uniform(0.15, 0.45)
    tint = rng.uniform(0.7, 1.3, 3)
    factors = [1 + np.float32(depth * part) * field for part in tint / tint.max()]
    share = (1 - sheet.line) * (1 - np.float32(rng.integers(0, 2)) * sheet.bare)
    change = render * (merge([np.asarray(factor, np.float32) for factor in factors]) - 1)
    return clamp(render + merge([share] * 3) * change), {"kind": kind, "depth": depth}


def glow(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Light over all: a bloom round what is bright, particles, bokeh, stars; ink keeps half of its depth."""
    shape = frame(render)
    side = max(shape)
    kind = str(rng.choice(("bloom", "particles", "bokeh")))
    if kind == "bloom":
        bright = np.clip(render - np.float32(0.6), 0, 1) * np.float32(2.5)
        small = coarse(shape, 96)
        blurred = cv2.GaussianBlur(
            cv2.resize(bright, small[::-1], interpolation=cv2.INTER_AREA), (0, 0), rng.uniform(2, 8)
        )
        light = np.clip(cv2.resize(blurred, shape[::-1]), 0, 1).astype(np.float32)
        light *= np.float32(strength * rng.uniform(0.2, 0.45))
    else:
        canvas = np.zeros(shape, np.uint8)
        fine = kind == "particles"
        for _ in range(int(rng.integers(10, 120) if fine else rng.integers(3, 20))):
            at = (int(rng.integers(shape[1])), int(rng.integers(shape[0])))
            radius = rng.uniform(0.001, 0.004) if fine else rng.uniform(0.01, 0.06)
            spot = np.zeros(shape, np.uint8) if not fine else canvas
            cv2.circle(
                spot,
                at,
                max(1, round(radius * side)),
                int(rng.integers(60, 255)),
                cv2.FILLED,
                cv2.LINE_AA,
            )
            canvas = np.maximum(canvas, spot)
        mask = soften(as_floats(canvas), rng.uniform(0.5, 1.5) if fine else rng.uniform(0.7, 3))
        mask *= np.float32(strength * rng.uniform(0.3, 0.9)) * (1 - np.float32(0.5) * sheet.line)
        hue = colour_of(rng.uniform(0, 1), rng.uniform(0, 0.5), rng.uniform(0.7, 1))
        light = merge([mask * np.float32(channel) for channel in hue])
    return clamp(1 - (1 - render) * (1 - light)), {"kind": kind}


def _some_cells(
    rng: Generator, cells: NDArray[np.int32], areas: NDArray[np.int32], line: Picture, share: float
) -> Picture:
    """A part of the cells as a mask."""
    chosen = [1 + int(cell) for cell in np.flatnonzero(rng.uniform(size=len(areas)) < share)]
    return within(cells, chosen, line)


def _shadow(rng: Generator, depth: float) -> Colour:
    """What white becomes in a shadow: darker by ``depth``, a little blue, red or violet."""
    tint = rng.uniform(-0.25, 0.25, 3) * depth
    red, green, blue = (round(float(v), 4) for v in np.clip(1 - depth + tint, 0.05, 1))
    return red, green, blue


def _multiplied(render: Picture, sheet: Sheet, mask: Picture, colour: Colour) -> Picture:
    """Fills times a colour where the mask is 1."""
    share = mask * (1 - sheet.line) * (1 - sheet.bare)
    return render * merge([1 - share * np.float32(1 - channel) for channel in colour])
