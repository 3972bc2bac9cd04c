"""Every drawing as a row of text: what the page's script lists, sorts and searches, thousands of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dataset_tools.report.tables import BETWEEN, DataSet


def listing(data: DataSet, folder: Path) -> dict[str, Any]:
    """All drawings that were delivered, for JSON.

    Args:
        data: all tables.
        folder: that the links are relative to.

    Returns:
        ``base``, what every link begins with, and ``rows``, each with id, verdict, what is held against it,
        split, artist, stroke width in pixels, ink in %, lowest score of a check, and the links
        of render and line art.
    """
    found = {row["id"]: row for row in data.findings.to_dict("records")}
    # What people decided is in no finding.
    decided = {
        row["id"]: [f"{row['check']}: {row['reason']}"]
        for row in data.quarantine.to_dict("records")
        if row["check"] not in data.checks
    }
    rows: list[list[Any]] = []
    for pair in data.pairs.to_dict("records"):
        id, row = str(pair["id"]), found[pair["id"]]
        told = [f"{name}: {row[f'{name}.reason']}" for name in data.checks if row[f"{name}.reason"]]
        # How alike two drawings are is no fault of either.
        own = [name for name in data.checks if name not in BETWEEN]
        scores = [score for name in own if (score := _number(row[name], 1, 3)) is not None]
        rows.append(
            [
                *(
                    id,
                    data.verdicts[id],
                    "; ".join([*told, *decided.get(id, [])]),
                    data.split_of.get(id, ""),
                ),
                *(str(pair["artist"]), _number(row["stroke_width"], 1, 2)),
                *(_number(row["coverage"], 100, 2), min(scores, default=None)),
                *(quote(str(pair["render"])), quote(str(pair["line"]))),
            ]
        )
    for item in data.refused.to_dict("records"):
        nothing = None, None, None
        rows.append([str(item["id"]), "refused", str(item["reason"]), "", "", *nothing, "", ""])
    base = os.path.relpath(data.folders.pairs, folder).replace(os.sep, "/")
    return {"base": quote(base) + "/", "rows": rows}


def _number(value: Any, unit: int, digits: int) -> float | None:
    """The value in a unit; None for what is empty or no number."""
    number = float(value) if value != "" else float("nan")
    return None if number != number else round(unit * number, digits)
