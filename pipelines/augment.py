"""The stage `augment`: splits → originals and children as tar shards in `data/augmented`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.augment import make_shard, shard_name, write_children
from lineart.pairs import read_pairs
from lineart.shards import SPLITS
from pipelines.chunks import Workers
from pipelines.params import FILE, read_params

DRAWINGS = 64  # a shard; fixed, so that the shards do not depend on the number of workers


@flow(name="augment")
def augment(
    params: str = FILE,
    splits: str = "data/splits",
    pairs: str = "data/pairs",
    out: str = "data/augmented",
) -> str:
    """Make the children of every split; returns what came of it, in a line."""
    settings = read_params(params)
    jobs = []
    for split in SPLITS:
        rows = read_pairs(Path(splits) / f"{split}.csv")
        for number, start in enumerate(range(0, len(rows), DRAWINGS)):
            some = rows[start : start + DRAWINGS]
            jobs.append(
                (shard_name(split, number), some, split, Path(pairs), Path(out), settings.augment)
            )
    with Workers(settings.pipelines.workers) as workers:
        made = workers.run("augment", make_shard, jobs, [len(job[1]) for job in jobs])
    children = [child for shard in made for child in shard]
    write_children(Path(out), children)
    return f"{len(children)} pictures in {len(jobs)} shards"
