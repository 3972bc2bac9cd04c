"""The stage `split`: checked pairs → `train.csv`, `val.csv` and `test.csv` in `data/splits`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.duplicates import fingerprint_pairs
from dataset_tools.split import check_leaks, split_pairs, write_splits
from lineart.pairs import read_pairs, read_table
from pipelines.chunks import Workers
from pipelines.params import FILE, read_params


@flow(name="split")
def split(
    params: str = FILE,
    checked: str = "data/checked",
    pairs: str = "data/pairs",
    out: str = "data/splits",
) -> str:
    """Split by cluster, refuse a leak; returns what came of it, in a line."""
    settings, table = read_params(params), Path(checked) / "pairs.csv"
    splits = split_pairs(read_table(table), settings.split)
    with Workers(settings.pipelines.workers) as workers:
        prints = workers.map("split", fingerprint_pairs, read_pairs(table), Path(pairs))
    check_leaks(splits, prints, settings.qa.duplicates)
    write_splits(Path(out), splits)
    return ", ".join(f"{name} {len(frame)}" for name, frame in splits.items())
