"""The speed benchmark runs, and compares networks that answer the same. Its times are no test's business."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from lineart.models import create_model
from lineart.models.parts.cost import multiply_adds
from lineart.runs import load_network

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def sides(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("speed_sides")


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
    command += ["--models", "clearnet-tiny", "teed", "--against", BENCHMARKS.parent]
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
        if row["task"] == "training":
            assert not row.keys() & {"now", "before"}  # older code is asked for its readings alone
        else:
            ratio = row["before"]["seconds"] / row["now"]["seconds"]
            assert row["times_before"] == pytest.approx(ratio)


def test_the_first_row_is_the_network_that_ships(sides):
    build = sides.ROWS["clearnet"].build
    shipped = load_network(BENCHMARKS.parent / "lineart/weights/clearnet").state_dict()
    for built in (build(), build()):
        assert all(torch.equal(built.state_dict()[name], shipped[name]) for name in shipped)


def test_a_row_is_saved_as_it_is_built(sides, tmp_path):
    row = sides.ROWS["clearnet-tiny"]
    row.save(tmp_path / "run")
    saved, built = load_network(tmp_path / "run").state_dict(), row.build().state_dict()
    assert all(torch.equal(saved[name], built[name]) for name in built)


def test_older_code_stands_in_the_table_of_readings_alone(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    tables = importlib.import_module("speed_tables")
    side = {"pictures_per_second": 2.0, "slowest": 1.0, "fastest": 3.0}
    side |= {"megabytes": 300.0, "share": 0.25}
    row = {"model": "clearnet", "task": "reading", "size": 64, "pictures": 1, "parameters": 1000}
    row |= {"multiply_adds": 2e9, "plain": side, "ours": side, "times_plain": 1.0}
    training = {**row, "task": "training"}
    asked = {**row, "now": {"seconds": 0.5}, "before": {"seconds": 1.5}, "times_before": 3.0}
    refused = {**row, "model": "teed", "now": {"seconds": 0.5}}
    text = tables.markdown([asked, refused, training])
    reading, trained = text.split("**Training")
    assert "| share plain | ours | by Extractor | as before | times as fast |" in reading
    assert "| 25.0% | 25.0% | 0.5 s | 1.5 s | 3.00 |" in reading
    assert "| 25.0% | 25.0% | 0.5 s | – | – |" in reading
    assert "as before" not in trained
    assert trained.rstrip().endswith("| 25.0% | 25.0% |")
    said = "Reading with the network that ships at 64 x 64: 3.00 times as fast as before."
    assert tables.claims([asked, refused]) == [said]
