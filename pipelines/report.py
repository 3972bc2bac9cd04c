"""The report: one HTML page that holds everything it shows and loads nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from lineart.images import write_text
from lineart.pairs import read_table
from lineart.settings import require
from lineart.shards import SPLITS, TABLE
from pipelines import tables
from pipelines.curves import chart
from pipelines.gallery import Grids, children_sheet, quarantined
from pipelines.records import Record
from pipelines.tables import PARTS, TITLES, shown


@dataclass(frozen=True)
class ReportSettings:
    """How much the report shows."""

    rows: int = 24  # drawings in each picture grid, from worst to best
    picture: int = 256  # longer side of a picture, in pixels
    quarantine: int = 60  # pairs shown of those in quarantine
    families: int = 10  # drawings shown with their children

    def __post_init__(self) -> None:
        for name in ("rows", "quarantine", "families"):
            value = getattr(self, name)
            require(1 <= value <= 200, f"leaderboard.{name}", value, "from 1 to 200")
        require(
            32 <= self.picture <= 512, "leaderboard.picture", self.picture, "from 32 to 512 pixels"
        )


@dataclass(frozen=True)
class Folders:
    """Where the stages before left what the report shows."""

    pairs: Path
    checked: Path
    splits: Path
    data: Path


def write_report(
    out: Path,
    frame: pd.DataFrame,
    records: Sequence[Record],
    version: str,
    folders: Folders,
    settings: ReportSettings,
) -> None:
    """Write ``out``, a self-contained page. The same results, the same bytes.

    Args:
        out: the file.
        frame: of :func:`pipelines.tables.leaderboard`.
        records: of the models in it.
        version: of the data.
        folders: where pictures and tables of the data are.
        settings: how much is shown.
    """
    by_name = {record.model: record for record in records}
    ordered = [by_name[name] for name in frame["model"]]
    reference = str(frame["model"].iloc[0])
    environment = Environment(
        loader=PackageLoader("pipelines", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = _words
    environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    grids = Grids(ordered, reference, folders.data)
    page = environment.get_template("report.html.j2").render(
        version=version,
        reference=reference,
        summary=_summary(frame),
        notes=tables.notes(frame)[2:],
        groups=_groups(frame),
        columns=tables.columns(),
        rows=_cells(frame),
        models=list(frame["model"]),
        grids=[_grid(grids, part, settings) for part in tables.shown_parts(frame)],
        charts=_charts(ordered),
        **_data(folders, settings),
    )
    write_text(out, page)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _summary(frame: pd.DataFrame) -> str:
    """The result in a sentence or two."""
    networks, floors = frame[frame["role"] == "network"], frame[frame["role"] == "floor"]
    count = frame["originals_pictures"].iloc[0]
    if networks.empty or floors.empty:
        first = frame.iloc[0]
        error = f"{first['originals_mae']:.4f}"
        return f"{_words(first['model'])} leads with an MAE of {error} on {count} drawings."
    ours, floor = networks.iloc[0], floors.iloc[0]
    return (
        f"On {count} drawings it has never seen, {_words(ours['model'])} is off by "
        f"{ours['originals_mae']:.4f} a pixel in the mean (0 is perfect, 1 is inverted). The best method "
        f"that does not learn, {_words(floor['model'])}, is off by {floor['originals_mae']:.4f}."
    )


def _groups(frame: pd.DataFrame) -> list[tuple[str, int]]:
    """Titles above the columns of the table, with how many columns each spans."""
    columns = tables.columns()
    spans = [
        (
            f"{frame[f'{part}_pictures'].iloc[0]} {TITLES[part]}",
            sum(column.part == part for column in columns),
        )
        for part in PARTS
    ]
    rest = sum(not column.part for column in columns) - 1
    return [("", 1), *spans, ("speed, size, training", rest)]


def _cells(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = tables.columns()
    marks = {column.name: tables.best(frame, column) for column in columns}
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        cells = []
        for column in columns:
            value = row[column.name]
            text = shown(value, column.digits)
            if column.name == "pictures_per_second" and text:
                text += f" ± {shown(row['speed_spread'], 1)}"
            cells.append(
                {
                    "text": text,
                    "value": "" if value is None or value != value else value,
                    "best": place in marks[column.name],
                    "name": column.digits < 0,
                }
            )
        rows.append({"role": row["role"], "preset": row["preset"], "cells": cells})
    return rows


def _grid(grids: Grids, part: str, settings: ReportSettings) -> dict[str, Any]:
    rows, total = grids.rows(part == "children", settings.rows, settings.picture)
    return {"id": part, "title": TITLES[part], "rows": rows, "total": total}


def _charts(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Titles and SVGs of the learning curves."""
    histories = {record.model: record.history for record in records if record.history is not None}
    wanted = (("val_mae", "MAE on validation pictures"), ("train_loss", "training loss"))
    charts = []
    for column, title in wanted:
        curves = {
            name: [
                (float(x), float(y))
                for x, y in zip(history["pictures"], history[column], strict=True)
                if y > 0
            ]
            for name, history in histories.items()
        }
        charts.append((title, chart(curves, "pictures seen", title)))
    return [(title, svg) for title, svg in charts if svg]


def _data(folders: Folders, settings: ReportSettings) -> dict[str, Any]:
    """What the section on the data shows."""
    children = read_table(folders.data / TABLE)
    splits = []
    for split in SPLITS:
        rows = read_table(folders.splits / f"{split}.csv")
        pictures = int((children["split"] == split).sum())
        splits.append((split, rows["group"].nunique(), len(rows), pictures))
    judged = json.loads((folders.checked / "summary.json").read_text())
    quarantine = read_table(folders.checked / "quarantine.csv").sort_values(["check", "id"])
    attribution = (folders.pairs / "ATTRIBUTION.txt").read_text().strip()
    return {
        "splits": splits,
        "judged": judged,
        "quarantine": quarantined(
            quarantine.head(settings.quarantine), folders.pairs, settings.picture
        ),
        "quarantine_total": len(quarantine),
        "sheet": children_sheet(folders.data, "test", settings.families),
        "attribution": attribution,
    }
