"""A folder of checked pairs, small enough to be judged by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from dataset_tools.qa import QaSettings, check_pairs, judge, write_judgement
from lineart.pictures.images import Picture, write_line, write_render
from lineart.sets.pairs import Pair, sha256, write_pairs

Drawn = tuple[Picture, Picture]
SIDE = 128


def figure(seed: int) -> Drawn:
    """Three coloured shapes with black outlines, and the outlines: a pair without a fault."""
    rng = np.random.default_rng(seed)
    render = np.ones((SIDE, SIDE, 3), np.float32)
    line = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(3):
        hull = cv2.convexHull(rng.integers(12, SIDE - 12, (5, 1, 2)).astype(np.int32))
        red, green, blue = (float(value) for value in rng.uniform(0.6, 1, 3))
        cv2.fillPoly(render, [hull], (red, green, blue))
        cv2.fillPoly(line, [hull], 0.0)
        cv2.polylines(render, [hull], True, (0, 0, 0), 3, cv2.LINE_AA)
        cv2.polylines(line, [hull], True, 1.0, 3, cv2.LINE_AA)
    return render, line


@pytest.fixture
def figures() -> Callable[[int], list[Drawn]]:
    """So many pairs without a fault."""
    return lambda count: [figure(seed) for seed in range(count)]


@pytest.fixture
def checked(tmp_path: Path) -> Callable[[Sequence[Drawn]], Path]:
    """Write drawings as `p00`, `p01`, … and check them; returns the data folder."""

    def make(drawings: Sequence[Drawn]) -> Path:
        data = tmp_path / "data"
        folder, pairs = data / "pairs", []
        for number, (render, line) in enumerate(drawings):
            name = f"p{number:02d}"
            paths = f"render/{name}.png", f"line/{name}.png"
            hashes = (
                sha256(write_render(folder / paths[0], render)),
                sha256(write_line(folder / paths[1], line)),
            )
            size = line.shape[1], line.shape[0]
            pairs.append(Pair(name, *paths, name, "test", "nobody", "CC0-1.0", *size, *hashes))
        write_pairs(folder / "pairs.csv", pairs)
        settings = QaSettings()
        rows = check_pairs(pairs, folder, settings)
        write_judgement(data / "checked", judge(pairs, rows, settings))
        return data

    return make
