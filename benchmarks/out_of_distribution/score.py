"""Models on drawings of another hand: a table of them all, a table of the first one's pictures, and a sheet.

    python -m benchmarks.out_of_distribution.score [MODEL ...] [--sheet FILE.png] [--json FILE.json]

What each figure means is in README.md beside this file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.out_of_distribution.defects import DEFECTS
from benchmarks.out_of_distribution.drawings import Example, example
from benchmarks.out_of_distribution.figures import (
    COLUMNS,
    Measured,
    Row,
    best_threshold,
    measure,
    of_set,
    table,
)
from benchmarks.out_of_distribution.recipes import RECIPES
from dataset_tools.views.contact import Tile, contact_sheet
from lineart import Extractor
from lineart.errors import InputError
from lineart.models.registry import CLASSICAL
from lineart.pictures.images import Picture, write_line, write_render
from lineart.progress import progress
from lineart.runs import write_json

CELL = 420  # pixels a picture of the sheet
Found = dict[str, list[Measured]]  # by model


def read_set(
    models: Sequence[str], drawings: Sequence[str], backend: str = "auto"
) -> tuple[Found, list[tuple[Example, Picture]]]:
    """Read drawings with models: the figures of each, and the first model's pictures.

    Raises:
        InputError: for a model or a drawing that is not there.
    """
    extract = {name: Extractor(name, backend=backend) for name in models}
    found: Found = {name: [] for name in models}
    seen = []
    with progress("drawings") as tell:
        for number, name in enumerate(drawings):
            drawn = example(name)
            for model, read in extract.items():
                ink = read(drawn.render)
                found[model].append(measure(drawn, ink))
                if model == models[0]:
                    seen.append((drawn, ink))
            tell(number + 1, len(drawings))
    return found, seen


def verdicts(means: Row) -> list[str]:
    """A sentence for each fault: is it near enough to nothing?"""
    said = []
    for name, defect in DEFECTS.items():
        value = means[name]
        if value is not None:
            kept = "within" if value <= defect.bearable else "above"
            said.append(f"{defect.title}: {value:.4f}, {kept} the {defect.bearable:g} to be kept.")
    return said


def report(found: Found) -> str:
    """All tables and sentences."""
    first = next(iter(found))
    rows = {one.name: one.row for one in sorted(found[first], key=lambda m: -(m.row["mse"] or 0))}
    means = {model: of_set(measured) for model, measured in found.items()}
    return "\n".join(
        [
            f"{len(rows)} drawings\n",
            table(means, "model"),
            f"{first}, the worst MSE first; its best threshold is {best_threshold(found[first]):.2f}\n",
            table(rows, "drawing"),
            *verdicts(means[first]),
        ]
    )


def as_json(found: Found) -> Mapping[str, object]:
    """The same figures for a program."""
    return {
        "columns": COLUMNS,
        "models": {
            model: {"set": of_set(measured), "drawings": {one.name: one.row for one in measured}}
            for model, measured in found.items()
        },
    }


def sheet(seen: Sequence[tuple[Example, Picture]], cell: int = CELL) -> Picture:
    """Render, result and truth of every drawing, two drawings a row."""
    tiles = [
        (
            Tile(drawn.render, drawn.name),
            Tile(ink, "result"),
            Tile(drawn.line, "truth"),
        )
        for drawn, ink in seen
    ]
    return contact_sheet(
        [
            [tile for three in tiles[at : at + 2] for tile in three]
            for at in range(0, len(tiles), 2)
        ],
        cell,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Score, print, write what was asked for; 1 for a name that is not known."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.out_of_distribution.score", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "models",
        nargs="*",
        default=["clearnet", *CLASSICAL],
        metavar="MODEL",
        help="names or paths; the sheet and the verdicts are of the first (default: what ships, and "
        "the classical methods)",
    )
    parser.add_argument("--drawings", nargs="+", default=list(RECIPES), metavar="NAME")
    parser.add_argument("--backend", default="auto", help="auto, torch or onnx")
    parser.add_argument("--sheet", type=Path, help="write render, result and truth to this PNG")
    parser.add_argument("--pictures", type=Path, help="write renders, results and truths here")
    parser.add_argument("--json", type=Path, help="write the figures here")
    given = parser.parse_args(argv)
    try:
        found, seen = read_set(given.models, given.drawings, given.backend)
        print(report(found))
        if given.sheet:
            write_render(given.sheet, sheet(seen))
        if given.json:
            write_json(given.json, dict(as_json(found)))
        if given.pictures:
            for drawn, ink in seen:
                write_render(given.pictures / "render" / f"{drawn.name}.png", drawn.render)
                write_line(given.pictures / "result" / f"{drawn.name}.png", ink)
                write_line(given.pictures / "truth" / f"{drawn.name}.png", drawn.line)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
