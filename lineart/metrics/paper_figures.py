"""Figures that can be laid beside those of the CLEAR-Net paper, under names of their own.

The paper's ODS and OIS of 0.94 and more are not the edge benchmark's. What fits its table best is F over
pixels with the **background** as the positive class: there a blank page has 2(1 - c)/(2 - c) at a share c
of ink, 0.94 where c is 0.11, and beats Canny. So each of these figures comes with the blank page's on
the same pictures, and none is called ``ods``.
"""

from __future__ import annotations

import numpy as np

from lineart.metrics.boundary import Counts, threshold_values
from lineart.metrics.curves import (
    average_precision,
    optimal_dataset_scale,
    optimal_image_scale,
)
from lineart.metrics.pixels.metric import Metric
from lineart.metrics.pixels.pixel import INK, ROUNDING
from lineart.pictures.images import Picture


def count_background(prediction: Picture, line: Picture, thresholds: int = 99) -> Counts:
    """Count pixels of paper that are paper in the truth too, at every threshold on whiteness.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1; whiteness is 1 less that.
        line: ``(H, W)`` in [0, 1]; below 0.5 it is paper.
        thresholds: how many.

    Returns:
        ``(thresholds, 4)`` int64, the columns of :func:`lineart.metrics.boundary.count_matches`.
    """
    paper = line < INK
    white = 1 - np.asarray(prediction, np.float64)
    levels = np.searchsorted(threshold_values(thresholds) - ROUNDING, white, side="right")

    def at_least(chosen: np.ndarray) -> np.ndarray:
        return np.bincount(chosen.ravel(), minlength=thresholds + 1)[::-1].cumsum()[-2::-1]

    hits = at_least(levels[paper])
    total = np.full(thresholds, int(paper.sum()))
    return np.stack([hits, total, hits, at_least(levels)], axis=1).astype(np.int64)


def background_figures(counts: Counts, blank: Counts) -> dict[str, float]:
    """The figures of a set, each beside the blank page's.

    Args:
        counts: of the predictions, ``(pictures, thresholds, 4)``.
        blank: the same for blank pages of the same sizes.
    """
    found = {}
    for name, metric in METRICS.items():
        found[name] = metric.function(counts)
        found[f"{name}_of_blank"] = metric.function(blank)
    return found


def ods_background(counts: Counts) -> float:
    """F of the background at the one best threshold."""
    return optimal_dataset_scale(counts).f


def ois_background(counts: Counts) -> float:
    """F of the background, each picture at its own best threshold."""
    return optimal_image_scale(counts).f


SOURCE = "pixels, background positive; compare with the blank page's, not with ODS"
METRICS: dict[str, Metric] = {
    "ods_background": Metric(
        "Background ODS", "background", "higher", 0, 1, SOURCE, ods_background, "counts"
    ),
    "ois_background": Metric(
        "Background OIS", "background", "higher", 0, 1, SOURCE, ois_background, "counts"
    ),
    "ap_background": Metric(
        "Background AP", "background", "higher", 0, 1.01, SOURCE, average_precision, "counts"
    ),
}
