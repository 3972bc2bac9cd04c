"""Scores come from the PNG, and from nothing that a worker would have to load torch for."""

import subprocess
import sys

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.metrics.pixels.validation import as_on_disk
from lineart.metrics.scoring import collect, prediction_path, score_pictures
from lineart.metrics.table import COUNTS, PICTURE_METRICS, count, score
from lineart.pictures.images import read_line, write_line
from lineart.sets.shards import Shards


def test_as_on_disk_is_what_is_read_back(tmp_path):
    ink = np.random.default_rng(0).random((40, 50), dtype=np.float32)
    ink[:2, :] = np.arange(100).reshape(2, 50) / 510  # halves between two levels, too
    write_line(tmp_path / "p.png", ink)
    assert np.abs(as_on_disk(ink) - read_line(tmp_path / "p.png")).max() < 2e-7
    assert as_on_disk(ink).dtype == np.float32


def test_what_is_scored_is_the_file(tiny_set, tmp_path):
    shards = Shards(tiny_set, "test")
    rng = np.random.default_rng(0)
    for child in shards.children:
        ink = rng.random((child.height, child.width), dtype=np.float32)
        write_line(prediction_path(tmp_path, child.key), ink)
    found = score_pictures([2, 1], shards, tmp_path, 0.3)
    assert [picture.row["key"] for picture in found] == ["test001-0", "test000-1"]
    line = shards[2][1] / np.float32(255)
    prediction = read_line(tmp_path / "predictions/test001-0.png")
    about = {"key": "test001-0", "parent": "test001", "child": 0}
    assert found[0].row == about | score(prediction, line, 0.3)
    for name, counts in count(prediction, line).items():
        assert (found[0].counts[name] == counts).all()
    scored = collect(found)
    assert list(scored.pictures.columns) == ["key", "parent", "child", *PICTURE_METRICS]
    assert list(scored.counts) == list(COUNTS)
    assert all(counts.shape == (2, 99, 4) for counts in scored.counts.values())


def test_a_missing_prediction(tiny_set, tmp_path):
    with pytest.raises(InputError, match=r"There is no picture .*test000-0\.png"):
        score_pictures([0], Shards(tiny_set, "test"), tmp_path, 0.5)


def test_a_worker_does_not_import_torch():
    code = "import lineart.metrics.scoring, sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
