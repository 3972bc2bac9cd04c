"""Strata of drawings, and how clusters are dealt out so that every split gets its share of each.

A stratum is a third by stroke weight and a third by ink coverage, nine in all. Clusters are indivisible,
so exact shares would be a packing problem; the greedy rule for it, the largest first and each to where the
squared errors grow least, ends within a drawing or two (`docs/splits.md`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lineart.errors import InputError

# Measure (a column of the table of checked pairs) -> the names of its thirds, from low to high.
THIRDS = {
    "stroke_width": ("thin", "medium", "bold"),  # pixels
    "coverage": ("sparse", "even", "dense"),  # the share of the line art that is ink
}
STRATA = tuple(f"{width}, {ink}" for width in THIRDS["stroke_width"] for ink in THIRDS["coverage"])


def limits_of(frame: pd.DataFrame) -> dict[str, list[float]]:
    """The two values of each measure that part its thirds, as nearly as equal values allow.

    A limit is the value of a drawing, the largest of its third.

    Raises:
        InputError: if the table lacks a measure.
    """
    missing = [name for name in THIRDS if name not in frame.columns]
    if missing:
        raise InputError(f"The table of pairs has no column {missing[0]}; run the stage qa first.")
    limits = {}
    for name in THIRDS:
        values, counts = np.unique(frame[name].to_numpy(float), return_counts=True)
        below = np.cumsum(counts) / len(frame)
        limits[name] = [float(values[np.argmin(abs(below - part / 3))]) for part in (1, 2)]
    return limits


def strata_of(frame: pd.DataFrame, limits: dict[str, list[float]]) -> NDArray[np.intp]:
    """The stratum of every row, a place in :data:`STRATA`."""
    width, ink = (
        np.searchsorted(limits[name], frame[name].to_numpy(float), side="left") for name in THIRDS
    )
    return np.asarray(len(THIRDS["coverage"]) * width + ink, np.intp)


def deal(
    clusters: NDArray[np.int64],
    have: NDArray[np.int64],
    ratios: Sequence[float],
    bias: NDArray[np.int64] | None = None,
) -> list[int]:
    """Give every cluster to a split.

    Args:
        clusters: members by stratum, ``(C, S)``; of equal sizes the earlier is dealt first.
        have: what the splits hold already, ``(K, S)``.
        ratios: the wanted shares of the splits, K numbers above 0.
        bias: of each cluster for each split, ``(C, K)``: -1 where it may not go, 1 where it goes first, for
            as long as that lessens the errors; None for no bias at all.

    Returns:
        The split of each cluster, 0 to K - 1. A cluster goes where the sum of the squared errors grows
        least, those of each stratum in each split and those of each split as a whole; the first of
        equals. Of equal sizes those that may not go everywhere are dealt before those that may.
    """
    bias = np.zeros((len(clusters), len(have)), np.int64) if bias is None else bias
    free = np.where((bias > 0).any(axis=1), 0, np.where((bias < 0).any(axis=1), 1, 2))
    parts = np.asarray(ratios, np.float64)
    # In units of 1 / sum(ratios) drawing: whole numbers if the ratios are, so that ties are ties.
    unit = parts.sum()
    error = unit * have - np.outer(parts, have.sum(axis=0) + clusters.sum(axis=0))
    sizes = clusters.sum(axis=1)
    places = [0] * len(clusters)
    for number in np.lexsort((free, -sizes)):  # stable
        more, size = unit * clusters[number], unit * sizes[number]
        strata = ((2 * error + more) * more).sum(axis=1)
        growth = strata + (2 * error.sum(axis=1) + size) * size
        growth[bias[number] < 0] = np.inf
        # A split as a whole lacks much at the beginning, which must not overfill a stratum of it.
        first = (bias[number] > 0) & (strata < 0) & (growth < 0)
        place = int(np.argmin(np.where(first, growth, np.inf) if first.any() else growth))
        places[number] = place
        error[place] += more
    return places
