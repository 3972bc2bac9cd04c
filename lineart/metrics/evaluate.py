"""A run folder against a split: its predictions, its speed, and every score there is.

The threshold of ink comes from the validation split (:mod:`lineart.metrics.pixels.validation`). Originals and
augmented children are averaged apart: they answer different questions.

The work has three parts, so that the middle one can be spread over processes: :func:`predict` (needs the
network), :func:`lineart.metrics.scoring.score_pictures` (needs none) and :func:`write_scores`.
:func:`evaluate` does all three in one process; the scores are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lineart.errors import InputError
from lineart.inference.network import NetworkExtractor, load_extractor
from lineart.metrics.pixels.validation import picture_and_line
from lineart.metrics.scored import PARTS, read_scored, write_scored
from lineart.metrics.scoring import (
    PictureScores,
    collect,
    prediction_path,
    score_pictures,
)
from lineart.metrics.speed import measure_speed
from lineart.models.parts.cost import multiply_adds
from lineart.pictures.images import write_line
from lineart.runs import WEIGHTS, load_network, read_json, write_json
from lineart.sets.pairs import sha256
from lineart.sets.shards import Shards
from lineart.settings import require

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EvaluateSettings:
    """How models are compared."""

    split: str = "test"
    speed_size: int = 256  # pixels a side of the picture that speed is measured on
    speed_repeats: int = 10  # timed calls, after two that are not

    def __post_init__(self) -> None:
        splits = ("train", "val", "test")
        require(self.split in splits, "evaluate.split", self.split, f"one of {splits}")
        require(self.speed_size >= 32, "evaluate.speed_size", self.speed_size, "32 or more")
        require(self.speed_repeats >= 3, "evaluate.speed_repeats", self.speed_repeats, "3 or more")


def predict(
    run: Path,
    data: Path,
    out: Path,
    settings: EvaluateSettings,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write ``out/predictions/KEY.png`` (black ink on white) for each picture, and measure the speed.

    Args:
        run: as :func:`lineart.training.train` leaves it.
        data: the augmented sets.
        out: where the results go.
        settings: split and speed measurement.
        progress: called with (done, all) after each picture.

    Returns:
        What ``scores.json`` says beside the scores.

    Raises:
        InputError: if no threshold was chosen for this run.
    """
    summary = read_json(run / "summary.json")
    if "threshold" not in summary:
        raise InputError(
            f"{run} has no threshold in its summary.json, which its training chooses on the validation "
            f"pictures; train it again."
        )
    extract = load_extractor(run)
    shards = Shards(data, settings.split)
    for index, child in enumerate(shards.children):
        render, _ = picture_and_line(shards, index)
        write_line(prediction_path(out, child.key), extract(render))
        if progress is not None:
            progress(index + 1, len(shards))
    size = settings.speed_size
    of_network = isinstance(extract, NetworkExtractor)
    first, _ = picture_and_line(shards, 0)
    square = cv2.resize(first, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32)
    return {
        "model": summary["model"],
        "split": settings.split,
        "weights": sha256((run / WEIGHTS).read_bytes()) if of_network else None,
        "parameters": summary["parameters"],
        # Of the network as it was trained; what is folded for speed costs no more.
        "multiply_adds": multiply_adds(load_network(run), size) if of_network else None,
        "threshold": summary["threshold"],
        "speed": measure_speed(extract, square, settings.speed_repeats),
    }


def write_scores(
    out: Path, about: dict[str, Any], found: Sequence[PictureScores]
) -> dict[str, Any]:
    """Write ``pictures.csv``, ``counts.npz`` and, last, ``scores.json``.

    Args:
        out: the folder of the evaluation.
        about: what :func:`predict` returned.
        found: the scores of all pictures, in the order of the split.

    Returns:
        The content of ``scores.json``. It is worked out from the two other files, so that whoever
        reads them finds the same figures to the last digit.
    """
    write_scored(out, collect(found))
    scored = read_scored(out)
    parts = {name: scored.part(name) for name in PARTS}
    scores = {
        **{name: value for name, value in about.items() if name != "speed"},
        **{name: {"pictures": len(p.pictures), **p.figures()} for name, p in parts.items()},
        "speed": about["speed"],
    }
    write_json(out / "scores.json", scores)
    return scores


def evaluate(
    run: Path,
    data: Path,
    out: Path,
    settings: EvaluateSettings,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Score a run folder on a split, in this process.

    Leaves ``predictions/KEY.png``, ``pictures.csv``, ``counts.npz`` and ``scores.json`` in ``out``.

    Args:
        run: as :func:`lineart.training.train` leaves it.
        data: the augmented sets.
        out: where the results go.
        settings: split and speed measurement.
        progress: called with (done, all) after each picture that is predicted.

    Returns:
        The content of ``scores.json``.
    """
    about = predict(run, data, out, settings, progress)
    shards = Shards(data, settings.split)
    found = score_pictures(range(len(shards)), shards, out, about["threshold"])
    return write_scores(out, about, found)
