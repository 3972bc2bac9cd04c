"""The report's portrait of each model: its worst, median and best pictures, its curves, its failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lineart.metrics.failures import KINDS, find_failures
from pipelines.report import exhibits, precision_recall
from pipelines.report.columns import RANKED
from pipelines.report.gallery import Figure, Pictures
from pipelines.report.records import Record


@dataclass(frozen=True)
class Example:
    """A picture of a model: render, truth, prediction, and where they differ."""

    title: str
    caption: str
    figures: list[Figure]


@dataclass(frozen=True)
class Profile:
    """One model."""

    model: str
    role: str
    note: str  # how it came to be
    examples: dict[str, Example]  # worst, median, best
    curves: str  # an <svg> element
    failures: dict[str, list[Example]] = field(default_factory=dict)  # by kind


def profiles(
    records: Sequence[Record],
    roles: Mapping[str, str],
    notes: Mapping[str, str],
    pictures: Pictures,
    wanted: int,
) -> list[Profile]:
    """A profile for each model, in the order of the records.

    Args:
        records: the models.
        roles: by model.
        notes: by model, where there is one to say how it was made.
        pictures: theirs.
        wanted: failures of each kind; of floors none are shown, for they fail everywhere.
    """
    return [
        Profile(
            record.model,
            roles[record.model],
            notes.get(record.model, ""),
            examples(record, pictures),
            precision_recall.of_one(record),
            failures(record, pictures, wanted) if roles[record.model] != "floor" else {},
        )
        for record in records
    ]


def examples(record: Record, pictures: Pictures) -> dict[str, Example]:
    """The worst, the median and the best original by MAE."""
    errors = record.pictures.set_index("key")[RANKED]
    return {
        place.partition("-")[2]: _example(record, key, f"MAE {errors[key]:.4f}", pictures)
        for place, key in exhibits.examples(record.pictures).items()
    }


def failures(record: Record, pictures: Pictures, wanted: int) -> dict[str, list[Example]]:
    """The worst pictures of each kind of failure, as the metrics find them, by title of the kind."""
    return {
        KINDS[kind].title: [_example(record, one.key, one.sentence, pictures) for one in found]
        for kind, found in find_failures(record.pictures, wanted).items()
    }


def _example(record: Record, key: str, caption: str, pictures: Pictures) -> Example:
    render, line = pictures.pair(key)
    found = [
        Figure(render, "render"),
        Figure(line, "truth"),
        Figure(pictures.prediction(record, key), "prediction"),
        Figure(pictures.compared(record, key), "difference"),
    ]
    return Example(key, caption, found)
