"""What is done with a visitor's picture, on a black square of 4 x 4 pixels on an orange page."""

import threading
import time
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.extract import command
from lineart.extract.outputs import FORMATS
from lineart.extract.printed import png_in_print
from lineart.extract.style import Style
from lineart.pictures.images import decode_png, encode_png
from lineart.pictures.manner import AS_IT_IS
from lineart.web import desk as module
from lineart.web.desk import Desk, hex_of, style_of

FAST = "difference_of_gaussians"


def drawing() -> np.ndarray:
    pixels = np.full((40, 60, 3), (255, 160, 0), np.uint8)
    pixels[10:14, 20:24] = 0
    return pixels


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "sheet 1.png"
    path.write_bytes(png_in_print(encode_png(drawing()), (600, 300)))
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "desk").mkdir()
    return Desk(tmp_path / "desk")


class Toy:
    """An extractor whose ink is the dark, and that counts."""

    made: ClassVar[list[str]] = []
    manner = AS_IT_IS
    reads = together = most = 0

    def __init__(self, model: str):
        self.progress = None
        Toy.made.append(model)

    def read(self, render: np.ndarray) -> np.ndarray:
        Toy.together += 1
        Toy.reads += 1
        Toy.most = max(Toy.most, Toy.together)
        time.sleep(0.02)
        if self.progress is not None:
            self.progress(1, 1)
        Toy.together -= 1
        return (render.max(axis=2) < 128).astype(np.float32)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> type[Toy]:
    Toy.made, Toy.reads, Toy.together, Toy.most = [], 0, 0, 0
    monkeypatch.setattr(module, "Extractor", Toy)
    return Toy


@pytest.mark.parametrize("form", FORMATS)
def test_a_page_gives_the_file_that_the_command_line_gives(
    desk: Desk, upload: Path, form: str, tmp_path: Path
) -> None:
    asked = ["--ink", "#102030", "--weight", "2", "--detail", "3", "--clean", "5"]
    given = [str(upload), "--model", FAST, "--format", form, *asked]
    assert command.main([*given, "-o", str(tmp_path / "out")]) == 0
    (theirs,) = (tmp_path / "out").iterdir()
    output = desk.style(desk.read(upload, FAST), form, Style("#102030", 2, 3, 5))
    assert output.file.name == f"sheet 1.lines{FORMATS[form].ending}"
    assert output.file.read_bytes() == theirs.read_bytes()


def test_a_name_is_the_one_beside_the_picture(desk: Desk, upload: Path) -> None:
    assert command.main([str(upload), "--model", FAST]) == 0
    output = desk.style(desk.read(upload, FAST), "png", Style())
    assert (upload.parent / output.file.name).read_bytes() == output.file.read_bytes()


def test_a_style_runs_no_network(desk: Desk, upload: Path, toy: type[Toy]) -> None:
    told: list[tuple[int, int]] = []
    reading = desk.read(upload, "any", lambda *done: told.append(done))
    bold = desk.style(reading, "png", Style(weight=2))
    plain = desk.style(reading, "png", Style())
    assert toy.reads == 1
    assert told == [(1, 1)]
    assert "sheet 1.png · 60 × 40 · any" in reading.about
    pixels = decode_png(plain.file.read_bytes(), grey=True)
    assert (pixels == 0).sum() == 16  # the square
    assert (pixels == 255).sum() == 60 * 40 - 16
    assert (decode_png(bold.file.read_bytes(), grey=True) < 128).sum() > 16


def test_a_model_is_loaded_once_and_one_is_kept(desk: Desk, upload: Path, toy: type[Toy]) -> None:
    for model in ("a", "a", "b", "a"):
        desk.read(upload, model)
    assert toy.made == ["a", "b", "a"]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"),
    ],
)
def test_memory_that_runs_out_is_a_sentence(
    desk: Desk, upload: Path, toy: type[Toy], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def lacking(self: Toy, render: np.ndarray) -> np.ndarray:
        raise error

    monkeypatch.setattr(toy, "read", lacking)
    with pytest.raises(InputError, match="take a smaller one"):
        desk.read(upload, "any")
    assert not desk.busy


def test_visitors_are_served_one_at_a_time(desk: Desk, upload: Path, toy: type[Toy]) -> None:
    visitors = [threading.Thread(target=desk.read, args=(upload, "any")) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert (toy.reads, toy.most) == (4, 1)
    assert not desk.busy


def test_what_is_kept_is_two_styles_and_nothing_once_forgotten(
    desk: Desk, upload: Path, toy: type[Toy]
) -> None:
    reading = desk.read(upload, "any")
    outputs = [desk.style(reading, "png", Style(weight=weight)) for weight in (0, 1, 2)]
    assert [output.file.exists() for output in outputs] == [False, True, True]
    assert [output.after.exists() for output in outputs] == [False, True, True]
    desk.forget(reading)
    desk.forget(None)
    assert list(desk.folder.iterdir()) == []
    with pytest.raises(InputError, match="no longer kept"):
        desk.style(reading, "png", Style())


def test_a_colour_that_is_none_is_left_to_be_judged() -> None:
    assert hex_of("rgba(1, 2.5, 300, 0.5)") == "#0102ff"
    assert hex_of("rgb(1.2.3, 0, 0)") == "rgb(1.2.3, 0, 0)"


def test_knobs_become_a_style() -> None:
    assert style_of("rgba(0, 0, 128, 1)", 1, -0.5, 3, True) == Style("#000080", 1, -0.5, 3, True)
    assert style_of(None, 0, 0, 0, False) == Style("black")
    with pytest.raises(InputError, match="zz"):
        style_of("zz", 0, 0, 0, False)
