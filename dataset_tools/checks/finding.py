"""What a check says of a pair: a score, a level, a reason in words, and a picture of where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lineart.pictures.masks import Box, Mask
from lineart.settings import require

Level = Literal["accept", "doubt", "quarantine"]
LEVELS: tuple[Level, ...] = ("accept", "doubt", "quarantine")  # from best to worst


@dataclass(frozen=True, eq=False)
class Finding:
    """What one check says of one pair."""

    check: str  # its name
    score: float  # in [0, 1]; 1 is fine, 0.5 is where quarantine begins
    reason: str = ""  # in words, empty if fine
    level: Level = "accept"
    where: Mask | None = None  # the faulty pixels, if they have a place
    fix: str = ""  # what would mend it, in words


def graded(
    check: str,
    measure: float,
    limit: float,
    doubt: float,
    reason: str,
    where: Mask | None = None,
    fix: str = "",
) -> Finding:
    """A finding from a measure that is 0 when all is well: 0.5 at ``limit``, doubt from ``doubt`` on."""
    score = round(1 / (1 + measure / limit), 4)
    level: Level = "quarantine" if measure >= limit else "doubt" if measure >= doubt else "accept"
    if level == "accept":
        return Finding(check, score)
    return Finding(check, score, reason, level, where, fix)


def require_limits(limits: object, section: str, names: Iterable[str]) -> None:
    """Refuse limits out of order: of each name, ``NAME_doubt`` and ``NAME``, the doubt comes first.

    Raises:
        InputError: naming the setting in ``section``, and its range.
    """
    for name in names:
        doubt, limit = getattr(limits, f"{name}_doubt"), getattr(limits, name)
        require(limit > 0, f"{section}.{name}", limit, "above 0")
        wanted = f"above 0, at most the setting {section}.{name}"
        require(0 < doubt <= limit, f"{section}.{name}_doubt", doubt, wanted)


def yes_or_no(check: str, fine: bool, reason: str, fix: str = "") -> Finding:
    """A finding without degrees."""
    return Finding(check, 1.0) if fine else Finding(check, 0.0, reason, "quarantine", fix=fix)


def note(check: str, reason: str, fix: str = "") -> Finding:
    """A finding that is worth a word and nothing more: the pair is accepted."""
    return Finding(check, 1.0, reason, fix=fix)


def boxes_from(text: str) -> list[Box]:
    """The boxes of a column ``CHECK.where``; none where it holds something else.

    >>> boxes_from("3 4 10 20;0 0 5 5"), boxes_from("")
    ([(3, 4, 10, 20), (0, 0, 5, 5)], [])
    """
    boxes = []
    for part in text.split(";"):
        numbers = part.split()
        if len(numbers) == 4 and all(number.isascii() and number.isdigit() for number in numbers):
            x, y, width, height = map(int, numbers)
            boxes.append((x, y, width, height))
    return boxes
