"""What is behind a drawing: coloured paper, gradients, and busy patterns, dark ones too."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import (
    cells,
    clamp,
    cloud,
    coarse,
    coordinates,
    enlarge,
    frame,
    halftone,
    merge,
    mixture,
    ramp,
    smooth_noise,
    turned,
    uneven,
)
from dataset_tools.augmentation.palette import colour_of
from dataset_tools.augmentation.sheet import Notes, Sheet, ink_colour, lay_behind
from lineart.pictures.images import Picture, luminance

KINDS = {
    "flat": 0.1,
    "linear": 0.14,
    "radial": 0.08,
    "blobs": 0.13,
    "stripes": 0.08,
    "checks": 0.07,
    "dots": 0.08,
    "foliage": 0.06,
    "patches": 0.1,
    "bokeh": 0.06,
    "tone": 0.1,
}
BUSY = ("stripes", "checks", "dots", "foliage", "patches", "bokeh")
SOFT = ("flat", "linear", "radial", "blobs", "patches", "bokeh")
COARSE = 256  # longer side of the grid of a soft mixture, in cells
NIGHT = 0.3  # how often it is nearly as dark as ink
CLEAR = 0.05  # of luminance, by which the darkest is above ink


def background(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Lay a coloured paper, a gradient, soft blobs or a busy pattern behind the drawing.

    At full strength its luminance is mostly between 0.4 and 0.9; a night's is hardly above that of ink, from
    a third of the strength on.
    """
    shape = frame(render)
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    darkest = float(luminance(np.array(ink_colour(render, sheet.line)))) + CLEAR
    light = max(1 - strength * (0.06 + 0.76 * rng.beta(1.5, 2.0)), darkest)
    if at_night := rng.uniform() < NIGHT:
        light += min(1.0, 3 * strength) * (darkest + rng.uniform(0, 0.2) - light)
    hue, saturation = rng.uniform(0, 1), 0.7 * rng.beta(1.2, 2.2)
    contrast = strength * rng.uniform(0.08, 0.22 if kind in BUSY else 0.35) * rng.choice((-1, 1))
    other = min(max(light + contrast, darkest), 1.0)
    if kind == "tone":
        other = max(light - strength * rng.uniform(0.2, 1), darkest + 0.03)  # the mottling
    first = colour_of(hue, saturation, light)
    second = colour_of(hue + rng.normal(0, 0.1), min(saturation * rng.uniform(0.6, 1.5), 1), other)
    mix = _mixture(kind, rng, shape)
    # No wall or sheet is even: a slow, faint mottling under everything.
    mottle = smooth_noise(rng, shape, 0.3 * max(shape)) * np.float32(
        0.03 * strength * min(1.0, 2 * light)
    )
    laid = merge([mixture(mix, a, b) for a, b in zip(first, second, strict=True)])
    laid += merge([mottle] * 3)
    if at_night:
        laid *= merge(
            [1 + strength * rng.uniform(0, 0.6) * (uneven(rng, shape) - np.float32(0.2))] * 3
        )
    clamp(laid)
    return lay_behind(render, sheet.bare, laid), {"kind": kind, "light": light, "colour": first}


def _mixture(kind: str, rng: Generator, shape: tuple[int, int]) -> Picture:
    """How far each pixel is from the first colour to the second, ``(H, W)`` in [0, 1]."""
    if kind in SOFT:
        return np.clip(enlarge(_soft(kind, rng, coarse(shape, COARSE)), shape), 0, 1)
    if kind == "tone":
        return halftone(rng, shape, "dots")
    # Of the longer side: the steps of a pattern are soft, ink is crisp.
    edge = rng.uniform(0.003, 0.012)
    if kind == "foliage":
        field = cloud(rng, shape, rng.uniform(0.08, 0.25) * max(shape))
        return ramp(field, 0.5 - 8 * edge, 0.5 + 8 * edge)
    along, across = turned(shape, rng.uniform(0, 2 * math.pi))
    period = rng.uniform(0.08, 0.22)
    duty = rng.uniform(0.3, 0.6)
    if kind == "stripes":
        return _bands(along, period, duty, edge)
    if kind == "checks":
        return (_bands(along, period, duty, edge) + _bands(across, period, duty, edge)) / 2
    u, v = _saw(along / np.float32(period)), _saw(across / np.float32(period))
    return ramp(np.sqrt(u * u + v * v), duty / 2 + edge / period, duty / 2 - edge / period)


def _soft(kind: str, rng: Generator, shape: tuple[int, int]) -> Picture:
    """A mixture without an edge as crisp as ink; made small and enlarged."""
    if kind == "flat":
        return np.zeros(shape, np.float32)
    x, y = coordinates(shape)
    if kind == "linear":
        along, _ = turned(shape, rng.uniform(0, 2 * math.pi))
        return ramp(along, rng.uniform(-0.7, -0.2), rng.uniform(0.2, 0.7))
    if kind == "radial":
        x0, y0 = rng.uniform(-0.4, 0.4, 2).astype(np.float32)
        return ramp(np.sqrt((x - x0) ** 2 + (y - y0) ** 2), 0.0, rng.uniform(0.4, 1.0))
    if kind == "blobs":
        return cloud(rng, shape, rng.uniform(0.25, 0.7) * max(shape), octaves=3)
    if kind == "patches":
        _, labels = cells(rng, shape, rng.uniform(0.08, 0.25) * max(shape))
        return rng.uniform(0, 1, int(labels.max()) + 1).astype(np.float32)[labels]
    field = np.zeros(shape, np.float32)  # bokeh: discs of light, out of focus
    for _ in range(int(rng.integers(8, 30))):
        x0, y0 = rng.uniform(-0.5, 0.5, 2).astype(np.float32)
        radius = rng.uniform(0.02, 0.11)
        away = np.sqrt((x - x0) ** 2 + (y - y0) ** 2)
        field += np.float32(rng.uniform(0.2, 0.7)) * ramp(away, radius * 1.12, radius * 0.88)
    return np.minimum(field, 1)


def _bands(position: Picture, period: float, duty: float, edge: float) -> Picture:
    return ramp(np.abs(_saw(position / period)), duty / 2 + edge / period, duty / 2 - edge / period)


def _saw(position: Picture) -> Picture:
    """The signed distance to the nearest whole number, in [-0.5, 0.5]."""
    return position - np.round(position)
