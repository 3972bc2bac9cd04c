"""The comparison of backends measures what it says. Its times are no test's business."""

import argparse
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture
def backends(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("backends")


def flat(value: float):
    return lambda planes: np.full(planes.shape[2:], value, np.float32)


def test_error_and_distance_by_hand(backends):
    """Ink of 0.25 and 0.5 on a page that is half ink; the second is 0.25 from the first everywhere."""
    planes, line = np.zeros((1, 3, 4, 4), np.float32), np.zeros((4, 4), np.float32)
    line[:2] = 1
    cells = backends.quality({"a": flat(0.25), "b": flat(0.5)}, [(planes, line)] * 2)
    assert cells == {"a": "0.50000 | 0.00000 | 0.000", "b": "0.50000 | 0.25000 | 0.250"}


def test_the_table_by_hand(backends):
    """4 G multiply-adds in 2 s are 2 G a second, of 10; the second way is four times as fast."""
    way = backends.Way
    ways = {
        "torch, float32": way("torch"),
        "torch, bfloat16": way("torch", "bfloat16"),
        "OpenVINO, float32": way("openvino"),
        "ONNX Runtime, int8": way("onnx", model=Path("int8.onnx")),
    }
    seconds = {
        ("torch, float32", "now"): 2.0,
        ("torch, float32", "before"): 3.0,
        ("torch, bfloat16", "now"): 0.5,
        ("torch, bfloat16", "before"): 0.25,
        ("OpenVINO, float32", "now"): 1.0,
        ("ONNX Runtime, int8", "now"): 1.0,
    }
    rates = {"float32": 10e9, "bfloat16": 80e9}
    scores = {"torch, bfloat16": "0.1 | 0.2 | 0.3"}
    lines = backends.reading_table(ways, seconds, scores, 64, 4e9, rates, against=True)
    assert lines[0].startswith(
        "|  | 64 x 64 | times torch | share | as before | times as fast | MAE"
    )
    assert lines[2:] == [
        "| torch, float32 | 2 s | 1.00 | 20.0% | 3 s | 1.50 | | | |",
        "| torch, bfloat16 | 0.5 s | 4.00 | 10.0% | 0.25 s | 0.50 | 0.1 | 0.2 | 0.3 |",
        "| OpenVINO, float32 | 1 s | 2.00 | 40.0% | – | – | | | |",
        "| ONNX Runtime, int8 | 1 s | 2.00 | – | – | – | | | |",
    ]
    alone = backends.reading_table(ways, seconds, scores, 64, 4e9, rates, against=False)
    assert alone[2] == "| torch, float32 | 2 s | 1.00 | 20.0% | | | |"
    assert {line.count("|") for line in lines} == {10}
    assert {line.count("|") for line in alone} == {8}


def test_what_this_checkout_makes_older_code_is_not_asked_to_read(backends, monkeypatch):
    asked = []

    class Reader:
        def __init__(self, seconds: float):
            self.seconds = seconds

        def timed(self, size: int):
            return lambda: self.seconds

        def close(self):
            asked.append("closed")

    def warmed_up(who, checkout, model, size, **options):
        asked.append((who, checkout, model, size, options))
        return None if "b, before" in who else Reader(1.0 if "now" in who else 2.0)

    monkeypatch.setattr(backends, "warmed_up", warmed_up)
    mine, int8, old = Path("mine"), Path("int8.onnx"), Path("old")
    way = backends.Way
    ways = {"a": way("torch"), "b": way("openvino", "bfloat16"), "c": way("onnx", model=int8)}
    seconds = backends.reading_seconds(ways, mine, old, 64, 2)
    torch, openvino, onnx = (
        {"backend": name, "precision": precision}
        for name, precision in (("torch", "float32"), ("openvino", "bfloat16"), ("onnx", "float32"))
    )
    here = backends.here()
    assert asked == [
        ("a, now", here, mine, 64, torch),
        ("a, before", old, mine, 64, torch),
        ("b, now", here, mine, 64, openvino),
        ("b, before", old, mine, 64, openvino),
        ("c, now", here, int8, 64, onnx),
        *["closed"] * 4,
    ]
    assert seconds == {("a", "now"): 1, ("a", "before"): 2, ("b", "now"): 1, ("c", "now"): 1}


def test_start_up_beside_older_code(backends, monkeypatch, tmp_path):
    """The fastest call counts; a way that older code refuses is a dash."""
    from older import RefusedError

    left = {"here": [9.0, 3.0, 2.0], "old": [9.0, 5.0, 6.0]}
    calls = []

    def command_seconds(folder, *arguments):
        side = "old" if folder == Path("old") else "here"
        if "openvino" in arguments and side == "old":
            raise RefusedError("invalid choice")
        calls.append((side, arguments[-1]))
        return left[side][(len([call for call in calls if call == calls[-1]]) - 1) % 3]

    monkeypatch.setattr(backends, "command_seconds", command_seconds)
    monkeypatch.setattr(
        backends, "STARTS", {"torch": ("--backend", "torch"), "OpenVINO": ("--backend", "openvino")}
    )
    table = backends.start_table(tmp_path, Path("old"), 2)
    assert table[2:] == ["| torch | 2 s | 5 s | 2.50 |", "| OpenVINO | 2 s | – | – |"]
    assert calls == [("here", "torch"), ("old", "torch")] * 3 + [("here", "openvino")] * 3


def test_a_quick_run_of_one_side(backends, monkeypatch, capsys):
    """This checkout against itself."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(backends.torch, "set_num_threads", lambda number: None)
    monkeypatch.setattr(backends, "WAYS", {"ONNX Runtime, float32": backends.Way("onnx")})
    monkeypatch.setattr(backends, "STARTS", {"no network": ("--model", "canny")})
    asked = {"model": None, "data": None, "against": backends.ROOT, "quick": True, "write": False}
    backends.main(argparse.Namespace(**asked))
    about, readings, starts = capsys.readouterr().out.strip().split("\n\n")
    assert "1 threads" in about
    assert "a large matrix product: " in about
    name, seconds, _, share, before, times, *_ = readings.splitlines()[2].strip("| ").split(" | ")
    assert name == "ONNX Runtime, float32"
    assert float(seconds.removesuffix(" s")) > 0
    assert float(before.removesuffix(" s")) > 0
    assert float(share.removesuffix("%")) > 0
    assert float(times) > 0
    assert starts.splitlines()[2].startswith("| no network | ")
    assert "–" not in starts
