"""From predictions on disk to scores, picture by picture; what a worker process does.

**What is scored is the PNG**, 8 bits a pixel: it is what a user gets, and it makes every score a function of
files that anyone can check with ``python -m lineart evaluate``. Nothing here imports torch, so that a
worker starts in a second and stays small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lineart.metrics.boundary import Counts
from lineart.metrics.pixels.metric import DIGITS
from lineart.metrics.scored import Scored
from lineart.metrics.table import COUNTS, count, score
from lineart.pictures.images import read_line
from lineart.sets.shards import Shards


@dataclass(frozen=True)
class PictureScores:
    """The scores of one picture."""

    row: dict[str, str | int | float]  # of pictures.csv
    counts: dict[str, Counts]  # (thresholds, 4) for each of COUNTS


def prediction_path(folder: Path, key: str) -> Path:
    """Where the prediction of a picture lies, below the folder of an evaluation."""
    return folder / "predictions" / f"{key}.png"


def score_pictures(
    chunk: Sequence[int], shards: Shards, out: Path, threshold: float
) -> list[PictureScores]:
    """Score some pictures of a split.

    Args:
        chunk: numbers of pictures.
        shards: the split.
        out: the folder of the evaluation, with the predictions in it.
        threshold: what is ink in a prediction, at or above it, where a metric needs yes or no.

    Returns:
        One entry a picture, in order.

    Raises:
        InputError: if a prediction is missing or no picture.
    """
    found = []
    for index in chunk:
        child = shards.children[index]
        line = shards[index][1] / np.float32(255)
        prediction = read_line(prediction_path(out, child.key))
        about: dict[str, str | int | float] = {
            "key": child.key,
            "parent": child.parent,
            "child": child.number,
        }
        row = about | score(prediction, line, threshold)
        found.append(PictureScores(row, count(prediction, line)))
    return found


def collect(found: Sequence[PictureScores]) -> Scored:
    """The scores of a set from those of its pictures, in the order they come."""
    table = pd.DataFrame([picture.row for picture in found]).round(DIGITS)
    counts = {name: np.stack([picture.counts[name] for picture in found]) for name in COUNTS}
    return Scored(table, counts)
