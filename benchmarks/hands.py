"""Models on pairs of many hands, and side by side on pictures without a truth.

    python -m benchmarks.hands --pairs FOLDER [MODEL ...] [--write FILE.json]
    python -m benchmarks.hands --pictures FOLDER --sheet FILE.png [MODEL ...]

``--pairs`` holds HAND-NAME.render.png and HAND-NAME.line.png. Means are taken over the drawings of a hand
first, then over the hands; ink is what is 0.5 or more, for every model. Models are names or run folders. The
first one's figures are divided by those of the last: below 1 the first is better.

``--pictures`` holds pictures to look at: each beside what every model makes of it. ``--blind SEED`` draws the
order of the models anew in each row and prints the key, for someone who is not to know which is which.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.out_of_distribution.figures import METRICS, scores
from dataset_tools.views.contact import Tile, contact_sheet
from lineart import Extractor
from lineart.errors import InputError
from lineart.metrics.pixels.validation import as_on_disk
from lineart.pictures.images import fit, read_line, read_render, write_render
from lineart.progress import progress
from lineart.runs import write_json

LARGEST = 768  # longer side of a picture that is only looked at, pixels
CELL = 480  # the same on the sheet
COUNTED = [name for name in METRICS if name != "best_f"]


def measured(models: Sequence[str], folder: Path, backend: str) -> pd.DataFrame:
    """A row a model and drawing: ``model``, ``hand``, ``name`` and the columns of ``COUNTED``.

    Raises:
        InputError: for a model that is not there, or a folder without pairs.
    """
    paths = sorted(folder.glob("*.render.png"))
    if not paths:
        raise InputError(f"{folder} holds no HAND-NAME.render.png.")
    rows = []
    with progress("pairs") as tell:
        for done, model in enumerate(models):
            extract = Extractor(model, backend=backend)
            for number, path in enumerate(paths):
                name = path.name.removesuffix(".render.png")
                line = read_line(folder / f"{name}.line.png")
                row = scores(as_on_disk(extract(read_render(path))), line)
                rows.append({"model": model, "hand": name.partition("-")[0], "name": name, **row})
                tell(done * len(paths) + number + 1, len(models) * len(paths))
    return pd.DataFrame(rows)


def by_hand(rows: pd.DataFrame) -> pd.DataFrame:
    """Means by model and hand, and over the hands as the hand ``all``."""
    hands = rows.groupby(["model", "hand"], sort=False)[COUNTED].mean()
    everyone = hands.groupby("model", sort=False).mean()
    everyone.index = pd.MultiIndex.from_product([everyone.index, ["all"]], names=hands.index.names)
    return pd.concat([hands, everyone])


def report(means: pd.DataFrame, models: Sequence[str]) -> str:
    """The table, and the first model's figures over the last one's."""
    lines = [means.round(4).to_string()]
    if len(models) > 1:
        ratio = means.loc[models[0]] / means.loc[models[-1]]
        lines += [f"\n{models[0]} over {models[-1]}:", ratio.round(3).to_string()]
    return "\n".join(lines)


def sheet(
    models: Sequence[str], folder: Path, backend: str, seed: int | None
) -> tuple[np.ndarray, str]:
    """A row a picture: the picture, and what each model makes of it; and the key of a blind sheet."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".png", ".jpg"))
    extract = {model: Extractor(model, backend=backend) for model in models}
    rng = np.random.default_rng(seed)
    rows, key = [], []
    for number, path in enumerate(paths, start=1):
        render = fit(read_render(path), LARGEST)
        order = list(models if seed is None else rng.permutation(models))
        said = [
            chr(ord("A") + place) if seed is not None else model
            for place, model in enumerate(order)
        ]
        inks = [
            Tile(extract[model](render), label) for model, label in zip(order, said, strict=True)
        ]
        rows.append([Tile(render, f"{number} {path.stem}"), *inks])
        key.append(f"{number} {path.stem}: {', '.join(order)}")
    return contact_sheet(rows, CELL), "\n".join(key)


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a command; 1 for what is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hands",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("models", nargs="*", default=["clearnet"], metavar="MODEL")
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--sheet", type=Path, default=Path("sheet.png"))
    parser.add_argument("--blind", type=int, metavar="SEED")
    parser.add_argument("--backend", default="auto", help="auto, torch, onnx or openvino")
    parser.add_argument("--write", type=Path, help="write the figures here")
    given = parser.parse_args(argv)
    try:
        if given.pairs:
            means = by_hand(measured(given.models, given.pairs, given.backend))
            print(report(means, given.models))
            if given.write:
                write_json(given.write, {"/".join(at): dict(row) for at, row in means.iterrows()})
        if given.pictures:
            shown, key = sheet(given.models, given.pictures, given.backend, given.blind)
            write_render(given.sheet, shown)
            print(key)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
