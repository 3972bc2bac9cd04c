"""The stage `leaderboard`: all scores → `reports/` and MLflow."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from lineart.shards import data_digest
from pipelines import runtime
from pipelines.params import FILE, read_params
from pipelines.publish import publish
from pipelines.records import Record, check_versions, circumstances, data_version
from pipelines.report import tables
from pipelines.report.html import Folders, write_report
from pipelines.report.others import sections

REPORT = ("index.html", "leaderboard.md", "leaderboard.csv")


@flow(name="leaderboard")
def leaderboard(
    params: str = FILE,
    models: str = "models",
    evaluation: str = "evaluation",
    data: str = "data",
    others: str = "generalise",
    out: str = "reports",
) -> str:
    """Write table and report, and bring MLflow up to date; returns what came of it, in a line."""
    settings, root = read_params(params), Path(data)
    folders = Folders(root / "pairs", root / "checked", root / "splits", root / "augmented")
    records = read_records(settings.rows, Path(models), Path(evaluation), folders.data)
    check_versions(records, data_digest(folders.data))
    frame = tables.leaderboard(records)
    version = records[0].version
    tables.write_tables(frame, records, version, Path(out))
    write_report(
        Path(out) / REPORT[0],
        frame,
        records,
        version,
        folders,
        settings.leaderboard,
        sections(Path(others)),
    )
    return f"{len(frame)} rows; {publish_records(records, Path(out), folders.data)}"


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
