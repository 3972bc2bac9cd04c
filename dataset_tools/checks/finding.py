"""What a check says of a pair: a score, a level, a reason in words, and a picture of where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.settings import require

Level = Literal["accept", "doubt", "quarantine"]
LEVELS: tuple[Level, ...] = ("accept", "doubt", "quarantine")  # from best to worst
Mask = NDArray[np.uint8]  # (H, W), 0 or 1
Box = tuple[int, int, int, int]  # x, y, width, height in pixels


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


def boxes_of(mask: Mask, most: int = 8) -> list[Box]:
    """The largest connected faults of a mask as boxes, a little padded, merged where they touch.

    Args:
        mask: ``(H, W)``, 0 or 1.
        most: no more boxes than this; the smaller faults are left out.

    Returns:
        ``(x, y, width, height)`` in pixels, within the picture, from the largest fault to the smallest.
    """
    height, width = mask.shape
    pad = max(2, round(max(height, width) / 100))
    # Growing by the padding first joins what would touch once padded.
    grown = cv2.dilate(mask, np.ones((2 * pad + 1, 2 * pad + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    faults = np.bincount(labels[mask > 0], minlength=count)
    largest = sorted(range(1, count), key=lambda label: (-faults[label], label))[:most]
    return [
        (int(x), int(y), int(w), int(h)) for x, y, w, h, _ in (stats[label] for label in largest)
    ]


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
