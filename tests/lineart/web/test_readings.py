"""How a picture that was read is kept and shown, on pages of one colour."""

from pathlib import Path

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.extract.style import Style
from lineart.pictures.images import decode_png
from lineart.web import readings
from lineart.web.readings import PREVIEW, made, preview, stored


def test_a_reading_is_stored_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> bytes:
        raise InputError("The disk is full.")

    monkeypatch.setattr(readings, "write_bytes", full)
    with pytest.raises(InputError, match="The disk is full"):
        stored(
            np.zeros((40, 60, 3), np.uint8), np.zeros((40, 60), np.float32), "a.png", "", tmp_path
        )
    assert list(tmp_path.iterdir()) == []


def test_a_preview_is_shrunk_and_lies_on_paper_or_on_squares() -> None:
    ink = np.zeros((10, 2 * PREVIEW), np.float32)
    ink[:, PREVIEW:] = 1
    paper = preview(ink, "png", (0, 0, 0))
    assert paper.shape == (5, PREVIEW)
    assert (paper[0, 0], paper[0, -1]) == (255, 0)
    squares = preview(ink, "transparent", (0, 0, 255))
    assert squares.shape == (5, PREVIEW, 3)
    assert [squares[0, column].tolist() for column in (0, 11, 12, -1)] == [
        [215] * 3,
        [215] * 3,
        [255] * 3,
        [0, 0, 255],
    ]


def test_a_large_render_is_shown_shrunk(tmp_path: Path) -> None:
    render = np.zeros((30, 2 * PREVIEW, 3), np.uint8)
    reading = stored(render, np.zeros(render.shape[:2], np.float32), "a.png", "", tmp_path)
    assert decode_png(reading.before.read_bytes(), grey=False).shape == (15, PREVIEW, 3)
    output = made(reading, "ora", Style())
    assert output.file.name == "a.lines.ora"


def test_a_name_without_a_known_ending_is_kept_whole(tmp_path: Path) -> None:
    render = np.zeros((4, 4, 3), np.uint8)
    reading = stored(render, np.zeros((4, 4), np.float32), "page.v2", "", tmp_path)
    assert made(reading, "svg", Style()).file.name == "page.v2.lines.svg"


def test_a_long_name_does_not_fill_the_page(tmp_path: Path) -> None:
    ink = np.zeros((4, 4), np.float32)
    reading = stored(np.zeros((4, 4, 3), np.uint8), ink, "n" * 150 + ".png", "", tmp_path)
    assert len(reading.about) < 80
