"""Methods without learning: what a network has to beat. ``(H, W, 3)`` render in, ``(H, W)`` ink out.

Each comes with the grid of settings among which the validation split chooses (best pixel F). They see
luminance only and know black ink as dark, which is the whole of their knowledge. A render may also be uint8,
as large ones are kept: it becomes grey strip by strip.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lineart.images import Bytes, Picture, luminance, to_bytes

STRIP = 64  # rows whose luminance is worked out at a time


def grey_of(render: Picture | Bytes) -> Picture:
    """The luminance of a render, ``(H, W, 3)`` in [0, 1] or uint8, to ``(H, W)`` float32 in [0, 1]."""
    grey = np.empty(render.shape[:2], np.float32)
    for top in range(0, len(grey), STRIP):
        rows = render[top : top + STRIP]
        scale = np.float32(255 if rows.dtype == np.uint8 else 1)
        grey[top : top + STRIP] = luminance(rows / scale)
    return grey


def blank(render: Picture | Bytes) -> Picture:
    """The empty page: what a metric must not reward."""
    return np.zeros(render.shape[:2], np.float32)


def dark_threshold(render: Picture | Bytes, below: float = 0.3) -> Picture:
    """Everything darker than ``below`` is ink."""
    return (grey_of(render) < below).astype(np.float32)


def difference_of_gaussians(
    render: Picture | Bytes, sigma: float = 1.0, gain: float = 4.0
) -> Picture:
    """Dark lines: a wide blur minus a narrow one (ratio 1.6), times ``gain``, cut to [0, 1].

    Marr and Hildreth, Proc. R. Soc. London B 207, 1980. ``sigma`` of the narrow blur, in pixels.
    """
    grey = grey_of(render)
    narrow = cv2.GaussianBlur(grey, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    wide = cv2.GaussianBlur(grey, (0, 0), 1.6 * sigma, borderType=cv2.BORDER_REPLICATE)
    np.subtract(wide, narrow, out=wide)  # in place: a large sheet has hundreds of megabytes
    np.multiply(wide, gain, out=wide)
    return np.clip(wide, 0, 1, out=wide).astype(np.float32, copy=False)


def canny(
    render: Picture | Bytes, sigma: float = 1.0, low: float = 0.2, high: float = 0.4
) -> Picture:
    """Canny's edges (IEEE TPAMI 8(6), 1986), by OpenCV, after a Gaussian blur of ``sigma`` pixels.

    ``low`` and ``high`` are shares of the strongest Sobel response a luminance step can give.
    """
    grey = to_bytes(grey_of(render))
    if sigma > 0:
        cv2.GaussianBlur(grey, (0, 0), sigma, dst=grey, borderType=cv2.BORDER_REPLICATE)
    strongest = 4 * 255  # 3 x 3 Sobel across a step from black to white
    edges = cv2.Canny(grey, low * strongest, high * strongest, L2gradient=True)
    return (edges > 0).astype(np.float32)


@dataclass(frozen=True)
class Classical:
    """A method and the values each of its settings may take."""

    method: Callable[..., Picture]
    grid: Mapping[str, Sequence[float]]

    def candidates(self) -> Iterator[dict[str, float]]:
        """Every combination of the grid, in a fixed order; one empty combination without a grid."""
        for values in itertools.product(*self.grid.values()):
            yield dict(zip(self.grid, values, strict=True))


CLASSICAL: dict[str, Classical] = {
    "blank": Classical(blank, {}),
    "dark_threshold": Classical(
        dark_threshold, {"below": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)}
    ),
    "difference_of_gaussians": Classical(
        difference_of_gaussians, {"sigma": (0.5, 0.8, 1.2, 1.8, 2.5), "gain": (2, 4, 8, 16)}
    ),
    "canny": Classical(
        canny, {"sigma": (0.0, 0.7, 1.4, 2.0), "low": (0.05, 0.1, 0.2), "high": (0.2, 0.3, 0.5)}
    ),
}
