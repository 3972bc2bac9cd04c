"""A film that was stopped goes on where it ended, and reads nothing twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.extract.kept import kept
from lineart.pictures.images import Bytes, Picture

FRAMES = [np.full((4, 6, 3), 10 * number, np.uint8) for number in range(5)]


class Reader:
    """Reads grey as ink; is stopped, or fails, at one of its calls."""

    def __init__(self, at: int = 99, error: BaseException | None = None):
        self.calls, self.at, self.error = 0, at, error

    def __call__(self, render: Bytes) -> Picture:
        self.calls += 1
        if self.calls == self.at and self.error is not None:
            raise self.error
        return render[..., 0] / np.float32(256)


def film(tmp_path: Path, reader: Reader, by: str = "it", notes: list[str] | None = None) -> Picture:
    source = tmp_path / "clip.mp4"
    if not source.exists():
        source.touch()
    notes = [] if notes is None else notes
    with kept(reader, source, tmp_path / "lines.mp4", by, notes) as extract:
        return np.array([extract(frame) for frame in FRAMES])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_stop_costs_no_frame(tmp_path: Path) -> None:
    whole = film(tmp_path, Reader())
    assert whole[:, 0, 0] == pytest.approx([0, 10 / 256, 20 / 256, 30 / 256, 40 / 256], abs=0.002)
    assert names(tmp_path) == ["clip.mp4"]
    notes: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        film(tmp_path, Reader(4, KeyboardInterrupt()), notes=notes)
    assert names(tmp_path) == [".lines.mp4.unfinished", "clip.mp4"]
    assert "is kept in" in notes[0]
    assert ".lines.mp4.unfinished until the same command" in notes[0]
    again = Reader()
    assert np.array_equal(film(tmp_path, again), whole)
    assert again.calls == 2
    assert names(tmp_path) == ["clip.mp4"]


def test_frames_read_by_another_are_not_taken(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        film(tmp_path, Reader(4, KeyboardInterrupt()))
    other = Reader()
    film(tmp_path, other, by="another")
    assert other.calls == 5


def test_a_film_that_cannot_be_done_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        film(tmp_path, Reader(4, InputError("damaged")))
    assert names(tmp_path) == ["clip.mp4"]
