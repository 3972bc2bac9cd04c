"""The columns of the leaderboard: which there are, how a cell is written, and what is best in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lineart.metrics import curves
from lineart.metrics.boundary import PROTOCOLS
from lineart.metrics.scored import PARTS
from lineart.metrics.table import SCORES

TITLES = {"originals": "untouched originals", "children": "augmented children"}

RANKED = "mae"  # the main metric: it orders the rows
# What stands in every short table; the rest is one switch away.
MAIN = (
    *("mse", "mae", "f"),
    *(f"{protocol.name}_{name}" for protocol in PROTOCOLS for name in ("ods", "ois", "ap")),
    *("cldice", "width_error", "background_response"),
)
# of those, in the README
SHORT = tuple(name for name in MAIN if not name.endswith(("_ois", "_ap")))
CONTROL = "blank"  # the row that no metric may reward, so it is never the best
BACKGROUND = "background"  # the group whose figures have a table of their own
# Figures that mean nothing without others: where those stand, what they are called. The AP of a crisp map is
# low for the few recalls that its thresholds reach, so no AP is better than another of other recalls.
BESIDE = {
    "crispness": (("truth_crispness",), "truth"),
    **{
        f"{protocol.name}_ap": (
            (f"{protocol.name}_recall_from", f"{protocol.name}_recall_to"),
            "recall",
        )
        for protocol in PROTOCOLS
    },
}
ARROWS = {"higher": " ↑", "lower": " ↓", "": ""}
NEAR = "≈"  # marks what cannot be told from the reference

# Title of a group above its columns.
GROUPS: Mapping[str, str] = {
    "pixels": "pixels",
    "lines": "lines",
    **{protocol.name: protocol.name.replace("_", " ") for protocol in PROTOCOLS},
    "speed": "speed and size",
    "training": "training",
}
DIGITS = {
    **dict.fromkeys(("mse", "mae", "background_response", "checkerboard"), 4),
    **dict.fromkeys(("psnr", "chamfer", "hd95", "width_error"), 2),
    **dict.fromkeys(("pieces_error", "loops_error"), 2),
}


@dataclass(frozen=True)
class Column:
    """A column of the table."""

    name: str  # in the CSV file
    title: str
    better: str  # "higher", "lower", or "" where there is no better
    digits: int  # after the point; -1 for text
    group: str = ""  # a key of GROUPS; empty for the name of the row
    part: str = ""  # "originals" or "children" for a metric
    metric: str = ""  # a key of SCORES for a metric
    help: str = ""
    spread: str = ""  # the column shown behind it, after ±
    beside: tuple[str, ...] = ()  # the columns it has to be read with
    word: str = ""  # what those are called
    scale: float = 1.0  # what the value is divided by to be shown

    @property
    def main(self) -> bool:
        """Whether it stands in the short table."""
        return self.metric in MAIN or self.name in ("pictures_per_second", "parameters")

    @property
    def heading(self) -> str:
        """The title with what must be said beside it: the protocol, and which way is better."""
        protocol = f" ({GROUPS[self.group]})" if self.group in _PROTOCOLS else ""
        return f"{self.title}{ARROWS[self.better]}{protocol}"


_PROTOCOLS = {protocol.name: protocol.title for protocol in PROTOCOLS}


def columns() -> list[Column]:
    """The columns, in order: the name, the metrics of each part, then what a model costs."""
    metrics = [
        _metric(part, name)
        for part in PARTS
        for name, metric in SCORES.items()
        if metric.group != BACKGROUND and name != "truth_crispness"
    ]
    return [Column("model", "Model", "", -1), *metrics, *_SPEED, *_TRAINING]


def _metric(part: str, name: str) -> Column:
    metric = SCORES[name]
    title, about = metric.title, metric.source
    if metric.group in _PROTOCOLS:
        title = curves.METRICS[name.removeprefix(f"{metric.group}_")].title
    others, word = BESIDE.get(name, ((), ""))
    better = "" if others else metric.better
    direction = f"; {better} is better" if better else "; neither way is better"
    return Column(
        f"{part}_{name}",
        title,
        better,
        DIGITS.get(name, 3),
        metric.group,
        part,
        name,
        f"{title} ({about}) on the {TITLES[part]}{direction}",
        beside=tuple(f"{part}_{other}" for other in others),
        word=word,
    )


_SPEED = [
    Column(
        "pictures_per_second",
        "Pictures/s",
        "higher",
        1,
        "speed",
        help="one picture at a time, without reading and writing; median ± half the distance of quartiles",
        spread="speed_spread",
    ),
    Column(
        "with_files_per_second",
        "Pictures/s with files",
        "higher",
        1,
        "speed",
        help="the same with reading and writing of files",
        spread="with_files_spread",
    ),
    Column("speed_size", "Side (px)", "", 0, "speed", help="of the square picture speed is of"),
    Column("device", "Device", "", -1, "speed", help="that speed was measured on"),
    Column("precision", "Precision", "", -1, "speed", help="of the arithmetic speed is of"),
    Column("parameters", "Parameters", "", 0, "speed", help="numbers that are learned"),
    Column(
        "multiply_adds",
        "Multiply-adds (G)",
        "",
        2,
        "speed",
        help="thousands of millions of them, for one picture of that side",
        scale=1e9,
    ),
]
_TRAINING = [
    Column("pictures_seen", "Pictures seen", "", 0, "training", help="repetitions counted"),
    Column("steps", "Steps", "", 0, "training"),
    Column("minutes", "Minutes", "", 1, "training"),
    Column("stopped_by", "Ended by", "", -1, "training", help="its epochs or its time"),
    Column(
        "best_epoch",
        "Epoch kept",
        "",
        0,
        "training",
        help="the best on the validation split, or the last (train.keep)",
    ),
    Column("threshold", "Ink from", "", 2, "training", help="on the validation split by best F"),
]


def best(frame: pd.DataFrame, column: Column) -> set[int]:
    """The rows (by position) that are best in a column, as far as the shown digits can tell.

    Only metrics have a best: that the blank page is the fastest tells nothing. For the same reason the
    blank page is never the best, though nobody lays less ink beside the lines.
    """
    if not column.part or not column.better:
        return set()
    values = pd.to_numeric(frame[column.name]).round(column.digits)
    values = values.where(frame["model"] != CONTROL)
    target = values.min() if column.better == "lower" else values.max()
    return {place for place, value in enumerate(values) if value == target}


def near(row: Mapping[Any, Any], column: Column) -> bool:
    """Whether a cell cannot be told from the reference's: the interval of the difference holds 0.

    False for the reference itself, for what has no better, and where nothing was compared.
    """
    told = row.get(f"{column.name}_distinguishable")
    reference = row.get("reference") or ""
    if not column.better or not reference or reference == row["model"] or empty(told):
        return False
    return not told


def empty(value: Any) -> bool:
    """Whether there is nothing to show: None, no text, or no number."""
    return value is None or value == "" or bool(value != value)


def shown(value: Any, digits: int) -> str:
    """A cell as text; empty where there is nothing, without decimals from 100 on.

    >>> shown(1234567.0, 0), shown(0.00561, 4), shown(None, 2), shown("canny", -1)
    ('1,234,567', '0.0056', '', 'canny')
    """
    if empty(value):
        return ""
    if digits < 0:
        return str(value)
    return f"{value:,.{0 if abs(value) >= 100 else digits}f}"


def text(row: Mapping[Any, Any], column: Column) -> str:
    """The value of a cell."""
    value = row.get(column.name)
    if column.scale != 1 and not empty(value):
        value = float(str(value)) / column.scale
    return shown(value, column.digits)


def beside(row: Mapping[Any, Any], column: Column) -> str:
    """What has to be read with a cell: its spread, the truth's own figure; empty if there is nothing."""
    spread = row.get(column.spread)
    if not empty(spread):
        return f"± {shown(spread, column.digits)}"
    others = [row.get(name) for name in column.beside]
    if not others or any(map(empty, others)):
        return ""
    return f"{column.word} {'–'.join(shown(other, 2) for other in others)}"


def interval(row: Mapping[Any, Any], column: Column) -> str:
    """The 95 % interval of a cell, empty if there is none."""
    ends = [row.get(f"{column.name}_{end}") for end in ("low", "high")]
    return "" if any(map(empty, ends)) else "–".join(shown(end, column.digits) for end in ends)


def difference(row: Mapping[Any, Any], column: Column) -> str:
    """The difference to the reference with its 95 % interval, empty if there is none."""
    names = [f"{column.name}_difference{end}" for end in ("", "_low", "_high")]
    values = [row.get(name) for name in names]
    if any(map(empty, values)) or row.get("reference") in ("", None, row["model"]):
        return ""
    middle, low, high = (signed(float(str(value)), column.digits) for value in values)
    return f"{middle} ({low} to {high})"


def signed(value: float, digits: int) -> str:
    """A difference as text, with its sign and a true minus.

    >>> signed(0.0012, 4), signed(-0.5, 2), signed(-0.00001, 3)
    ('+0.0012', '−0.50', '0.000')
    """
    found = f"{abs(value):,.{digits}f}"
    if not float(found.replace(",", "")):
        return found
    return ("+" if value > 0 else "−") + found
