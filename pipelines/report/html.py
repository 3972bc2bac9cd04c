"""The report: one HTML page that holds everything it shows and loads nothing.

Its templates lie in `page`: one a section, with a style sheet and a script that become part of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment

from dataset_tools.views.frame import environment
from lineart.metrics.failures import KINDS
from lineart.pictures.images import write_text
from lineart.sets.pairs import read_table
from lineart.sets.shards import SPLITS, TABLE
from lineart.settings import require
from pipelines.failed import Failed
from pipelines.report import beside_paper, cells, cited, precision_recall, tables
from pipelines.report.columns import GROUPS, PARTS, RANKED, TITLES
from pipelines.report.curves import chart
from pipelines.report.gallery import Grids, Pictures, children_sheet, quarantined
from pipelines.report.notes import budget_notes, protocols, reading, speed, words
from pipelines.report.others import Section
from pipelines.report.profiles import profiles
from pipelines.report.records import Record


@dataclass(frozen=True)
class ReportSettings:
    """How much the report shows."""

    rows: int = 24  # drawings in each picture grid, from worst to best
    picture: int = 256  # longer side of a picture, in pixels
    failures: int = 4  # pictures shown of each kind of failure of each model
    quarantine: int = 60  # pairs shown of those in quarantine
    families: int = 10  # drawings shown with their children

    def __post_init__(self) -> None:
        for name in ("rows", "failures", "quarantine", "families"):
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
    others: Sequence[Section] = (),
    failed: Sequence[Failed] = (),
) -> None:
    """Write ``out``, a self-contained page. The same results, the same bytes.

    Args:
        out: the file.
        frame: of :func:`pipelines.report.tables.leaderboard`.
        records: of the models in it.
        version: of the data.
        folders: where pictures and tables of the data are.
        settings: how much is shown.
        others: the tables of other pairs.
        failed: the rows that have no figures, and why.
    """
    by_name = {record.model: record for record in records}
    ordered = [by_name[name] for name in frame["model"]]
    parts = tables.shown_parts(frame)
    pictures = Pictures(folders.data, str(ordered[0].pictures["key"].iloc[0]), settings.picture)
    made = budget_notes(frame, ordered)
    page = (
        templates()
        .get_template("page.html.j2")
        .render(
            version=version,
            reference=str(frame["reference"].iloc[0]),
            summary=summary(frame),
            notes=[*reading(frame), *protocols(), *speed(frame)],
            profile_notes=made,
            parts=[(part, int(frame[f"{part}_pictures"].iloc[0]), TITLES[part]) for part in parts],
            groups=GROUPS,
            heads=cells.heads(parts),
            board=cells.rows(frame, parts),
            failed=failed,
            roles=sorted(set(frame["role"]), key=list(tables.ROLES.values()).index),
            others=others,
            cited=beside_paper.cited(),
            cited_notes=cited.notes(),
            background={part: beside_paper.background(frame, part) for part in parts},
            profiles=profiles(
                ordered,
                dict(zip(frame["model"], frame["role"], strict=True)),
                made,
                pictures,
                settings.failures,
            ),
            failure_titles=[kind.title for kind in KINDS.values()],
            models=list(frame["model"]),
            first=str(frame["model"].iloc[0]),
            grids=_grids(ordered, pictures, parts, settings.rows),
            precision_recall=[
                (part, title, precision_recall.of_all(ordered, part, name))
                for part in parts
                for name, title in precision_recall.TITLES.items()
            ],
            charts=_charts(ordered),
            **_data(folders, settings),
        )
    )
    write_text(out, page)


def templates() -> Environment:
    """The templates, with the filters they use."""
    found = environment(__package__)
    found.filters["words"] = words
    found.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    return found


def summary(frame: pd.DataFrame) -> str:
    """The result in a sentence or two."""
    learned, floors = frame[frame["role"] == "network"], frame[frame["role"] == "floor"]
    count = frame["originals_pictures"].iloc[0]
    column = f"originals_{RANKED}"
    ours = (learned if len(learned) else frame).iloc[0]
    low, high = (ours.get(f"{column}_{end}") for end in ("low", "high"))
    within = "" if low is None or low != low else f" (95 % interval {low:.4f} to {high:.4f})"
    said = (
        f"On {count} drawings it has never seen, {words(ours['model'])} is off by {ours[column]:.4f} a "
        f"pixel in the mean{within}; 0 is perfect, 1 is inverted."
    )
    if learned.empty or floors.empty:
        return said
    floor = floors.iloc[0]
    return (
        f"{said} The best method that does not learn, {words(floor['model'])}, is off by "
        f"{floor[column]:.4f}."
    )


def _grids(
    records: Sequence[Record], pictures: Pictures, parts: Sequence[str], wanted: int
) -> list[dict[str, Any]]:
    grids = Grids(records, records[0].model, pictures)
    found = []
    for part in parts:
        rows, total = grids.rows(part == PARTS[1], wanted)
        found.append({"part": part, "rows": rows, "total": total})
    return found


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
