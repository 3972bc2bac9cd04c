"""Faults of a set: pairs that are there twice in another guise, and line arts under the wrong render."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lineart.pictures.images import Picture, fit, to_bytes

SIDE = 16  # of the small line arts by which likeness is told


def again(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """The pair itself."""
    return render, line


def again_small(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """The pair at ``strength`` times its size, at most 1."""
    longest = max(1, round(strength * max(line.shape)))
    return fit(render, longest), fit(line, longest)


def again_jpeg(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """The pair out of JPEG files of quality ``strength``."""
    quality = (cv2.IMWRITE_JPEG_QUALITY, round(strength))
    _, colours = cv2.imencode(".jpg", to_bytes(render)[..., ::-1], quality)
    _, ink = cv2.imencode(".jpg", to_bytes(1 - line), quality)
    rgb = np.asarray(cv2.imdecode(colours, cv2.IMREAD_COLOR), np.float32)[..., ::-1] / 255
    return np.ascontiguousarray(rgb), 1 - np.asarray(
        cv2.imdecode(ink, cv2.IMREAD_GRAYSCALE), np.float32
    ) / np.float32(255)


def again_mirrored(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """The pair as a mirror shows it."""
    return np.ascontiguousarray(render[:, ::-1]), np.ascontiguousarray(line[:, ::-1])


def partners(lines: Sequence[Picture], share: float, rng: Generator) -> NDArray[np.intp]:
    """For each line art the number of another of the same shape, whose render it is to be laid under.

    Args:
        lines: ``(H, W)`` each.
        share: of the others of its shape, the likest, from which one is drawn; in (0, 1].
        rng: of the choice.

    Returns:
        ``(N,)``; its own number where no other line art has the shape.
    """
    small = np.stack(
        [cv2.resize(line, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for line in lines]
    )
    found = np.arange(len(lines))
    for at, line in enumerate(lines):
        others = np.array(
            [i for i, other in enumerate(lines) if i != at and other.shape == line.shape]
        )
        if len(others):
            apart = np.abs(small[others] - small[at]).sum(axis=(1, 2))
            nearest = others[np.argsort(apart, kind="stable")]
            count = max(1, round(share * len(nearest)))
            found[at] = nearest[int(rng.integers(count))]
    return found
