"""Of forty pairs with eight bad ones, the queue of twelve holds at least seven of the eight."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dataset_tools.defects import DEFECTS
from dataset_tools.review.queue import QueueSettings, choose
from lineart.sets.pairs import read_table

# Each at the strength from which a person would object.
PLANTED = ("erased", "added", "shift", "drift", "specks", "frame", "gaps", "bold")


def test_the_queue_holds_what_was_planted(
    checked: Callable[[Sequence[Any]], Path], figures: Callable[[int], list[Any]]
) -> None:
    drawings = figures(40)
    bad = {f"p{5 * place:02d}": name for place, name in enumerate(PLANTED)}
    for name, fault in bad.items():
        defect, place = DEFECTS[fault], int(name[1:])
        rng = np.random.default_rng(place)
        drawings[place] = defect.plant(*drawings[place], defect.objection, rng)
    findings = read_table(checked(drawings) / "checked/findings.csv")
    queue = choose(findings, None, QueueSettings(checks=8, network=0, audit=4))
    assert len(queue) == 12
    assert len({item.id for item in queue} & bad.keys()) >= 7
