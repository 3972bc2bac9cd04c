"""The stage `split`: curated pairs → `train.csv`, `val.csv` and `test.csv` in `data/splits`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.splits.duplicates import fingerprint_pairs
from dataset_tools.splits.split import check_leaks, recorded, split_pairs, write_splits
from lineart.sets.pairs import read_pairs, read_table
from pipelines.params import FILE, read_params
from pipelines.workers.chunks import Workers


@flow(name="split")
def split(
    params: str = FILE,
    curated: str = "data/curated",
    checked: str = "data/checked",
    pairs: str = "data/pairs",
    out: str = "data/splits",
) -> str:
    """Split by cluster, refuse a leak; returns what came of it, in a line."""
    settings, table = read_params(params), Path(curated) / "pairs.csv"
    duplicates = read_table(Path(checked) / "duplicates.csv")
    links = zip(duplicates["one"], duplicates["other"], strict=True)
    record, trained = recorded(Path(out), settings.split)
    division = split_pairs(read_table(table), settings.split, record, links, trained)
    with Workers(settings.pipelines.workers) as workers:
        prints = workers.map("split", fingerprint_pairs, read_pairs(table), Path(pairs))
    check_leaks(division.splits, prints, settings.qa.duplicates)
    write_splits(Path(out), division, settings.split.record)
    parts = ", ".join(f"{name} {len(frame)}" for name, frame in division.splits.items())
    return parts + (f", left out {len(division.left_out)}" if len(division.left_out) else "")
