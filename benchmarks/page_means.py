"""What the means of a page are worth: its own, those of the page reduced, those of a part of its blocks.

    python benchmarks/page_means.py FOLDER [--model clearnet] [--most 1100] [--pages 3]

FOLDER holds NAME.render.png with NAME.line.png. Each picture, shrunk to at most ``--most`` pixels a side,
is read with several means; shown is how far the ink then is from the truth, and how many pixels it moves by
more than 2/255. Then pages of four pictures of 512 pixels a side, by day, and with their left half by night.
docs/decisions/0017-tiles.md
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from lineart.arithmetic.processor import processor_name
from lineart.catalogue.store import find_model
from lineart.inference.backend import GRID, Backend, Means
from lineart.inference.choose import open_network
from lineart.inference.tiles import planes_of
from lineart.metrics.pixels.pixel import mae
from lineart.pictures.images import Picture, fit, read_line, read_render

LIMIT = 2 / 255
REDUCED = (2, 4, 8)
BLOCK = 128  # pixels a side
QUARTER = 512  # pixels a side of a quarter of a page
NIGHT = np.float32([0.25, 0.28, 0.4])  # what is left of each colour


def means_of(backend: Backend, render: Picture) -> Means:
    """The means over a picture that was continued to multiples of ``GRID``."""
    height, width = render.shape[:2]
    padded = np.pad(render, ((0, -height % GRID), (0, -width % GRID), (0, 0)), mode="edge")
    planes = planes_of(padded)
    means = backend.means(planes, (slice(0, planes.shape[2]), slice(0, planes.shape[3])))
    if means is None:
        raise SystemExit("This network has no means of a whole picture; name another.")
    return means


def readings(backend: Backend, render: Picture) -> Iterator[tuple[str, Means]]:
    """Several means for one picture, the picture's own first."""
    yield "the picture itself", means_of(backend, render)
    for factor in REDUCED:
        size = [-(-side // factor) for side in render.shape[1::-1]]
        small = np.asarray(cv2.resize(render, size, interpolation=cv2.INTER_AREA), np.float32)
        yield f"reduced by {factor}", means_of(backend, small)
    corners = [
        (top, left)
        for top in range(0, max(1, render.shape[0] - BLOCK + 1), BLOCK)
        for left in range(0, max(1, render.shape[1] - BLOCK + 1), BLOCK)
    ]
    blocks = [render[top : top + BLOCK, left : left + BLOCK] for top, left in corners[::4]]
    yield "a quarter of its blocks", np.mean([means_of(backend, block) for block in blocks], axis=0)


def pairs(folder: Path, most: int) -> list[tuple[Picture, Picture]]:
    """Renders with their line art, shrunk to ``most`` pixels a side."""
    return [
        (
            fit(read_render(path), most),
            fit(read_line(path.with_name(path.name.replace(".render.", ".line."))), most),
        )
        for path in sorted(folder.glob("*.render.png"))
    ]


def pages(
    found: list[tuple[Picture, Picture]], count: int, night: bool
) -> list[tuple[Picture, Picture]]:
    """Pages of four pictures each; ``night`` darkens the two on the left."""
    rng = np.random.default_rng(1)
    made = []
    for _ in range(count):
        render = np.ones((2 * QUARTER, 2 * QUARTER, 3), np.float32)
        line = np.zeros((2 * QUARTER, 2 * QUARTER), np.float32)
        for place, index in enumerate(rng.choice(len(found), 4, replace=False)):
            picture, ink = (fit(one, QUARTER) for one in found[index])
            top, left = QUARTER * (place // 2), QUARTER * (place % 2)
            window = slice(top, top + len(ink)), slice(left, left + ink.shape[1])
            line[window] = ink
            render[window] = picture
        if night:
            render[:, :QUARTER] *= NIGHT
        made.append((render, line))
    return made


def table(backend: Backend, shown: list[tuple[Picture, Picture]], name: str) -> str:
    """Each reading's mean error, and how many pixels it moves."""
    rows = defaultdict(list)
    for render, line in shown:
        first: Picture | None = None
        for reading, means in readings(backend, render):
            ink = backend.ink(planes_of(render), means)
            first = ink if first is None else first
            rows[reading].append((mae(ink, line), float((np.abs(ink - first) > LIMIT).mean())))
    lines = [f"| {name}: means of | MAE | moved by more than 2/255 |", "| --- | --- | --- |"]
    for reading, found in rows.items():
        error, moved = np.mean(found, axis=0)
        lines.append(f"| {reading} | {error:.4f} | {moved:.1%} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, and print three tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="clearnet", help="name or path (%(default)s)")
    parser.add_argument("--most", type=int, default=1100, help="pixels a side (%(default)s)")
    parser.add_argument("--pages", type=int, default=3, help="of each kind (%(default)s)")
    given = parser.parse_args()
    backend = open_network(find_model(given.model), "auto", "cpu", "float32")
    found = pairs(given.folder, given.most)
    print(f"{processor_name()}; {len(found)} pictures, {given.pages} pages of each kind\n")
    print(table(backend, found, "pictures"), end="\n\n")
    for night in (False, True):
        name = "pages, half by night" if night else "pages by day"
        print(table(backend, pages(found, given.pages, night), name), end="\n\n")


if __name__ == "__main__":
    main()
