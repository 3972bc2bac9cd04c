"""What review works on: the tables of the stage qa, the network's doubts, and the verdicts so far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from dataset_tools.review.verdicts import Review, content_of, read_reviews
from lineart.sets.pairs import Pair, read_pairs, read_table


@dataclass(frozen=True)
class State:
    """A data folder; its tables are read when they are asked for.

    Raises:
        InputError: on use, if a table is missing: the stage that makes it has not run.
    """

    data: Path  # the folder `data` of a project
    reviews_file: Path  # data/reviews.csv

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """Every pair by id, whatever the checks say of it."""
        return {pair.id: pair for pair in read_pairs(self.data / "pairs/pairs.csv")}

    @cached_property
    def contents(self) -> dict[str, str]:
        """Id to what tells its pictures from others."""
        return {
            name: content_of(pair.render_sha256, pair.line_sha256)
            for name, pair in self.pairs.items()
        }

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What the checks found."""
        return read_table(self.data / "checked/findings.csv")

    @cached_property
    def doubts(self) -> pd.DataFrame | None:
        """What a network doubts; None if it was not asked."""
        table = self.data / "doubts/doubts.csv"
        return read_table(table) if table.exists() else None

    @cached_property
    def reviews(self) -> list[Review]:
        """The verdicts so far."""
        return read_reviews(self.reviews_file)

    @property
    def shown(self) -> Path:
        """The folder of the pictures that travel to reviewers as files."""
        return self.data / "review"

    @property
    def valid(self) -> list[Review]:
        """The verdicts on the pictures of today."""
        return [review for review in self.reviews if self.contents.get(review.id) == review.sha256]
