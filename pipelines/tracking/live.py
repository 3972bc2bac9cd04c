"""The curves of a training in MLflow while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from pipelines.tracking.board import EXPERIMENT, WATCHED, Board, Row
from pipelines.tracking.failures import FAILURES, unreachable


def experiment_of(under: str) -> str:
    """The experiment of what is trained and scored below a folder: of its name, or the leaderboard.

    >>> experiment_of("."), experiment_of("ablation")
    ('leaderboard', 'ablation')
    """
    return Path(under).name or EXPERIMENT


def live_curves(
    model: str, version: str, experiment: str = EXPERIMENT
) -> Callable[[dict[str, float]], None]:
    """A callback for training that draws its curves in MLflow while it runs.

    It may be told old rows again (a resumed training does so): what is known is not logged twice. If
    MLflow cannot be reached it says so once and is silent from then on; the leaderboard stage logs the
    whole curve from the history on disk.
    """
    rows: list[Row] = []
    board: Board | None = None
    run: str | None = None
    lost = False

    def on_epoch(row: dict[str, float]) -> None:
        nonlocal board, run, lost
        if lost:
            return
        rows.append(row)
        try:
            board = board or Board(experiment=experiment)
            step = int(row["step"])
            if run is None or board.points(run).get(step, row[WATCHED]) != row[WATCHED]:
                run = board.begun(model, version, rows) or board.begin(model, version)
            board.add_curve(run, rows)
        except FAILURES as error:
            lost = True
            print(
                f"{unreachable(error)}; the curve is logged by the stage leaderboard.",
                file=sys.stderr,
            )

    return on_epoch
