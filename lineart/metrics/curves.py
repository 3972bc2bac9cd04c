"""From counts to figures: ODS, OIS, AP and R50 of a whole set.

The counts are those of :func:`lineart.metrics.boundary.count_matches`, a picture each, stacked to
``(pictures, thresholds, 4)`` with the columns cntR, sumR, cntP, sumP and rising thresholds. 0 of 0 is 0
everywhere: the precision of an empty prediction, the recall of an empty truth, and so F where either is
empty, or both (the pixel F of :mod:`lineart.metrics.pixels.pixel` calls two empty pages equal, the benchmark
does not).

AP is not made for crisp maps: it sums precision over the recalls that the thresholds reach, and nearly
binary maps reach few, so that a near-perfect picture may have an AP of 0.09. It is given with that range
of recalls, and beside it ``ap_ended``, whose curve is led on to both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lineart.metrics.boundary import Counts, threshold_values
from lineart.metrics.pixels.metric import Metric

STEPS = 100  # points between two neighbouring thresholds, both counted
RECALLS = np.arange(101) / 100

Curve = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Peak:
    """The best point of a curve."""

    f: float
    threshold: float
    recall: float
    precision: float


def recall_precision(counts: Counts | Curve) -> tuple[Curve, Curve]:
    """Recall and precision of counts ``(..., 4)``, both ``(...)`` in [0, 1]; 0 of 0 is 0.

    >>> recall_precision(np.array([[3, 4, 1, 2], [0, 4, 0, 0]]))
    (array([0.75, 0.  ]), array([0.5, 0. ]))
    """
    matched_r, sum_r, matched_p, sum_p = (counts[..., column] for column in range(4))
    return matched_r / np.maximum(sum_r, 1), matched_p / np.maximum(sum_p, 1)


def f_of(recall: Curve, precision: Curve) -> Curve:
    """The harmonic mean of recall and precision, 0 where both are 0."""
    total = recall + precision
    return np.divide(2 * recall * precision, total, out=np.zeros_like(total), where=total > 0)


def optimal_dataset_scale(counts: Counts) -> Peak:
    """ODS: the best F of one threshold for all pictures, their counts summed.

    Between neighbouring thresholds recall and precision are taken as straight, at 100 points; the first
    of equal maxima counts.

    Args:
        counts: ``(pictures, thresholds, 4)``.
    """
    recall, precision = recall_precision(counts.sum(axis=0))
    values = threshold_values(len(recall))
    if len(values) > 1:
        share = np.linspace(0, 1, STEPS)
        recall, precision, values = (
            (line[:-1, None] * (1 - share) + line[1:, None] * share).ravel()
            for line in (recall, precision, values)
        )
    f = f_of(recall, precision)
    at = int(np.argmax(f))
    return Peak(float(f[at]), float(values[at]), float(recall[at]), float(precision[at]))


def best_f(totals: Counts | Curve) -> Curve:
    """The F of :func:`optimal_dataset_scale` for many sets at once.

    F rises with recall and with precision, so between two thresholds it stays below the F of the higher
    recall with the higher precision; only where that beats every threshold need one look closer.

    Args:
        totals: counts summed over each set's pictures, ``(sets, thresholds, 4)``.

    Returns:
        ``(sets,)`` in [0, 1].
    """
    recall, precision = recall_precision(totals)
    best = np.asarray(f_of(recall, precision).max(axis=1))
    bound = f_of(
        np.maximum(recall[:, :-1], recall[:, 1:]), np.maximum(precision[:, :-1], precision[:, 1:])
    )
    at, step = np.nonzero(bound > best[:, None])
    share = np.linspace(0, 1, STEPS)
    between = f_of(
        *(
            line[at, step, None] * (1 - share) + line[at, step + 1, None] * share
            for line in (recall, precision)
        )
    )
    np.maximum.at(best, at, between.max(axis=1, initial=0))
    return best


def optimal_image_scale(counts: Counts) -> Peak:
    """OIS: each picture's counts at its own best threshold (the first of equals), summed, then one F.

    A mean of F it is not, so it can in rare cases be below ODS (:func:`why_below_ods`). A picture
    without truth has F 0 at every threshold and enters at the lowest.

    Args:
        counts: ``(pictures, thresholds, 4)``.

    Returns:
        The figures; ``threshold`` is the mean of the pictures' own.
    """
    best = np.argmax(f_of(*recall_precision(counts)), axis=1)
    recall, precision = recall_precision(best_of_each(counts).sum(axis=0))
    mean = threshold_values(counts.shape[1])[best].mean()
    return Peak(float(f_of(recall, precision)), float(mean), float(recall), float(precision))


def why_below_ods(counts: Counts) -> str:
    """Why OIS is below ODS, in a sentence; empty where it is not, to three digits.

    By the protocol it may be: what is best for each picture is chosen there by the picture's own F, at the
    thresholds themselves, while the F of the sum is what both figures are of, and ODS is looked for between
    thresholds too.

    Args:
        counts: ``(pictures, thresholds, 4)``.
    """
    ods, ois = optimal_dataset_scale(counts).f, optimal_image_scale(counts).f
    if round(ois, 3) >= round(ods, 3):
        return ""
    if ois >= f_of(*recall_precision(counts.sum(axis=0))).max():
        return (
            "OIS is below ODS, as the protocol may have it: ODS lies between two thresholds, where OIS "
            "is not looked for."
        )
    why = (
        "OIS is below ODS, as the protocol may have it: it adds up the counts of all pictures, each at its "
        "own best threshold, and the F of a sum is no mean of F"
    )
    lost = int((f_of(*recall_precision(counts)).max(axis=1) == 0).sum())
    if lost:
        why += f"; {lost} of {len(counts)} have F 0 at every threshold and enter at the lowest"
    return f"{why}."


def best_of_each(counts: Counts) -> Counts:
    """The counts of each picture at its own best threshold, ``(pictures, 4)``; the first of equals."""
    best = np.argmax(f_of(*recall_precision(counts)), axis=1)
    return np.asarray(counts[np.arange(len(counts)), best])


def average_precision(counts: Counts) -> float:
    """AP as in Dollar's evaluation: precision at the recalls 0, 0.01 ... 1, summed and divided by 100.

    Recalls outside the range of the thresholds (:func:`recall_range`) add nothing, so the figure is no
    more than that range is long (and can reach 1.01). With a single recall it is 0.

    Args:
        counts: ``(pictures, thresholds, 4)``.
    """
    recall, precision = recall_precision(counts.sum(axis=0))
    recall, first = np.unique(recall, return_index=True)
    if len(recall) < 2:
        return 0.0
    outside = (recall[0] > RECALLS) | (recall[-1] < RECALLS)
    return float(np.interp(RECALLS[~outside], recall, precision[first]).sum() / 100)


def recall_range(counts: Counts) -> tuple[float, float]:
    """The lowest and the highest recall that the thresholds reach."""
    recall, _ = recall_precision(counts.sum(axis=0))
    return float(recall.min()), float(recall.max())


def average_precision_ended(counts: Counts) -> float:
    """The area under a curve led on to recall 0 at precision 1 and recall 1 at precision 0.

    The mean precision at the recalls 0, 0.01 ... 1. Thresholds without a prediction are left out, for
    their precision of 0 is a convention; a blank set has 0.

    Args:
        counts: ``(pictures, thresholds, 4)``.

    Returns:
        In [0, 1].
    """
    total = counts.sum(axis=0)
    recall, precision = recall_precision(total[total[:, 3] > 0])
    if not len(recall):
        return 0.0
    recall, first = np.unique(recall, return_index=True)
    precision = precision[first]
    if recall[0] > 0:
        recall, precision = np.append(0, recall), np.append(1, precision)
    if recall[-1] < 1:
        recall, precision = np.append(recall, 1), np.append(precision, 0)
    return float(np.interp(RECALLS, recall, precision).mean())


def recall_at_half(counts: Counts) -> float:
    """R50: the recall at a precision of 0.5, or at the lowest precision where all are higher.

    0 where no threshold reaches a precision of 0.5. Of equal precisions the first counts, which has the
    higher recall.

    Args:
        counts: ``(pictures, thresholds, 4)``.
    """
    recall, precision = recall_precision(counts.sum(axis=0))
    precision, first = np.unique(precision, return_index=True)
    wanted = max(0.5, precision[0])
    return float(np.interp(wanted, precision, recall[first])) if precision[-1] >= wanted else 0.0


def figures(counts: Counts) -> dict[str, float]:
    """Every figure of a set by name, each with what it rests on.

    Args:
        counts: ``(pictures, thresholds, 4)``.
    """
    ods, ois = optimal_dataset_scale(counts), optimal_image_scale(counts)
    low, high = recall_range(counts)
    return {
        "ods": ods.f,
        "ods_threshold": ods.threshold,
        "ods_recall": ods.recall,
        "ods_precision": ods.precision,
        "ois": ois.f,
        "ois_recall": ois.recall,
        "ois_precision": ois.precision,
        "ap": average_precision(counts),
        "ap_recall_low": low,
        "ap_recall_high": high,
        "ap_ended": average_precision_ended(counts),
        "r50": recall_at_half(counts),
    }


# The group of these metrics; lineart.metrics.table.SCORES has them for both protocols.
MAIN: Final = "centre_lines"
BENCHMARK = "edge benchmark (BSDS500), exact matching"
METRICS: dict[str, Metric] = {
    "ods": Metric(
        "ODS",
        MAIN,
        "higher",
        0,
        1,
        BENCHMARK,
        lambda counts: optimal_dataset_scale(counts).f,
        "counts",
    ),
    "ois": Metric(
        "OIS",
        MAIN,
        "higher",
        0,
        1,
        BENCHMARK,
        lambda counts: optimal_image_scale(counts).f,
        "counts",
    ),
    "ap": Metric(
        "AP",
        MAIN,
        "higher",
        0,
        1.01,
        f"{BENCHMARK}; Dollar's, of reached recalls",
        average_precision,
        "counts",
    ),
    "ap_ended": Metric(
        "AP with ends",
        MAIN,
        "higher",
        0,
        1,
        "the same curve, led to both ends",
        average_precision_ended,
        "counts",
    ),
    "r50": Metric(
        "R50", MAIN, "higher", 0, 1, f"{BENCHMARK}; at precision 0.5", recall_at_half, "counts"
    ),
}
