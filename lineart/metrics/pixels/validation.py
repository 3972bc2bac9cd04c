"""What is learned from the validation split after training: the threshold of ink, and how well it went.

Only the validation split: the threshold that is chosen here is used on the test split as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lineart.metrics.pixels.metric import DIGITS
from lineart.metrics.pixels.pixel import METRICS, THRESHOLDS, f_measures, score
from lineart.pictures.images import Picture, to_bytes
from lineart.sets.pairs import write_table
from lineart.sets.shards import Child, Shards

Extract = Callable[[Picture], Picture]
Found = tuple[Child, Picture, Picture]


@dataclass(frozen=True)
class Validation:
    """How a model does on some validation pictures."""

    threshold: float  # the one with the best mean F
    f: float  # that mean
    pictures: pd.DataFrame  # key, parent, child and each pixel metric

    @property
    def means(self) -> dict[str, float]:
        """Each pixel metric in the mean over the pictures."""
        return {name: float(self.pictures[name].mean()) for name in METRICS}

    def write(self, run: Path) -> None:
        """Write ``validation.csv`` into a run folder."""
        write_table(run / "validation.csv", self.pictures.round(DIGITS))


def validate(extract: Extract, shards: Shards, wanted: int) -> Validation:
    """Choose the threshold and score some pictures, evenly spread over a split.

    Args:
        extract: what reads them, once each.
        shards: the validation split.
        wanted: how many pictures, at most.
    """
    found = read_some(extract, shards, wanted)
    threshold, f = best_threshold(found)
    rows = [
        {"key": child.key, "parent": child.parent, "child": child.number}
        | score(ink, line, threshold)
        for child, ink, line in found
    ]
    return Validation(threshold, f, pd.DataFrame(rows))


def read_some(extract: Extract, shards: Shards, wanted: int) -> list[Found]:
    """Some pictures of a split, evenly spread: each child, its prediction in 8 bits, its line art."""
    found = []
    for index in spread(len(shards), wanted):
        render, line = picture_and_line(shards, index)
        found.append((shards.children[index], as_on_disk(extract(render)), line))
    return found


def best_threshold(found: Sequence[Found]) -> tuple[float, float]:
    """The threshold with the best mean F over some pictures, and that F; the middle one of equals."""
    mean = np.mean([f_measures(ink, line) for _, ink, line in found], axis=0)
    equals = np.flatnonzero(mean >= mean.max() - 1e-9)
    return float(THRESHOLDS[equals[len(equals) // 2]]), float(mean.max())


def spread(total: int, wanted: int) -> list[int]:
    """At most ``wanted`` positions, evenly spread over ``total``.

    >>> spread(10, 4)
    [0, 3, 6, 9]
    """
    if wanted >= total:
        return list(range(total))
    return [round(float(place)) for place in np.linspace(0, total - 1, wanted)]


def picture_and_line(shards: Shards, index: int) -> tuple[Picture, Picture]:
    """One child as float32 in [0, 1]: render ``(H, W, 3)`` and ink ``(H, W)``."""
    render, line = shards[index]
    return render / np.float32(255), line / np.float32(255)


def as_on_disk(ink: Picture) -> Picture:
    """A prediction as it comes back from its PNG: ``(H, W)`` float32 in [0, 1], 256 levels.

    >>> as_on_disk(np.array([[0.0, 0.5, 1.0]])).round(4)
    array([[0.   , 0.498, 1.   ]], dtype=float32)
    """
    return 1 - to_bytes(1 - ink) / np.float32(255)
