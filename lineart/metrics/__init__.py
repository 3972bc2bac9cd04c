"""The metrics: prediction and line art in, a number out; the blank page decided for each."""

from lineart.metrics.pixel import METRICS, Metric, score

__all__ = ["METRICS", "Metric", "score"]
