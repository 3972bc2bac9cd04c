"""What a metric is, to a table: its name, its range, which way is better, where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

DIGITS = 6  # after the point, in every file of scores

# What the function of a metric is called with:
#   pictures   prediction and line art, (H, W) in [0, 1]
#   threshold  the same, and the threshold above which the prediction is ink
#   ink        prediction and line art as lineart.metrics.lines.Ink
#   counts     the counts of a whole set, (pictures, thresholds, 4)
Needs = Literal["pictures", "threshold", "ink", "counts"]
# What a metric looks at; tables choose by it. The middle two are the protocols of the edge benchmark.
Group = Literal["pixels", "lines", "centre_lines", "strokes", "background"]


@dataclass(frozen=True)
class Metric:
    """A metric as the tables show it."""

    title: str
    group: Group
    better: str  # "lower", "higher", or "" where there is no better
    low: float
    high: float
    source: str
    function: Callable[..., float]
    needs: Needs = "pictures"
