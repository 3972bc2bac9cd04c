"""Videos, by OpenCV and by PyAV: frames, times and sizes that come out are those that went in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.extract import video, video_opencv
from lineart.extract.film import Shot
from lineart.extract.video import VIDEO_ENDINGS, ending_of, open_video, write_video
from lineart.pictures.images import Bytes

try:
    from lineart.extract import video_pyav
except ImportError:
    LIBRARIES = [video_opencv]
else:
    LIBRARIES = [video_opencv, video_pyav]


@pytest.fixture(params=LIBRARIES, ids=lambda library: library.__name__.rpartition("_")[2])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Each library in turn, as if it were the one that is installed."""
    monkeypatch.setattr(video, "_library", lambda: request.param)
    module: ModuleType = request.param
    return module


def shots(pictures: list[Bytes], rate: Fraction = Fraction(12)) -> Iterator[Shot]:
    return (Shot(pixels, 1.0, n / rate, 1 / rate) for n, pixels in enumerate(pictures))


def test_a_video_is_read_frame_by_frame(
    library: ModuleType, kit: SimpleNamespace, tmp_path: Path
) -> None:
    film = open_video(kit.filmed(tmp_path / "it.mkv"))
    frames = list(film.frames())
    assert [shot.share for shot in frames] == pytest.approx([0.25, 0.5, 0.75, 1], abs=0.01)
    assert [float(shot.start) for shot in frames] == pytest.approx(
        [0, 1 / 12, 2 / 12, 3 / 12], abs=0.001
    )
    for number, shot in enumerate(frames):
        assert np.array_equal(shot.pixels, np.roll(kit.page(), 2 * number, axis=0))


def test_a_rate_that_only_says_there_is_none_is_not_taken(
    kit: SimpleNamespace, tmp_path: Path
) -> None:
    """A thousand frames a second stand for frames with times of their own, as browsers record them."""
    film = video_opencv.Video(kit.filmed(tmp_path / "it.mkv", rate=1000.0))
    assert (film.rate, film.count) == (video_opencv.DEFAULT_RATE, 0)
    assert len(list(film.frames())) == 4


@pytest.mark.parametrize("ending", VIDEO_ENDINGS)
def test_a_video_is_written_in_its_container(
    ending: str, library: ModuleType, kit: SimpleNamespace, tmp_path: Path
) -> None:
    source = kit.filmed(tmp_path / "source.mkv", frames=5)
    pictures = [np.roll(kit.page(), 2 * number, axis=0) for number in range(5)]
    path = tmp_path / f"it{ending}"
    write_video(path, open_video(source), shots(pictures))
    read = list(open_video(path).frames())
    times = [float(shot.start - read[0].start) for shot in read]
    assert times == pytest.approx([n / 12 for n in range(5)], abs=0.001)
    off = np.abs(np.array([shot.pixels for shot in read]).astype(int) - np.array(pictures)).mean()
    assert off < (0.01 if ending == ".mkv" else 8)
    assert {file.name for file in tmp_path.iterdir()} == {"source.mkv", path.name}


def test_odd_sides_cannot_be_written_by_opencv(
    kit: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "_library", lambda: video_opencv)
    film = open_video(kit.filmed(tmp_path / "it.mkv"))
    grey = np.zeros((47, 64), np.uint8)
    with pytest.raises(InputError, match=r"64 x 47 pixels .* `--frames` .* or `pip install"):
        write_video(tmp_path / "it.mp4", film, shots([grey]))
    assert [file.name for file in tmp_path.iterdir()] == ["it.mkv"]


def test_a_full_disk_is_noticed(
    library: ModuleType, kit: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = open_video(kit.filmed(tmp_path / "source.mkv"))
    grey = np.zeros((48, 64), np.uint8)
    monkeypatch.setattr(library.Video, "frames", lambda self: shots([grey] * 2))
    with pytest.raises(InputError, match="2 of 3 frames arrived; is the disk full"):
        write_video(tmp_path / "it.mkv", film, shots([grey] * 3))
    assert [file.name for file in tmp_path.iterdir()] == ["source.mkv"]


@pytest.mark.parametrize("data", [b"", b"text", b"\0" * 5000])
def test_what_is_no_video_ends_in_a_sentence(
    data: bytes, library: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "it.mp4").write_bytes(data)
    with pytest.raises(InputError, match=r"it\.mp4 cannot be read as a video"):
        open_video(tmp_path / "it.mp4")


def test_a_name_that_ffmpeg_would_take_for_a_protocol(
    library: ModuleType, kit: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.filmed(tmp_path / "take2:clip.mkv")
    monkeypatch.chdir(tmp_path)
    film = open_video(Path("take2:clip.mkv"))
    write_video(Path("take2:lines.mp4"), film, film.frames())
    assert len(list(open_video(Path("take2:lines.mp4")).frames())) == 4


def test_a_name_that_is_not_utf_8_ends_in_a_sentence(
    library: ModuleType, kit: SimpleNamespace, tmp_path: Path
) -> None:
    place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9t\xe9.mp4"))
    place.write_bytes(b"x")
    with pytest.raises(InputError, match="is not UTF-8; rename it"):
        open_video(place)
    film = open_video(kit.filmed(tmp_path / "it.mkv"))
    with pytest.raises(InputError, match="is not UTF-8; rename it"):
        write_video(place.with_suffix("") / "line.mp4", film, film.frames())


def test_a_missing_video_is_said_to_be_missing(library: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no video .*clip\.mp4; check the name"):
        open_video(tmp_path / "clip.mp4")


def test_a_truncated_video_is_said_to_be_one(
    library: ModuleType, kit: SimpleNamespace, tmp_path: Path
) -> None:
    whole = kit.filmed(tmp_path / "it.mkv", frames=60).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(
        InputError, match=r"cut\.mkv (ends after \d+ frames, \d+% of its|cannot be read)"
    ):
        list(open_video(tmp_path / "cut.mkv").frames())


def test_endings_that_cannot_be_written_become_mp4() -> None:
    assert ending_of(Path("a.MOV")) == ".mov"
    assert ending_of(Path("a.webm")) == ".mp4"
