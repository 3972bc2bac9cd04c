"""The training of methods that do not learn: the best settings of their grid on the validation split."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lineart.metrics.evaluate import best_threshold, mean_scores, spread
from lineart.models.classical import CLASSICAL
from lineart.runs import write_json
from lineart.shards import Shards


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
    indices = spread(len(shards), pictures)
    best: tuple[float, float, dict[str, float]] | None = None
    for arguments in entry.candidates():
        extract = functools.partial(entry.method, **arguments)
        threshold, f = best_threshold(extract, shards, indices)
        if best is None or f > best[0]:
            best = (f, threshold, arguments)
    assert best is not None, "a grid has at least one candidate"
    _, threshold, arguments = best
    extract = functools.partial(entry.method, **arguments)
    summary = {
        "model": name,
        "kind": "classical",
        "parameters": 0,
        "threshold": threshold,
        "validation": mean_scores(extract, shards, indices, threshold),
        "data": about.get("data", ""),
    }
    settings = {"model": name, "kind": "classical", "arguments": arguments, **about}
    write_json(out / "settings.json", settings)
    write_json(out / "summary.json", summary)
    return summary
