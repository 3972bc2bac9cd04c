"""How far strokes of one picture lie from the same strokes of another: as a whole, and cell by cell.

Phase correlation (Kuglin and Hines, 1975) finds the whole pixels of a shift. The rest, and what differs
from place to place, is least squares on the gradient (Lucas and Kanade, 1981), a few times over, in the
form in which the gradient is that of the picture that stays (Baker and Matthews, 2004), so that most sums
are made once. Two additions: the strokes may be fainter in one picture than in the other, and where all
strokes run one way nothing is claimed of a shift along them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.pictures.images import Picture

STEPS = 2  # of least squares, each from where the one before has led to
REACH = 2.0  # pixels that one step may go
DAMPING = 0.1  # of the steeper direction's weight, on both
FAINT = 1e-6  # a cell with strokes fainter than this has none

Cells = NDArray[np.float64]


@dataclass(frozen=True)
class Displacement:
    """What was found, for a grid of ``(rows, columns)`` cells of equal size, the last ones cut off."""

    dx: Cells  # pixels by which the second picture lies further right, per cell
    dy: Cells  # and further down
    fit: Cells  # how alike the two are once it is moved back, in [0, 1]; 0 without strokes
    before: Cells  # and how alike they are at the start
    weight: Cells  # strokes in the second picture, the sum of their squares per pixel


def whole_shift(one: Picture, other: Picture) -> tuple[float, float]:
    """The whole pixels by which ``other`` lies to the right of ``one`` and below, both ``(H, W)``."""
    window = cv2.createHanningWindow((one.shape[1], one.shape[0]), cv2.CV_32F)
    (dx, dy), _ = cv2.phaseCorrelate(one, other, window)
    return float(round(dx)), float(round(dy))


def displacement(
    one: Picture, other: Picture, start: tuple[float, float], grid: int
) -> Displacement:
    """How far ``other`` lies from ``one``, both ``(H, W)``, in each cell of a grid.

    Args:
        one: bright strokes on black.
        other: the same strokes, displaced by a few pixels more or less than ``start``.
        start: pixels to the right and below.
        grid: cells a side; 1 for the picture as a whole. A cell is looked at together with half of its
            neighbours.
    """
    one, other = _padded(one, grid), _padded(other, grid)
    slope_x, slope_y = cv2.Scharr(other, -1, 1, 0) / 32, cv2.Scharr(other, -1, 0, 1) / 32
    still = {
        "xx": _cells(slope_x * slope_x, grid), "xy": _cells(slope_x * slope_y, grid),
        "yy": _cells(slope_y * slope_y, grid), "x": _cells(slope_x * other, grid),
        "y": _cells(slope_y * other, grid), "square": _cells(other * other, grid),
    }  # fmt: skip
    # The greater eigenvalue of the weights: the steepness across the strokes, whatever way they run.
    half, apart = (still["xx"] + still["yy"]) / 2, (still["xx"] - still["yy"]) / 2
    damping = DAMPING * (half + np.hypot(apart, still["xy"])) + FAINT
    xx, xy, yy = still["xx"] + damping, still["xy"], still["yy"] + damping
    area = xx * yy - xy * xy

    dx: Cells = np.full((grid, grid), start[0])
    dy: Cells = np.full((grid, grid), start[1])
    fits = []
    for step in range(STEPS + 1):
        moved = _moved(one, dx, dy)
        alike = _cells(moved * other, grid)
        norms = np.sqrt(_cells(moved * moved, grid) * still["square"])
        fits.append(np.minimum(np.where(norms > FAINT, alike / np.maximum(norms, FAINT), 0), 1))
        if step == STEPS:
            break
        # How much fainter the first picture's strokes are than the second one's.
        gain = np.maximum(alike / np.maximum(still["square"], FAINT), 0.1)
        right_x = _cells(slope_x * moved, grid) / gain - still["x"]
        right_y = _cells(slope_y * moved, grid) / gain - still["y"]
        dx = dx + np.clip((yy * right_x - xy * right_y) / area, -REACH, REACH)
        dy = dy + np.clip((xx * right_y - xy * right_x) / area, -REACH, REACH)
    return Displacement(dx, dy, fits[-1], fits[0], still["square"])


def _padded(picture: Picture, grid: int) -> Picture:
    """The picture with black at the right and below, so that all cells are of one size."""
    bottom, right = (-length % grid for length in picture.shape)
    if not (bottom or right):
        return picture
    padded = cv2.copyMakeBorder(picture, 0, bottom, 0, right, cv2.BORDER_CONSTANT, value=(0,))
    return np.asarray(padded, np.float32)


def _moved(picture: Picture, dx: Cells, dy: Cells) -> Picture:
    """Move a picture ``(H, W)`` by a grid of displacements in pixels; black comes in at the border."""
    height, width = picture.shape
    if dx.size == 1:
        matrix = np.array([[1, 0, dx.item()], [0, 1, dy.item()]], np.float64)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.float32)
    field = [
        cv2.resize(cells.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        for cells in (dx, dy)
    ]
    from_x = np.asarray(np.arange(width, dtype=np.float32) - field[0], np.float32)
    from_y = np.asarray(np.arange(height, dtype=np.float32)[:, None] - field[1], np.float32)
    return np.asarray(cv2.remap(picture, from_x, from_y, cv2.INTER_LINEAR), np.float32)


def _cells(picture: Picture, grid: int) -> Cells:
    """The mean over each cell, half of its neighbours included."""
    small = cv2.resize(picture, (grid, grid), interpolation=cv2.INTER_AREA)
    if grid > 1:
        small = cv2.GaussianBlur(small, (3, 3), 0.85, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(small, np.float64).reshape(grid, grid)
