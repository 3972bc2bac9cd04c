"""What a run in MLflow shows besides numbers: its precision and recall, and some of its pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from lineart.pictures.images import Picture, fit, read_line, write_render, write_text
from lineart.sets.pairs import read_table, write_table
from lineart.sets.shards import TABLE, Shards
from pipelines.report import precision_recall
from pipelines.report.records import Record

LONGEST = 256  # side of each of the three pictures beside one another, in pixels


def write_exhibits(record: Record, data: Path | None, folder: Path) -> None:
    """Write what there is to show into a folder: a record from the outbox has no pictures any more.

    ``precision_recall.svg`` has the curves, ``precision_recall.csv`` their points, ``pictures/`` the worst,
    the median and the best original: render, truth and prediction side by side.

    Args:
        record: of the model.
        data: the augmented sets; None if they are not there any more.
        folder: where to.
    """
    if (record.scored / "counts.npz").exists():
        write_table(folder / "precision_recall.csv", precision_recall.points(record.evaluated))
        write_text(folder / "precision_recall.svg", precision_recall.of_one(record))
    if data is None or not (record.scored / "predictions").is_dir():
        return
    shards: Shards | None = None
    for place, key in examples(record.pictures).items():
        if shards is None:
            split = read_table(data / TABLE).set_index("key")["split"]
            shards = Shards(data, str(split[key]))
            number = {child.key: index for index, child in enumerate(shards.children)}
        render, line = shards[number[key]]
        ink = read_line(record.scored / "predictions" / f"{key}.png")
        sheet = side_by_side(render / np.float32(255), line / np.float32(255), ink)
        write_render(folder / "pictures" / f"{place}.png", sheet)


def examples(pictures: pd.DataFrame) -> dict[str, str]:
    """The keys of the worst, the median and the best original by MAE, the worst first.

    >>> examples(pd.DataFrame({"key": list("abc"), "child": 0, "mae": [0.2, 0.1, 0.3]}))
    {'1-worst': 'c', '2-median': 'a', '3-best': 'b'}
    """
    originals = pictures[pictures["child"] == 0]
    keys = originals.sort_values(["mae", "key"], ascending=[False, True])["key"].tolist()
    places = {"1-worst": 0, "2-median": len(keys) // 2, "3-best": len(keys) - 1}
    return {place: str(keys[number]) for place, number in places.items() if keys}


def side_by_side(render: Picture, line: Picture, ink: Picture) -> Picture:
    """Render ``(H, W, 3)``, truth and prediction ``(H, W)`` in one RGB picture, ink black on white."""
    papers = [np.repeat(1 - drawing[..., None], 3, axis=2) for drawing in (line, ink)]
    return np.concatenate([fit(picture, LONGEST) for picture in (render, *papers)], axis=1)
