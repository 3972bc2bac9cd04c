"""How far strokes of one picture lie from the same strokes of another: as a whole, and cell by cell.

Phase correlation (Kuglin and Hines, 1975) finds the whole pixels of a shift. The rest, and what differs
from place to place, is least squares on the gradient (Lucas and Kanade, 1981), a few times over, with two
additions: the strokes may be fainter in one picture than in the other, and where all strokes run one way
nothing is claimed of a shift along them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.images import Picture

REACH = 2.0  # pixels that one step may go
DAMPING = 0.03  # of the steeper direction's weight, on both
FAINT = 1e-6  # a cell with strokes fainter than this has none

Cells = NDArray[np.float64]


@dataclass(frozen=True)
class Displacement:
    """What was found, for a grid of ``(rows, columns)`` cells."""

    dx: Cells  # pixels by which the second picture lies further right, per cell
    dy: Cells  # and further down
    fit: Cells  # how alike the two are once it is moved back, in [0, 1]; 0 without strokes
    weight: Cells  # strokes in the second picture, the sum of their squares per pixel


def whole_shift(one: Picture, other: Picture) -> tuple[float, float]:
    """The whole pixels by which ``other`` lies to the right of ``one`` and below, both ``(H, W)``."""
    window = cv2.createHanningWindow((one.shape[1], one.shape[0]), cv2.CV_32F)
    (dx, dy), _ = cv2.phaseCorrelate(one, other, window)
    return float(round(dx)), float(round(dy))


def displacement(
    one: Picture,
    other: Picture,
    start: tuple[float, float],
    grid: tuple[int, int],
    steps: int = 3,
) -> Displacement:
    """How far ``other`` lies from ``one``, both ``(H, W)``, in each cell of a grid.

    Args:
        one: bright strokes on black.
        other: the same strokes, displaced by a few pixels more or less than ``start``.
        start: pixels to the right and below.
        grid: rows and columns. A cell is looked at together with half of its neighbours.
        steps: of least squares, each from where the one before has led to; none to see how ``start`` fits.
    """
    across: Cells = np.full(grid, start[0])
    down: Cells = np.full(grid, start[1])
    for _ in range(steps):
        back = moved(other, -across, -down)
        step = _Sums(one, back, grid).step()
        across, down = across + step[0], down + step[1]
    sums = _Sums(one, moved(other, -across, -down), grid)
    return Displacement(across, down, sums.fit(), sums.weight())


def moved(picture: Picture, across: Cells, down: Cells) -> Picture:
    """Move a picture ``(H, W)`` by a grid of displacements in pixels; black comes in at the border."""
    height, width = picture.shape
    if across.size == 1:
        matrix = np.array([[1, 0, across.item()], [0, 1, down.item()]], np.float64)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.float32)
    cells = np.stack([across, down], axis=-1).astype(np.float32)
    field = cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR)
    from_x = np.asarray(np.arange(width) - field[..., 0], np.float32)
    from_y = np.asarray(np.arange(height)[:, None] - field[..., 1], np.float32)
    return np.asarray(cv2.remap(picture, from_x, from_y, cv2.INTER_LINEAR), np.float32)


class _Sums:
    """Products of two pictures and of the second one's slopes, averaged over each cell."""

    def __init__(self, one: Picture, back: Picture, grid: tuple[int, int]):
        across, down = cv2.Scharr(back, -1, 1, 0) / 32, cv2.Scharr(back, -1, 0, 1) / 32
        products = {
            "xx": across * across, "xy": across * down, "yy": down * down,
            "x1": across * one, "y1": down * one, "xb": across * back, "yb": down * back,
            "11": one * one, "1b": one * back, "bb": back * back,
        }  # fmt: skip
        self.of = {name: _cells(product, grid) for name, product in products.items()}

    def step(self) -> tuple[Cells, Cells]:
        """Pixels by which each cell of the second picture still lies to the right and below."""
        of = self.of
        gain = of["1b"] / np.maximum(
            of["bb"], FAINT
        )  # how much fainter the first one's strokes are
        right_x = of["x1"] / np.maximum(gain, 0.1) - of["xb"]
        right_y = of["y1"] / np.maximum(gain, 0.1) - of["yb"]
        # The greater eigenvalue of the weights: the steepness across the strokes, whatever way they run.
        half, apart = (of["xx"] + of["yy"]) / 2, (of["xx"] - of["yy"]) / 2
        damping = DAMPING * (half + np.hypot(apart, of["xy"])) + FAINT
        xx, xy, yy = of["xx"] + damping, of["xy"], of["yy"] + damping
        area = xx * yy - xy * xy
        across, down = (yy * right_x - xy * right_y) / area, (xx * right_y - xy * right_x) / area
        return np.clip(across, -REACH, REACH), np.clip(down, -REACH, REACH)

    def fit(self) -> Cells:
        norms = np.sqrt(self.of["11"] * self.of["bb"])
        fit = np.where(norms > FAINT, self.of["1b"] / np.maximum(norms, FAINT), 0)
        return np.minimum(fit, 1)

    def weight(self) -> Cells:
        return self.of["bb"]


def _cells(picture: Picture, grid: tuple[int, int]) -> Cells:
    small = cv2.resize(picture, grid[::-1], interpolation=cv2.INTER_AREA)
    if min(grid) > 1:
        # Half of a neighbour counts, so that a cell with a single stroke is not alone.
        small = cv2.GaussianBlur(small, (3, 3), 0.85, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(small, np.float64)
