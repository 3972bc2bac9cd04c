"""Light and colour: light that falls off, hue, exposure, and pictures taken in the dark.

Light falls on ink and paper alike, so all of it multiplies.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.augmentation.fields import (
    clamp,
    coarse,
    coordinates,
    enlarge,
    fine_noise,
    frame,
    glaze,
    merge,
    smooth_noise,
    soften,
    uneven,
)
from dataset_tools.augmentation.palette import colour_of
from dataset_tools.augmentation.sheet import Notes, Sheet
from lineart.pictures.images import Picture

COARSE = 128  # longer side of the grid on which light is made, in cells
GRAINY = 0.5  # how often a night is noisy

# Colour transforms keep the luminance of BT.601: RGB to Y, I, Q and back.
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
FROM_YIQ = np.linalg.inv(TO_YIQ)


def lighting(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Light that falls off: from a lamp at one side, towards the corners, or unevenly."""
    shape = frame(render)
    small = coarse(shape, COARSE)
    kind, field = _falling(rng, small)
    drift = np.float32(0.08) * smooth_noise(rng, small, COARSE / 2)
    fall = np.clip(enlarge(field + drift, shape), 0, 1)
    depth = strength * rng.uniform(0.35, 0.55)
    warm = rng.uniform(-0.08, 0.08) * depth
    colour = (1 - depth + warm, 1 - depth, 1 - depth - warm)
    return glaze(render, fall, colour), {"kind": kind, "depth": depth}


def _falling(rng: Generator, shape: tuple[int, int]) -> tuple[str, Picture]:
    """How light falls off, and how much of it is missing, about in [0, 1]."""
    x, y = coordinates(shape)
    kind = str(rng.choice(("side", "vignette", "lamp")))
    if kind == "side":
        angle = rng.uniform(0, 2 * math.pi)
        field = 0.5 + (x * math.cos(angle) + y * math.sin(angle)) / 1.4
    elif kind == "vignette":
        field = (x * x + y * y) * 2
    else:
        x0, y0 = rng.uniform(-0.7, 0.7, 2)
        field = 1 - 1 / (1 + 2.5 * ((x - x0) ** 2 + (y - y0) ** 2))
    return kind, field.astype(np.float32)


def night(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """By night: all is dark and of the night's colour, down to black at its edges, but for what lamps light.

    What is dark stays above ink by the same ratio, so it is the darkness of ink that no longer tells. Half of
    the nights are noisy: single pixels of the dark are black then, and are no ink.
    """
    shape = frame(render)
    dim = rng.uniform(0.08, 0.35) ** strength
    tint = np.array(colour_of(rng.uniform(0, 1), rng.uniform(0, 0.6), 0.3))
    x, y = coordinates(coarse(shape, COARSE))
    lit = np.zeros((y + x).shape, np.float32)
    lamps = int(rng.integers(0, 4))
    for _ in range(lamps):
        x0, y0 = rng.uniform(-0.5, 0.5, 2)
        reach = rng.uniform(0.05, 0.35)
        glow = np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / reach**2) * rng.uniform(0.3, 1)
        lit = np.maximum(lit, glow.astype(np.float32))
    lit = np.clip(enlarge(lit, shape), 0, 1) * np.float32(1 - dim)
    fall = np.float32(strength * rng.uniform(0, 1)) * _falling(rng, coarse(shape, COARSE))[1]
    unlit = np.float32(dim) * (1 - np.clip(enlarge(fall, shape), 0, 1))
    marks = 1 + np.float32(strength * rng.uniform(0, 0.6)) * (uneven(rng, shape) - np.float32(0.2))
    colour = (tint / tint.max()) ** min(1.0, 3 * strength)
    gain = [(unlit * np.float32(channel) + lit) * marks for channel in colour]
    dark = clamp(render * merge(gain))
    deviation = strength * rng.uniform(0.01, 0.06) * float(rng.uniform() < GRAINY)
    notes = {"gain": dim, "lamps": lamps, "deviation": deviation}
    return _counted(dark, rng, deviation) if deviation else dark, notes


def hue(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Turn all hues and change the saturation; the luminance stays."""
    turn = strength * rng.uniform(-0.6, 0.6)
    saturation = 1 + strength * rng.uniform(-0.75, 0.4)
    c, s = saturation * math.cos(turn), saturation * math.sin(turn)
    matrix = FROM_YIQ @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ TO_YIQ
    return _transform(render, matrix), {"turn": turn, "saturation": saturation}


def _transform(render: Picture, matrix: NDArray[np.float64]) -> Picture:
    """Colours times a 3 x 3 matrix, or a 3 x 4 one whose last column is added; kept in [0, 1]."""
    changed = cv2.transform(render, matrix.astype(np.float32))
    return clamp(np.asarray(changed, np.float32))


def exposure(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Brightness, the curve of the midtones, white balance, and the haze of a flat scan."""
    gain = 1 + strength * rng.uniform(-0.3, 0.08)
    curve = strength * rng.uniform(-0.35, 0.35)
    warm, tint = strength * rng.uniform(-0.1, 0.1), strength * rng.uniform(-0.04, 0.04)
    haze = strength * max(rng.uniform(-0.12, 0.12), 0)
    bent = render * (np.float32(1 + curve) - np.float32(curve) * render)
    balance = np.array([1 + warm, 1 + tint, 1 - warm])
    balance *= gain / balance.max() * (1 - haze)
    matrix = np.column_stack([np.diag(balance), np.full(3, haze)])
    notes = {"gain": gain, "curve": curve, "warm": warm, "tint": tint, "haze": haze}
    return _transform(bent, matrix), notes


def lowlight(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Taken in a dim room: dark, of little contrast, tinted, and noisy where it is darkest."""
    gain = 1 - strength * rng.uniform(0.35, 0.65)
    haze = strength * rng.uniform(0, 0.06)
    warm = strength * rng.uniform(-0.12, 0.25)
    colours = np.array([1.0, 1 - 0.3 * warm, 1 - warm])
    dark = _transform(render, np.column_stack([np.diag(gain * colours), np.full(3, haze)]))
    deviation = strength * rng.uniform(0.02, 0.06)
    notes = {"gain": gain, "haze": haze, "warm": warm, "deviation": deviation}
    return _counted(dark, rng, deviation), notes


def _counted(render: Picture, rng: Generator, deviation: float) -> Picture:
    """With the noise of light, that of counting it (Poisson): it grows with the root of the signal."""
    fields = [fine_noise(rng, frame(render)) for _ in range(3)]
    noise = merge([soften(field, 0.6) for field in fields])
    noise *= np.sqrt(render + np.float32(0.02)) * np.float32(2.2 * deviation)
    return clamp(render + noise)
