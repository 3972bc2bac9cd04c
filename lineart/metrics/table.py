"""Every metric there is, in one table; and the scores of one picture.

Pictures have pixel metrics, line metrics and crispness (:func:`score`). The edge benchmark and the figures
beside the paper's are of whole sets: their counts are added up over pictures before anything is divided.
"""

from __future__ import annotations

from lineart.images import Picture
from lineart.metrics import crispness, curves, lines, paper_figures, pixel
from lineart.metrics.lines import Ink
from lineart.metrics.metric import Metric

PICTURE_METRICS: dict[str, Metric] = {**pixel.METRICS, **lines.METRICS, **crispness.METRICS}
SET_METRICS: dict[str, Metric] = {**curves.METRICS, **paper_figures.METRICS}
METRICS: dict[str, Metric] = {**PICTURE_METRICS, **SET_METRICS}


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
        "ink": (Ink(prediction >= threshold), Ink(line >= pixel.INK)),
    }
    return {
        name: metric.function(*arguments[metric.needs]) for name, metric in PICTURE_METRICS.items()
    }
