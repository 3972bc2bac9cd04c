"""The marks of a scanner: the bar of its lamp, streaks of dust, the shade of an open lid, yellowed paper."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.augmentation.fields import (
    clamp,
    coarse,
    coordinates,
    enlarge,
    frame,
    glaze,
    ramp,
    shade,
    smooth_noise,
)
from dataset_tools.augmentation.sheet import Notes, Sheet
from lineart.pictures.images import Picture

YELLOWED = (0.96, 0.90, 0.74)  # what old paper makes of white
COARSE = 128  # longer side of the grid on which paper yellows, in cells

Profile = NDArray[np.floating]  # (N,): a factor along one side of the picture


def scanner(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """One or more of: a bar of the lamp, streaks, the shade at an end, paper that yellowed."""
    height, width = frame(render)
    kinds = [name for name in ("bar", "streaks", "lid", "yellowed") if rng.uniform() < 0.6]
    kinds = kinds or ["bar"]
    down = bool(rng.uniform() < 0.5)  # the lamp moves down or across
    along = np.ones((height if down else width), np.float32)
    across = np.ones((width if down else height), np.float32)
    if "bar" in kinds:
        along *= bar(rng, along.size, strength)
    if "streaks" in kinds:
        for _ in range(int(rng.integers(1, 6))):
            at, wide = int(rng.integers(across.size)), int(rng.integers(1, 4))
            across[at : at + wide] *= np.float32(1 - strength * rng.uniform(0.05, 0.25))
    if "lid" in kinds:
        along *= lid(rng, along.size, strength)
    factor = np.outer(along, across) if down else np.outer(across, along)
    render = shade(render, factor)
    if "yellowed" in kinds:
        render = glaze(render, yellowing(rng, frame(render)) * np.float32(strength), YELLOWED)
    return clamp(render), {"kinds": kinds}


def bar(rng: Generator, length: int, strength: float) -> Profile:
    """A bar across the sheet, darker or lighter than the rest; white has no room, so the rest darkens."""
    middle, half = rng.uniform(-0.5, 0.5), np.float32(rng.uniform(0.04, 0.2))
    bump = np.exp(-(((_positions(length) - np.float32(middle)) / half) ** 2))
    depth = np.float32(strength * rng.uniform(0.12, 0.3))
    return 1 - depth * (bump if rng.uniform() < 0.5 else 1 - bump)


def lid(rng: Generator, length: int, strength: float) -> Profile:
    """The shade where the lid stood open or the book would not lie flat, at one end."""
    edge, depth = rng.uniform(0.06, 0.25), np.float32(strength * rng.uniform(0.3, 0.6))
    position = _positions(length) * rng.choice(np.array([-1, 1], np.float32))
    return 1 - depth * ramp(position, 0.5 - edge, 0.5)


def yellowing(rng: Generator, shape: tuple[int, int]) -> Picture:
    """How far the paper yellowed, in [0, 1]: blotchy, and more towards the edges."""
    small = coarse(shape, COARSE)
    x, y = coordinates(small)
    rim = ramp(np.maximum(np.abs(x), np.abs(y)), 0.2, 0.55)
    blotches = smooth_noise(rng, small, 0.15 * max(small)) * np.float32(0.12)
    field = np.float32(0.55) + np.float32(0.45) * rim + blotches
    return np.clip(enlarge(field, shape), 0, 1)


def _positions(length: int) -> Profile:
    return np.linspace(-0.5, 0.5, length, dtype=np.float32)
