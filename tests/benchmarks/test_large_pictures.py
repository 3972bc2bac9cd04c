"""The benchmark of large pictures reads small ones. Its times are no test's business."""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import cv2
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def large(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("large_pictures")


def work(large: ModuleType, **changes: object):
    values = {"name": "tiny", "model": None, "cost": 1000.0, "backend": "onnx"}
    values |= {
        "precision": "auto",
        "chosen": ("onnx", "float32"),
        "checkouts": {"now": large.here()},
    }
    return large.Work(**{**values, **changes})


@pytest.mark.parametrize(("side", "asked", "whole"), [(96, 0, True), (480, 1, False)])
def test_a_page_is_read_and_what_it_took_is_told(large, tmp_path, side, asked, whole):
    page = tmp_path / "page.png"
    large.draw_page(page, large.Size(side, side))
    told = large.read_page(large.here(), work(large), page, 352, asked)
    assert (told.tiles, told.whole) == (1, whole)
    assert told.seconds > 0
    assert told.megabytes > 50  # more than NumPy and OpenCV alone


def test_a_preset_is_made_into_a_run(large, tmp_path):
    large.make_run(tmp_path / "tiny", "tiny", onnx=False)
    large.draw_page(tmp_path / "page.png", large.Size(96, 64))
    tiny = work(large, model=tmp_path / "tiny", backend="torch")
    assert large.read_page(large.here(), tiny, tmp_path / "page.png", None, 0).tiles == 1


def given(**changes: object) -> argparse.Namespace:
    return argparse.Namespace(**{"rounds": 1, "tile": None, "tiles": 0, **changes})


def test_the_row_of_a_page_by_hand(large, monkeypatch):
    """2,000 pixels at 1,000 multiply-adds are 2 M; in 2 s that is 1 M a second, of 4."""
    left = {"now": [1.0, 2.0, 9.0], "before": [9.0, 5.0, 3.0]}
    order = []

    def read_page(checkout, work, page, tile, tiles):
        order.append(str(checkout))
        return large.Taken(left[str(checkout)].pop(0), 3, not tiles, 100.0 + len(order))

    monkeypatch.setattr(large, "read_page", read_page)
    both = {"now": Path("now"), "before": Path("before")}
    size, rates = large.Size(40, 50), {"float32": 4e6, "bfloat16": 9e6}
    row = large.page_row(work(large, checkouts=both), Path("p"), size, given(rounds=3), rates)
    assert order == ["now", "before"] * 3
    assert row == ["tiny", "onnx, float32", "40 x 50", "2 s", "25.0%", "5 s", "2.50", "3", "105"]
    left |= {"now": [1.0], "before": [4.0]}
    stopped = large.page_row(work(large, checkouts=both), Path("p"), size, given(tiles=3), rates)
    assert stopped[3:] == ["(1 s)", "–", "(4 s)", "–", "3", "107"]


def test_the_row_of_a_page_that_older_code_cannot_read(large, monkeypatch, capsys):
    from older import RefusedError

    asked = []

    def read_page(checkout, work, page, tile, tiles):
        asked.append(str(checkout))
        if checkout == Path("before"):
            raise RefusedError("There is no backend 'openvino'.")
        return large.Taken(2.0, 3, True, 105.0)

    monkeypatch.setattr(large, "read_page", read_page)
    both = {"now": Path("now"), "before": Path("before")}
    new = work(large, checkouts=both, backend="auto", chosen=("openvino", "bfloat16"))
    row = large.page_row(new, Path("p"), large.Size(40, 50), given(rounds=2), {"bfloat16": 10e6})
    assert asked == ["now", "before", "now"]
    assert row[1:] == ["auto: openvino, bfloat16", "40 x 50", "2 s", "10.0%", "–", "–", "3", "105"]
    said = "tiny, auto: openvino, bfloat16, before: There is no backend 'openvino'.\n"
    assert capsys.readouterr().err == said


def test_the_row_of_a_clip_by_hand(large, monkeypatch, tmp_path):
    """Start-up is 3 s now, and 1 s before; ten frames more take 5 s and 20 s."""
    taken = {("now", 1): 3.0, ("now", 11): 8.0, ("before", 1): 1.0, ("before", 11): 21.0}
    clips = {frames: tmp_path / f"clip{frames}.mp4" for frames in (1, 11)}
    calls = []

    def command_seconds(checkout, command, clip, *options):
        calls.append((str(checkout), *map(str, options)))
        return taken[str(checkout), 1 if clip == clips[1] else 11]

    monkeypatch.setattr(large, "command_seconds", command_seconds)
    both = {"now": Path("now"), "before": Path("before")}
    size, rates = large.Size(40, 50), {"float32": 16e6}
    row = large.clip_row(work(large, checkouts=both), clips, size, given(), rates)
    assert row[2:] == ["11 frames of 40 x 50", "0.5 s", "25.0%", "2 s", "4.00"]
    common = ("-o", str(tmp_path / "ink.mp4"), "--overwrite", "--device", "cpu")
    assert set(calls) == {(side, *common, "--backend", "onnx") for side in both}
    taken["now", 11] = 2.9  # shorter than start-up: it says nothing
    row = large.clip_row(work(large, checkouts=both), clips, size, given(), rates)
    assert row[3:] == ["–", "–", "2 s", "–"]


def test_a_clip_has_its_frames_and_none_is_another(large, tmp_path):
    large.draw_clip(tmp_path / "clip.mp4", 4, large.Size(96, 64))
    file = cv2.VideoCapture(str(tmp_path / "clip.mp4"))
    frames = [frame for there, frame in (file.read() for _ in range(6)) if there]
    file.release()
    assert [frame.shape for frame in frames] == [(64, 96, 3)] * 4
    assert all(cv2.norm(one, frames[0]) > 100 for one in frames[1:])


@pytest.mark.parametrize(("text", "size"), [("3840x2160", (3840, 2160)), ("8000", (8000, 8000))])
def test_sizes(large, text, size):
    assert large.Size.read(text) == size
    assert str(large.Size.read(text)) == f"{size[0]} x {size[1]}"


@pytest.mark.parametrize("text", ["", "8x", "0x5", "1x2x3", "-4", "4x-4"])
def test_what_is_no_size_is_said(large, text):
    with pytest.raises(
        argparse.ArgumentTypeError, match="is no size: wanted is 3840x2160, or 8000"
    ):
        large.Size.read(text)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--clip", "24"], "wanted are frames, 2 at least, and a size: --clip 24 1280x720"),
        (["--clip", "1", "64x48"], "wanted are frames, 2 at least, and a size: --clip 24 1280x720"),
        (["--clip", "24", "65x48"], "videos have an even number of pixels a side"),
        (["--clip", "24", "big"], "big is no size: wanted is 3840x2160, or 8000"),
        (["--against", "nowhere"], "nowhere is no checkout of this project"),
    ],
)
def test_what_cannot_be_asked_for_is_said(large, monkeypatch, capsys, options, why):
    monkeypatch.setattr(sys, "argv", ["large_pictures.py", *options])
    with pytest.raises(SystemExit):
        large.arguments()
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "pages", "clip"),
    [
        ([], [(8000, 8000)], None),
        (["--clip"], [], (24, (1280, 720))),
        (["--clip", "9", "64x48", "--pages", "70", "40x30"], [(70, 70), (40, 30)], (9, (64, 48))),
    ],
)
def test_what_is_asked_for(large, monkeypatch, options, pages, clip):
    monkeypatch.setattr(sys, "argv", ["large_pictures.py", *options])
    asked = large.arguments()
    assert (asked.pages, asked.clip) == (pages, clip)


def test_quick_run():
    """This checkout against itself."""
    command = [sys.executable, BENCHMARKS / "large_pictures.py", "--quick", "--backends", "onnx"]
    command += ["--against", BENCHMARKS.parent]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    about, pages, clips = done.stdout.strip().split("\n\n")
    assert "a large matrix product: " in about
    head, _, row = ([cell.strip() for cell in line.split("|")[1:-1]] for line in pages.splitlines())
    cells = dict(zip(head, row, strict=True))
    assert (cells["model"], cells["read by"], cells["page"]) == (
        "clearnet",
        "onnx, float32",
        "96 x 64",
    )
    assert cells["tiles read"] == "1"
    for side in ("seconds", "as before"):
        assert float(cells[side].removesuffix(" s")) > 0
    assert float(cells["share"].removesuffix("%")) > 0
    assert "| clearnet | onnx, float32 | 5 frames of 96 x 64 |" in clips
