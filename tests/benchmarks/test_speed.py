"""The speed benchmark runs, and compares networks that answer the same. Its times are no test's business."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from lineart.models import create_model
from lineart.models.parts.cost import multiply_adds

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("speed_sides")


@torch.no_grad()
def test_side_aggregation_as_written_answers_as_ours(sides):
    torch.manual_seed(0)
    ours = create_model("clearnet", preset="tiny").aggregate
    maps = [torch.randn(2, 16, 64 >> level, 48 >> level) for level in range(4)]
    written = sides.WrittenAggregation(ours)(maps)
    assert written.std() > 0.01
    torch.testing.assert_close(ours(maps), written, rtol=0, atol=1e-5)


def test_a_step_shows_a_fixed_number_of_pixels(sides):
    shown = {size: sides.Job("teed", "training", "ours", size).pictures for size in (64, 256, 512)}
    assert shown == {64: 8, 256: 2, 512: 1}
    assert sides.Job("teed", "reading", "ours", 64).pictures == 1


def test_both_sides_learn(sides):
    plain, ours = (sides.Job("clearnet-tiny", "training", side, 64) for side in ("plain", "ours"))
    for job in (plain, ours):
        work = job.work()
        losses = [float(work()) for _ in range(6)]
        assert losses[-1] < losses[0], job.side


def test_quick_run(tmp_path):
    out = tmp_path / "speed.json"
    command = [sys.executable, BENCHMARKS / "speed.py", "--quick", "--out", out]
    command += ["--models", "clearnet-tiny", "teed"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text())["rows"]
    assert [(row["model"], row["task"], row["size"]) for row in rows] == [
        (model, task, 64) for task in ("reading", "training") for model in ("clearnet-tiny", "teed")
    ]
    tiny = create_model("clearnet", preset="tiny")
    assert rows[0]["multiply_adds"] == multiply_adds(tiny, 64)
    assert rows[0]["parameters"] == 129_542
    assert rows[0]["largest_difference"] < 1e-2
    for row in rows:
        for side in ("plain", "ours"):
            assert row[side]["calls"] == 1
            assert row[side]["pictures_per_second"] > 0
            assert 50 < row[side]["megabytes"] < 10_000
            assert row[side]["share"] > 0
        ratio = row["ours"]["pictures_per_second"] / row["plain"]["pictures_per_second"]
        assert row["times_plain"] == pytest.approx(ratio)
