"""The way of records to MLflow, or to the outbox where MLflow does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from pipelines.report.records import Record
from pipelines.tracking import board as tracking
from pipelines.tracking import outbox
from pipelines.tracking.champion import consider

CHAMPION = "clearnet"  # the row that stands for the registered model


def publish(
    rows: Sequence[tuple[Record, str]],
    report: Sequence[Path],
    data: Path,
    experiment: str = tracking.EXPERIMENT,
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
        new = tracking.publish_all(rows, report, outbox.outbox(), data, experiment)
        said = [f"{new} new in MLflow"]
        if experiment == tracking.EXPERIMENT:
            said += [consider(record, data) for record, _ in rows if record.model == CHAMPION]
        return "; ".join(said)

    try:
        return log() if FlowRunContext.get() else log.fn()
    except tracking.FAILURES as error:
        for record, _ in rows:
            record.copy_to(outbox.outbox() / experiment)
        said = f"{tracking.unreachable(error)}; the numbers wait in .outbox for the next run"
        outbox.note(experiment, said)
        return said
