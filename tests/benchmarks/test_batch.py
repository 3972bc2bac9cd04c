"""The benchmark of a batch makes what it says and reckons right. Its times are no test's business."""

import re
from collections.abc import Callable
from types import ModuleType

import cv2
import numpy as np
import pytest


@pytest.fixture
def batch(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("batch")


def test_no_two_pictures_have_one_size_and_the_second_is_the_large_one(batch, tmp_path):
    for name in ("one", "other"):
        batch.make(tmp_path / name, 12, 50, (70, 60))
    found = sorted((tmp_path / "one").iterdir())
    assert [path.suffix for path in found] == 6 * [".png", ".jpg"]
    sizes = [cv2.imread(str(path)).shape[:2] for path in found]
    assert len(set(sizes)) == 12
    assert sizes.pop(1) == (60, 70)
    assert all(10 <= side <= 50 for size in sizes for side in size)
    for path in found:
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_without_a_large_one_there_are_as_many(batch):
    chosen = batch.sizes(9, 50, (0, 0), np.random.default_rng(0))
    assert len(set(chosen)) == 9
    assert max(max(size) for size in chosen) <= 50


def run_of(batch, memory):
    """A look every second, a result from the second on; three quarters of a core busy, half a core idle."""
    looks = [
        batch.Look(max(0, number - 1), 10 + number, 2 + 0.75 * number, 5 + 0.5 * number, megabytes)
        for number, megabytes in enumerate(memory)
    ]
    return batch.Run(8.0, looks)


def test_shares_and_memory_by_hand(batch):
    """Six results: the first third are two, the last from four on; start-up is the highest of the first."""
    run = run_of(batch, [90, 20, 30, 40, 70, 45, 50, 44])
    assert [look.results for look in run.looks] == [0, 0, 1, 2, 3, 4, 5, 6]
    assert run.shares(cores=2) == pytest.approx((0.375, 0.25))
    assert (run.peak, run.growth) == (90, 50 - 90)


def test_shares_leave_out_the_start(batch):
    slow = batch.Look(0, 0.0, 100.0, 0.0, 10.0)
    run = run_of(batch, [20, 20, 20, 20])
    assert batch.Run(9.0, [slow, *run.looks]).shares(1) == pytest.approx((0.75, 0.5))


@pytest.mark.parametrize("memory", [[], [9], [9, 9, 9]])
def test_a_run_too_short_is_said(batch, memory):
    with pytest.raises(SystemExit, match=r"too short to be looked at; take more --pictures"):
        run_of(batch, memory).shares(1)


def test_the_command_of_a_checkout_is_run_and_looked_at(batch, tmp_path, capfd):
    batch.make(tmp_path / "pictures", 3, 40, (0, 0))
    run = batch.extract(
        batch.ROOT, tmp_path / "pictures", tmp_path / "out", ["--model", "difference_of_gaussians"]
    )
    assert len(list((tmp_path / "out").iterdir())) == 3
    assert run.wall > 0
    assert run.peak > 5  # megabytes; a Python takes more
    assert sorted(run.looks, key=lambda look: look.wall) == run.looks
    with pytest.raises(SystemExit, match=r"lineart extract of .* failed"):
        batch.extract(batch.ROOT, tmp_path / "none", tmp_path / "out", [])
    assert "3 results written" in capfd.readouterr().err


def test_the_code_that_runs_is_that_of_the_checkout(batch, tmp_path):
    (tmp_path / "older/lineart").mkdir(parents=True)
    (tmp_path / "older/lineart/__main__.py").write_text(
        "import pathlib, sys; pathlib.Path(sys.argv[4]).write_text(' '.join(sys.argv[1:]))"
    )
    batch.extract(tmp_path / "older", tmp_path / "pictures", tmp_path / "out", ["--jobs", "2"])
    out = tmp_path / "out"
    assert out.read_text() == f"extract {tmp_path / 'pictures'} -o {out} --jobs 2"


def test_the_table_by_hand(batch):
    run = run_of(batch, [90, 20, 30, 40, 70, 45, 50, 44])
    lines = batch.table({"this one": run, "the older one": batch.Run(10.0, run.looks)}, 2)
    assert lines.splitlines()[2:] == [
        "| this one | 8.0 | 1.250 | 37.5% | 25.0% | 90 | -40 |",
        "| the older one | 10.0 | 1.000 | 37.5% | 25.0% | 90 | -40 |",
    ]


def test_the_two_take_turns(batch, monkeypatch, capsys, tmp_path):
    asked = []

    def extract(checkout, pictures, out, options):
        asked.append((checkout, len(list(pictures.iterdir())), options))
        return run_of(batch, [20, 20, 20, 20])

    monkeypatch.setattr(batch, "extract", extract)
    options = "--pictures 3 --side 20 --large 0 0 --rounds 2 --jobs 2 --against"
    batch.main([*options.split(), str(tmp_path)])
    ours, older = (batch.ROOT, 3, ["--jobs", "2"]), (tmp_path, 3, ["--jobs", "2"])
    assert asked == [ours, older, older, ours]
    said = capsys.readouterr().out
    assert re.search(r"cores, load .*; Python .*; 3 pictures --jobs 2\n\n\| code \|", said)
    assert said.count("\n| the older one |") == 1
