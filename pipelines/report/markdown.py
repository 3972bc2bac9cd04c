"""The leaderboard as Markdown: `reports/leaderboard.md`, and the short table of the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipelines.failed import Failed
from pipelines.report import cited
from pipelines.report.beside_paper import Plain
from pipelines.report.beside_paper import background as background_table
from pipelines.report.beside_paper import cited as cited_table
from pipelines.report.columns import (
    NEAR,
    PARTS,
    RANKED,
    SHORT,
    TITLES,
    Column,
    beside,
    best,
    columns,
    empty,
    interval,
    near,
    text,
)
from pipelines.report.notes import notes, words

if TYPE_CHECKING:
    from pipelines.report.records import Record


def document(
    frame: pd.DataFrame, records: Sequence[Record], version: str, failed: Sequence[Failed] = ()
) -> str:
    """The whole leaderboard for people who read files; the same data, the same text."""
    parts = [part for part in PARTS if frame[f"{part}_pictures"].iloc[0]]
    names = [c for c in columns() if not c.group]
    costs = [c for c in columns() if c.group and not c.part and _filled(frame, c)]
    lines = [f"# Leaderboard on data {version[:12]}", ""]
    for part in parts:
        title = f"On the {frame[f'{part}_pictures'].iloc[0]} {TITLES[part]}"
        some = [c for c in columns() if c.part == part and c.main]
        lines += [f"## {title}", "", *table(frame, names + some, failed), ""]
    lines += ["## Speed, size and training", "", *table(frame, names + costs, failed), ""]
    lines += ["Every metric, with intervals and differences, is in `leaderboard.csv`.", ""]
    lost = [each.sentence for each in failed]
    lines += [*(f"- {note}" for note in [*lost, *notes(frame, records)]), ""]
    for part in parts:
        lines += [f"## The background as what is to be found, on the {TITLES[part]}", ""]
        lines += [*_plain(background_table(frame, part)), ""]
    lines += ["## Cited, not measured here", "", *_plain(cited_table()), ""]
    lines += [*(f"- {note}" for note in cited.notes()), ""]
    return "\n".join(lines)


def short(frame: pd.DataFrame, failed: Sequence[Failed] = ()) -> str:
    """The table of the README: the main metrics on the originals, speed and size, and what they are of."""
    costs = ("model", "pictures_per_second", "parameters")
    some = [c for c in columns() if c.name in costs or (c.part == PARTS[0] and c.metric in SHORT)]
    first = frame.iloc[0]
    reference = words(str(first["reference"]))
    said = (
        f"On the {first['originals_pictures']:,} {TITLES['originals']} of the test split, data version "
        f"`{str(first['data_version'])[:12]}`; MAE with its 95 % interval"
    )
    if reference:
        said += f"; {NEAR} cannot be told from {reference}"
    lost = [line for each in failed for line in ("", each.sentence)]
    return "\n".join([*table(frame, some, failed), "", f"{said}.", *lost])


def table(frame: pd.DataFrame, some: Sequence[Column], failed: Sequence[Failed] = ()) -> list[str]:
    """Some columns as the lines of a Markdown table: the best bold, what is near the reference marked.

    Rows that failed come last, empty but for their names.
    """
    marks = {column.name: best(frame, column) for column in some}
    lines = _head([column.heading for column in some], [0 if c.digits < 0 else 1 for c in some])
    for place, row in enumerate(frame.to_dict("records")):
        cells = []
        for column in some:
            cell = text(row, column)
            if place in marks[column.name]:
                cell = f"**{cell}**"
            if near(row, column):
                cell += f" {NEAR}"
            if column.spread and beside(row, column):
                cell += f" {beside(row, column)}"
            elif beside(row, column):
                cell += f" ({beside(row, column)})"
            if column.metric == RANKED and interval(row, column):
                cell += f" ({interval(row, column)})"
            if not column.group:
                cell = _named(row)
            cells.append(cell)
        lines.append(f"| {' | '.join(cells)} |")
    for each in failed:
        cells = [f"{words(each.row)} (failed)", *[""] * (len(some) - 1)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _named(row: Mapping[Any, Any]) -> str:
    """The name of a row, with what must be said of it: that it is a floor, or near the reference."""
    said = ["floor"] if row["role"] == "floor" else []
    for column in columns():
        if column.metric == RANKED and near(row, column):
            said.append(f"{NEAR} {words(row['reference'])} by {column.title} on {column.part}")
    return words(row["model"]) + (f" ({'; '.join(said)})" if said else "")


def _head(titles: Sequence[str], right: Sequence[int]) -> list[str]:
    rule = " | ".join("---:" if one else "---" for one in right)
    return [f"| {' | '.join(titles)} |", f"| {rule} |"]


def _plain(content: Plain) -> list[str]:
    return [
        *_head(content.headings, [0] * len(content.headings)),
        *(f"| {' | '.join(row)} |" for row in content.rows),
    ]


def _filled(frame: pd.DataFrame, column: Column) -> bool:
    return not all(empty(value) for value in frame[column.name])
