"""The comparison of backends measures what it says. Its times are no test's business."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def backends(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("backends")


def flat(value: float):
    return lambda planes: np.full(planes.shape[2:], value, np.float32)


def test_error_and_distance_by_hand(backends):
    """Ink of 0.25 and 0.5 on a page that is half ink; the second is 0.25 from the first everywhere."""
    planes, line = np.zeros((1, 3, 4, 4), np.float32), np.zeros((4, 4), np.float32)
    line[:2] = 1
    cells = backends.quality({"a": flat(0.25), "b": flat(0.5)}, [(planes, line)] * 2)
    assert cells == {"a": "0.50000 | 0.00000 | 0.000", "b": "0.50000 | 0.25000 | 0.250"}


def test_each_side_is_called_as_often(backends):
    calls = []
    sides = {name: lambda planes, name=name: calls.append((name, planes.shape)) for name in "ab"}
    assert set(backends.times(sides, 8, rounds=2)) == {"a", "b"}
    assert calls == 3 * [("a", (1, 3, 8, 8)), ("b", (1, 3, 8, 8))]
