"""Whether drawings are better read at another size than their own, where the lines are known.

    python benchmarks/read_at.py FOLDER [--sides 600 1200 2400] [--reads 400 600 800 1200 1600 2400]

The folder holds pairs, ``NAME.render.png`` and ``NAME.line.png``. Each is brought to every side, in pixels of the
longer one, read at its own size, as the tool does by itself (auto), and at the sizes below its own; then scored
at its own: MAE, and F of centre lines that lie within 0.002 of the diagonal of the other's. A row a reading.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import cv2
import numpy as np

from lineart import Extractor
from lineart.metrics.lines import Ink
from lineart.pictures.images import Picture, luminance, read_render
from lineart.pictures.manner import AUTO, OWN_SIZE, Manner

REACH = 0.002  # of the diagonal


def main(folder: Path, sides: list[int], reads: list[int]) -> None:
    extract = Extractor()
    print("name, side, strokes (px), read at, MAE, F")
    for path in sorted(folder.glob("*.render.png")):
        name = path.name.removesuffix(".render.png")
        pair = read_render(path), 1 - luminance(read_render(path.with_name(f"{name}.line.png")))
        for side in sides:
            render, line = (sized(picture, side) for picture in pair)
            width = Ink(line >= 0.5).width
            for read_at in [OWN_SIZE, AUTO, *(str(read) for read in reads if read < side)]:
                prepared = Manner(read_at=read_at).prepared(render)
                ink = prepared.back(extract.read(prepared.picture))
                at = f"{read_at} ({max(prepared.picture.shape)})"
                mae = float(np.abs(ink - line).mean())
                print(f"{name}, {side}, {width:.1f}, {at}, {mae:.4f}, {score(ink, line):.4f}")


def sized(picture: Picture, side: int) -> Picture:
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (round(width * scale), round(height * scale))
    return np.clip(cv2.resize(picture, size, interpolation=how), 0, 1)


def score(ink: Picture, line: Picture) -> float:
    found, truth = Ink(ink >= 0.5), Ink(line >= 0.5)
    if found.empty or truth.empty:
        return float(found.empty and truth.empty)
    reach = REACH * math.hypot(*line.shape)
    precision = float((truth.from_centre[found.centre] <= reach).mean())
    recall = float((found.from_centre[truth.centre] <= reach).mean())
    return 2 * precision * recall / max(precision + recall, 1e-12)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sides", type=int, nargs="+", default=[600, 1200, 2400])
    parser.add_argument("--reads", type=int, nargs="*", default=[400, 600, 800, 1200, 1600])
    given = parser.parse_args()
    main(given.folder, given.sides, given.reads)
