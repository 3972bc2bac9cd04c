"""What is measured on the set: a row a picture, and what a set of rows comes to."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.out_of_distribution.defects import DEFECTS
from benchmarks.out_of_distribution.drawings import Example
from lineart.metrics.lines import Ink, centre_line_dice, false_lines, missed_lines
from lineart.metrics.pixels.pixel import INK, ROUNDING, THRESHOLDS, f_measures, mae, mse
from lineart.pictures.images import Picture, to_bytes

METRICS: Mapping[str, str] = {
    "mse": "MSE",
    "mae": "MAE",
    "f": "F",
    "best_f": "F, best",
    "cldice": "clDice",
    "missed_lines": "Missed",
    "false_lines": "False",
}
COLUMNS = {**METRICS, **{name: defect.title for name, defect in DEFECTS.items()}}
HIGHER = ("f", "best_f", "cldice")  # the others are better where they are lower

Row = dict[str, float | None]


@dataclass(frozen=True)
class Measured:
    """A model on a picture."""

    name: str  # of the drawing
    row: Row  # the columns but for best_f, which belongs to a set
    curve: Picture  # F at each of lineart.metrics.pixels.pixel.THRESHOLDS


def measure(example: Example, ink: Picture) -> Measured:
    """Every figure of one picture, of the 8 bits that a file would have.

    F, clDice and the lines missed and false take as ink what is 0.5 or more, for every model: nothing is
    tuned on this set.
    """
    ink = to_bytes(ink) / np.float32(255)
    faults = {
        name: defect.function(ink, example.line, example.render) for name, defect in DEFECTS.items()
    }
    row = scores(ink, example.line) | faults
    return Measured(example.name, row, f_measures(ink, example.line))


def scores(ink: Picture, line: Picture) -> Row:
    """The figures that need no render; both pictures ``(H, W)`` in [0, 1], of 8 bits."""
    read, truth = Ink(ink >= INK - ROUNDING), Ink(line >= INK)
    return {
        "mse": mse(ink, line),
        "mae": mae(ink, line),
        "f": float(f_measures(ink, line, np.array([INK]))[0]),
        "cldice": centre_line_dice(read, truth),
        "missed_lines": missed_lines(read, truth),
        "false_lines": false_lines(read, truth),
    }


def of_set(found: Sequence[Measured]) -> Row:
    """Means over pictures; of a fault, over those that have a place for it.

    ``best_f`` is the mean F at the one threshold that suits the set best: what a model whose ink is pale
    would reach if it were told.
    """
    means: Row = {}
    for name in COLUMNS:
        values = [one.row[name] for one in found if one.row.get(name) is not None]
        means[name] = float(np.mean(values)) if values else None
    means["best_f"] = float(np.mean([one.curve for one in found], axis=0).max())
    return means


def best_threshold(found: Sequence[Measured]) -> float:
    """The threshold behind ``best_f``."""
    return float(THRESHOLDS[np.mean([one.curve for one in found], axis=0).argmax()])


def table(rows: Mapping[str, Row], head: str) -> str:
    """Rows by name as Markdown; what cannot be told is a dash."""
    shown = [name for name in COLUMNS if any(row.get(name) is not None for row in rows.values())]
    file = io.StringIO()
    print(f"| {head} | {' | '.join(COLUMNS[name] for name in shown)} |", file=file)
    print(f"|---|{'---|' * len(shown)}", file=file)
    for label, row in rows.items():
        print(f"| {label} | {' | '.join(_cell(row.get(name)) for name in shown)} |", file=file)
    return file.getvalue()


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
