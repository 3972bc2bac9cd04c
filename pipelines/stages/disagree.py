"""The stage `disagree`: checked pairs → `data/doubts`, a ranking of the label errors that no rule sees."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.disagreement import DisagreeSettings, compare, rank, summary_of
from lineart.runs import write_json
from lineart.sets.pairs import read_pairs, read_table, write_table
from lineart.training.crossfit import cross_predict, deal
from lineart.training.settings import TrainSettings
from pipelines.params import FILE, read_params
from pipelines.workers.chunks import Workers, progress

WATCHED = 8  # pictures by which a training chooses its epoch


@flow(name="disagree")
def disagree(
    params: str = FILE,
    pairs: str = "data/pairs",
    checked: str = "data/checked",
    out: str = "data/doubts",
    runs: str = "runs",
) -> str:
    """Read every pair with a network that has not seen it, and rank the pairs by how far the two disagree.

    Returns what came of it, in a line. Unfinished work lies in ``runs``, which DVC does not know.
    """
    content, folder, table = read_params(params), Path(pairs), Path(checked) / "pairs.csv"
    settings: DisagreeSettings = content.section("disagree")
    rows = read_pairs(table)
    folds = deal(read_table(table)["cluster"].tolist(), settings.folds, settings.seed)
    predictions = Path(out) / "predictions"
    with progress("disagree") as tell:
        cross_predict(
            settings.model, rows, folds, folder, training(settings), Path(runs), predictions, tell
        )
    with Workers(content.pipelines.workers) as workers:
        found = workers.map("compare", compare, rows, folder, predictions)
    doubts = rank([row.id for row in rows], found, folds)
    write_json(Path(out) / "summary.json", summary_of(doubts, settings))
    write_table(Path(out) / "doubts.csv", doubts)
    first = doubts.iloc[0]
    return f"{len(doubts)} pairs ranked; most doubtful is '{first['id']}': {first['reason']}"


def training(settings: DisagreeSettings) -> TrainSettings:
    """How the network of a fold is trained."""
    return TrainSettings(
        preset=settings.preset,
        epochs=settings.epochs,
        crop=settings.crop,
        batch=settings.batch,
        seed=settings.seed,
        epoch_pictures=WATCHED,
        validate_pictures=WATCHED,
    )
