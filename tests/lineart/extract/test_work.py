"""One job: what the model is needed for is one turn, and reading and writing a still picture lie outside."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lineart.errors import InputError
from lineart.extract import video_opencv
from lineart.extract.film import Shot
from lineart.extract.plan import FRAMES, PAGES, STILL, VIDEO, Job
from lineart.extract.style import Style
from lineart.extract.video import open_video
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


@pytest.mark.parametrize(("steady", "reads"), [(True, 3), (False, 6)])
def test_what_is_held_is_read_once(
    steady: bool, reads: int, tmp_path: Path, kit: SimpleNamespace
) -> None:
    """Three drawings, each shown twice and compressed, so that no two frames are equal to the pixel."""
    pages = [np.roll(kit.page(), 2 * (number // 2), axis=0) for number in range(6)]
    film = video_opencv.Video(kit.filmed(tmp_path / "it.mkv"))
    with video_opencv.Writer(tmp_path / "twos.mp4", film) as writer:
        for page in pages:
            writer.add(Shot(page, 1.0, Fraction(0), Fraction(0)))
    calls = []

    def reader(pixels: Bytes) -> Picture:
        calls.append(pixels)
        return ink(pixels)

    job = Job(tmp_path / "twos.mp4", tmp_path / "out.mkv", VIDEO, VIDEO)
    assert do(job, Hand(reader, Style(), "png", steady=steady), lambda share: None)
    assert len(calls) == reads
    assert len(list(open_video(job.target).frames())) == 6


def test_pages_are_read_each_by_itself(tmp_path: Path, kit: SimpleNamespace) -> None:
    sheets = [Image.fromarray(kit.page())] * 3
    sheets[0].save(tmp_path / "scan.tif", save_all=True, append_images=sheets[1:])
    calls = []

    def reader(pixels: Bytes) -> Picture:
        calls.append(pixels)
        return ink(pixels)

    job = Job(tmp_path / "scan.tif", tmp_path / "out", FRAMES, PAGES)
    assert do(job, Hand(reader, Style(), "png"), lambda share: None)
    assert len(calls) == 3
