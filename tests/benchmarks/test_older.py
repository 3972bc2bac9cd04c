"""An older checkout is asked in its own words, and takes turns. Here it is a few lines of code."""

import argparse
import json
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

# Knows no precision and tiles of 352 pixels alone; notes what it is asked. A picture has two tiles.
LINEART = """
import json, os
from pathlib import Path

class Extractor:
    def __init__(self, model="shipped", *, backend="auto", device=None, tile=352, progress=None):
        print("loading", flush=True)
        note({"model": str(model), "backend": backend, "device": device, "tile": tile})
        if backend not in ("auto", "torch"):
            raise ValueError(f"There is no backend '{backend}'.")
        if tile != 352:
            raise ValueError("A tile has 352 pixels.")
        self.progress = progress

    def __call__(self, picture):
        what = picture.name if isinstance(picture, Path) else [*picture.shape, str(picture.dtype)]
        note(what)
        if what == "deadly.png":
            os._exit(7)
        if what == "odd.png":
            raise KeyError("odd")
        for done in (1, 2):
            self.progress(done, 2)
            note(done)

def note(what):
    with open(Path(__file__).parents[1] / "notes", "a") as file:
        print(json.dumps(what), file=file)
"""
COMMAND = """
import sys
print(sys.argv[1:])
if "--new" in sys.argv:
    sys.exit("usage: lineart\\nThere is no option --new.")
"""


@pytest.fixture
def older(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("older")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    package = tmp_path / "older" / "lineart"
    (package / "weights/clearnet").mkdir(parents=True)
    (package / "weights/clearnet/settings.json").write_text("{}")
    (package / "__init__.py").write_text(LINEART)
    (package / "__main__.py").write_text(COMMAND)
    return package.parent


@pytest.fixture
def start(older: ModuleType, checkout: Path) -> Iterator[Callable[..., Any]]:
    readers = []

    def call(*model: Path, **options: Any) -> Any:
        readers.append(older.Reader(checkout, *model, **options))
        return readers[-1]

    yield call
    for reader in readers:
        reader.close()


def notes(checkout: Path) -> list[Any]:
    return [json.loads(line) for line in (checkout / "notes").read_text().splitlines()]


def test_its_code_reads_its_own_network_with_what_is_left_to_it(start, checkout):
    reader = start(backend="auto", precision="auto", tile=None)
    seconds, tiles, whole = reader.read((4, 6))
    assert (tiles, whole) == (2, True)
    assert 0 < seconds < 60 > reader.opened > 0
    wanted = {"model": "shipped", "backend": "auto", "device": "cpu", "tile": 352}
    assert notes(checkout) == [wanted, [4, 6, 3, "uint8"], 1, 2]


def test_a_named_model_is_read_by_its_whole_path(start, checkout, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start(Path("mine"), backend="torch")
    wanted = {"model": str(tmp_path / "mine"), "backend": "torch", "device": "cpu", "tile": 352}
    assert notes(checkout) == [wanted]


def test_a_tile_it_does_not_take_is_left_to_it(start, checkout):
    assert start(tile=832).read((8, 8)).tiles == 2
    assert [note["tile"] for note in notes(checkout)[:2]] == [832, 352]


def test_a_page_is_stopped_after_some_tiles(start, checkout, tmp_path):
    reader = start()
    assert reader.read(tmp_path / "page.png", tiles=1)[1:] == (1, False)
    assert reader.read(tmp_path / "page.png", tiles=2)[1:] == (2, True)  # there are no more
    assert notes(checkout)[1:] == ["page.png", "page.png", 1, 2]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"backend": "openvino"}, "There is no backend 'openvino'."),
        ({"precision": "bfloat16"}, "Its Extractor does not know precision."),
    ],
)
def test_what_it_cannot_do_is_refused_and_said(older, start, checkout, capsys, options, why):
    with pytest.raises(older.RefusedError, match=why):
        start(**options)
    assert older.warmed_up("before", checkout, None, 8, **options) is None
    assert capsys.readouterr().err == f"before: {why}\n"


def test_a_slip_of_its_code_is_refused_and_the_next_picture_read(older, start, tmp_path):
    reader = start()
    with pytest.raises(older.RefusedError, match="KeyError: 'odd'"):
        reader.read(tmp_path / "odd.png")
    assert reader.read((2, 2)).whole


def test_a_process_that_dies_is_told_from_one_that_answers(older, checkout, tmp_path):
    reader = older.Reader(checkout)
    with pytest.raises(older.RefusedError, match="status 7"):
        reader.read(tmp_path / "deadly.png")
    assert reader.close() == 0


def test_its_memory_is_told_at_the_end(older, checkout):
    """In megabytes; a child's figure begins with what its parent had, which is large after other tests."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reader = older.Reader(checkout)
    reader.read((2, 2))
    assert 10 < reader.close() < 1000 + 2 * before


def test_code_from_elsewhere_is_not_taken_for_its(older, tmp_path):
    with pytest.raises(older.RefusedError, match="not from"):
        older.Reader(tmp_path, backend="onnx")


def test_a_warm_reader_has_read_once(older, checkout):
    reader = older.warmed_up("before", checkout, None, 900)
    assert reader.timed(900)() > 0
    reader.close()
    assert notes(checkout)[0]["tile"] == 960  # it would be cut otherwise
    assert notes(checkout).count([900, 900, 3, "uint8"]) == 2


def test_the_command_is_its(older, checkout):
    assert older.command_seconds(checkout, "extract", checkout) > 0
    with pytest.raises(older.RefusedError, match=r"^There is no option --new\.$"):
        older.command_seconds(checkout, "extract", "--new")


def test_a_folder_without_a_network_is_no_checkout(older, checkout, tmp_path):
    assert older.checkout(str(checkout)) == checkout
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        older.checkout(str(tmp_path))
    wanted = "is no checkout of this project: wanted is a folder with lineart/weights/clearnet"
    assert str(refused.value) == f"{tmp_path} {wanted}"


def test_this_code_is_the_other_side(older):
    assert older.here() == BENCHMARKS.parent


@pytest.mark.parametrize(
    ("rounds", "seconds", "called"),
    [((2, 2), 0, 2), ((1, 9), 10, 3), ((3, 9), 0, 3), ((1, 2), 99, 2)],
)
def test_sides_take_turns(older, rounds, seconds, called):
    """A round takes four seconds, as the sides say."""
    order = []

    def side(name: str, taken: float) -> Callable[[], float]:
        return lambda: order.append(name) or taken

    taken = older.take_turns(
        {"now": side("now", 1.0), "before": side("before", 3.0)}, rounds, seconds
    )
    assert order == ["now", "before"] * called
    assert taken == {"now": [1.0] * called, "before": [3.0] * called}


def test_cells(older):
    assert older.compared(0.5, 2.0) == ("2 s", "4.00")
    assert older.compared(None, 0.12345) == ("0.123 s", "–")
    assert older.compared(0.5, None) == ("–", "–")
    assert older.in_words(1199.4) == "1199 s"
