"""Error bars: how far the scores of models would move had other drawings been drawn by the same artists.

The bootstrap of B. Efron ("Bootstrap methods: another look at the jackknife", Annals of Statistics 7(1),
1979), with percentile intervals. What is drawn again, with replacement, are **drawings**: the children of
one resemble each other, so they come and go with it. All models are given the same drawings (paired), so
the interval of a difference leaves out what is hard for all of them alike.

A replicate counts each drawing 0, 1, 2 ... times. Every figure is a function of sums over drawings, so a
replicate is a row of weights and its sums a matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lineart.errors import InputError, unknown_name
from lineart.metrics.boundary import Counts
from lineart.metrics.curves import best_f, best_of_each, f_of, recall_precision
from lineart.metrics.pixels.metric import DIGITS
from lineart.metrics.scored import Scored, read_scored
from lineart.metrics.table import OF_BLANK, PICTURE_METRICS, SCORES, counted_in
from lineart.settings import require

__all__ = ["COLUMNS", "COMPARED", "Scored", "compare", "read_scored"]

LEVEL = (2.5, 97.5)  # percentiles of a 95 % interval
COMPARED = tuple(name for name in SCORES if not name.endswith(OF_BLANK))
COLUMNS = (
    *("model", "part", "metric", "value", "low", "high"),
    *("difference", "difference_low", "difference_high", "distinguishable"),
)

Values = NDArray[np.floating[Any]]
Weights = NDArray[np.float64]  # (replicates, drawings): how often each drawing is there


def compare(
    scored: Mapping[str, Scored],
    reference: str | None,
    part: str,
    replicates: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Every score of some models with its 95 % interval, and the difference to one of them with its own.

    The intervals depend on the drawings, the replicates and the seed, not on which other models are there.
    With a single drawing an interval is its value, and nothing can be told apart.

    Args:
        scored: the scores by model, all of the same pictures.
        reference: the model that the others are compared with; None to leave differences out.
        part: ``originals`` or ``children``.
        replicates: how often the drawings are drawn.
        seed: of the draw.

    Returns:
        One row a model and metric, in the order of ``scored`` and of ``SCORES`` (blank-page figures left
        out), with the columns :data:`COLUMNS`. ``difference`` is the model's value less the reference's;
        ``distinguishable`` says that its interval leaves out 0. Without a reference differences are NaN. No
        rows where the part has no picture.

    Raises:
        InputError: if the reference is not among the models, or the models saw different pictures.
    """
    if reference is not None and reference not in scored:
        raise unknown_name("model", reference, scored)
    require(replicates >= 1, "replicates", replicates, "1 or more")
    parts = {model: of_model.part(part) for model, of_model in scored.items()}
    _check_pictures(parts)
    if not parts or not len(next(iter(parts.values())).pictures):
        return pd.DataFrame(columns=list(COLUMNS))
    drawings, of_picture = np.unique(
        next(iter(parts.values())).pictures["parent"], return_inverse=True
    )
    weights = draw(len(drawings), replicates, seed)
    # Few drawings give few different replicates; each is worked out once.
    distinct, which = np.unique(weights, axis=0, return_inverse=True)
    values = {model: of_part.figures() for model, of_part in parts.items()}
    again = {
        model: {
            name: found[which] for name, found in _replicate(of_part, of_picture, distinct).items()
        }
        for model, of_part in parts.items()
    }
    rows = []
    for model in parts:
        for name in COMPARED:
            row = [model, part, name, values[model][name], *_interval(again[model][name])]
            if reference is None:
                rows.append([*row, np.nan, np.nan, np.nan, False])
                continue
            difference = round(values[model][name] - values[reference][name], DIGITS)
            low, high = _interval(again[model][name] - again[reference][name])
            apart = len(drawings) > 1 and (low > 0 or high < 0)
            rows.append([*row, difference, low, high, apart])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def draw(drawings: int, replicates: int, seed: int) -> Weights:
    """How often each drawing is drawn, ``(replicates, drawings)``; each row sums to the drawings."""
    drawn = np.random.default_rng(seed).integers(0, drawings, (replicates, drawings))
    return np.stack([np.bincount(row, minlength=drawings) for row in drawn]).astype(np.float64)


def _check_pictures(parts: Mapping[str, Scored]) -> None:
    first: tuple[str, list[str]] | None = None
    for model, of_part in parts.items():
        keys = of_part.pictures["key"].tolist()
        if first is None:
            first = model, keys
        if keys != first[1]:
            raise InputError(
                f"{model} and {first[0]} were not scored on the same pictures; evaluate both on the same "
                f"data before comparing them."
            )


def _replicate(scored: Scored, of_picture: NDArray[Any], weights: Weights) -> dict[str, Values]:
    """Every figure at every replicate, ``(replicates,)`` each.

    Args:
        scored: one part of a model's scores.
        of_picture: the number of each picture's drawing.
        weights: of the drawings.
    """
    names = list(PICTURE_METRICS)
    sums = _per_drawing(scored.pictures[names].to_numpy(np.float64), of_picture, weights.shape[1])
    pictures = weights @ np.bincount(of_picture)
    means = (weights @ sums) / pictures[:, None]
    found: dict[str, Values] = dict(zip(names, means.T, strict=True))
    totals = {
        array: _weighted(counts, of_picture, weights) for array, counts in scored.counts.items()
    }
    for name in COMPARED:
        metric = SCORES[name]
        if metric.needs != "counts":
            continue
        array = counted_in(name)
        if name.removeprefix(f"{array}_").startswith("ods"):
            found[name] = best_f(totals[array])
        elif name.removeprefix(f"{array}_").startswith("ois"):
            own = best_of_each(scored.counts[array])
            found[name] = f_of(*recall_precision(_weighted(own, of_picture, weights)))
        else:  # these look at nothing but the sum over pictures
            found[name] = np.array([metric.function(total[None]) for total in totals[array]])
    return found


def _per_drawing(values: Values, of_picture: NDArray[Any], drawings: int) -> Values:
    """Sums over the pictures of each drawing, ``(drawings, ...)``."""
    sums = np.zeros((drawings, *values.shape[1:]))
    np.add.at(sums, of_picture, values)
    return sums


def _weighted(counts: Counts, of_picture: NDArray[Any], weights: Weights) -> Values:
    """The counts of each replicate, ``(replicates, ...)``; whole numbers, as floats."""
    flat = counts.reshape(len(counts), -1).astype(np.float64)
    total = weights @ _per_drawing(flat, of_picture, weights.shape[1])
    return total.reshape(len(weights), *counts.shape[1:])


def _interval(values: Values) -> tuple[float, float]:
    low, high = np.percentile(values, LEVEL)
    # Adding 0 makes a -0.0, which rounding leaves of a tiny negative number, a plain zero.
    return round(float(low), DIGITS) + 0.0, round(float(high), DIGITS) + 0.0
