"""Make docs/images/example.png, the README's picture, from what `make repro` left behind.

    python scripts/example.py [KEY ...]

Render, CLEAR-Net's answer and the artist's ink of some test pictures. Without keys: those at the quartiles
of the error, so that the picture shows neither the best nor the worst.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from dataset_tools.views.contact import Tile, contact_sheet
from lineart.pictures.images import read_line, write_render
from lineart.sets.pairs import read_table
from lineart.sets.shards import Shards

ROOT = Path(__file__).resolve().parents[1]


def main(keys: list[str]) -> None:
    """Write the picture."""
    scored = ROOT / "evaluation/clearnet"
    table = read_table(scored / "pictures.csv")
    children = table[table["child"] > 0].sort_values("mae")["key"].tolist()
    keys = keys or [
        children[round(share * (len(children) - 1))] for share in (0.2, 0.4, 0.5, 0.6, 0.8)
    ]
    shards = Shards(ROOT / "data/augmented", "test")
    position = {child.key: index for index, child in enumerate(shards.children)}
    unknown = [key for key in keys if key not in position]
    if unknown:
        raise SystemExit(f"{unknown[0]} is no test picture; keys stand in {scored}/pictures.csv.")
    columns = []
    for key in keys:
        render, ink = shards[position[key]]
        answer = read_line(scored / "predictions" / f"{key}.png")
        columns.append([Tile(render), Tile(answer), Tile(ink / np.float32(255))])
    rows = [[column[row] for column in columns] for row in range(3)]
    write_render(ROOT / "docs/images/example.png", contact_sheet(rows, cell=200))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the README's picture from the last run.")
    parser.add_argument("keys", nargs="*", metavar="KEY", help="of test pictures")
    main(parser.parse_args().keys)
