"""What the benchmarks with planted faults write into docs/checks.md: tables between two comments."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

DOCUMENT = Path("docs", "checks.md")
BEGIN = "<!-- planted faults: written by `python benchmarks/planted_defects.py` -->"
END = "<!-- end of the planted faults -->"
AIM, ALARMS = 0.95, 0.02  # recall wanted where a person would object; most false alarms wanted


def overview(found: pd.DataFrame, alarms: pd.DataFrame, rate: str) -> str:
    """What falls short of the aims, in words."""
    worst = found[found["objection"]].groupby("defect", sort=False)["recall"].min()
    short = [f"{name} {value:.0%}" for name, value in worst.items() if value < AIM]
    loud = [
        f"{row['check']} {row['false_alarms']:.1%} ({row['kind']})"
        for row in alarms.to_dict("records")
        if row["false_alarms"] > ALARMS and row["check"] != "any check"
    ]
    return "\n".join(
        [
            f"Found in {AIM:.0%} or more wherever a person would object: {(worst >= AIM).sum()} of "
            f"{len(worst)} faults. Below: {', '.join(short) or 'none'}.",
            f"False alarms above {ALARMS:.0%}: {', '.join(loud) or 'none'}.",
            *([f"Speed: {rate}."] if rate else []),
        ]
    )


def tables(found: pd.DataFrame, alarms: pd.DataFrame, rate: str, size: int) -> str:
    """Both tables, and how they were made."""
    pairs = found["pairs"].max()
    return "\n".join(
        [
            f"Up to {pairs} pairs a fault and strength, {size} pixels; recall by the checks that should find "
            f"the fault, **bold** where a person would object.",
            "",
            *_faults(found),
            "",
            "False alarms, doubts and quarantines of clean pairs, with their 95 % interval (Wilson); checks "
            "that raised none are summed up in the last line.",
            "",
            *_alarms(alarms),
            "",
            *([f"Speed: {rate}.", ""] if rate else []),
            overview(found, alarms, ""),
        ]
    )


def _faults(found: pd.DataFrame) -> list[str]:
    lines = [
        "| fault | should be found by | strength: recall | by any check |",
        "| --- | --- | --- | --- |",
    ]
    for _, rows in found.groupby("defect", sort=False):
        records = rows.to_dict("records")
        first = records[0]
        cells = [_cell(row, "recall") for row in records]
        anyhow = next(row["recall_any"] for row in records if row["objection"])
        unit = f" ({first['unit']})" if len(records) > 1 else ""
        checks = ", ".join(f"`{check}`" for check in first["checks"].split())
        row = (first["title"], checks, f"{' · '.join(cells)}{unit}", f"{anyhow:.0%}")
        lines.append(f"| {' | '.join(row)} |")
    return lines


def _cell(row: dict[str, object], column: str) -> str:
    text = f"{row['strength']:g}: {row[column]:.0%}"
    return f"**{text}**" if row["objection"] else text


def _alarms(alarms: pd.DataFrame) -> list[str]:
    kinds = list(dict.fromkeys(alarms["kind"]))
    counts = [int(alarms[alarms["kind"] == kind]["pairs"].iloc[0]) for kind in kinds]
    heads = [f"{kind} ({count})" for kind, count in zip(kinds, counts, strict=True)]
    lines = [f"| check | {' | '.join(heads)} |", f"| --- |{' --- |' * len(kinds)}"]
    quiet = []
    for check, rows in alarms.groupby("check", sort=False):
        if not rows["false_alarms"].any():
            quiet.append(f"`{check}`")
            continue
        cells = [
            f"{row['false_alarms']:.1%} ({row['low']:.1%}–{row['high']:.1%})"
            for row in rows.to_dict("records")
        ]
        name = str(check) if " " in str(check) else f"`{check}`"
        lines.append(f"| {name} | {' | '.join(cells)} |")
    if quiet:
        none = alarms[alarms["check"] == quiet[0].strip("`")].to_dict("records")
        cells = [f"none (0–{row['high']:.1%})" for row in none]
        lines.append(f"| {', '.join(quiet)} | {' | '.join(cells)} |")
    return lines
