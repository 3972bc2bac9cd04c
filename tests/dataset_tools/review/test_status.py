import pandas as pd
import pytest

from dataset_tools.review.status import agreement, beside_people, counts
from dataset_tools.review.verdicts import Decision, Review


def said(name: str, verdict: str, defects: str = "", reviewer: str = "ann") -> Review:
    return Review(name, "c", verdict, defects, "", 0, "", reviewer, "2026-01-01T00:00:00Z")


def test_agreement_counts_every_two_reviewers_of_a_pair() -> None:
    reviews = [
        said("a", "accept"), said("a", "accept", reviewer="bea"), said("a", "fix", reviewer="cam"),
        said("b", "reject"), said("b", "reject", reviewer="bea"), said("c", "fix"),
    ]  # fmt: skip
    assert agreement(reviews) == (4, 0.5)
    assert agreement(reviews[-1:]) == (0, None)


def test_checks_beside_people() -> None:
    findings = pd.DataFrame(
        {"id": list("abcd"), "missing.reason": ["x", "x", "", "x"], "blank.reason": [""] * 4}
    )
    # b is a false alarm, c an overlooked fault, d was not looked at.
    reviews = [said("a", "reject", "missing"), said("b", "accept"), said("c", "fix", "missing")]
    table = beside_people(findings, reviews, dict.fromkeys("abcd", "c")).set_index("check")
    assert table.loc["missing", ["flagged", "precision", "named", "recall"]].tolist() == [
        2,
        0.5,
        2,
        0.5,
    ]
    assert table.loc["blank", "flagged"] == 0
    assert pd.isna(table.loc["blank", "precision"])


@pytest.mark.parametrize(
    ("verdicts", "words"), [("", "no verdicts yet"), ("aar", "2 accept, 1 reject")]
)
def test_counts_in_words(verdicts: str, words: str) -> None:
    names = {"a": "accept", "r": "reject"}
    assert counts({str(n): Decision(names[v], "", 1) for n, v in enumerate(verdicts)}) == words
