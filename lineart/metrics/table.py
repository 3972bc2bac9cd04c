"""Every metric there is, in one table; and what is measured on one picture.

Pictures have pixel metrics, line metrics and crispness (:func:`score`). The edge benchmark and the figures
beside the paper's are of whole sets: what :func:`count` counts is added up over pictures before anything is
divided (:func:`set_figures`). :data:`SCORES` has what a model is given on a split, in the order of display.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from lineart.metrics import crispness, curves, lines, paper_figures
from lineart.metrics.boundary import PROTOCOLS, TOLERANCE, Counts, Protocol, Truth, count_truths
from lineart.metrics.lines import Ink
from lineart.metrics.pixels import pixel
from lineart.metrics.pixels.metric import Metric
from lineart.pictures.images import Picture

PICTURE_METRICS: dict[str, Metric] = {**pixel.METRICS, **lines.METRICS, **crispness.METRICS}
# Of a set: the first under each protocol of matching, the others of the background, beside a blank page's.
SET_METRICS: dict[str, Metric] = {**curves.METRICS, **paper_figures.METRICS}
METRICS: dict[str, Metric] = {**PICTURE_METRICS, **SET_METRICS}

BACKGROUND, BLANK = "background", "blank_background"  # counts beside those of the protocols
COUNTS = (*(protocol.name for protocol in PROTOCOLS), BACKGROUND, BLANK)
OF_BLANK = "_of_blank"  # ends the name of a figure that a blank page has


def _under(protocol: Protocol) -> dict[str, Metric]:
    """The metrics of the edge benchmark under a protocol."""
    main = protocol.name == curves.MAIN
    return {
        f"{protocol.name}_{name}": dataclasses.replace(
            metric,
            title=metric.title if main else f"{metric.title} ({protocol.name})",
            group=protocol.name,
            source=f"{metric.source}; {protocol.title}",
        )
        for name, metric in curves.METRICS.items()
    }


def _beside_blank() -> dict[str, Metric]:
    """The figures beside the paper's, each followed by the blank page's."""
    found: dict[str, Metric] = {}
    for name, metric in paper_figures.METRICS.items():
        blank = dataclasses.replace(metric, title=f"{metric.title}, blank page", better="")
        found |= {name: metric, f"{name}{OF_BLANK}": blank}
    return found


SCORES: dict[str, Metric] = {
    **PICTURE_METRICS,
    **{name: metric for protocol in PROTOCOLS for name, metric in _under(protocol).items()},
    **_beside_blank(),
}


def score(prediction: Picture, line: Picture, threshold: float) -> dict[str, float]:
    """Every metric of one picture, by name.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1.
        line: ``(H, W)`` in [0, 1]; ink at 0.5 and above.
        threshold: what is ink in the prediction, at or above it, where a metric needs yes or no.
    """
    arguments = {
        "pictures": (prediction, line),
        "threshold": (prediction, line, threshold),
        "ink": (Ink(prediction >= threshold - pixel.ROUNDING), Ink(line >= pixel.INK)),
    }
    return {
        name: metric.function(*arguments[metric.needs]) for name, metric in PICTURE_METRICS.items()
    }


def count(
    prediction: Picture,
    line: Picture,
    tolerance: float = TOLERANCE,
    tolerance_pixels: float | None = None,
) -> dict[str, Counts]:
    """Everything that is counted on one picture: ``(99, 4)`` for each of :data:`COUNTS`.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1.
        line: ``(H, W)`` in [0, 1]; ink at 0.5 and above.
        tolerance: as for :func:`lineart.metrics.boundary.count_matches`, like the last.
    """
    return count_several(prediction, [Truth(line)], tolerance, tolerance_pixels)


def count_several(
    prediction: Picture,
    truths: Sequence[Truth],
    tolerance: float = TOLERANCE,
    tolerance_pixels: float | None = None,
) -> dict[str, Counts]:
    """:func:`count` for a picture that several people have drawn.

    See :func:`lineart.metrics.boundary.count_truths`; of the background each truth is counted by itself
    and the counts are added.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1.
        truths: at least one, of the prediction's size.
        tolerance: as for :func:`count`, like the last.
    """
    counts: dict[str, Counts] = {
        protocol.name: count_truths(
            prediction, truths, protocol, tolerance=tolerance, tolerance_pixels=tolerance_pixels
        )
        for protocol in PROTOCOLS
    }
    for name, page in ((BACKGROUND, prediction), (BLANK, np.zeros_like(prediction))):
        of_each = [paper_figures.count_background(page, truth.line) for truth in truths]
        counts[name] = np.sum(of_each, axis=0)
    return counts


def score_several(
    prediction: Picture, truths: Sequence[Truth], threshold: float
) -> dict[str, float]:
    """:func:`score` for a picture that several people have drawn: the mean over them of each metric."""
    rows = [score(prediction, truth.line, threshold) for truth in truths]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def counted_in(name: str) -> str:
    """Which counts a figure of a set is made of, one of :data:`COUNTS`.

    >>> counted_in("strokes_ods"), counted_in("ods_background_of_blank")
    ('strokes', 'blank_background')
    """
    return BLANK if name.endswith(OF_BLANK) else SCORES[name].group


def set_figures(counts: Mapping[str, Counts]) -> dict[str, float]:
    """The figures of a set, those of :data:`SCORES` that need counts.

    Args:
        counts: for each of :data:`COUNTS`, ``(pictures, thresholds, 4)``.
    """
    return {
        name: metric.function(counts[counted_in(name)])
        for name, metric in SCORES.items()
        if metric.needs == "counts"
    }
