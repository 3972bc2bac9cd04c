"""The benchmark of large pictures reads a small one."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("large_pictures")


def test_a_picture_is_read_and_what_it_took_is_told(large, tmp_path):
    large.make_run(tmp_path / "tiny", "tiny", onnx=False)
    picture = tmp_path / "picture.png"
    for size, asked, whole in ((96, 0, True), (480, 1, False)):
        large.draw(picture, size)
        told = large.read(str(tmp_path / "tiny"), "torch", picture, 352, asked)
        assert (told["tiles"], told["whole"]) == (1, whole)
        assert told["seconds"] > 0
        assert told["peak"] > 50  # megabytes; more than NumPy and OpenCV alone


def test_the_table_is_one(large):
    lines = large.table([("tiny", "onnx", "4 x 4", "1", "2", "300")]).splitlines()
    assert [line.count("|") for line in lines] == [len(large.HEADER) + 1] * 3
