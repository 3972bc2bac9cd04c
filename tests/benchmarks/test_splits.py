"""The benchmark of the splits counts what it says; its figures are no test's business."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from lineart.pictures.images import Picture
from lineart.sets.pairs import Pair

Drawn = tuple[Picture, Picture]


@pytest.fixture
def splits(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("splits")


@pytest.mark.parametrize(
    ("name", "seed", "split"),
    [
        # printf '0:dog' | sha256sum -> 1efaba..., that is 0x1e / 256 = 0.12: below 0.6, train
        ("dog", 0, "train"),
        ("ant", 0, "train"),  # 988c57...: 0.596, just below
        ("elk", 0, "val"),  # b7c4dd...: 0.72
        ("fox", 0, "test"),  # e81ad2...: 0.907, just above 0.9
        ("cat", 1, "val"),  # ccc27c...: 0.80
    ],
)
def test_the_plain_hash_by_hand(splits: ModuleType, name: str, seed: int, split: str) -> None:
    frame = pd.DataFrame({"id": ["x"], "cluster": [name]})
    assert splits.hashed(frame, "cluster", seed) == {"x": split}


def test_what_moved_and_how_even_it_is(splits: ModuleType) -> None:
    before = {"a": "train", "b": "val"}
    after = {"a": "train", "b": "train", "c": "train", "d": "train"}
    # Of four, 2.4 are wanted in train, 1.2 in val, 0.4 in test.
    assert splits.change(before, after) == {"moved": 1, "whole": pytest.approx(1.6)}


def test_a_twin_shows_the_same_drawing(splits: ModuleType) -> None:
    render, line = np.ones((8, 8, 3), np.float32), np.zeros((8, 8), np.float32)
    render[1, 2], line[1, 2] = (1, 0, 0), 1
    twins = {kind: edit((render, line)) for kind, edit in splits.TWINS.items()}
    assert twins["mirrored"][1][1, 5] == 1
    assert twins["moved by a pixel"][1][2, 3] == 1
    assert twins["red and blue exchanged"][0][1, 2].tolist() == [0, 0, 1]
    assert twins["mirrored and shrunk"][1].shape == (6, 6)
    assert all(len(twin[0]) == len(twin[1]) for twin in twins.values())


def test_planted_twins_are_counted(
    splits: ModuleType, save: Callable[..., Pair], tmp_path: Path
) -> None:
    rows, rng = [], np.random.default_rng(0)
    for number in range(40):
        line = np.kron(rng.random((12, 12)) < 0.5, np.ones((8, 8))).astype(np.float32)
        rows.append(save(f"d{number:02d}", (np.repeat(1 - line[..., None], 3, axis=2), line)))
    drawings = [splits.known(pair, pair.pictures(tmp_path)) for pair in rows]
    found = splits.leaks(drawings, tmp_path, seeds=1, each=2).set_index("planted")
    assert (found["drawings"] == 2).all()
    assert len(found) == len(splits.TWINS) + 1
    assert found.loc["the same picture", ["at once", "later"]].tolist() == [0, 0]
    assert found["hash"].sum() > 0
