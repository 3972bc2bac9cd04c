"""The stage `leaderboard`: all scores → `reports/` and MLflow."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from lineart.shards import data_digest
from pipelines import runtime, tables, tracking
from pipelines.params import FILE, read_params
from pipelines.records import Record, circumstances, data_version
from pipelines.report import Folders, write_report

REPORT = ("index.html", "leaderboard.md", "leaderboard.csv")


@flow(name="leaderboard")
def leaderboard(
    params: str = FILE,
    models: str = "models",
    evaluation: str = "evaluation",
    data: str = "data",
    out: str = "reports",
) -> str:
    """Write table and report, and bring MLflow up to date; returns what came of it, in a line."""
    settings, root = read_params(params), Path(data)
    folders = Folders(root / "pairs", root / "checked", root / "splits", root / "augmented")
    records = read_records(settings.models, Path(models), Path(evaluation), folders.data)
    tables.check_versions(records, data_digest(folders.data))
    frame = tables.leaderboard(records)
    version = records[0].version
    tables.write_tables(frame, records, version, Path(out))
    write_report(Path(out) / REPORT[0], frame, records, version, folders, settings.leaderboard)
    return f"{len(frame)} rows; {publish(records, Path(out))}"


def read_records(
    names: tuple[str, ...], models: Path, evaluation: Path, data: Path
) -> list[Record]:
    """The records of some models on the data as it lies there."""
    version, facts = data_version(data), circumstances(runtime.commit())
    return [Record(name, version, models / name, evaluation / name, facts) for name in names]


def publish(records: list[Record], out: Path) -> str:
    """Bring MLflow up to date, or keep the numbers for the next run; says which, in a clause."""

    @task(name="mlflow", retries=2, retry_delay_seconds=[1, 4], cache_policy=NO_CACHE)
    def log() -> int:
        report = [out / name for name in REPORT]
        rows = [(record, tables.role(record)) for record in records]
        return tracking.publish_all(rows, report, outbox())

    try:
        new = log() if FlowRunContext.get() else log.fn()
    except tracking.FAILURES as error:
        for record in records:
            record.copy_to(outbox())
        return f"{tracking.unreachable(error)}; the numbers wait in .outbox for the next run"
    return f"{new} new in MLflow"


def outbox() -> Path:
    """Where numbers wait that MLflow would not take."""
    return runtime.root() / ".outbox"
