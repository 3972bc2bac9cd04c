"""Curating: what people decided, applied to what the checks decided. A function of tables alone.

A rejected pair leaves, one to be mended waits; both are on record in the quarantine with who said so. An
accepted pair trains, even if the checks had put it in quarantine for a reason of judgement; what cannot be
trained on at all (:data:`BEYOND`) stays out. A verdict on pictures that have changed since is void, and
told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from dataset_tools.review.verdicts import VERDICTS, Decision, Review, content_of, decide
from lineart.errors import InputError
from lineart.pictures.images import write_text
from lineart.sets.pairs import write_table

CHECK = "review"  # stands where the name of a check stands when a person has decided
BEYOND = ("decodes", "sizes", "duplicate")  # no person's word makes such a pair one to learn from


@dataclass(frozen=True)
class Curated:
    """All pairs after review."""

    pairs: pd.DataFrame  # columns of the checked pairs, by id
    quarantined: pd.DataFrame  # columns of the quarantine, by id
    # ``id``, ``verdict``, ``reviewer``, ``reason``: verdicts that no longer count
    void: pd.DataFrame
    summary: dict[str, Any]


def curate(pairs: pd.DataFrame, quarantined: pd.DataFrame, reviews: Sequence[Review]) -> Curated:
    """Apply the verdicts of people.

    Args:
        pairs: the accepted pairs of the stage qa; its columns are kept.
        quarantined: its quarantine, with ``check``, ``reason`` and the columns of ``pairs``.
        reviews: of :func:`dataset_tools.review.verdicts.read_reviews`.

    Raises:
        InputError: if not one pair is left.
    """
    rows = {row["id"]: row for row in quarantined.to_dict("records")}
    rows |= {row["id"]: row for row in pairs.to_dict("records")}
    content = {
        str(name): content_of(row["render_sha256"], row["line_sha256"])
        for name, row in rows.items()
    }
    decisions = decide(reviews, content)
    kept: list[dict[Any, Any]] = []
    out: list[dict[Any, Any]] = []
    overruled = 0
    held = set(quarantined["id"])
    for name, row in sorted(rows.items()):
        decision = decisions.get(str(name))
        if decision is None or (name in held and not _returns(decision, row["check"])):
            (out if name in held else kept).append(row)
        elif decision.verdict == "accept":
            overruled += name in held
            kept.append(row)
        else:
            out.append({**row, "check": CHECK, "reason": decision.reason})
    if not kept:
        raise InputError(
            f"Not one of {len(rows)} pairs is left after review; see the verdicts in data/reviews.csv."
        )
    void = _void(reviews, content)
    verdicts = Counter(decision.verdict for decision in decisions.values())
    summary = {
        "pairs": len(kept),
        "reviewed": len(decisions),
        **{word: verdicts[word] for word in VERDICTS},
        "returned from quarantine": overruled,
        "void verdicts": len(void),
    }
    return Curated(
        pairs=pd.DataFrame(kept, columns=list(pairs.columns)),
        quarantined=pd.DataFrame(out, columns=list(quarantined.columns)),
        void=void,
        summary=summary,
    )


def write_curated(out: Path, curated: Curated) -> None:
    """Write ``quarantine.csv``, ``void.csv``, ``summary.json`` and, last, ``pairs.csv``."""
    write_table(out / "quarantine.csv", curated.quarantined)
    write_table(out / "void.csv", curated.void)
    write_text(out / "summary.json", json.dumps(curated.summary, indent=2) + "\n")
    write_table(out / "pairs.csv", curated.pairs)


def _returns(decision: Decision, check: str) -> bool:
    """Whether a quarantined pair comes back: if people accept it, and it can be trained on at all."""
    return decision.verdict == "accept" and check not in BEYOND


def _void(reviews: Sequence[Review], content: dict[str, str]) -> pd.DataFrame:
    rows = []
    for review in sorted(reviews, key=lambda item: (item.id, item.sha256, item.reviewer)):
        if content.get(review.id) != review.sha256:
            reason = (
                "its pictures have changed since"
                if review.id in content
                else "there is no such pair"
            )
            rows.append((review.id, review.verdict, review.reviewer, reason))
    return pd.DataFrame(rows, columns=["id", "verdict", "reviewer", "reason"])
