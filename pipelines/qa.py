"""The stage `qa`: pairs → checked pairs, and a quarantine with reasons, in `data/checked`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.qa import check_pairs, judge, write_judgement
from lineart.pairs import read_pairs
from pipelines.chunks import Workers
from pipelines.params import FILE, read_params


@flow(name="qa")
def qa(params: str = FILE, pairs: str = "data/pairs", out: str = "data/checked") -> str:
    """Check every pair and judge it; returns what came of it, in a line."""
    settings, folder = read_params(params), Path(pairs)
    rows = read_pairs(folder / "pairs.csv")
    with Workers(settings.pipelines.workers) as workers:
        found = workers.map("qa", check_pairs, rows, folder, settings.qa)
    judgement = judge(rows, found, settings.qa)
    write_judgement(Path(out), judgement)
    return f"{len(judgement.accepted)} pairs accepted, {len(judgement.quarantined)} in quarantine"
