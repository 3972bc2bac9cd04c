"""What planting defects has shown of the checks: how much of each is found, and how often they are wrong.

The tables are made by `benchmarks/planted_defects.py`: recall by defect and strength, false alarms by check
and kind of clean pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dataset_tools.report.charts import recall

AIM = 0.95  # of the recall, at the strengths a person would object to


@dataclass(frozen=True)
class Planted:
    """One kind of defect."""

    title: str
    checks: str  # that should find it
    recall: float | None  # the least at a strength a person would object to, in [0, 1]
    pairs: int  # it was planted into
    svg: str  # recall over strength


def planted(table: pd.DataFrame) -> list[Planted]:
    """Every defect of the table, in its order; none without one."""
    if table.empty:
        return []
    numbers = ("strength", "recall", "recall_any", "pairs")
    table = table.assign(**{name: pd.to_numeric(table[name], errors="coerce") for name in numbers})
    return [_of(rows) for _, rows in table.groupby("defect", sort=False)]


def _of(rows: pd.DataFrame) -> Planted:
    objected = rows["objection"].astype(str).eq("True")
    strengths = [f"{strength:g}" for strength in rows["strength"]]
    curves = {name: rows[column].tolist() for name, column in _CURVES.items()}
    if curves["any check"] == curves["its check"]:
        del curves["any check"]
    first = objected.tolist().index(True) if objected.any() else None
    least = rows["recall"][objected].min()
    return Planted(
        title=str(rows["title"].iloc[0]),
        checks=", ".join(str(rows["checks"].iloc[0]).split()),
        recall=None if least != least else float(least),
        pairs=int(rows["pairs"].max()),
        svg=recall(strengths, curves, str(rows["unit"].iloc[0]), AIM, first),
    )


_CURVES = {"its check": "recall", "any check": "recall_any"}


def recall_of(table: pd.DataFrame) -> dict[str, float]:
    """The least recall of each check over the defects that are its own, where a person would object."""
    if table.empty:
        return {}
    objected = table[table["objection"].astype(str) == "True"]
    found = pd.to_numeric(objected["recall"]).groupby(objected["check"]).min()
    return {str(check): float(value) for check, value in found.items()}


def alarms_of(table: pd.DataFrame) -> dict[str, float]:
    """The false alarms of each check on the kind of clean pair where it has most, a share of the pairs."""
    if table.empty:
        return {}
    found = pd.to_numeric(table["false_alarms"]).groupby(table["check"]).max()
    return {str(check): float(value) for check, value in found.items()}
