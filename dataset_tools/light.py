"""What light and the camera do to a sheet: cast shadows, uneven light, exposure, blur, noise, JPEG.

Each op is ``(render, sheet, rng, strength) -> (render, notes)`` with the strength in [0, 1]. Light falls
on ink and paper alike, so all of it multiplies. A shadow is the signed distance to the edge of what casts
it, read through a penumbra that widens with the distance from the caster.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.backgrounds import Notes, Sheet
from dataset_tools.fields import (
    coordinates,
    enlarge,
    fine_noise,
    frame,
    glaze,
    merge,
    ramp,
    smooth_noise,
    soften,
)
from lineart.images import Picture, to_bytes

COARSE = 160  # longer side of the grid on which shadows and gradients are made, in cells

# Colour transforms keep the luminance of BT.601: RGB to Y, I, Q and back.
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
FROM_YIQ = np.linalg.inv(TO_YIQ)


def shadows(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """A cast shadow: of an edge, a window, blinds, a hand, leaves or a pencil."""
    kind = str(rng.choice(list(CASTERS), p=(0.22, 0.14, 0.14, 0.2, 0.18, 0.12)))
    shape = frame(render)
    small = _coarse(shape)
    x, y = coordinates(small)
    angle = rng.uniform(0, 2 * math.pi)
    along = x * math.cos(angle) + y * math.sin(angle)
    across = y * math.cos(angle) - x * math.sin(angle)
    distance = CASTERS[kind](rng, along.astype(np.float32), across.astype(np.float32))
    slender = kind in ("leaves", "pencil")  # softer and paler than a stroke of ink ever is
    softness = rng.uniform(0.004, 0.03) * (1.6 if slender else 1)
    # Along the caster the shadow runs from sharp (where it touches the paper) to soft.
    penumbra = np.float32(softness) * np.clip(1 + rng.uniform(0, 2.2) * (along + 0.5), 0.8, 4)
    wide = enlarge(penumbra.astype(np.float32), shape)
    mask = ramp(-enlarge(distance, shape), -wide, wide)
    depth = strength * rng.uniform(0.45, 0.65) * (0.75 if slender else 1)
    cool = rng.uniform(0, 0.12) * depth  # the sky lights what the sun does not
    colour = (1 - depth - cool, 1 - depth, 1 - depth + cool)
    return glaze(render, mask, colour), {"kind": kind, "depth": depth}


def _coarse(shape: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, COARSE / max(shape))
    height, width = (max(2, round(side * scale)) for side in shape)
    return height, width


def _edge(rng: Generator, along: Picture, across: Picture) -> Picture:
    bow = rng.uniform(-0.4, 0.4) * along**2
    return across + np.float32(rng.uniform(-0.25, 0.25)) + bow.astype(np.float32)


def _window(rng: Generator, along: Picture, across: Picture) -> Picture:
    """Light through two by two panes; all around is shadow."""
    skew = rng.uniform(-0.4, 0.4)
    u = np.abs(along + np.float32(skew) * across + np.float32(rng.uniform(-0.15, 0.15)))
    v = np.abs(across + np.float32(rng.uniform(-0.15, 0.15)))
    bar, wide, high = rng.uniform(0.025, 0.045), rng.uniform(0.25, 0.45), rng.uniform(0.25, 0.45)
    pane = np.minimum(np.minimum(u - bar, wide - u), np.minimum(v - bar, high - v))
    return pane.astype(np.float32)


def _blinds(rng: Generator, along: Picture, across: Picture) -> Picture:
    period, duty = rng.uniform(0.1, 0.24), rng.uniform(0.35, 0.6)
    fan = 1 + np.float32(rng.uniform(-0.35, 0.35)) * along
    position = across * fan / np.float32(period) + np.float32(rng.uniform(0, 1))
    return (np.abs(position - np.round(position)) - duty / 2) * np.float32(period)


def _hand(rng: Generator, along: Picture, across: Picture) -> Picture:
    """Palm, four bent fingers and a thumb that come in from one side."""
    size, reach = rng.uniform(0.75, 1.25), rng.uniform(-0.5, -0.2)
    u = (along - np.float32(reach)) / np.float32(size)
    v = (across - np.float32(rng.uniform(-0.15, 0.15))) / np.float32(size)
    v = v * rng.choice((-1, 1))
    spread, bend = rng.uniform(0.06, 0.22), rng.normal(0, 0.25)
    shape = _capsule(u, v, (-1.2, 0.0), (-0.2, 0.0), 0.13)
    shape = _union(shape, _capsule(u, v, (-0.18, -0.03), (-0.1, 0.05), 0.15))
    for finger, length in enumerate((0.27, 0.33, 0.31, 0.24)):
        turn = (finger - 1.5) * spread
        start = (0.0 - 0.012 * (finger - 1.5) ** 2, (finger - 1.5) * 0.082)
        knee = _ahead(start, turn, 0.55 * length)
        tip = _ahead(knee, turn + bend * rng.uniform(0.6, 1.4), 0.45 * length)
        shape = _union(shape, _capsule(u, v, start, knee, 0.037))
        shape = _union(shape, _capsule(u, v, knee, tip, 0.032))
    turn = rng.uniform(0.5, 1.1)
    knee = _ahead((-0.2, 0.12), turn, 0.16)
    shape = _union(shape, _capsule(u, v, (-0.2, 0.12), knee, 0.05))
    shape = _union(shape, _capsule(u, v, knee, _ahead(knee, turn - 0.4, 0.11), 0.04))
    return (shape * size).astype(np.float32)


def _ahead(point: tuple[float, float], angle: float, length: float) -> tuple[float, float]:
    return point[0] + length * math.cos(angle), point[1] + length * math.sin(angle)


def _capsule(
    u: Picture, v: Picture, start: tuple[float, float], end: tuple[float, float], radius: float
) -> Picture:
    """Signed distance to a line segment with round ends."""
    du, dv = end[0] - start[0], end[1] - start[1]
    t = np.clip(((u - start[0]) * du + (v - start[1]) * dv) / (du * du + dv * dv), 0, 1)
    return np.hypot(u - start[0] - t * du, v - start[1] - t * dv) - radius


def _union(one: Picture, other: Picture) -> Picture:
    """The union of two signed distances with a rounded seam, as skin has."""
    blend = np.maximum(0.03 - np.abs(one - other), 0)
    return np.minimum(one, other) - blend * blend / 0.12


def _leaves(rng: Generator, along: Picture, across: Picture) -> Picture:
    """Twigs with leaves that come in from one side and thin out."""
    distance = np.full(along.shape, 1.0, np.float32)
    for _ in range(int(rng.integers(2, 4))):
        point = (-0.7, rng.uniform(-0.5, 0.5))
        angle = -point[1] * 0.8 + rng.normal(0, 0.2)
        for step in range(int(rng.integers(6, 11))):
            ahead = _ahead(point, angle, 0.11)
            distance = np.minimum(distance, _capsule(along, across, point, ahead, 0.006))
            lean = angle + (1 if step % 2 else -1) * rng.uniform(0.5, 1.1)
            long = rng.uniform(0.07, 0.13)
            tip = _ahead(ahead, lean, long)
            leaf = _leaf(along, across, ahead, tip, rng.uniform(0.3, 0.45) * long)
            distance = np.minimum(distance, leaf)
            point, angle = ahead, angle + rng.normal(0, 0.15)
    return distance.astype(np.float32)


def _leaf(
    u: Picture, v: Picture, start: tuple[float, float], end: tuple[float, float], half: float
) -> Picture:
    """Signed distance to the lens that two circles cut, from tip to tip."""
    length = math.dist(start, end)
    du, dv = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    x, y = u - (start[0] + end[0]) / 2, v - (start[1] + end[1]) / 2
    radius = (length * length / 4 + half * half) / (2 * half)
    away = np.abs(y * du - x * dv) + (radius - half)
    return np.hypot(x * du + y * dv, away) - radius


def _pencil(rng: Generator, along: Picture, across: Picture) -> Picture:
    """A thick stick with a pointed end that lies over the sheet."""
    tip, half = rng.uniform(-0.1, 0.4), rng.uniform(0.028, 0.045)
    v = np.abs(across + np.float32(rng.uniform(-0.2, 0.2)))
    return np.maximum(v - half, (along - tip) * 0.25 + v * 0.97).astype(np.float32)


CASTERS = {
    "edge": _edge,
    "window": _window,
    "blinds": _blinds,
    "hand": _hand,
    "leaves": _leaves,
    "pencil": _pencil,
}


def lighting(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Light that falls off: from a lamp at one side, towards the corners, or unevenly."""
    shape = frame(render)
    small = _coarse(shape)
    x, y = coordinates(small)
    kind = str(rng.choice(("side", "vignette", "lamp")))
    if kind == "side":
        angle = rng.uniform(0, 2 * math.pi)
        field = 0.5 + (x * math.cos(angle) + y * math.sin(angle)) / 1.4
    elif kind == "vignette":
        field = (x * x + y * y) * 2
    else:
        x0, y0 = rng.uniform(-0.7, 0.7, 2)
        field = 1 - 1 / (1 + 2.5 * ((x - x0) ** 2 + (y - y0) ** 2))
    uneven = np.float32(0.08) * smooth_noise(rng, small, COARSE / 2)
    fall = np.clip(enlarge(field.astype(np.float32) + uneven, shape), 0, 1)
    depth = strength * rng.uniform(0.35, 0.55)
    warm = rng.uniform(-0.08, 0.08) * depth
    colour = (1 - depth + warm, 1 - depth, 1 - depth - warm)
    return glaze(render, fall, colour), {"kind": kind, "depth": depth}


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
    return np.clip(np.asarray(changed, np.float32), 0, 1)


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


def blur(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """A little out of focus: a Gaussian of at most 1.2 pixels."""
    sigma = 0.3 + 0.9 * strength * rng.uniform(0.5, 1)
    return np.minimum(soften(render, sigma), 1), {"sigma": sigma}


def noise(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Noise of a sensor, grey or coloured."""
    deviation = 0.06 * strength * rng.uniform(0.4, 1)
    shape = frame(render)
    coloured = bool(rng.uniform() < 0.4)
    if coloured:
        field = merge([fine_noise(rng, shape) for _ in range(3)])
    else:
        field = merge([fine_noise(rng, shape)] * 3)
    changed = np.clip(render + np.float32(deviation) * field, 0, 1)
    return changed, {"deviation": deviation, "coloured": coloured}


def jpeg(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Traces of JPEG, quality 90 (strength 0) down to 35 (strength 1)."""
    quality = round(90 - 55 * strength * rng.uniform(0.6, 1))
    pixels = cv2.cvtColor(to_bytes(render), cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done, "OpenCV could not encode a JPEG"
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None, "OpenCV could not decode its own JPEG"
    return decoded.astype(np.float32) / np.float32(255), {"quality": quality}
