"""Metrics of pixel against pixel: prediction and line art, both ``(H, W)`` in [0, 1], ink 1.

What each says of an empty page is decided here: MSE and MAE are the ink that is missing; PSNR is capped,
so that a perfect picture keeps a mean finite; F is 1 where both pages are empty, 0 where one is.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from lineart.metrics.pixels.metric import Metric
from lineart.pictures.images import Picture

INK = 0.5  # line art at or above this is ink, wherever a metric needs yes or no
# 1 - 204/255 is a hair below 0.2; an 8-bit level on a threshold must not miss it by rounding.
ROUNDING = 1e-6
PSNR_CAP = 100.0  # decibels, the score of an error below 1e-10
THRESHOLDS: NDArray[np.floating[Any]] = np.linspace(0.01, 0.99, 99)
SSIM_WINDOW = 7


def mse(prediction: Picture, line: Picture) -> float:
    """Mean squared error."""
    return float(np.mean(np.square(prediction - line), dtype=np.float64))


def mae(prediction: Picture, line: Picture) -> float:
    """Mean absolute error."""
    return float(np.mean(np.abs(prediction - line), dtype=np.float64))


def psnr(prediction: Picture, line: Picture) -> float:
    """Peak signal-to-noise ratio in decibels, at most 100.

    >>> round(psnr(np.zeros((8, 8)), np.full((8, 8), 0.1)), 6)
    20.0
    """
    return min(PSNR_CAP, -10 * math.log10(max(mse(prediction, line), 1e-12)))


def ssim(prediction: Picture, line: Picture) -> float:
    """Structural similarity (Wang et al., IEEE TIP 13(4), 2004), 7 x 7 windows, by scikit-image.

    Pictures smaller than a window are widened with paper, which is equal in both.
    """
    missing = [max(0, SSIM_WINDOW - side) for side in line.shape]
    if any(missing):
        widths = [(0, side) for side in missing]
        prediction, line = np.pad(prediction, widths), np.pad(line, widths)
    return float(structural_similarity(prediction, line, data_range=1.0, win_size=SSIM_WINDOW))


def f_measure(prediction: Picture, line: Picture, threshold: float) -> float:
    """F of the pixels with ``prediction >= threshold`` against those with ``line >= 0.5``."""
    return float(f_measures(prediction, line, np.array([threshold]))[0])


def f_measures(
    prediction: Picture, line: Picture, thresholds: NDArray[np.floating[Any]] = THRESHOLDS
) -> NDArray[np.floating[Any]]:
    """:func:`f_measure` at every threshold, from one sort of the predictions.

    Args:
        thresholds: ascending, in (0, 1].

    Returns:
        One F a threshold, in [0, 1].
    """
    truth = line >= INK
    values = np.asarray(prediction, np.float64)
    levels = thresholds - ROUNDING
    marked = values.size - np.searchsorted(np.sort(values, axis=None), levels, side="left")
    hits = truth.sum() - np.searchsorted(np.sort(values[truth]), levels, side="left")
    total = marked + truth.sum()
    return np.where(total > 0, 2 * hits / np.maximum(total, 1), 1.0)


METRICS: dict[str, Metric] = {
    "mse": Metric("MSE", "pixels", "lower", 0, 1, "mean squared error", mse),
    "mae": Metric("MAE", "pixels", "lower", 0, 1, "mean absolute error", mae),
    "psnr": Metric("PSNR (dB)", "pixels", "higher", 0, PSNR_CAP, "of a peak of 1", psnr),
    "ssim": Metric("SSIM", "pixels", "higher", -1, 1, "Wang et al. 2004, 7 x 7 windows", ssim),
    "f": Metric(
        "F",
        "pixels",
        "higher",
        0,
        1,
        "pixels, at the validation split's threshold",
        f_measure,
        "threshold",
    ),
}


def score(prediction: Picture, line: Picture, threshold: float) -> dict[str, float]:
    """The pixel metrics of one picture, by name; ``threshold`` is used by F alone.

    :func:`lineart.metrics.table.score` has the metrics of lines too.
    """
    return {
        name: metric.function(prediction, line, threshold)
        if metric.needs == "threshold"
        else metric.function(prediction, line)
        for name, metric in METRICS.items()
    }
