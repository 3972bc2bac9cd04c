"""Cast shadows: of an edge, a window, blinds, a hand, leaves or a pencil.

A shadow is the signed distance to the edge of what casts it, read through a penumbra that widens with the
distance from the caster. Light falls on ink and paper alike, so a shadow multiplies.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import coarse, enlarge, frame, glaze, ramp, turned
from dataset_tools.augmentation.sheet import Notes, Sheet
from lineart.pictures.images import Picture

COARSE = 160  # longer side of the grid on which casters are drawn, in cells
FINE = 320  # the same for their shadows


def shadows(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """A cast shadow: of an edge, a window, blinds, a hand, leaves or a pencil."""
    kind = str(rng.choice(list(CASTERS), p=(0.22, 0.14, 0.14, 0.2, 0.18, 0.12)))
    shape = frame(render)
    along, across = turned(coarse(shape, COARSE), rng.uniform(0, 2 * math.pi))
    distance = CASTERS[kind](rng, along, across)
    slender = kind in ("leaves", "pencil")  # softer and paler than a stroke of ink ever is
    softness = rng.uniform(0.004, 0.03) * (1.6 if slender else 1)
    # Along the caster the shadow runs from sharp (where it touches the paper) to soft.
    penumbra = np.float32(softness) * np.clip(1 + rng.uniform(0, 2.2) * (along + 0.5), 0.8, 4)
    fine = coarse(shape, FINE)
    wide = enlarge(penumbra.astype(np.float32), fine)
    mask = np.clip(enlarge(ramp(-enlarge(distance, fine), -wide, wide), shape), 0, 1)
    depth = strength * rng.uniform(0.45, 0.65) * (0.75 if slender else 1)
    cool = rng.uniform(0, 0.12) * depth  # the sky lights what the sun does not
    colour = (1 - depth - cool, 1 - depth, 1 - depth + cool)
    return glaze(render, mask, colour), {"kind": kind, "depth": depth}


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
