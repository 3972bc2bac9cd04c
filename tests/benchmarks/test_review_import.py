"""The benchmark of the import makes as many pairs as are asked for. Its times are no test's business."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from lineart.sets.pairs import read_table, write_table


@pytest.fixture
def benchmark(script: Callable[[str], ModuleType]) -> Any:
    return script("review_import")


def test_pairs_are_taken_again_under_other_names(benchmark: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("render", "line"):
        (data / "pairs" / name).mkdir(parents=True)
        (data / "pairs" / name / "a.png").write_bytes(name.encode())
    (data / "checked").mkdir()
    write_table(data / "pairs/pairs.csv", pd.DataFrame({"id": ["a", "b"], "line": ["1", "2"]}))
    write_table(data / "checked/findings.csv", pd.DataFrame({"id": ["a", "b"], "dark": [1, 1]}))
    out = benchmark.many(data, 5, tmp_path / "many")
    pairs = read_table(out / "pairs/pairs.csv")
    assert list(pairs["id"]) == ["a", "b", "a-1", "b-1", "a-2"]
    assert list(pairs["line"].astype(str)) == ["1", "2", "1", "2", "1"]
    assert list(read_table(out / "checked/findings.csv")["id"]) == list(pairs["id"])
    assert (out / "pairs/line/a.png").read_bytes() == b"line"


def test_the_table_has_a_row_a_way(benchmark: Any) -> None:
    times = benchmark.Times(push=21, drawing=30, requests=4.25, again=1.5, pull=2, folder=3 * 2**20)
    text = benchmark.document(2000, 512, {"files": times, "inline": benchmark.Times()})
    assert text.startswith("2000 pairs, the longer side 512 pixels")
    assert "| `files` | 21 | 30 | 4.2 | 1.5 | 2.0 | 3 MB |" in text
    assert text.splitlines()[-1] == "| `inline` | 0 | 0 | 0.0 | 0.0 | 0.0 | none |"
