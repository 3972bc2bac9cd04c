"""The stage `qa`: pairs → checked pairs, and a quarantine with reasons, in `data/checked`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.qa import check_pairs, judge, write_judgement
from dataset_tools.sources.drawing import Refused
from dataset_tools.sources.files import TABLE, read_files
from lineart.sets.pairs import read_pairs, read_table
from pipelines.params import FILE, read_params
from pipelines.workers.chunks import Workers


@flow(name="qa")
def qa(params: str = FILE, pairs: str = "data/pairs", out: str = "data/checked") -> str:
    """Check every pair and judge it; returns what came of it, in a line."""
    settings, folder = read_params(params), Path(pairs)
    rows = read_pairs(folder / "pairs.csv")
    facts = read_files(folder) if (folder / TABLE).exists() else {}
    with Workers(settings.pipelines.workers) as workers:
        found = workers.map("qa", check_pairs, rows, folder, settings.qa, facts)
    judgement = judge(rows, found, settings.qa, read_refused(folder))
    write_judgement(Path(out), judgement)
    return f"{len(judgement.accepted)} pairs accepted, {len(judgement.quarantined)} in quarantine"


def read_refused(folder: Path) -> list[Refused]:
    """What ingest could not make a pair of; none where it left no table."""
    table = folder / "refused.csv"
    if not table.exists():
        return []
    frame = read_table(table)
    return [Refused(*row) for row in zip(frame["id"], frame["reason"], strict=True)]
