"""The metrics: prediction and line art in, a number out; the blank page decided for each.

One table, :data:`METRICS`, has them all: pixels (:mod:`.pixel`), lines (:mod:`.lines`, :mod:`.crispness`),
the edge benchmark (:mod:`.boundary` counts, :mod:`.curves` sums up), the paper's (:mod:`.paper_figures`).
"""

from lineart.metrics.boundary import PROTOCOLS, Protocol, count_line_art, count_matches
from lineart.metrics.pixels.metric import Metric
from lineart.metrics.table import METRICS, PICTURE_METRICS, SCORES, SET_METRICS, score

__all__ = [
    "METRICS",
    "PICTURE_METRICS",
    "PROTOCOLS",
    "SCORES",
    "SET_METRICS",
    "Metric",
    "Protocol",
    "count_line_art",
    "count_matches",
    "score",
]
