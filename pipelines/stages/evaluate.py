"""The stage `evaluate`: `models/MODEL` on the test split → `evaluation/MODEL`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from prefect import flow

from lineart.metrics.evaluate import predict, write_scores
from lineart.metrics.scored import PARTS
from lineart.metrics.scoring import score_pictures
from lineart.sets.shards import Shards
from pipelines.params import FILE, Params, read_params
from pipelines.workers.chunks import Workers, progress

LARGEST = 64  # pictures a task; a picture takes a fifth of a second, so that tasks end together


@flow(name="evaluate", flow_run_name="evaluate {model}")
def evaluate(model: str, params: str = FILE, data: str = "data/augmented", under: str = ".") -> str:
    """Score a model picture by picture; returns what came of it, in a line.

    It is read from ``models/MODEL`` and the result goes to ``evaluation/MODEL``, below the folder ``under``.
    """
    run, out = Path(under) / "models" / model, Path(under) / "evaluation" / model
    scores = score(run, Path(data), out, read_params(params))
    said = (f"{part} MAE {scores[part]['mae']:.4f}" for part in PARTS if scores[part]["pictures"])
    return f"{model}: {', '.join(said)}"


def score(run: Path, data: Path, out: Path, settings: Params) -> dict[str, Any]:
    """Score a run folder, its predictions in this process and their scores in several.

    Args:
        run: as training leaves it.
        data: the augmented sets.
        out: where the results go.
        settings: what is scored, and how many processes.

    Returns:
        The content of ``scores.json``.
    """
    with progress(f"predict {run.name}") as tell:
        about = predict(run, data, out, settings.evaluate, tell)
    shards = Shards(data, settings.evaluate.split)
    chunks = in_chunks(len(shards), settings.pipelines.workers)
    jobs = [(chunk, shards, out, about["threshold"]) for chunk in chunks]
    with Workers(settings.pipelines.workers) as workers:
        parts = workers.run(f"evaluate {run.name}", score_pictures, jobs, [len(c) for c in chunks])
    return write_scores(out, about, [picture for part in parts for picture in part])


def in_chunks(pictures: int, workers: int) -> list[range]:
    """Numbers of pictures in equal chunks, some for each worker.

    >>> in_chunks(10, 1)
    [range(0, 3), range(3, 6), range(6, 9), range(9, 10)]
    """
    size = min(math.ceil(pictures / (4 * workers)), LARGEST)
    return [range(start, min(start + size, pictures)) for start in range(0, pictures, size)]
