"""The stage `ladder`: the scores of the ablation → `ablation/table.md`, `table.csv` and MLflow.

The paper's table 2: from U²-NetP to CLEAR-Net, one thing more a step
(:data:`lineart.models.registry.LADDER`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from prefect import flow

from lineart.metrics.bootstrap import compare
from lineart.pictures.images import write_text
from lineart.sets.pairs import write_table
from lineart.sets.shards import data_digest
from pipelines import runtime
from pipelines.params import FILE
from pipelines.report.cited import DOI
from pipelines.report.records import Record, check_versions, circumstances, data_version

PARTS = {"originals": "untouched originals", "children": "augmented children"}
ERRORS = ("mse", "mae")  # what the paper's table has
NEAR = "≈"


@dataclass(frozen=True)
class Step:
    """A step of the ladder, with the figures of the paper."""

    name: str  # of the recipe
    title: str
    adds: str  # to the step before
    mse: float
    mae: float


STEPS = (
    Step("ladder-1-u2netp", "U²-NetP", "the network CLEAR-Net starts from", 0.042171, 0.101493),
    Step(
        "ladder-2-extraction",
        "+ extraction",
        "four levels of one width, joined by transposed convolutions",
        0.029528,
        0.069548,
    ),
    Step(
        "ladder-3-aggregation",
        "+ aggregation",
        "the sides weighed by attention and fused by two separable convolutions",
        0.007921,
        0.032119,
    ),
    Step(
        "ladder-4-suppression",
        "+ suppression",
        "a loss on what is answered where the page is blank",
        0.001283,
        0.011741,
    ),
    Step(
        "ladder-5-temperature",
        "+ temperature",
        "a cross entropy with smooth labels at a falling temperature: CLEAR-Net",
        0.000247,
        0.004810,
    ),
)


@flow(name="ladder")
def ladder(params: str = FILE, data: str = "data/augmented", under: str = "ablation") -> str:
    """Write the table of the ablation below ``under``; returns what came of it, in a line."""
    records = _records(Path(data), Path(under))
    check_versions(records, data_digest(Path(data)))
    frame = table(records)
    write_text(Path(under) / "table.md", markdown(frame, records[0].version))
    write_table(Path(under) / "table.csv", frame.assign(data_version=records[0].version))
    return f"{len(frame)} steps; {publish_steps(Path(data), Path(under))}"


def publish_steps(data: Path, under: Path) -> str:
    """Bring MLflow to what the ablation says: one parent run, a child run a step.

    Raises:
        InputError: if it was made on other data than those.
    """
    from pipelines.tracking.publish import publish

    records = _records(data, under)
    check_versions(records, data_digest(data))
    rows = [(record, "network") for record in records]
    return publish(rows, [under / "table.md", under / "table.csv"], data, under.name)


def _records(data: Path, under: Path) -> list[Record]:
    version, facts = data_version(data), circumstances(runtime.commit())
    return [
        Record(
            step.name,
            version,
            under / "models" / step.name,
            under / "evaluation" / step.name,
            facts,
        )
        for step in STEPS
    ]


def change(before: float | None, now: float) -> float | None:
    """The change in percent; None where there is nothing before.

    >>> change(0.1, 0.07), change(None, 1.0)
    (-30.0, None)
    """
    return None if before is None else round(100 * (now / before - 1), 1)


def certain(before: Record, now: Record) -> dict[str, bool]:
    """Whether each error of ours has changed beyond chance, as ``PART_ERROR_certain``.

    By the paired bootstrap of :mod:`lineart.metrics.bootstrap`, at 95 %.
    """
    scored = {record.model: record.evaluated for record in (before, now)}
    found: dict[str, bool] = {}
    for part in PARTS:
        compared = compare(scored, before.model, part)
        of_now = compared[compared["model"] == now.model].set_index("metric")["distinguishable"]
        found |= {f"{part}_{error}_certain": bool(of_now[error]) for error in ERRORS if len(of_now)}
    return found


def table(records: Sequence[Record]) -> pd.DataFrame:
    """A row a step: our errors with their change from the step before, the paper's likewise, the budget.

    Args:
        records: of the steps, in their order.
    """
    rows: list[dict[str, object]] = []
    last: dict[str, float] = {}
    before: Record | None = None
    for step, record in zip(STEPS, records, strict=True):
        summary, scores = record.summary, record.scores
        found = {
            f"{part}_{error}": scores[part][error]
            for part in PARTS
            if scores[part]["pictures"]
            for error in ERRORS
        }
        found |= {"paper_mse": step.mse, "paper_mae": step.mae}
        changes = {f"{name}_change": change(last.get(name), now) for name, now in found.items()}
        told = {} if before is None else certain(before, record)
        last, before = found, record
        settings = record.settings["train"]
        rows.append(
            {
                "step": step.name,
                "title": step.title,
                "adds": step.adds,
                **found,
                **changes,
                **told,
                **{f"{part}_pictures": scores[part]["pictures"] for part in PARTS},
                "parameters": summary["parameters"],
                "preset": summary["preset"],
                "epochs": summary["epochs"],
                "steps": summary["steps"],
                "pictures_seen": summary["pictures"],
                "minutes": round(summary["seconds"] / 60, 1),
                "stopped_by": summary["stopped_by"],
                "crop": settings["crop"],
                "batch": settings["batch"],
                "learning_rate": settings["learning_rate"],
            }
        )
    return pd.DataFrame(rows)


def markdown(frame: pd.DataFrame, version: str) -> str:
    """The table for people who read files or a terminal."""
    lines = [f"# Ablation on data {version[:12]}", ""]
    for part, title in PARTS.items():
        pictures = frame[f"{part}_pictures"].iloc[0]
        if not pictures:
            continue
        heads = ["Step", "MSE ↓", "change", "MAE ↓", "change"]
        heads += ["MSE in the paper", "change", "MAE in the paper", "change"]
        names = [f"{where}_{error}" for where in (part, "paper") for error in ERRORS]
        rows = [[row["title"], *_cells(row, names)] for row in frame.to_dict("records")]
        lines += [f"## On the {pictures} {title}", "", *_aligned([heads, *rows]), ""]
    heads = ["Step", "Adds", "Parameters", "Pictures seen", "Steps", "Minutes"]
    rows = [
        [
            *(row["title"], row["adds"], f"{row['parameters']:,}", f"{row['pictures_seen']:,}"),
            *(f"{row['steps']:,}", f"{row['minutes']:.1f}"),
        ]
        for row in frame.to_dict("records")
    ]
    lines += ["## What each step adds, and its budget", "", *_aligned([heads, *rows]), ""]
    return "\n".join([*lines, *notes(frame), ""])


def notes(frame: pd.DataFrame) -> Iterator[str]:
    """What one must know to read the table, a sentence each."""
    first, last = frame.iloc[0], frame.iloc[-1]
    yield (
        f"From the first step to the last our MAE on originals changes by "
        f"{change(first['originals_mae'], last['originals_mae']):+.1f} %, the paper's by "
        f"{change(first['paper_mae'], last['paper_mae']):+.1f} %."
    )
    yield (
        f"{NEAR} marks a change that chance can make: the 95 % interval of the difference, by a paired "
        f"bootstrap over drawings, holds 0. Each step was trained once, and another seed moves it, too."
    )
    yield (
        f"The budget of every step: {first['epochs']} epochs in crops of {first['crop']} pixels, "
        f"{first['batch']} a step, at a learning rate of up to {first['learning_rate']:g}; CLEAR-Net's "
        f"preset is {last['preset']}."
    )
    for row in frame.to_dict("records"):
        if row["stopped_by"] != "epochs":
            yield f"{row['title']} ended before its epochs were done: its time was over."
    yield (
        f"The paper's figures are those of its table 2 (doi:{DOI}), on other data, after 1,000 epochs; only "
        "the changes can be compared."
    )


def _cells(row: Mapping[Hashable, Any], names: Sequence[str]) -> Iterator[str]:
    """Each figure, and its change from the step before, if there was one."""
    for name in names:
        yield f"{row[name]:.6f}"
        change = row[f"{name}_change"]
        first = change is None or change != change
        mark = f"{NEAR} " if row.get(f"{name}_certain") is False else ""
        yield "" if first else f"{mark}{change:+.1f} %"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns stand below one another in a file, too; the first is the heads."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    left = {0} | {place for place, head in enumerate(rows[0]) if head == "Adds"}

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    rule = [
        "-" * width if place in left else "-" * (width - 1) + ":"
        for place, width in enumerate(widths)
    ]
    return [line(rows[0]), line(rule), *map(line, rows[1:])]
