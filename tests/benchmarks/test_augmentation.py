"""The augmentation benchmark runs and adds up. Its times are no test's business."""

from collections.abc import Callable
from types import ModuleType

import pytest

from dataset_tools.augmentation.plan import OPS
from lineart.sets.pairs import write_pairs


@pytest.fixture
def benchmark(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("augmentation")


def test_shares_add_up_by_hand(benchmark):
    table = benchmark.report({"read": 4.0, "blur": 2.0}, {"read": 0.5}, 10.0)
    assert "| read | 4.00 | 0.50 | 2.00 | 20.0% |" in table
    assert "| blur | 2.00 | 0.00 | 0.00 | 0.0% |" in table
    assert "| | | 8.00 | 80.0% |" in table


def test_the_page_gets_its_table_and_keeps_the_rest(benchmark, monkeypatch, tmp_path, save, box):
    pairs = [save(f"box{number}", box(), group=f"group{number}") for number in range(3)]
    write_pairs(tmp_path / "pairs.csv", pairs)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{benchmark.START}\nstale figures\n{benchmark.END}\nafter\n")
    monkeypatch.setattr(benchmark, "PAGE", page)
    benchmark.main(tmp_path, 2)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "stale figures" not in text
    assert "2 drawings at 96 x 96, 10 pictures" in text
    for name in OPS:
        assert f"| {name} |" in text
