"""The leaderboard's rows as the page shows them: each cell a text, a number to sort by, and its marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipelines.report.columns import (
    GROUPS,
    RANKED,
    Column,
    beside,
    best,
    columns,
    difference,
    empty,
    interval,
    near,
    text,
)


def shown_columns(parts: Sequence[str]) -> list[Column]:
    """The columns that are there for some parts of the pictures."""
    return [column for column in columns() if column.part in ("", *parts)]


def heads(parts: Sequence[str]) -> list[dict[str, Any]]:
    """The columns for the template, with the classes by which the page hides and shows them."""
    return [
        {
            "title": column.title,
            "over": GROUPS.get(column.group, ""),
            "better": column.better,
            "help": column.help,
            "classes": classes(column),
        }
        for column in shown_columns(parts)
    ]


def classes(column: Column) -> str:
    """The group, the part and whether a column is in the short table, as CSS classes.

    >>> classes(Column("originals_mae", "MAE", "lower", 4, "pixels", "originals", "mae"))
    'g-pixels p-originals g-main'
    """
    if not column.group:
        return "name"
    found = [f"g-{column.group}"]
    if column.part:
        found.append(f"p-{column.part}")
    if column.main:
        found.append("g-main")
    return " ".join(found)


def compact(text: str) -> str:
    """Numbers without the 0 before the point, so that a dozen intervals fit side by side.

    >>> compact("0.0066–0.0075"), compact("10.25–-0.5")
    ('.0066–.0075', '10.25–-.5')
    """
    return re.sub(r"(?<!\d)0\.", ".", text)


def rows(frame: pd.DataFrame, parts: Sequence[str]) -> list[dict[str, Any]]:
    """The rows for the template."""
    shown = shown_columns(parts)
    marks = {column.name: best(frame, column) for column in shown}
    found = []
    for place, row in enumerate(frame.to_dict("records")):
        cells = []
        for column in shown:
            value = row.get(column.name)
            cells.append(
                {
                    "text": text(row, column),
                    "value": "" if empty(value) else value,
                    "beside": compact(beside(row, column)),
                    "interval": compact(interval(row, column)),
                    "difference": compact(difference(row, column)),
                    "best": place in marks[column.name],
                    "near": near(row, column),
                    "classes": classes(column),
                }
            )
        alike = {c.part: difference(row, c) for c in shown if c.metric == RANKED and near(row, c)}
        found.append(
            {
                "model": row["model"],
                "role": row["role"],
                "preset": "" if empty(row["preset"]) else row["preset"],
                "alike": alike,
                "cells": cells,
            }
        )
    return found
