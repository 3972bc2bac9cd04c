"""`review status`: how far review has come, whether people agree, and how well each check foretells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import pandas as pd

from dataset_tools.checks import TITLES
from dataset_tools.review.curate import BEYOND
from dataset_tools.review.verdicts import Decision, Review, decide


def agreement(reviews: Sequence[Review]) -> tuple[int, float | None]:
    """How often two reviewers of one pair give one verdict: (couples of verdicts, share); None without any.

    Every two reviewers of a pair are a couple.
    """
    of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for review in reviews:
        of[review.id, review.sha256].append(review.verdict)
    couples = [one == other for said in of.values() for one, other in combinations(said, 2)]
    return len(couples), sum(couples) / len(couples) if couples else None


def beside_people(
    findings: pd.DataFrame, reviews: Sequence[Review], content: Mapping[str, str]
) -> pd.DataFrame:
    """Each check against the people who looked at the same pairs.

    Precision: of the pairs it flagged, the share that people did not accept. Recall: of the pairs in which
    people named this very defect, the share it flagged. Both over the pairs that have been reviewed, which
    are no random sample; the audit sample alone is.

    Returns:
        One row a check: ``check``, ``flagged``, ``precision``, ``named``, ``recall``; None where nothing
        can be said.
    """
    decisions = decide(reviews, content)
    named: dict[str, set[str]] = defaultdict(set)
    for review in reviews:
        if content.get(review.id) == review.sha256:
            for defect in review.defects.split():
                named[defect].add(review.id)
    looked_at = findings[findings["id"].isin(decisions)]
    rows = []
    for check in TITLES:
        if check in BEYOND or f"{check}.reason" not in looked_at.columns:
            continue
        flagged = set(looked_at.loc[looked_at[f"{check}.reason"].astype(str) != "", "id"])
        right = sum(decisions[name].verdict != "accept" for name in flagged)
        rows.append(
            {
                "check": check,
                "flagged": len(flagged),
                "precision": right / len(flagged) if flagged else None,
                "named": len(named[check]),
                "recall": len(flagged & named[check]) / len(named[check]) if named[check] else None,
            }
        )
    return pd.DataFrame(rows, columns=["check", "flagged", "precision", "named", "recall"])


def counts(decisions: Mapping[str, Decision]) -> str:
    """How many pairs were decided how, in words."""
    verdicts = pd.Series([decision.verdict for decision in decisions.values()], dtype=str)
    said = verdicts.value_counts().sort_index()
    return ", ".join(f"{number} {word}" for word, number in said.items()) or "no verdicts yet"
