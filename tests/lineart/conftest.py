"""A tiny set of shards: circles and bars with black outlines, drawn with fills the model must ignore."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from lineart.pairs import write_table
from lineart.shards import TABLE, Child, encode_child, write_shard


def draw(seed: int, size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    render = np.ones((size, size, 3), np.float32)
    line = np.zeros((size, size), np.float32)
    for _ in range(3):
        middle = tuple(int(v) for v in rng.integers(12, size - 12, 2))
        radius = int(rng.integers(5, size // 3))
        cv2.circle(render, middle, radius, tuple(rng.uniform(0.4, 1, 3)), -1)
        cv2.circle(line, middle, radius, 0, -1)
        cv2.circle(line, middle, radius, 1, 2, cv2.LINE_AA)
        cv2.circle(render, middle, radius, (0, 0, 0), 2, cv2.LINE_AA)
    return render, line


def make_set(folder: Path, counts: dict[str, int], size: int = 64) -> Path:
    rows = []
    for number, (split, count) in enumerate(counts.items()):
        children = []
        for index in range(count):
            key, parent = f"{split}{index // 2:03d}-{index % 2}", f"{split}{index // 2:03d}"
            render_png, line_png, digest = encode_child(*draw(1000 * number + index, size))
            child = Child(
                key,
                parent,
                index % 2,
                split,
                parent,
                f"{split}-000000.tar",
                size,
                size,
                digest,
                "[]",
            )
            children.append((child, render_png, line_png))
            rows.append(dataclasses.asdict(child))
        write_shard(folder / f"{split}-000000.tar", children)
    write_table(folder / TABLE, pd.DataFrame(rows))
    return folder


@pytest.fixture(scope="session")
def tiny_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_set(tmp_path_factory.mktemp("set"), {"train": 24, "val": 6, "test": 4})
