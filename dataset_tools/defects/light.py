"""Faults of the render: its exposure, contrast and focus."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import soften
from lineart.pictures.images import Picture

GAMMA = 2.2  # of sRGB, near enough; a stop is a factor of two in light


def dark(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A render exposed ``strength`` stops too short."""
    return render * np.float32(2 ** (-strength / GAMMA)), line


def bright(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A render exposed ``strength`` stops too long: veiled by stray light, its light parts burnt out.

    Black ink would stay black without the veil, a hundredth of full light.
    """
    light = (render.astype(np.float32) ** np.float32(GAMMA) + np.float32(0.01)) * np.float32(
        2**strength
    )
    return np.clip(light, 0, 1) ** np.float32(1 / GAMMA), line


def flat(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A render that has ``strength`` of its contrast left, around its mean."""
    mean = np.float32(render.mean())
    return mean + (render - mean) * np.float32(strength), line


def blurred(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A render blurred by a Gaussian of ``strength`` pixels."""
    return np.clip(soften(render, strength), 0, 1), line
