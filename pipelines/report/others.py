"""What `generalise` left, for the page of the leaderboard: a table of text for each set of other pairs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lineart.pictures.clutter import without_clutter
from pipelines.report.beside_paper import Plain
from pipelines.report.columns import Column, columns, text
from pipelines.report.notes import words
from pipelines.report.tables import read_leaderboard

PART = "originals"  # other pairs have no children


@dataclass(frozen=True)
class Section:
    """A set of other pairs."""

    name: str
    pictures: int
    table: Plain


def shown_columns() -> list[Column]:
    """The columns of such a table: the name and the main metrics."""
    return [
        column
        for column in columns()
        if column.name == "model" or (column.part == PART and column.main)
    ]


def sections(folder: Path) -> list[Section]:
    """The sections in ``folder/NAME/table.csv``, by name; none if nothing was generalised."""
    return [
        _section(read_leaderboard(path), path.parent.name)
        for path in without_clutter(folder.glob("*/table.csv"), folder)
    ]


def _section(frame: pd.DataFrame, name: str) -> Section:
    shown = shown_columns()
    rows = [
        [words(row["model"]), *(text(row, column) for column in shown[1:])]
        for row in frame.to_dict("records")
    ]
    table = Plain([column.heading for column in shown], rows)
    return Section(name, int(frame[f"{PART}_pictures"].iloc[0]), table)
