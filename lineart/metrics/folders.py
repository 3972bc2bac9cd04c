"""Anyone's predictions against a folder of line art: pictures of equal names, scored as our own are.

A picture may have several truths (:mod:`lineart.metrics.couples`). Which way round the pictures are is
guessed for each folder and said; sizes must be equal, for resizing changes scores; JPEG is warned of.
``python -m lineart evaluate`` is :func:`main`; it leaves

    scores.json              every figure, with the protocol, the settings and the warnings
    scores.csv               the same figures, one row a metric, with range, direction and source
    pictures.csv             one row a picture
    precision_recall.svg     the curves of both protocols
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lineart.cores import usable_cores
from lineart.errors import InputError
from lineart.metrics.boundary import PROTOCOLS, TOLERANCE, Counts
from lineart.metrics.couples import Couple, find_couples
from lineart.metrics.curves import f_of, figures, recall_precision, why_below_ods
from lineart.metrics.paper_figures import background_figures
from lineart.metrics.pixels.pixel import INK
from lineart.metrics.report import as_rows, as_text, draw_curves
from lineart.metrics.table import (
    BACKGROUND,
    BLANK,
    PICTURE_METRICS,
    count_several,
    score_several,
)
from lineart.metrics.truths import (
    Look,
    decide_ink,
    glance,
    read_ink,
    read_truths,
    say_several,
)
from lineart.pictures.decoding import shown
from lineart.pictures.images import write_text
from lineart.progress import progress
from lineart.sets.pairs import write_table
from lineart.settings import require

Map = Callable[[Callable[..., Any], Iterable[Any]], Iterable[Any]]
FEW = 8  # pictures; starting processes takes longer than scoring so many


@dataclass(frozen=True)
class FolderSettings:
    """How two folders are compared."""

    tolerance: float = TOLERANCE  # reach of a match as a share of the diagonal
    tolerance_pixels: float | None = None  # the same in pixels, instead
    threshold: float | None = None  # of ink, for metrics that need one; None for that of ODS
    prediction_ink: str = "guess"  # "black" on white paper, "white" on black, or "guess"
    truth_ink: str = "guess"
    jobs: int = 0  # processes, 0 for one a core

    def __post_init__(self) -> None:
        pixels, threshold = self.tolerance_pixels, self.threshold
        require(0 <= self.tolerance <= 1, "tolerance", self.tolerance, "a share of the diagonal")
        require(pixels is None or pixels >= 0, "tolerance_pixels", pixels, "0 pixels or more")
        require(threshold is None or 0 < threshold <= 1, "threshold", threshold, "in (0, 1]")
        for name in ("prediction_ink", "truth_ink"):
            ways = ("guess", "black", "white")
            require(getattr(self, name) in ways, name, getattr(self, name), f"one of {ways}")
        require(self.jobs >= 0, "jobs", self.jobs, "0 or more")


@dataclass(frozen=True)
class FolderScores:
    """What comes out."""

    summary: dict[str, Any]  # the content of scores.json
    pictures: pd.DataFrame  # the rows of pictures.csv
    counts: dict[str, Counts]  # of each protocol, (pictures, thresholds, 4)


def evaluate_folders(
    predictions: Path,
    truths: Path,
    settings: FolderSettings,
    progress: Callable[[str, int, int], None] | None = None,
) -> FolderScores:
    """Score the pictures of one folder against those of another.

    Args:
        predictions: folder of grey pictures; PNG, TIFF, WebP, JPEG.
        truths: folder of line art with the same names and sizes; what else it may hold says
            :mod:`lineart.metrics.couples`.
        settings: see there.
        progress: called with (what, done, all).

    Raises:
        InputError: for folders that do not fit each other, or pictures that cannot be read.
    """
    couples, notes = find_couples(predictions, truths)

    def step(what: str, done: Iterable[Any]) -> list[Any]:
        rows = []
        for row in done:
            rows.append(row)
            if progress is not None:
                progress(what, len(rows), len(couples))
        return rows

    with _mapper(settings.jobs, len(couples)) as run:
        looks: list[tuple[Look, Look]] = step("looking", run(glance, couples))
        seen, true_seen = zip(*looks, strict=True)
        ink, said = decide_ink("prediction", settings.prediction_ink, couples, seen)
        true_ink, true_said = decide_ink("truth", settings.truth_ink, couples, true_seen)
        notes += said + true_said + say_several(couples, true_seen)
        match = partial(_count, inks=(ink, true_ink), settings=settings)
        counted = step("matching", run(match, couples))
        counts = {
            name: np.stack([row.counts[name] for row in counted]) for name in counted[0].counts
        }
        if not counts["centre_lines"][:, 0, 1].any():
            raise InputError(f"No picture of {truths} has ink at {INK}; is `--truth-ink` right?")
        if np.median([row.contrast for row in counted]) < 0:
            notes.append("Predictions have less ink on the lines than off: are they inverted?")
        below = {name: why for name in counts if (why := why_below_ods(counts[name]))}
        below.pop(BLANK, None)
        background = background_figures(counts.pop(BACKGROUND), counts.pop(BLANK))
        benchmark = {name: figures(of_protocol) for name, of_protocol in counts.items()}
        threshold = settings.threshold
        if threshold is None:
            threshold = benchmark["centre_lines"]["ods_threshold"]
            notes.append(
                f"Ink is {threshold:.3f} and above, the threshold of ODS on these very pictures; "
                f"`--threshold` sets one chosen elsewhere."
            )
        measure = partial(_score, inks=(ink, true_ink), threshold=threshold)
        table = pd.DataFrame(step("scoring", run(measure, couples)))
    for name, of_protocol in counts.items():
        table[f"{name}_best_f"] = f_of(*recall_precision(of_protocol)).max(axis=1)
    summary = {
        "predictions": shown(predictions.resolve().name),
        "truths": shown(truths.resolve().name),
        "pictures": len(couples),
        "drawings": sum(look.drawings for look in true_seen),  # more, where truths are several
        "protocols": {protocol.name: protocol.title for protocol in PROTOCOLS},
        "ink": {"prediction": ink, "truth": true_ink},
        "threshold": threshold,
        "tolerance": settings.tolerance if settings.tolerance_pixels is None else None,
        "tolerance_pixels": settings.tolerance_pixels,
        "notes": notes,
        "benchmark": benchmark,
        "ois_below_ods": below,
        "means": {name: float(table[name].mean()) for name in PICTURE_METRICS},
        "background": background,
    }
    return FolderScores(summary, table, counts)


@dataclass(frozen=True)
class Counted:
    """The counts of one picture by name, and how much more ink it has on the lines than off."""

    counts: dict[str, Counts]
    contrast: float


def _count(couple: Couple, inks: tuple[str, str], settings: FolderSettings) -> Counted:
    prediction = read_ink(couple.prediction, inks[0])
    truths = read_truths(couple, inks[1])
    counts = count_several(prediction, truths, settings.tolerance, settings.tolerance_pixels)
    ink = np.any([truth.line >= INK for truth in truths], axis=0)
    both = ink.any() and not ink.all()
    contrast = prediction[ink].mean() - prediction[~ink].mean() if both else 0
    return Counted(counts, float(contrast))


def _score(couple: Couple, inks: tuple[str, str], threshold: float) -> dict[str, Any]:
    prediction = read_ink(couple.prediction, inks[0])
    truths = read_truths(couple, inks[1])
    height, width = prediction.shape
    about = {"name": couple.name, "width": width, "height": height, "truths": len(truths)}
    return {**about, **score_several(prediction, truths, threshold)}


@contextmanager
def _mapper(jobs: int, pictures: int) -> Iterator[Map]:
    """``map``, over processes where that pays; results keep their order."""
    jobs = min(jobs or usable_cores(), pictures)
    if jobs == 1 or pictures < FEW:
        yield map
        return
    # Spawned, for a fork would copy the locks of OpenCV's threads as they happen to stand.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield pool.map


def write_results(out: Path, scores: FolderScores) -> None:
    """Write the four files; ``scores.json`` last, so that one that is there is whole."""
    write_table(out / "pictures.csv", scores.pictures.round(6))
    write_table(out / "scores.csv", pd.DataFrame(as_rows(scores.summary)))
    titles = scores.summary["protocols"]
    curves = {titles[name]: counts for name, counts in scores.counts.items()}
    write_text(out / "precision_recall.svg", draw_curves(curves))
    write_text(out / "scores.json", json.dumps(scores.summary, indent=2, ensure_ascii=False) + "\n")


def main(argv: list[str]) -> None:
    """``lineart evaluate PRED_DIR TRUTH_DIR``."""
    default = FolderSettings()
    parser = argparse.ArgumentParser("lineart evaluate", description="Score predictions.")
    parser.add_argument("predictions", type=Path, metavar="PRED_DIR")
    parser.add_argument("truths", type=Path, metavar="TRUTH_DIR")
    parser.add_argument("--out", type=Path, help="folder of the results (PRED_DIR-scores)")
    parser.add_argument("--tolerance", type=float, default=default.tolerance)
    parser.add_argument("--tolerance-pixels", type=float, help="in place of --tolerance")
    parser.add_argument("--threshold", type=float, help="what is ink, for metrics that need it")
    for kind in ("prediction", "truth"):
        parser.add_argument(f"--{kind}-ink", choices=("guess", "black", "white"), default="guess")
    parser.add_argument("--jobs", type=int, default=0, help="processes (one a core)")
    given = vars(parser.parse_args(argv))
    predictions, truths, out = (given.pop(name) for name in ("predictions", "truths", "out"))
    place = predictions if predictions.name not in ("", "..") else predictions.resolve()
    out = out or place.parent / f"{place.name}-scores"
    settings = FolderSettings(**given)
    _check_place(out)
    with progress("evaluate") as tell:
        scores = evaluate_folders(
            predictions, truths, settings, lambda what, done, total: tell(done, total, what)
        )
    write_results(out, scores)
    print(as_text(scores.summary))
    print(f"Written to {out}: scores.json, scores.csv, pictures.csv, precision_recall.svg")


def _check_place(out: Path) -> None:
    """Refuse a place for results before minutes of work.

    Raises:
        InputError: if it is no folder, or none can be made or written there.
    """
    there = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not there.is_dir():
        raise InputError(f"{shown(there)} is a file; wanted is a folder for the results (--out).")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(
            f"Nothing can be written into {shown(there)}; name another folder (--out)."
        )
