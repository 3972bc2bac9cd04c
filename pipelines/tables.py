"""The leaderboard as a table: its rows, what is best in a column, and how it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lineart.errors import InputError
from lineart.images import write_text
from lineart.metrics.pixel import METRICS
from lineart.pairs import write_table

if TYPE_CHECKING:
    from pipelines.records import (
        Record,
    )  # imports torch, which whoever shows a table can do without

PARTS = ("originals", "children")
TITLES = {"originals": "untouched originals", "children": "augmented children"}


@dataclass(frozen=True)
class Column:
    """A column of the table."""

    name: str  # in the CSV file
    title: str
    better: str  # "higher", "lower", or "" where there is no better
    digits: int  # after the point; -1 for text
    part: str = ""  # "originals" or "children" for a metric
    help: str = ""


def columns() -> list[Column]:
    """The columns, in order."""
    digits = {"psnr": 2, "ssim": 3, "f": 3}
    metrics = [
        Column(
            f"{part}_{name}",
            metric.title,
            metric.better,
            digits.get(name, 4),
            part,
            f"{metric.title} ({metric.source}) on the {TITLES[part]}; {metric.better} is better",
        )
        for part in PARTS
        for name, metric in METRICS.items()
    ]
    speed = "one picture at a time, without reading and writing; median"
    return [
        Column("model", "Model", "", -1),
        *metrics,
        Column("pictures_per_second", "Pictures/s", "higher", 1, help=speed),
        Column("parameters", "Parameters", "", 0, help="numbers that are learned"),
        Column("steps", "Steps", "", 0, help="of training"),
        Column("pictures_seen", "Pictures", "", 0, help="seen in training, repetitions counted"),
        Column("minutes", "Minutes", "", 1, help="of training"),
    ]


def shown_parts(frame: pd.DataFrame) -> list[str]:
    """Originals and children, less what has no pictures (a data set may be made without children)."""
    return [part for part in PARTS if frame[f"{part}_pictures"].iloc[0]]


def role(record: Record) -> str:
    """``floor`` for a method without learning, else ``network``."""
    return "floor" if record.summary["kind"] == "classical" else "network"


def check_versions(records: Sequence[Record], digest: str) -> None:
    """Refuse to rank models that did not see the same data.

    Args:
        records: the rows.
        digest: of the table of children that lies there now, as training notes it.

    Raises:
        InputError: naming the model that saw other data.
    """
    for record in records:
        seen = str(record.summary["data"])
        if seen != digest:
            raise InputError(
                f"The model {record.model} was made from data {seen}, but the data is now {digest}; "
                f"run `dvc repro` so that all rows stand on the same data."
            )


def leaderboard(records: Sequence[Record]) -> pd.DataFrame:
    """One row a model, networks by their MAE on originals first, then the floor likewise."""
    frame = pd.DataFrame([_row(record) for record in records])
    order = frame.assign(floor=frame["role"] == "floor")
    return frame.loc[order.sort_values(["floor", "originals_mae", "model"]).index].reset_index(
        drop=True
    )


def _row(record: Record) -> dict[str, Any]:
    summary, scores = record.summary, record.scores
    speed = scores["speed"]
    row: dict[str, Any] = {"model": record.model, "role": role(record)}
    for part in PARTS:
        for name in METRICS:
            row[f"{part}_{name}"] = scores[part].get(name)
        row[f"{part}_pictures"] = scores[part]["pictures"]
    return {
        **row,
        "threshold": summary["threshold"],
        "parameters": summary["parameters"],
        "pictures_per_second": speed["pictures_per_second"],
        "speed_spread": speed["spread"],
        "speed_size": speed["size"],
        "device": speed["device"],
        "precision": speed["precision"],
        "preset": summary.get("preset", ""),
        "epochs": summary.get("epochs"),
        "steps": summary.get("steps"),
        "pictures_seen": summary.get("pictures"),
        "minutes": summary["seconds"] / 60 if "seconds" in summary else None,
        "stopped_by": summary.get("stopped_by", ""),
        "tau": summary.get("tau"),
        "best_epoch": summary.get("best_epoch"),
    }


def best(frame: pd.DataFrame, column: Column) -> set[int]:
    """The rows (by position) that are best in a column, as far as the shown digits can tell.

    Only metrics have a best: that the blank page is the fastest tells nothing.
    """
    if not column.part:
        return set()
    values = frame[column.name].astype(float).round(column.digits)
    target = values.min() if column.better == "lower" else values.max()
    return {place for place, value in enumerate(values) if value == target}


def shown(value: Any, digits: int) -> str:
    """A cell as text; empty where there is nothing, without decimals from 100 on.

    >>> shown(1234567.0, 0), shown(0.00561, 4), shown(None, 2), shown("canny", -1)
    ('1,234,567', '0.0056', '', 'canny')
    """
    if value is None or value == "" or value != value:
        return ""
    if digits < 0:
        return str(value)
    return f"{value:,.{0 if abs(value) >= 100 else digits}f}"


def markdown(frame: pd.DataFrame, version: str) -> str:
    """The table for people who read files; the same data, the same text."""
    shown_columns = columns()
    marks = {column.name: best(frame, column) for column in shown_columns}
    arrow = {"higher": " ↑", "lower": " ↓", "": ""}
    lines = [f"# Leaderboard on data {version[:12]}", ""]
    for part in (*shown_parts(frame), ""):
        some = [c for c in shown_columns if c.name == "model" or c.part == part]
        title = f"On the {frame[f'{part}_pictures'].iloc[0]} {TITLES[part]}" if part else ""
        lines += [f"## {title or 'Speed, size and training'}", ""]
        lines.append("| " + " | ".join(c.title + arrow[c.better] for c in some) + " |")
        lines.append("| " + " | ".join("---" if c.digits < 0 else "---:" for c in some) + " |")
        for place, row in enumerate(frame.to_dict("records")):
            cells = [shown(row[c.name], c.digits) for c in some]
            cells = [
                f"**{cell}**" if place in marks[c.name] else cell
                for cell, c in zip(cells, some, strict=True)
            ]
            if row["role"] == "floor":
                cells[0] += " (floor)"
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join([*lines, *notes(frame), ""])


def notes(frame: pd.DataFrame) -> list[str]:
    """What one must know to read the table, a sentence each."""
    first = frame.iloc[0]
    found = [
        "The best of each column is bold; arrows point to better.",
        "A floor does not learn: its settings are tuned on the validation split, and a network has to "
        "beat it.",
        "F is taken at the threshold that is best on the validation split.",
        f"Speed: one picture of {first['speed_size']} x {first['speed_size']} at a time on "
        f"{', '.join(sorted(set(frame['device'])))}, reading and writing left out.",
    ]
    for row in frame.to_dict("records"):
        if row["role"] == "network":
            limit = "its epochs were done" if row["stopped_by"] == "epochs" else "its time was over"
            preset = f" ({row['preset']})" if row["preset"] else ""
            found.append(
                f"{row['model']}{preset} was trained for {row['steps']:,.0f} steps on "
                f"{row['pictures_seen']:,.0f} pictures in {row['minutes']:.1f} minutes and ended when "
                f"{limit}; epoch {row['best_epoch']:.0f} of {row['epochs']:.0f} is kept."
            )
    return found


def write_tables(frame: pd.DataFrame, records: Sequence[Record], version: str, out: Path) -> None:
    """Write ``leaderboard.csv`` (everything), ``leaderboard.md`` (for reading) and ``curves/MODEL.csv``
    (which `dvc plots` draws)."""
    for record in records:
        if record.history is not None:
            write_table(out / "curves" / f"{record.model}.csv", record.history)
    write_text(out / "leaderboard.md", markdown(frame, version))
    write_table(out / "leaderboard.csv", frame.assign(data_version=version))
