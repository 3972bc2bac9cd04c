"""The metrics: prediction and line art in, a number out; the blank page decided for each.

One table, :data:`METRICS`, has them all: pixels (:mod:`.pixels.pixel`), lines (:mod:`.lines`,
:mod:`.crispness`), the edge benchmark (:mod:`.boundary` counts, :mod:`.curves` sums up), the paper's
(:mod:`.paper_figures`). A training looks at pixels alone, so nothing is imported until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineart.lazy import lazily

if TYPE_CHECKING:
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

__getattr__ = lazily(
    __name__,
    {
        "METRICS": "lineart.metrics.table",
        "Metric": "lineart.metrics.pixels.metric",
        "PICTURE_METRICS": "lineart.metrics.table",
        "PROTOCOLS": "lineart.metrics.boundary",
        "Protocol": "lineart.metrics.boundary",
        "SCORES": "lineart.metrics.table",
        "SET_METRICS": "lineart.metrics.table",
        "count_line_art": "lineart.metrics.boundary",
        "count_matches": "lineart.metrics.boundary",
        "score": "lineart.metrics.table",
    },
)
