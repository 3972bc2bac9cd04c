"""The stage `leaderboard`: all scores → `reports/` and MLflow.

`repro` calls it, too, where rows failed and DVC does not: docs/decisions/0022-a-row-may-fail.md.
"""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from lineart.errors import InputError
from lineart.sets.shards import data_digest
from pipelines import runtime
from pipelines.failed import read as read_failed
from pipelines.params import FILE, read_params
from pipelines.report import tables
from pipelines.report.html import Folders, write_report
from pipelines.report.others import sections
from pipelines.report.records import Record, check_versions, circumstances, data_version
from pipelines.tracking.publish import publish

REPORT = ("index.html", "leaderboard.md", "leaderboard.csv")


@flow(name="leaderboard")
def leaderboard(
    params: str = FILE,
    models: str = "models",
    evaluation: str = "evaluation",
    data: str = "data",
    others: str = "generalise",
    out: str = "reports",
    failed: str | None = None,
) -> str:
    """Write table and report, and bring MLflow up to date; returns what came of it, in a line.

    Raises:
        InputError: if no row is left, or the rows do not stand on the same data.
    """
    settings, root = read_params(params), Path(data)
    folders = Folders(root / "pairs", root / "checked", root / "splits", root / "augmented")
    lost = tuple(read_failed(Path(failed))) if failed else ()
    rows = tuple(name for name in settings.rows if name not in {each.row for each in lost})
    if not rows:
        raise InputError("Every row of the leaderboard failed, so there is no table.")
    records = read_records(rows, Path(models), Path(evaluation), folders.data)
    check_versions(records, data_digest(folders.data))
    frame = tables.leaderboard(records)
    version = records[0].version
    tables.write_tables(frame, records, version, Path(out), lost)
    write_report(
        Path(out) / REPORT[0],
        frame,
        records,
        version,
        folders,
        settings.leaderboard,
        sections(Path(others)),
        lost,
    )
    without = f" and {len(lost)} failed" if lost else ""
    return f"{len(frame)} rows{without}; {publish_records(records, Path(out), folders.data)}"


def read_records(
    names: tuple[str, ...], models: Path, evaluation: Path, data: Path
) -> list[Record]:
    """The records of some models on the data as it lies there."""
    version, facts = data_version(data), circumstances(runtime.commit())
    return [Record(name, version, models / name, evaluation / name, facts) for name in names]


def publish_records(records: list[Record], out: Path, data: Path) -> str:
    """Bring MLflow to what the records say, with the report; says what came of it, in a clause."""
    rows = [(record, tables.role(record)) for record in records]
    return publish(rows, [out / name for name in REPORT], data)
