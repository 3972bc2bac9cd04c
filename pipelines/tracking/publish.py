"""The way of records to MLflow, or to the outbox where MLflow does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from pipelines.report.records import Record, in_outbox, remove
from pipelines.tracking import outbox
from pipelines.tracking.board import EXPERIMENT, Board
from pipelines.tracking.champion import consider
from pipelines.tracking.failures import FAILURES, unreachable

CHAMPION = "clearnet"  # the row that stands for the registered model


def publish(
    rows: Sequence[tuple[Record, str]],
    report: Sequence[Path],
    data: Path,
    experiment: str = EXPERIMENT,
) -> str:
    """Bring MLflow up to date, or keep the numbers for the next run; says which, in a clause.

    On the leaderboard the champion among the registered models is thought over, too.

    Args:
        rows: records of one version of the data, each with its role.
        report: files that go to their parent run.
        data: the augmented sets.
        experiment: where to.
    """

    @task(name="mlflow", retries=2, retry_delay_seconds=[1, 4], cache_policy=NO_CACHE)
    def log() -> str:
        new = publish_all(rows, report, outbox.outbox(), data, experiment)
        said = [f"{new} new in MLflow"]
        if experiment == EXPERIMENT:
            said += [consider(record, data) for record, _ in rows if record.model == CHAMPION]
        return "; ".join(said)

    try:
        return log() if FlowRunContext.get() else log.fn()
    except FAILURES as error:
        for record, _ in rows:
            record.copy_to(outbox.outbox() / experiment)
        said = f"{unreachable(error)}; the numbers wait in .outbox for the next run"
        outbox.note(experiment, said)
        return said


def publish_all(
    records: Sequence[tuple[Record, str]],
    report: Sequence[Path],
    waiting: Path,
    data: Path,
    experiment: str = EXPERIMENT,
) -> int:
    """Bring MLflow to what the records say, and to what waits in the outbox of the experiment.

    Args:
        records: of one version of the data, each with its role.
        report: files that go to their parent run.
        waiting: where records wait that could not be logged, a folder an experiment.
        data: the augmented sets.
        experiment: where to.

    Returns:
        How many records were new to MLflow.
    """
    board = Board(experiment=experiment)
    current = {(record.model, record.version) for record, _ in records}
    new = 0
    for folder, record in in_outbox(waiting / experiment).items():
        if (record.model, record.version) not in current:
            role = "floor" if record.summary["kind"] == "classical" else record.summary["kind"]
            new += board.publish(record, str(role))
        remove(folder, waiting / experiment)
    new += sum(board.publish(record, role, data) for record, role in records)
    for version in sorted({record.version for record, _ in records}):
        board.close(version, report)
    outbox.clear(experiment)
    return new
