"""A run folder against a split: scores for each picture, their means, the predictions, the speed.

The threshold of F is chosen on the validation split and only used on the test split. Originals and
augmented children are averaged apart: they answer different questions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lineart.images import Picture, write_line
from lineart.inference import Extractor, NetworkExtractor, load_extractor
from lineart.metrics.pixel import METRICS, THRESHOLDS, f_measures, score
from lineart.pairs import write_table
from lineart.runs import read_json, write_json
from lineart.settings import require
from lineart.shards import Shards

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


def spread(total: int, wanted: int) -> list[int]:
    """At most ``wanted`` positions, evenly spread over ``total``.

    >>> spread(10, 4)
    [0, 3, 6, 9]
    """
    if wanted >= total:
        return list(range(total))
    return [round(float(place)) for place in np.linspace(0, total - 1, wanted)]


def picture_and_line(shards: Shards, index: int) -> tuple[Picture, Picture]:
    """One child as float32 in [0, 1]: render ``(H, W, 3)`` and ink ``(H, W)``."""
    render, line = shards[index]
    return render / np.float32(255), line / np.float32(255)


def best_threshold(
    extract: Extractor, shards: Shards, indices: Sequence[int]
) -> tuple[float, float]:
    """The threshold with the best mean F over some pictures, and that F; the middle one of equals."""
    curves = []
    for index in indices:
        render, line = picture_and_line(shards, index)
        curves.append(f_measures(extract(render), line))
    mean = np.mean(curves, axis=0)
    equals = np.flatnonzero(mean >= mean.max() - 1e-9)
    return float(THRESHOLDS[equals[len(equals) // 2]]), float(mean.max())


def mean_scores(
    extract: Extractor, shards: Shards, indices: Sequence[int], threshold: float
) -> dict[str, float]:
    """The mean of each metric over some pictures."""
    rows = [
        score(extract(render), line, threshold)
        for render, line in (picture_and_line(shards, index) for index in indices)
    ]
    return {name: float(np.mean([row[name] for row in rows])) for name in METRICS}


def evaluate(
    run: Path,
    data: Path,
    out: Path,
    settings: EvaluateSettings,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Score a run folder on a split.

    Writes ``out/predictions/KEY.png`` (black ink on white), ``out/pictures.csv`` (a row a picture) and
    ``out/scores.json``.

    Args:
        run: as :func:`lineart.training.train` leaves it.
        data: the augmented sets.
        out: where the results go.
        settings: split and speed measurement.
        progress: called with (done, all) after each picture.

    Returns:
        The content of ``scores.json``.
    """
    summary = read_json(run / "summary.json")
    extract = load_extractor(run)
    shards = Shards(data, settings.split)
    rows = []
    for index, child in enumerate(shards.children):
        render, line = picture_and_line(shards, index)
        ink = extract(render)
        write_line(out / "predictions" / f"{child.key}.png", ink)
        about = {"key": child.key, "parent": child.parent, "child": child.number}
        rows.append({**about, **score(ink, line, summary["threshold"])})
        if progress is not None:
            progress(index + 1, len(shards))
    table = pd.DataFrame(rows)
    write_table(out / "pictures.csv", table.round(6))
    scores = {
        "model": summary["model"],
        "parameters": summary["parameters"],
        "threshold": summary["threshold"],
        "originals": _means(table[table["child"] == 0]),
        "children": _means(table[table["child"] > 0]),
        "speed": measure_speed(extract, settings.speed_size, settings.speed_repeats),
    }
    write_json(out / "scores.json", scores)
    return scores


def _means(table: pd.DataFrame) -> dict[str, float]:
    means = {name: round(float(table[name].mean()), 6) for name in METRICS} if len(table) else {}
    return {"pictures": len(table), **means}


def measure_speed(extract: Extractor, size: int, repeats: int) -> dict[str, Any]:
    """Pictures a second, one at a time, reading and writing left out.

    Returns:
        Median and spread (half the distance between the quartiles) over ``repeats`` calls after two
        that are not counted, with the size, the device and the arithmetic they hold for.
    """
    picture = np.random.default_rng(0).random((size, size, 3), dtype=np.float32)
    rates = [1 / seconds for seconds in _timed(extract, picture, repeats + 2)][2:]
    low, middle, high = np.percentile(rates, (25, 50, 75))
    on, bfloat16 = "cpu", False
    if isinstance(extract, NetworkExtractor):
        on, bfloat16 = extract.device.type, extract.bfloat16
    return {
        "pictures_per_second": round(float(middle), 2),
        "spread": round(float(high - low) / 2, 2),
        "size": size,
        "device": on,
        "precision": "bfloat16" if bfloat16 else "float32",
    }


def _timed(extract: Extractor, picture: Picture, calls: int) -> Iterable[float]:
    for _ in range(calls):
        start = time.perf_counter()
        extract(picture)
        yield time.perf_counter() - start
