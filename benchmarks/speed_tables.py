"""The tables and sentences of the speed benchmark, from its rows of plain numbers."""

from __future__ import annotations

from typing import Any

from older import AGAINST, compared, in_words

Row = dict[str, Any]

HEAD = (
    "model",
    "parameters",
    "G mult-adds",
    "plain, pictures/s",
    "original",
    "ours",
    "ours / plain",
    "ours / original",
    "peak MB plain",
    "original",
    "ours",
    "share plain",
    "ours",
)
HEAD_AGAINST = ("by Extractor", *AGAINST)


def cells(row: Row, against: bool = False) -> list[str]:
    """The cells of one row, in the order of ``HEAD``, and of ``HEAD_AGAINST`` if that is wanted."""

    def rate(side: str) -> str:
        if side not in row:
            return "–"
        one = row[side]
        median, low, high = (one[key] for key in ("pictures_per_second", "slowest", "fastest"))
        return f"{median:.3g} ({low:.3g}–{high:.3g})"

    def of(side: str, key: str, form: str) -> str:
        return format(row[side][key], form) if side in row else "–"

    original = f"{row['times_original']:.2f}" if "times_original" in row else "–"
    return [
        row["model"],
        f"{row['parameters']:,}",
        f"{row['multiply_adds'] / 1e9:.2f}",
        rate("plain"),
        rate("original"),
        rate("ours"),
        f"{row['times_plain']:.2f}",
        original,
        *(of(side, "megabytes", ".0f") for side in ("plain", "original", "ours")),
        *(of(side, "share", ".1%") for side in ("plain", "ours")),
        *(compared_cells(row) if against else ()),
    ]


def compared_cells(row: Row) -> list[str]:
    """What this checkout and an older one took for a picture, by their ``Extractor``."""
    now, before = (row[side]["seconds"] if side in row else None for side in ("now", "before"))
    return [in_words(now), *compared(now, before)]


def markdown(rows: list[Row]) -> str:
    """One table a task and size."""
    text = []
    for task, size in dict.fromkeys((row["task"], row["size"]) for row in rows):
        chosen = [row for row in rows if (row["task"], row["size"]) == (task, size)]
        against = any("now" in row for row in chosen)
        head = [*HEAD, *(HEAD_AGAINST if against else ())]
        at_once = f", {chosen[0]['pictures']} a step" if task == "training" else ""
        text += [f"**{task.capitalize()}, {size} x {size}{at_once}**", ""]
        text += [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
        text += [f"| {' | '.join(cells(row, against))} |" for row in chosen]
        text.append("")
    return "\n".join(text)


def claims(rows: list[Row]) -> list[str]:
    """What was aimed at for CLEAR-Net, and what was reached."""
    lines = []
    for row in rows:
        if not row["model"].startswith("clearnet"):
            continue
        name, size, times = row["model"], row["size"], row["times_plain"]
        if row["task"] == "training":
            lines.append(
                f"Training step of {name} at {size} x {size}: {times:.2f} times U²-Net's plain float32 loop "
                "on the same network (aim: 4)."
            )
        elif name == "clearnet" and "times_before" in row:
            lines.append(
                f"Reading with the network that ships at {size} x {size}: {row['times_before']:.2f} times as "
                "fast as before."
            )
        elif name == "clearnet-paper":
            lines.append(
                f"Reading with {name} at {size} x {size}: {times:.2f} times the network run naively "
                f"(aim: 2); untrained, their inks differ by {row['largest_difference']:.1e} at most."
            )
    return lines
