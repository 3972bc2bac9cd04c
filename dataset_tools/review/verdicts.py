"""Verdicts: what people said of pairs, one row a reviewer, pair and content, in ``data/reviews.csv``.

The table is kept in Git: text, sorted, one verdict a line, so that a diff tells who decided what. A verdict
is on the pictures that were looked at, not on a name: :func:`content_of` tells one content of a pair from
another, and a verdict on other pictures than today's is void.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lineart.errors import InputError
from lineart.pictures.masks import Box
from lineart.sets.pairs import read_table, sha256, write_table

FILE = "data/reviews.csv"
VERDICTS = ("accept", "fix", "reject")  # from best to worst
BEST = 5  # the highest rating


@dataclass(frozen=True)
class Review:
    """One row of ``data/reviews.csv``."""

    id: str  # of the pair
    sha256: str  # of its pictures when they were judged, see content_of
    verdict: str  # one of VERDICTS
    defects: str  # names of checks, in alphabetical order, a space between two
    regions: str  # where, of regions_text
    rating: int  # 1 to 5, 0 if she gave none
    note: str
    reviewer: str
    time: str  # ISO 8601, UTC

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise InputError(
                f"The verdict on '{self.id}' is '{self.verdict}'; it must be one of {', '.join(VERDICTS)}."
            )
        if not 0 <= self.rating <= BEST:
            raise InputError(
                f"The rating of '{self.id}' is {self.rating}; it must be 1 to {BEST}, or 0 for none."
            )


def content_of(render_sha256: str, line_sha256: str) -> str:
    """What tells one content of a pair from another: the SHA-256 of both pictures' own."""
    return sha256(f"{render_sha256} {line_sha256}".encode())


def regions_text(regions: Iterable[tuple[str, Box]]) -> str:
    """Rectangles in a cell of a table: ``DEFECT x y w h; …`` in pixels, sorted.

    >>> regions_text([("missing", (4, 0, 9, 7)), ("dirt", (1, 2, 3, 4))])
    'dirt 1 2 3 4; missing 4 0 9 7'
    """
    return "; ".join(f"{name} {x} {y} {w} {h}" for name, (x, y, w, h) in sorted(regions))


def read_reviews(path: Path) -> list[Review]:
    """The verdicts of a table; none if there is no such file.

    Raises:
        InputError: if it is no table of verdicts, naming the line.
    """
    if not path.exists():
        return []
    frame = read_table(path)
    names = [field.name for field in dataclasses.fields(Review)]
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InputError(
            f"{path} is no table of reviews: it lacks the columns {', '.join(missing)}."
        )
    reviews = []
    for number, row in enumerate(frame[names].astype(str).to_dict("records"), start=2):
        try:
            reviews.append(
                Review(**{**{str(k): v for k, v in row.items()}, "rating": int(row["rating"] or 0)})
            )
        except ValueError as error:
            words = error if isinstance(error, InputError) else f"'{row['rating']}' is no rating."
            raise InputError(f"{path}, line {number}: {words}") from error
    return reviews


def write_reviews(path: Path, reviews: Iterable[Review]) -> None:
    """Write the table, sorted by pair, content and reviewer; the same verdicts, the same bytes."""
    names = [field.name for field in dataclasses.fields(Review)]
    rows = sorted(reviews, key=lambda item: (item.id, item.sha256, item.reviewer))
    write_table(path, pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=names))


def merged(old: Iterable[Review], new: Iterable[Review]) -> list[Review]:
    """Old and new verdicts together; of one reviewer on one content the later one counts.

    What is only in the table stays: a project that was deleted takes no verdict with it.
    """
    latest: dict[tuple[str, str, str], Review] = {}
    for review in [*old, *new]:
        key = review.id, review.sha256, review.reviewer
        if key not in latest or review.time >= latest[key].time:
            latest[key] = review
    return [latest[key] for key in sorted(latest)]


@dataclass(frozen=True)
class Decision:
    """What the reviewers of one pair came to."""

    verdict: str  # one of VERDICTS
    reason: str  # in words, for the quarantine
    reviewers: int


def decide(reviews: Iterable[Review], content: Mapping[str, str]) -> dict[str, Decision]:
    """The verdict on each pair, by the majority of its reviewers; of a tie, the more severe one.

    Args:
        reviews: of any pairs, at most one a reviewer and content.
        content: id to :func:`content_of` of today; verdicts on other contents are left out.
    """
    of: dict[str, list[Review]] = defaultdict(list)
    for review in reviews:
        if content.get(review.id) == review.sha256:
            of[review.id].append(review)
    decisions = {}
    for name, said in sorted(of.items()):
        verdict = max(
            VERDICTS,
            key=lambda word: (sum(r.verdict == word for r in said), VERDICTS.index(word)),
        )
        because = [_words(review) for review in said if review.verdict == verdict]
        decisions[name] = Decision(verdict, "; ".join(because), len(said))
    return decisions


def _words(review: Review) -> str:
    said = {"reject": "rejected", "fix": "waits to be mended", "accept": "accepted"}[review.verdict]
    defects = ", ".join(review.defects.split())
    detail = ": ".join(part for part in (defects, review.note) if part)
    return f"{said} by {review.reviewer}" + (f" ({detail})" if detail else "")
