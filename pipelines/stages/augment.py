"""The stage `augment`: splits → originals and children as tar shards in `data/augmented`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.augment import finished, plan_jobs, publish
from pipelines.params import FILE, read_params
from pipelines.workers.chunks import Workers


@flow(name="augment")
def augment(
    params: str = FILE,
    splits: str = "data/splits",
    pairs: str = "data/pairs",
    out: str = "data/augmented",
    workbench: str | None = None,
) -> str:
    """Make the children of every split; returns what came of it, in a line.

    Shards lie on a workbench until all are there, beside ``out`` if no other folder is given. DVC deletes
    ``out`` before it runs the stage and knows nothing of the workbench, so a run that was killed goes on.
    """
    bench = Path(workbench or f"{out}.unfinished")
    settings = read_params(params)
    jobs = plan_jobs(Path(splits), settings.augment)
    arguments = [(job, Path(pairs), bench, settings.augment) for job in jobs]
    with Workers(settings.pipelines.workers) as workers:
        made = workers.run("augment", finished, arguments, [len(job.rows) for job in jobs])
    publish(Path(out), bench, made)
    return f"{sum(len(children) for _, children in made)} pictures in {len(jobs)} shards"
