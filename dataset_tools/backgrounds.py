"""What is behind a drawing: finding its bare paper, and laying a colour, a gradient or a pattern there.

A pair has no transparency, so the paper is found: the near-white region that touches the border of the
whole drawing. At its edge a pixel is a mixture of paper and drawing. The line art says how much of it is
ink, the colour of the rest how much is paper (alpha matting with known foreground; A. Smith and J. Blinn,
"Blue screen matting", SIGGRAPH 1996), so a new background comes up to the ink without a white fringe and
does not creep over it into the drawing.
"""

from __future__ import annotations

import colorsys
import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from dataset_tools.fields import cloud, coordinates, frame, merge, ramp, smooth_noise
from lineart.images import Picture, luminance

Colour = tuple[float, float, float]
Notes = dict[str, Any]  # what an op chose, for the recipe

NEAR_WHITE = 0.08  # paper is at most this far from white in every channel
FRINGE = 5  # pixels across the neighbourhood in which paper and drawing mix
STROKES = 24  # a stroke is at most this part of the longer side
FAINTEST_FILL = 0.12  # a fill paler than this cannot be told from paper along its edge


@dataclass(frozen=True)
class Sheet:
    """What an op may look at and never changes: where the ink and where the bare paper of a render are."""

    line: Picture  # (H, W), ink is 1
    bare: Picture  # (H, W), share of bare paper in each pixel, in [0, 1]


def bare_paper(render: Picture, line: Picture) -> Picture:
    """The share of bare outer paper in each pixel of a drawing.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink is 1.

    Returns:
        ``(H, W)`` in [0, 1]; zero everywhere if nothing near white touches the border.
    """
    ink = ink_colour(render, line)
    red, green, blue = cv2.split(render)
    darkness = 1 - cv2.min(cv2.min(red, green), blue)
    white = darkness < NEAR_WHITE
    outside = _flood(white)
    # No more ink than the render is dark: where the line art claims ink on white paper, it is paper.
    inked = np.minimum(line, darkness / (1 - min(ink)))
    rest = np.maximum(1 - inked, 1e-3)
    # Darkness of what is not ink, and the darkest of it around: that is the fill, the rest is paper.
    # A fill that ends below a stroke is seen whole on the other side of the stroke only.
    darkness = np.clip((darkness - inked * (1 - min(ink))) / rest, 0, 1)
    square = np.ones((FRINGE, FRINGE), np.uint8)
    across = np.ones((2 * (max(line.shape) // STROKES) + 1,) * 2, np.uint8)
    seen = np.where(inked < 0.5, darkness, 0).astype(np.float32)
    fill = np.where(inked > 0, cv2.dilate(seen, across), cv2.dilate(seen, square))
    paper = 1 - np.minimum(darkness / np.maximum(fill, FAINTEST_FILL), 1)
    paper[white] = outside[white]  # white on the other side of a hair line is no paper
    near = cv2.dilate(outside, square)
    return ((1 - inked) * paper * near).astype(np.float32)


def _flood(white: np.ndarray) -> np.ndarray:
    """The white region that touches the border, ``(H, W)`` uint8, 1 inside."""
    framed = cv2.copyMakeBorder(white.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(framed, None, (0, 0), 2)
    return (framed[1:-1, 1:-1] == 2).astype(np.uint8)


def ink_colour(render: Picture, line: Picture) -> Colour:
    """The median colour of the render where the line art is solid ink; black if there is none."""
    solid = line > 0.9
    if not solid.any():
        return 0.0, 0.0, 0.0
    red, green, blue = (float(channel) for channel in np.median(render[solid], axis=0))
    # White lettering over a black ink layer is no ink to learn from.
    return (red, green, blue) if min(red, green, blue) < 0.6 else (0.0, 0.0, 0.0)


def lay_behind(render: Picture, bare: Picture, background: Picture) -> Picture:
    """Put a background where the paper is bare.

    Exact for white paper: where only ink lies on it this multiplies the render by the background.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        bare: ``(H, W)`` of :func:`bare_paper`.
        background: ``(H, W, 3)`` in [0, 1].
    """
    laid = 1 - background
    laid *= merge([bare] * 3)
    np.subtract(render, laid, out=laid)
    return np.maximum(laid, 0, out=laid)


def background(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Lay a coloured paper, a gradient, soft blobs or a busy pattern behind the drawing.

    At full strength its luminance is mostly between 0.4 and 0.9, rarely down to 0.3, and always far above
    that of ink.
    """
    shape = frame(render)
    kinds = ("flat", "linear", "radial", "blobs", "stripes", "checks", "dots", "foliage")
    kind = str(rng.choice(kinds, p=(0.13, 0.17, 0.12, 0.2, 0.1, 0.08, 0.1, 0.1)))
    light = 1 - strength * (0.08 + 0.62 * rng.beta(1.6, 2.0))
    hue, saturation = rng.uniform(0, 1), 0.7 * rng.beta(1.2, 2.2)
    busy = kind in ("stripes", "checks", "dots", "foliage")
    contrast = strength * rng.uniform(0.08, 0.2 if busy else 0.35) * rng.choice((-1, 1))
    other = min(max(light + contrast, 0.3), 1.0)
    first = colour_of(hue, saturation, light)
    second = colour_of(hue + rng.normal(0, 0.1), min(saturation * rng.uniform(0.6, 1.5), 1), other)
    mix = _mixture(kind, rng, shape)
    # No wall or sheet is even: a slow, faint mottling under everything.
    mottle = smooth_noise(rng, shape, 0.3 * max(shape)) * np.float32(0.03 * strength)
    laid = merge(
        [
            np.clip(a + mix * np.float32(b - a) + mottle, 0, 1)
            for a, b in zip(first, second, strict=True)
        ]
    )
    return lay_behind(render, sheet.bare, laid), {"kind": kind, "light": light, "colour": first}


def colour_of(hue: float, saturation: float, light: float) -> Colour:
    """The colour of a hue and saturation (HSV) made as light as ``light`` (luminance)."""
    rgb = np.array(colorsys.hsv_to_rgb(hue % 1, saturation, 1), np.float32)
    full = float(luminance(rgb))
    rgb = rgb * light / full if light < full else 1 - (1 - rgb) * (1 - light) / max(1 - full, 1e-6)
    red, green, blue = (round(float(v), 4) for v in np.clip(rgb, 0, 1))
    return red, green, blue


def _mixture(kind: str, rng: Generator, shape: tuple[int, int]) -> Picture:
    """How far each pixel is from the first colour to the second, ``(H, W)`` in [0, 1]."""
    x, y = coordinates(shape)
    angle = rng.uniform(0, 2 * math.pi)
    along = x * math.cos(angle) + y * math.sin(angle)
    across = y * math.cos(angle) - x * math.sin(angle)
    if kind == "flat":
        return np.zeros(shape, np.float32)
    if kind == "linear":
        return ramp(along, rng.uniform(-0.7, -0.2), rng.uniform(0.2, 0.7))
    if kind == "radial":
        x0, y0 = rng.uniform(-0.4, 0.4, 2).astype(np.float32)
        return ramp(np.sqrt((x - x0) ** 2 + (y - y0) ** 2), 0.0, rng.uniform(0.4, 1.0))
    if kind == "blobs":
        return cloud(rng, shape, rng.uniform(0.25, 0.7) * max(shape), octaves=3)
    edge = rng.uniform(
        0.003, 0.012
    )  # of the longer side: the steps of a pattern are soft, ink is crisp
    if kind == "foliage":
        field = cloud(rng, shape, rng.uniform(0.08, 0.25) * max(shape))
        return ramp(field, 0.5 - 8 * edge, 0.5 + 8 * edge)
    period = rng.uniform(0.08, 0.22)
    duty = rng.uniform(0.3, 0.6)
    if kind == "stripes":
        return _bands(along, period, duty, edge)
    if kind == "checks":
        return (_bands(along, period, duty, edge) + _bands(across, period, duty, edge)) / 2
    u, v = _saw(along / period), _saw(across / period)
    return ramp(np.sqrt(u * u + v * v), duty / 2 + edge / period, duty / 2 - edge / period)


def _bands(position: Picture, period: float, duty: float, edge: float) -> Picture:
    return ramp(np.abs(_saw(position / period)), duty / 2 + edge / period, duty / 2 - edge / period)


def _saw(position: Picture) -> Picture:
    """The signed distance to the nearest whole number, in [-0.5, 0.5]."""
    return position - np.round(position)
