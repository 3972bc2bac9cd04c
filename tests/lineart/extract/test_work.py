"""One job: what the model is needed for is one turn, and reading and writing a still picture lie outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.extract.plan import FRAMES, STILL, VIDEO, Job
from lineart.extract.style import Style
from lineart.extract.work import Hand, do
from lineart.pictures.images import Bytes, Picture


def ink(pixels: Bytes) -> Picture:
    return np.zeros(pixels.shape[:2], np.float32)


class Turns:
    """Counts turns; in each, what may be done and what has been done before it ends are noted."""

    def __init__(self, target: Path):
        self.target = target
        self.written: list[tuple[bool, bool]] = []  # whether the target was there before and after

    def __call__(self, work: Callable[[], Any]) -> Any:
        before = self.target.exists()
        result = work()
        self.written.append((before, self.target.exists()))
        return result


def test_a_still_picture_is_written_after_its_turn(folder: Path, kit: SimpleNamespace) -> None:
    target = folder / "out.png"
    turns = Turns(target)
    assert do(Job(folder / "cat.png", target, STILL), Hand(ink, Style(), "png", turn=turns), print)
    assert turns.written == [(False, False)]
    assert np.all(kit.read(target) == 255)


def test_what_cannot_be_read_takes_no_turn(folder: Path) -> None:
    (folder / "bad.png").write_bytes(b"no picture")
    turns = Turns(folder / "out.png")
    with pytest.raises(InputError, match=r"bad\.png cannot be read"):
        do(
            Job(folder / "bad.png", turns.target, STILL),
            Hand(ink, Style(), "png", turn=turns),
            print,
        )
    assert turns.written == []


@pytest.mark.parametrize(("kind", "name"), [(VIDEO, "out.mkv"), (FRAMES, "out")])
def test_a_film_is_one_turn(kind: str, name: str, tmp_path: Path, kit: SimpleNamespace) -> None:
    """Its four frames are told one after the other."""
    kit.filmed(tmp_path / "film.mkv")
    turns = Turns(tmp_path / name)
    told: list[float] = []
    job = Job(tmp_path / "film.mkv", turns.target, kind, VIDEO)
    assert do(job, Hand(ink, Style(), "png", turn=turns), told.append)
    assert turns.written == [(False, True)]
    assert told == pytest.approx([1 / 4, 2 / 4, 3 / 4, 1], abs=0.01)
