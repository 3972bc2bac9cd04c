"""Where numbers wait that MLflow would not take, and what it lacks of those on disk.

A folder an experiment, with a file beside it that says why (:data:`WHY`). Nothing here imports MLflow, so
that a run that finds everything up to date is over in a second.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines import database, runtime

WHY = ".txt"  # behind the name of the experiment


def outbox(root: Path | None = None) -> Path:
    """The folder; of this checkout, if no other is given."""
    return (root or runtime.root()) / ".outbox"


def is_behind(root: Path, experiment: str, models: Sequence[str]) -> bool:
    """Whether MLflow has yet to be told of an experiment: its numbers wait, or its database lacks them.

    Only a SQLite file is looked into; what a server has lost is its owner's to bring back.

    Args:
        root: of the project.
        experiment: by name.
        models: whose scores are on disk.
    """
    if (outbox(root) / experiment).is_dir():
        return True
    if not models:
        return False
    file = database.file_of(os.environ.get("MLFLOW_TRACKING_URI", ""))
    return file is not None and database.lacks(file, experiment, models)


def note(experiment: str, why: str) -> None:
    """Keep the reason why numbers wait, for :func:`tell`."""
    outbox().mkdir(parents=True, exist_ok=True)
    (outbox() / f"{experiment}{WHY}").write_text(why + "\n", encoding="utf-8")


def clear(experiment: str) -> None:
    """Nothing of an experiment waits any more."""
    (outbox() / f"{experiment}{WHY}").unlink(missing_ok=True)
    if outbox().is_dir() and not any(outbox().iterdir()):
        outbox().rmdir()


def tell(root: Path) -> None:
    """Say at the end of a run what waits and why; nothing, if nothing does."""
    for path in sorted(outbox(root).glob(f"*{WHY}")):
        print(f"Not in MLflow yet, {path.stem}: {path.read_text('utf-8').strip()}", file=sys.stderr)
