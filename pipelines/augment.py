"""The stage `augment`: splits → originals and children as tar shards in `data/augmented`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.augment import Job, draw_casts, finished, publish, shard_name
from dataset_tools.augmentation.scenes import Pool
from lineart.pairs import read_pairs
from lineart.shards import SPLITS
from pipelines.chunks import Workers
from pipelines.params import FILE, read_params

DRAWINGS = 32  # a shard; fixed, so that the shards do not depend on the number of workers


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
    jobs = []
    for split in SPLITS:
        rows = read_pairs(Path(splits) / f"{split}.csv")
        pool = Pool(rows)
        for number, start in enumerate(range(0, len(rows), DRAWINGS)):
            some = tuple(rows[start : start + DRAWINGS])
            casts = draw_casts(some, pool, settings.augment)
            jobs.append(Job(shard_name(split, number), some, split, casts))
    arguments = [(job, Path(pairs), bench, settings.augment) for job in jobs]
    with Workers(settings.pipelines.workers) as workers:
        made = workers.run("augment", finished, arguments, [len(job.rows) for job in jobs])
    publish(Path(out), bench, made)
    return f"{sum(len(children) for _, children in made)} pictures in {len(jobs)} shards"
