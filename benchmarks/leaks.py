"""How many areas of a drawing leak when a bucket fills them, before and after ``--close``.

    python benchmarks/leaks.py [--drawings 60] [--size 512] [--model clearnet]

OpenMoji line art with gaps of known length cut into it, and the ink that a model extracts of the same
drawings. Areas are those that the true line art shuts in. An area is divided where ink cuts it in two or more
parts that are larger than a few pixels, as bridges do where a stroke was meant to end.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

import cv2
import numpy as np

from dataset_tools.sources import openmoji
from dataset_tools.sources.drawing import IngestSettings
from dataset_tools.sources.strokes import OpenmojiSettings
from lineart.extract.closing import closed
from lineart.inference.extractor import Extractor
from lineart.metrics.leaks import FILLED, Labels, areas_of, leaking
from lineart.metrics.pixels.pixel import INK
from lineart.pictures.images import Picture, to_bytes
from lineart.pictures.thinning import thin

GAPS = (3, 5, 9)  # pixels
CLOSED = (0, 3, 6, 10)
CUTS = 12  # a drawing
APART = 24  # pixels between cuts


def cut(line: Picture, gap: int, rng: np.random.Generator) -> Picture:
    """A line art with ``CUTS`` gaps of so many pixels, straight across its strokes."""
    middle = thin(line >= INK)
    away = (~middle).view(np.uint8)
    _, nearest = cv2.distanceTransformWithLabels(
        away, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.argwhere(middle)
    gone = np.zeros(int(nearest.max()) + 1, bool)
    cuts: list[np.ndarray] = []
    for place in rng.permutation(places):
        if len(cuts) == CUTS:
            break
        if all(np.hypot(*(place - other)) >= APART for other in cuts):
            cuts.append(place)
            near = places[np.hypot(*(places - place).T) <= (gap - 1) / 2 + 0.1]
            gone[nearest[near[:, 0], near[:, 1]]] = True
    return np.where(gone[nearest], np.float32(0), line)


def divided(ink: Picture, areas: Labels) -> int:
    """How many areas consist of several parts, each of more than ``FILLED`` pixels."""
    count = 0
    for area in range(1, int(areas.max()) + 1):
        inside = ((areas == area) & (ink < INK)).view(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
        count += int((stats[1:, cv2.CC_STAT_AREA] > FILLED).sum() > 1)
    return count


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--drawings", type=int, default=60)
    parser.add_argument("--size", type=int, default=512, help="pixels (%(default)s)")
    parser.add_argument("--model", default="clearnet", help="name or path (%(default)s)")
    given = parser.parse_args()
    settings = IngestSettings(size=given.size, openmoji=OpenmojiSettings(stroke=(0.3, 0.6)))
    found, _ = openmoji.find(settings)
    chosen = found[:: max(1, len(found) // given.drawings)][: given.drawings]
    extract = Extractor(given.model)
    rng = np.random.default_rng(1)
    kinds = ["as drawn", *(f"gaps of {gap} px" for gap in GAPS), f"extracted by {given.model}"]
    leaks: defaultdict[tuple[str, int], int] = defaultdict(int)
    split: defaultdict[tuple[str, int], int] = defaultdict(int)
    total = 0
    for drawing in chosen:
        render, line = openmoji.read(drawing, settings)
        areas = areas_of(line)
        total += int(areas.max())
        inks = [line, *(cut(line, gap, rng) for gap in GAPS), extract(to_bytes(render))]
        for name, ink in zip(kinds, inks, strict=True):
            for gap in CLOSED:
                bridged = closed(ink, gap) if gap else ink
                leaks[name, gap] += sum(leaking(bridged, areas).values())
                split[name, gap] += divided(bridged, areas)
    print(f"{len(chosen)} drawings of {given.size} px, {total} areas; leaking / divided\n")
    print("|  | " + " | ".join(f"`--close {gap}`" if gap else "open" for gap in CLOSED) + " |")
    print("| --- |" + " --- |" * len(CLOSED))
    for name in kinds:
        cells = [f"{leaks[name, gap] / total:.1%} / {split[name, gap]}" for gap in CLOSED]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
