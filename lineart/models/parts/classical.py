"""What a method without learning is, which networks have to beat: ``(H, W, 3)`` in, ``(H, W)`` ink out.

Each comes with the grid of settings among which the validation split chooses (best pixel F). They see
luminance only and know black ink as dark, which is the whole of their knowledge. A render may also be uint8,
as large ones are kept: it becomes grey strip by strip.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lineart.pictures.images import Bytes, Picture, luminance

STRIP = 64  # rows whose luminance is worked out at a time


def grey_of(render: Picture | Bytes) -> Picture:
    """The luminance of a render, ``(H, W, 3)`` in [0, 1] or uint8, to ``(H, W)`` float32 in [0, 1]."""
    grey = np.empty(render.shape[:2], np.float32)
    for top in range(0, len(grey), STRIP):
        rows = render[top : top + STRIP]
        scale = np.float32(255 if rows.dtype == np.uint8 else 1)
        grey[top : top + STRIP] = luminance(rows / scale)
    return grey


@dataclass(frozen=True)
class Classical:
    """A method and the values each of its settings may take."""

    method: Callable[..., Picture]
    grid: Mapping[str, Sequence[float]]

    def candidates(self) -> Iterator[dict[str, float]]:
        """Every combination of the grid, in a fixed order; one empty combination without a grid."""
        for values in itertools.product(*self.grid.values()):
            yield dict(zip(self.grid, values, strict=True))
