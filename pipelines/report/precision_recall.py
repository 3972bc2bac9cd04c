"""Precision over recall of each model, as a table for `dvc plots` and as drawings for the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from lineart.metrics.boundary import PROTOCOLS, threshold_values
from lineart.metrics.curves import recall_precision
from lineart.metrics.report import draw_curves
from lineart.metrics.scored import PARTS, Scored

if TYPE_CHECKING:
    from pipelines.report.records import Record

TITLES = {protocol.name: protocol.title for protocol in PROTOCOLS}
PROTOCOL_NAMES = tuple(TITLES)


def parts_of(scored: Scored) -> list[str]:
    """The parts that have pictures."""
    return [part for part in PARTS if len(scored.part(part).pictures)]


def points(scored: Scored) -> pd.DataFrame:
    """Recall and precision of each part under each protocol at every threshold.

    Columns ``part``, ``protocol``, ``threshold``, ``recall``, ``precision``; without rows at which nothing is
    drawn, for there is no precision.
    """
    found = []
    for part in parts_of(scored):
        counts = scored.part(part).counts
        for protocol in PROTOCOL_NAMES:
            total = counts[protocol].sum(axis=0)
            recall, precision = recall_precision(total)
            table = pd.DataFrame(
                {
                    "part": part,
                    "protocol": protocol,
                    "threshold": threshold_values(len(total)),
                    "recall": recall,
                    "precision": precision,
                }
            )
            found.append(table[total[:, 3] > 0])
    return pd.concat(found, ignore_index=True).round(6)


def of_one(record: Record) -> str:
    """The curves of one model, one for each part and protocol."""
    scored = record.evaluated
    return draw_curves(
        {
            f"{part}, {protocol.replace('_', ' ')}": scored.part(part).counts[protocol]
            for part in parts_of(scored)
            for protocol in PROTOCOL_NAMES
        }
    )


def of_all(records: Sequence[Record], part: str, protocol: str) -> str:
    """The curves of all models on one part, under one protocol."""
    return draw_curves(
        {
            record.model.replace("_", " "): record.evaluated.part(part).counts[protocol]
            for record in records
        }
    )
