"""Where a model fails, and how: its worst pictures by kind of failure, named by the metrics themselves.

A failure is told in a sentence with its figures. What a kind does not count as a failure is left out,
so a good model may have none; of the children of one drawing only the worst is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

Row = Mapping[Any, Any]  # of pictures.csv


@dataclass(frozen=True)
class Kind:
    """A kind of failure."""

    title: str
    metric: str  # a column of pictures.csv, the higher the worse
    least: float  # less of it is no failure
    describe: Callable[[Row], str]  # the sentence
    fits: Callable[[Row], bool] = lambda row: True  # whether the picture can fail so at all


@dataclass(frozen=True)
class Failure:
    """A picture, and what is wrong with it."""

    key: str
    kind: str  # a key of KINDS
    value: float  # of the kind's metric
    sentence: str


def _missed(row: Row) -> str:
    return (
        f"Ink of {_percent(row['missed_lines'])} of the line pixels is missing; "
        f"{_number(row['pieces_error'], 'piece')} of line too many or too few."
    )


def _false(row: Row) -> str:
    return (
        f"The background is {_percent(row['background_response'])} black in the mean; "
        f"{_percent(row['false_lines'])} of the line pixels drawn are where no line is."
    )


def _width(row: Row) -> str:
    return f"Strokes are {row['width_error']:.1f} pixels too wide or too thin in the mean."


KINDS: dict[str, Kind] = {
    "missed_lines": Kind("Missed lines", "missed_lines", 0.01, _missed),
    "false_response": Kind("False response", "background_response", 0.001, _false),
    # Where most lines are missing there are no strokes to be measured.
    "width": Kind("Width", "width_error", 0.25, _width, lambda row: row["missed_lines"] < 0.5),
}


def worst_of(pictures: pd.DataFrame, kind: str, wanted: int) -> list[Failure]:
    """The worst pictures of a kind, the very worst first.

    Args:
        pictures: rows of ``pictures.csv``, see :mod:`lineart.metrics.scored`.
        kind: a key of :data:`KINDS`.
        wanted: how many at most, each of another drawing.
    """
    rule = KINDS[kind]
    found: list[Failure] = []
    seen: set[str] = set()
    order = pictures.sort_values([rule.metric, "key"], ascending=[False, True])
    for row in order.to_dict("records"):
        value = float(row[rule.metric])
        if len(found) == wanted or value < rule.least:
            break
        if row["parent"] not in seen and rule.fits(row):
            seen.add(row["parent"])
            found.append(Failure(row["key"], kind, value, rule.describe(row)))
    return found


def find_failures(pictures: pd.DataFrame, wanted: int) -> dict[str, list[Failure]]:
    """The worst pictures of every kind; see :func:`worst_of`."""
    return {kind: worst_of(pictures, kind, wanted) for kind in KINDS}


def _percent(share: float) -> str:
    """A share as text, with a digit after the point where it is small.

    >>> _percent(0.344), _percent(0.0123)
    ('34 %', '1.2 %')
    """
    return f"{100 * share:.{0 if share >= 0.1 else 1}f} %"


def _number(count: float, thing: str) -> str:
    """A number of things.

    >>> _number(1, "piece"), _number(0, "piece")
    ('1 piece', '0 pieces')
    """
    return f"{count:.0f} {thing}{'' if round(count) == 1 else 's'}"
