"""Crispness: how much of the ink is left when only the ridges of the lines are kept.

Y. Ye et al., "Delving into Crispness: Guided Label Refinement for Crisp Edge Detection", IEEE TIP 2023
(arXiv 2306.15172): the sum after non-maximum suppression over the sum before. A line one pixel wide has 1,
but a stroke several pixels wide and perfectly sharp has less, so the figure is read beside the truth's own.

The suppression is the usual one of edge detection, written from a description: the direction across a line
from second derivatives of the smoothed picture; a pixel goes where it is below a bilinear neighbour
in that direction, times a factor.
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.ndimage import map_coordinates

from lineart.metrics.pixels.metric import Metric
from lineart.pictures.images import Picture

SMOOTHING = 4  # pixels, radius of the triangle filter before the derivatives
RADIUS = 2  # pixels, how far along the normal the neighbours are
FACTOR = 1.01  # a pixel must be below its neighbour by so much to go
BORDER = 5  # pixels along the frame that fade to nothing, where directions mean little


def crispness(prediction: Picture, line: Picture) -> float:
    """The share of the prediction's ink that is on ridges, in [0, 1]; 0 for a blank page.

    ``line`` has no part in it; :func:`truth_crispness` has the figure to read it by.
    """
    return average_crispness(prediction)


def truth_crispness(prediction: Picture, line: Picture) -> float:
    """The same of the line art; what a perfect prediction would have."""
    return average_crispness(line)


def average_crispness(picture: Picture) -> float:
    """Ink after non-maximum suppression over ink before; 0 where there is none.

    >>> line = np.zeros((40, 40))
    >>> line[20, 8:32] = 1
    >>> average_crispness(line)
    1.0
    """
    total = float(picture.sum(dtype=np.float64))
    return float(ridges(picture).sum(dtype=np.float64)) / total if total > 0 else 0.0


def ridges(picture: Picture) -> Picture:
    """The picture with every pixel set to 0 that is not the highest across its line, ``(H, W)``."""
    rows, columns = np.nonzero(picture > 0)
    values = picture[rows, columns]
    angle = normals(picture)[rows, columns]
    down, right = np.sin(angle), np.cos(angle)
    for distance in (*range(-RADIUS, 0), *range(1, RADIUS + 1)):
        at = (rows + distance * down, columns + distance * right)
        beside = map_coordinates(picture, at, order=1, mode="nearest", output=np.float64)
        stays = values * FACTOR >= beside  # those that go need not be asked again
        rows, columns, values = rows[stays], columns[stays], values[stays]
        down, right = down[stays], right[stays]
    kept = np.zeros_like(picture)
    kept[rows, columns] = values
    return kept * np.minimum.outer(*(_fade(side) for side in picture.shape))


def normals(picture: Picture) -> Picture:
    """The direction across the line through each pixel, in radians from the x axis, ``(H, W)`` in [0, pi)."""
    rise = np.arange(1, SMOOTHING + 2, dtype=np.float64)
    triangle = np.concatenate([rise, rise[-2::-1]]) / (SMOOTHING + 1) ** 2
    exact = np.asarray(picture, np.float64)
    smooth = cv2.sepFilter2D(exact, -1, triangle, triangle, borderType=cv2.BORDER_REFLECT)
    down, right = _gradient(np.asarray(smooth, np.float64))
    down_down = _gradient(down)[0]
    down_right, right_right = _gradient(right)
    # The usual formula takes the sign of 0 for 0, and so a level line for an upright one.
    side = np.where(down_right > 0, -1, 1)
    return np.mod(np.arctan(down_down * side / (right_right + 1e-5)), np.pi)


def _gradient(picture: Picture) -> tuple[Picture, Picture]:
    """Central differences downwards and to the right; 0 along a side of one pixel."""
    return (
        np.gradient(picture, axis=0) if picture.shape[0] > 1 else np.zeros_like(picture),
        np.gradient(picture, axis=1) if picture.shape[1] > 1 else np.zeros_like(picture),
    )


def _fade(side: int) -> Picture:
    """From 0 at both ends to 1 over the border."""
    place = np.arange(side)
    return np.minimum(1, np.minimum(place, place[::-1]) / BORDER)


METRICS: dict[str, Metric] = {
    "crispness": Metric(
        "Crispness", "lines", "", 0, 1, "Ye et al. 2023; see the truth's", crispness
    ),
    "truth_crispness": Metric(
        "Truth's crispness", "lines", "", 0, 1, "Ye et al. 2023", truth_crispness
    ),
}
