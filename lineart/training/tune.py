"""The training of methods that do not learn: the best settings of their grid on the validation split."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lineart.metrics.pixels.validation import best_threshold, read_some, validate
from lineart.models.registry import CLASSICAL
from lineart.runs import write_json
from lineart.sets.shards import Shards


def tune(
    name: str, pictures: int, data: Path, out: Path, about: Mapping[str, str]
) -> dict[str, Any]:
    """Choose a classical method's settings by the best mean pixel F; leaves a run folder.

    Args:
        name: a key of ``CLASSICAL``.
        pictures: how many validation pictures are looked at, evenly spread.
        data: the augmented sets.
        out: the run folder.
        about: facts kept with the settings.

    Returns:
        The content of ``summary.json``.
    """
    entry = CLASSICAL[name]
    shards = Shards(data, "val")

    def f_of(arguments: dict[str, float]) -> float:
        extract = functools.partial(entry.method, **arguments)
        return best_threshold(read_some(extract, shards, pictures))[1]

    arguments = max(entry.candidates(), key=f_of)  # the first of equals
    best = validate(functools.partial(entry.method, **arguments), shards, pictures)
    summary = {
        "model": name,
        "kind": "classical",
        "parameters": 0,
        "threshold": best.threshold,
        "validation": best.means,
        "data": about.get("data", ""),
    }
    settings = {"model": name, "kind": "classical", "arguments": arguments, **about}
    write_json(out / "settings.json", settings)
    best.write(out)
    write_json(out / "summary.json", summary)
    return summary
