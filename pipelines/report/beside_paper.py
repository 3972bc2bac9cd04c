"""Figures that stand beside the leaderboard and never in it: the paper's own, and the background's.

The paper's ODS and OIS fit F over pixels with the background as what is to be found, where a blank page
scores about 0.94 (:mod:`lineart.metrics.paper_figures`). So each such figure stands beside the blank
page's on the same pictures, and the cited rows in a table of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lineart.metrics.table import OF_BLANK, SCORES
from pipelines.report.cited import CITED
from pipelines.report.columns import BACKGROUND, empty, shown, signed
from pipelines.report.notes import words

FIGURES = tuple(
    name
    for name, metric in SCORES.items()
    if metric.group == BACKGROUND and not name.endswith(OF_BLANK)
)


@dataclass(frozen=True)
class Plain:
    """A table of text: nothing in it is sorted, marked or best."""

    headings: list[str]
    rows: list[list[str]]


_PAPERS = ("OIS (protocol not said)", "ODS (protocol not said)")


def cited() -> Plain:
    """The paper's table, in its order."""
    headings = ["Method", "Year", "MSE", "MAE", *_PAPERS, "Pictures/s", "Parameters", "Here"]
    rows = [
        [
            row.name,
            str(row.year),
            f"{row.mse:.4f}{' > MAE' if row.impossible else ''}",
            f"{row.mae:.4f}",
            f"{row.ois:.4f}",
            f"{row.ods:.4f}",
            shown(row.fps, 1),
            shown(row.parameters, 0),
            f"as {words(row.row)}" if row.reproduced else "cited, not reproduced",
        ]
        for row in CITED
    ]
    return Plain(headings, rows)


def background(frame: pd.DataFrame, part: str) -> Plain:
    """The background's figures of each model on a part, the blank page's first."""
    headings = ["Model"]
    for name in FIGURES:
        headings += [SCORES[name].title, "above the blank page"]
    first = frame.iloc[0]
    blank = {name: first.get(f"{part}_{name}{OF_BLANK}") for name in FIGURES}
    rows = [["a blank page on these pictures"]]
    for name in FIGURES:
        rows[0] += [shown(blank[name], 4), ""]
    for row in frame.to_dict("records"):
        cells = [words(row["model"])]
        for name in FIGURES:
            value = row[f"{part}_{name}"]
            above = "" if empty(value) or empty(blank[name]) else signed(value - blank[name], 4)
            cells += [shown(value, 4), above]
        rows.append(cells)
    return Plain(headings, rows)
