"""The queue: which pairs are worth a person's time, and in what order.

First those that the checks like least, then those a trained network disagrees with most, and a few drawn
at random, without which nobody would know what both overlook.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from dataset_tools.checks import CHECKS
from dataset_tools.review.curate import BEYOND
from dataset_tools.sources.drawing import stable_fraction
from lineart.settings import require

WORDS = {
    "checks": "chosen by the checks",
    "network": "chosen by the network",
    "audit": "chosen at random",
}


@dataclass(frozen=True)
class QueueSettings:
    """How many pairs a push brings to review, and why."""

    checks: int = 60  # pairs with the lowest score in any check
    network: int = 40  # pairs whose line art a trained network disagrees with most
    audit: int = 20  # pairs drawn at random from the rest
    seed: int = 0  # another seed, another sample

    def __post_init__(self) -> None:
        for name in ("checks", "network", "audit"):
            value = getattr(self, name)
            require(value >= 0, f"review.queue.{name}", value, "0 or more")


@dataclass(frozen=True)
class Chosen:
    """A pair to look at."""

    id: str
    why: str  # a key of WORDS
    priority: float  # in (0, 1]; 1 is looked at first


def choose(
    findings: pd.DataFrame,
    doubts: pd.DataFrame | None,
    settings: QueueSettings,
    leave_out: Collection[str] = (),
) -> list[Chosen]:
    """The pairs to review, the most urgent first; the same for the same tables.

    Args:
        findings: of the stage qa: ``id``, ``verdict`` and a column of scores a check.
        doubts: of the stage disagree: ``id`` and ``rank``; None if no network was asked.
        settings: how many of each kind.
        leave_out: ids that have a verdict already.
    """
    table = findings[~findings["id"].isin(set(leave_out))]
    for check in BEYOND:  # nothing to decide about these
        if check in table.columns:
            table = table[pd.to_numeric(table[check], errors="coerce").fillna(1) > 0]
    known = set(table["id"])
    # Three rows of candidates; each gives its best that the ones before it have not taken.
    rows = {
        "checks": (settings.checks, _by_score(table)),
        "network": (settings.network, _by_rank(doubts)),
        "audit": (
            settings.audit,
            sorted(known, key=lambda id: (stable_fraction(f"{settings.seed}|{id}"), id)),
        ),
    }
    taken: dict[str, str] = {}
    for why, (count, candidates) in rows.items():
        fresh = [name for name in candidates if name in known and name not in taken]
        taken |= dict.fromkeys(fresh[:count], why)
    return [
        Chosen(name, why, round(1 - place / len(taken), 4))
        for place, (name, why) in enumerate(_in_turn(taken))
    ]


def _by_score(table: pd.DataFrame) -> list[str]:
    """Ids by their lowest score in any check, those with a finding in words only."""
    checks = [check for check in CHECKS if check in table.columns]
    scores = table[checks].apply(pd.to_numeric, errors="coerce")
    lowest = scores.min(axis=1)
    noted = table["verdict"] != "accept"
    order = table.assign(_noted=~noted, _lowest=lowest).sort_values(
        ["_noted", "_lowest", "id"], kind="stable"
    )
    return [str(name) for name in order["id"]]


def _by_rank(doubts: pd.DataFrame | None) -> list[str]:
    if doubts is None:
        return []
    return [str(name) for name in doubts.sort_values(["rank", "id"], kind="stable")["id"]]


def _in_turn(taken: dict[str, str]) -> Iterable[tuple[str, str]]:
    """The kinds by turns, so that whoever stops early has seen some of each."""
    lines = [[(name, why) for name, why in taken.items() if why == kind] for kind in WORDS]
    longest = max(map(len, lines), default=0)
    return [line[place] for place in range(longest) for line in lines if place < len(line)]
