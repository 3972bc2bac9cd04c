"""How far a network looks: what a pixel loses when the picture is cut at some distance from it.

    python benchmarks/tile_reach.py PICTURE... [--model clearnet] [--band 16]

Each picture (at least 512 pixels wide and high) is read in one piece, and then each half of it, left, right,
upper and lower, with the means of the whole. How far the halves' ink is from the whole's, by the distance
from the cut, is what an overlap of that width leaves at the seams between tiles; the last column counts all
pixels from there on, of what a tile keeps. docs/decisions/0017-tiles.md
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lineart.catalogue.store import find_model
from lineart.inference.backend import GRID, Backend
from lineart.inference.choose import open_network
from lineart.inference.tiles import OVERLAP, planes_of
from lineart.pictures.images import Bytes
from lineart.pictures.inputs import read_picture

LIMIT = 2 / 255


def differences(backend: Backend, picture: Bytes) -> NDArray[np.float32]:
    """How far the four halves of a picture are from the whole, ``(distance from the cut, pixels)``.

    Args:
        backend: what reads.
        picture: ``(S, S, 3)`` uint8; S is a multiple of 64.
    """
    planes = planes_of(picture)
    side = planes.shape[2]
    means = backend.means(planes, (slice(0, side), slice(0, side)))
    whole = backend.ink(planes, means)
    rows = []
    for turned in (False, True):
        for half in (slice(0, side // 2), slice(side // 2, side)):
            place = (half, slice(None)) if turned else (slice(None), half)
            part = np.ascontiguousarray(planes[(..., *place)])
            off = np.abs(backend.ink(part, means) - whole[place])
            off = off if turned else off.T
            rows.append(off if half.start else off[::-1])
    return np.concatenate(rows, axis=1)


def table(off: NDArray[np.float32], band: int, core: int) -> str:
    """The differences by distance, in 255ths, as Markdown; a tile keeps ``core`` pixels a side."""
    lines = [
        "| pixels from the cut | median | 99 % | 99.9 % | most | above 2, of a core |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    above = (off > LIMIT).mean(axis=1)
    for start in range(0, len(off), band):
        middle, high, higher = np.percentile(255 * off[start : start + band], (50, 99, 99.9))
        most = 255 * off[start : start + band].max()
        seams = 4 * above[start:].sum() / core  # four sides; where they meet is counted twice
        lines.append(
            f"| {start} to {start + band} | {middle:.2f} | {high:.2f} | {higher:.2f} | {most:.2f} "
            f"| {seams:.4%} |"
        )
    return "\n".join(lines)


def square(picture: Bytes) -> Bytes:
    """The largest square at the upper left whose halves still lie on the grid of tiles."""
    side = min(picture.shape[:2]) // (2 * GRID) * 2 * GRID
    return picture[:side, :side]


def main() -> None:
    """Measure some pictures and print the table of all together."""
    parser = argparse.ArgumentParser(description="How far a network looks.")
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--model", default="clearnet", help="name or path (%(default)s)")
    parser.add_argument("--backend", default="auto", help="auto, torch or onnx")
    parser.add_argument("--band", type=int, default=16, help="pixels a row (%(default)s)")
    given = parser.parse_args()
    backend = open_network(find_model(given.model), given.backend, "cpu", "float32")
    found = [differences(backend, square(read_picture(path))) for path in given.pictures]
    shortest = min(len(off) for off in found)
    together = np.concatenate([off[:shortest] for off in found], axis=1)
    print(table(together, given.band, backend.tile - 2 * OVERLAP))


if __name__ == "__main__":
    main()
