"""The command as people call it, with the difference of Gaussians in the place of a network."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from lineart import cli
from lineart.errors import InputError
from lineart.extract.video import open_video
from lineart.inference.extractor import Extractor
from lineart.models.difference_of_gaussians import difference_of_gaussians
from lineart.pictures.images import Bytes, to_bytes

Command = Callable[..., int]
Captured = pytest.CaptureFixture[str]


def expected(page: Bytes) -> Bytes:
    """Black ink on white paper, worked out without the command."""
    return 255 - to_bytes(difference_of_gaussians(page / np.float32(255)))


def files_in(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_a_folder_becomes_a_folder(
    folder: Path, extract: Command, kit: SimpleNamespace, capsys: Captured
) -> None:
    out = folder.parent / "out"
    assert extract(folder, "-o", out) == 0
    assert files_in(out) == ["cat.png", "dog.png", "sub/cow.png"]
    for name in ("cat.png", "sub/cow.png"):
        off = kit.read(out / name).astype(int) - expected(kit.page())
        assert np.abs(off).max() <= 1
    assert capsys.readouterr().err == "3 results written.\n"
    assert files_in(folder) == ["cat.png", "dog.jpg", "sub/cow.webp"]


def test_what_a_folder_holds_beside_pictures_is_said(
    folder: Path, extract: Command, kit: SimpleNamespace, capsys: Captured
) -> None:
    (folder / "owl.jpe").write_bytes(kit.saved(kit.page(), "JPEG"))
    (folder / "notes.txt").write_text("of mine")
    assert extract(folder, "-o", folder.parent / "out") == 0
    said = capsys.readouterr().err
    assert "left out: 1 .txt.\n" in said
    assert "4 results written.\n" in said
    assert (folder.parent / "out/owl.png").exists()


@pytest.mark.parametrize("moving", [False, True])
def test_white_ink_on_transparency_is_said_and_shown_on_another_background(
    moving: bool, tmp_path: Path, extract: Command, kit: SimpleNamespace, capsys: Captured
) -> None:
    """A still, and frames; on black its lines are there."""
    pixels = np.zeros((48, 64, 4), np.uint8)
    pixels[8:11, 8:40] = 255
    first, others = Image.fromarray(pixels), [Image.fromarray(np.roll(pixels, 2, axis=0))]
    first.save(tmp_path / "it.png", save_all=moving, append_images=others if moving else [])
    out = ["-o", tmp_path / "out", *(["--frames"] if moving else [])]
    place = tmp_path / ("out/it/000001.png" if moving else "out/it.png")
    assert extract(tmp_path / "it.png", *out) == 0
    assert kit.read(place).min() == 255
    assert "--background" in capsys.readouterr().err
    assert extract(tmp_path / "it.png", *out, "--background", "black", "--overwrite") == 0
    assert kit.read(place).min() < 192
    assert "--background" not in capsys.readouterr().err


def test_pages_and_an_animation_keep_their_resolution(
    tmp_path: Path, extract: Command, kit: SimpleNamespace
) -> None:
    page = Image.fromarray(kit.page())
    moved = Image.fromarray(np.roll(kit.page(), 2, axis=0))
    for name in ("scan.tif", "it.png"):
        page.save(tmp_path / name, save_all=True, append_images=[moved], dpi=(600, 300))
    assert extract(tmp_path / "scan.tif", tmp_path / "it.png", "-o", tmp_path / "out") == 0
    for name in ("scan/000001.png", "scan/000002.png", "it.png"):
        with Image.open(tmp_path / "out" / name) as image:
            assert image.info["dpi"] == pytest.approx((600, 300), abs=0.01)


def test_what_is_done_is_done_once(folder: Path, extract: Command, capsys: Captured) -> None:
    out = folder.parent / "out"
    assert extract(folder / "cat.png", "-o", out) == 0
    (out / "cat.png").write_bytes(b"touched by the artist")
    assert extract(folder, "-o", out, "--jobs", 2) == 0
    assert (out / "cat.png").read_bytes() == b"touched by the artist"
    assert "cat.png is there already; --overwrite makes it anew." in capsys.readouterr().err
    assert extract(folder, "-o", out, "--overwrite") == 0
    assert (out / "cat.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_loaded_when_nothing_is_to_be_done(
    folder: Path, extract: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert extract(folder / "cat.png") == 0
    monkeypatch.setattr("lineart.inference.extractor.Extractor", None)
    assert extract(folder / "cat.png") == 0


@pytest.mark.parametrize("jobs", [1, 3])
def test_bad_files_cost_only_themselves(
    jobs: int, folder: Path, extract: Command, kit: SimpleNamespace, capsys: Captured
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
    whole = kit.saved(noise, "PNG")
    bad = {
        "empty.png": b"",
        "text.png": b"hello",
        "cut.png": whole[: len(whole) // 2],
        "cut.ora": b"PK\x03\x04",
        "text.psd": b"8BPS",
        "text.mp4": b"hello",
        "huge.bmp": b"BM" + bytes(16) + (10**6).to_bytes(4, "little") * 2,
    }
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    good = {
        "dot.png": kit.saved(Image.new("RGB", (1, 1), "white"), "PNG"),
        "thread.png": kit.saved(Image.new("RGB", (1, 20_000), "white"), "PNG"),
        "deep.png": kit.saved(Image.fromarray(np.full((9, 7), 40_000, np.uint16)), "PNG"),
        "palette.png": kit.saved(Image.fromarray(kit.page()).convert("P"), "PNG"),
        "cmyk.jpg": kit.saved(Image.fromarray(kit.page()).convert("CMYK"), "JPEG"),
        "animated.gif": kit.animated("GIF"),
    }
    for name, data in good.items():
        (folder / name).write_bytes(data)
    out = folder.parent / "out"
    assert extract(folder, folder / "missing.png", "-o", out, "--jobs", jobs) == 1
    said = capsys.readouterr().err
    assert "8 could not be done:" in said
    for name in (*bad, "missing.png"):
        (line,) = (line for line in said.splitlines() if f"/{name}" in line)
        assert line.endswith((".", ")"))
    assert files_in(out) == [
        "animated.gif", "cat.png", "cmyk.png", "deep.png", "dog.png", "dot.png", "palette.png",
        "sub/cow.png", "thread.png",
    ]  # fmt: skip
    assert kit.read(out / "dot.png").shape == (1, 1)
    assert kit.read(out / "thread.png").shape == (20_000, 1)


def test_a_full_disk_and_a_closed_folder_leave_the_others_done(
    folder: Path, extract: Command, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def fail(source: str, target: Path) -> None:
        if Path(target).name == "cat.png":
            raise OSError(errno.ENOSPC, "No space left on device")
        if Path(target).name == "dog.png":
            raise PermissionError(errno.EACCES, "Permission denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)
    out = folder.parent / "out"
    assert extract(folder, "-o", out) == 1
    said = capsys.readouterr().err
    assert "The disk is full" in said
    assert "dog.png could not be written (Permission denied)." in said
    assert files_in(out) == ["sub/cow.png"]


def test_ctrl_c_leaves_whole_files_and_is_gone_on_from(
    folder: Path, extract: Command, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, cat = os.replace, threading.Event()

    def interrupt(source: str, target: Path) -> None:
        if Path(target).name != "cat.png":  # dog and cow, each in a thread of its own
            assert cat.wait(10)
            raise KeyboardInterrupt
        replace(source, target)
        cat.set()

    out = folder.parent / "out"
    (folder / "broken.png").write_bytes(b"no picture")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupt)
        assert extract(folder, "-o", out) == 130
    assert "Stopped with 2 left" in capsys.readouterr().err  # what is broken has been done with
    (folder / "broken.png").unlink()
    assert files_in(out) == ["cat.png"]
    assert extract(folder, "-o", out) == 0
    assert files_in(out) == ["cat.png", "dog.png", "sub/cow.png"]


def test_moving_pictures_keep_moving(
    tmp_path: Path, extract: Command, kit: SimpleNamespace
) -> None:
    (tmp_path / "it.gif").write_bytes(kit.animated("GIF"))
    kit.filmed(tmp_path / "film.mkv")
    assert extract(tmp_path / "it.gif", tmp_path / "film.mkv", "--ink", "navy") == 0
    with Image.open(tmp_path / "it.lines.gif") as image:
        assert (image.n_frames, image.size, image.info["duration"]) == (3, (64, 48), 40)
    shots = list(open_video(tmp_path / "film.lines.mkv").frames())
    frames = [shot.pixels for shot in shots]
    times = [float(shot.start) for shot in shots]
    assert times == pytest.approx([0, 1 / 12, 2 / 12, 3 / 12], abs=0.001)
    for number, pixels in enumerate(frames):
        page = np.roll(kit.page(), 2 * number, axis=0)
        assert np.abs(pixels[..., 0].astype(int) - expected(page)).max() <= 1


def test_a_film_is_gone_on_from(
    tmp_path: Path,
    extract: Command,
    kit: SimpleNamespace,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C while the third of four frames is read: the next run reads that and the fourth."""
    kit.filmed(tmp_path / "film.mkv")
    read, calls = Extractor.read, []

    def third(self: Extractor, pixels: Bytes) -> object:
        calls.append(pixels)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return read(self, pixels)

    monkeypatch.setattr(Extractor, "read", third)
    assert extract(tmp_path / "film.mkv") == 130
    said = capsys.readouterr().err
    assert f"is kept in {tmp_path / '.film.lines.mkv.unfinished'} until" in said
    assert "Stopped with 1 left; the same command goes on where this one ended." in said
    assert not (tmp_path / "film.lines.mkv").exists()
    assert extract(tmp_path / "film.mkv") == 0
    assert len(calls) == 5
    assert files_in(tmp_path) == ["film.lines.mkv", "film.mkv"]


def test_without_steadiness_each_frame_is_read_by_itself(
    tmp_path: Path, extract: Command, kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [kit.page() - np.uint8(kit.page() == 255) * np.uint8(number) for number in range(3)]
    frames = [Image.fromarray(page) for page in pages]  # as light as the eye can tell
    frames[0].save(
        tmp_path / "it.png", save_all=True, append_images=frames[1:], duration=[40, 50, 60]
    )
    read, calls = Extractor.read, []

    def counted(self: Extractor, pixels: Bytes) -> object:
        calls.append(pixels)
        return read(self, pixels)

    monkeypatch.setattr(Extractor, "read", counted)
    assert extract(tmp_path / "it.png", "--frames") == 0
    steadily = len(calls)
    assert extract(tmp_path / "it.png", "--frames", "--overwrite", "--no-steady") == 0
    assert (steadily, len(calls) - steadily) == (1, 3)


def test_frames_are_gone_on_from(tmp_path: Path, extract: Command, kit: SimpleNamespace) -> None:
    kit.filmed(tmp_path / "film.mkv")
    assert extract(tmp_path / "film.mkv", "--format", "transparent") == 0
    frames = tmp_path / "film.lines"
    assert files_in(frames) == [f"00000{number}.png" for number in (1, 2, 3, 4)]
    (frames / "000002.png").unlink()
    (frames / "000003.png").write_bytes(b"touched by the artist")
    assert extract(tmp_path / "film.mkv", "--format", "transparent") == 0
    assert kit.read(frames / "000002.png").shape == (48, 64, 4)
    assert (frames / "000003.png").read_bytes() == b"touched by the artist"


def test_pages_are_gone_on_from(tmp_path: Path, extract: Command, kit: SimpleNamespace) -> None:
    """Three pages, of which each is the one before moved down by two rows."""
    sheets = [np.roll(kit.page(), 2 * number, axis=0) for number in range(3)]
    first, *others = map(Image.fromarray, sheets)
    first.save(tmp_path / "scan.tif", save_all=True, append_images=others)
    assert extract(tmp_path / "scan.tif") == 0
    results = [tmp_path / f"scan.lines/00000{number}.png" for number in (1, 2, 3)]
    assert files_in(tmp_path / "scan.lines") == [result.name for result in results]
    for sheet, result in zip(sheets, results, strict=True):
        assert np.abs(kit.read(result).astype(int) - expected(sheet)).max() <= 1
    results[1].unlink()
    results[2].write_bytes(b"touched by the artist")
    assert extract(tmp_path / "scan.tif") == 0
    assert kit.read(results[1]).shape == (48, 64)
    assert results[2].read_bytes() == b"touched by the artist"
    with pytest.raises(InputError, match="name a folder for the frames or pages"):
        extract(tmp_path / "scan.tif", "-o", tmp_path / "one.png")


@pytest.mark.parametrize("name", ["it.svg", "it.ora"])
def test_the_name_of_the_result_says_the_format(name: str, folder: Path, extract: Command) -> None:
    out = folder.parent / name
    assert extract(folder / "cat.png", "-o", out) == 0
    assert out.read_bytes().startswith({"it.svg": b"<?xml", "it.ora": b"PK"}[name])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ink", "blakc"], "There is no colour 'blakc'. Did you mean 'black'?"),
        (["--background", "blakc"], "There is no colour 'blakc'. Did you mean 'black'?"),
        (
            ["--ink", "white"],
            "another paper (--paper), or a format without paper (transparent, svg",
        ),
        (["--paper", "blakc"], "There is no colour 'blakc'. Did you mean 'black'?"),
        (["--paper", "black"], "cannot be told from black paper"),
        (["--paper", "black", "--format", "svg"], "The format svg has no paper"),
        (["--input", "negative"], "There is no input 'negative'."),
        (["--read-at", "big"], "'big' is no size to read at"),
        (["--format", "jpg2"], "There is no format 'jpg2'."),
        (["--format", "svg", "-o", "it.png"], "--format svg does not go with it.png"),
        (["--weight", "99"], "The setting weight is 99.0"),
        (["--detail", "nan"], "The setting detail is nan"),
        (["--clean", "-1"], "The setting clean is -1"),
        (["--jobs", "0"], "The setting jobs is 0"),
        (["--tile", "5"], "tile"),
        (["--model", "clearnt"], "clearnt"),
        (["--frames", "-o", "-"], "A pipe holds one picture"),
    ],
)
def test_wrong_options_end_in_a_sentence(options: list[str], said: str, folder: Path) -> None:
    from lineart.extract.command import main

    with pytest.raises(InputError) as caught:
        main([str(folder / "cat.png"), *options])
    assert said in str(caught.value)
    assert files_in(folder) == ["cat.png", "dog.jpg", "sub/cow.webp"]


def test_a_wrong_model_is_said_where_all_is_done(folder: Path, extract: Command) -> None:
    assert extract(folder / "cat.png") == 0
    with pytest.raises(InputError, match="clearnt"):
        extract(folder / "cat.png", model="clearnt")


@pytest.mark.parametrize("name", ["it.bmp", "it"])
def test_a_pipe_into_a_file_looks_at_its_ending(name: str, folder: Path) -> None:
    from lineart.extract.command import main

    (folder / "it").touch()
    with pytest.raises(InputError, match=r"let its name end in \.png"):
        main(["-", "-o", str(folder / name), "--model", "difference_of_gaussians"])


def test_an_option_that_is_no_number_is_said(
    folder: Path, extract: Command, capsys: Captured
) -> None:
    with pytest.raises(SystemExit) as caught:
        extract(folder, "--weight", "thick")
    assert caught.value.code == 2
    assert "argument --weight: invalid float value: 'thick'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.mp4"])
def test_a_named_pipe_is_not_waited_for(
    name: str, folder: Path, extract: Command, capsys: Captured
) -> None:
    os.mkfifo(folder / name)
    assert extract(folder, "-o", folder.parent / "out") == 1
    assert f"{name} is no" in capsys.readouterr().err
    assert (folder.parent / "out/cat.png").exists()


def test_a_pipe_goes_in_and_out(folder: Path, kit: SimpleNamespace) -> None:
    """In a process of its own, for a pipe has no other end here; nothing heavy is imported in it."""
    program = (
        "import sys; from lineart.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'torch', 'scipy', 'skimage', 'pandas', 'rich', 'psd_tools'} & set(sys.modules);"
        "print(sorted(heavy), file=sys.stderr); sys.exit(code)"
    )
    options = ["extract", "-", "--model", "difference_of_gaussians", "--format", "transparent"]
    done = subprocess.run(
        [sys.executable, "-c", program, *options],
        input=(folder / "cat.png").read_bytes(),
        capture_output=True,
        check=True,
    )
    pixels = np.asarray(Image.open(io.BytesIO(done.stdout)))
    assert np.array_equal(pixels[..., 3], 255 - expected(kit.page()))
    assert done.stderr == b"[]\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-", "a.png"], "A pipe holds one picture"),
        (["-", "-o", "{folder}"], "is a folder; name the file"),
    ],
)
def test_a_pipe_that_cannot_be_used(
    options: list[str], said: str, folder: Path, extract: Command
) -> None:
    with pytest.raises(InputError, match=said):
        extract(*(option.format(folder=folder) for option in options))


@pytest.mark.parametrize(("name", "said"), [("it.gif", True), ("still.gif", False)])
def test_a_pipe_says_what_it_leaves_out(
    name: str, said: bool, tmp_path: Path, kit: SimpleNamespace
) -> None:
    data = kit.animated("GIF") if said else kit.saved(kit.page(), "GIF")
    (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "lineart", "extract", str(tmp_path / name), "-o", "-"),
            *("--model", "difference_of_gaussians"),
        ],
        capture_output=True,
        check=True,
    )
    assert np.asarray(Image.open(io.BytesIO(done.stdout))).shape == (48, 64)
    assert (b"only the first frame or page is read" in done.stderr) == said


def test_a_terminal_gets_no_picture(
    folder: Path, extract: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(InputError, match="would be written to the terminal"):
        extract(folder / "cat.png", "-o", "-")


def test_without_standard_output_a_file_is_asked_for(
    folder: Path, extract: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it after `>&-`
    with pytest.raises(InputError, match="no standard output to write to; name a file"):
        extract(folder / "cat.png", "-o", "-")


def test_the_command_line_gives_the_exit_status(folder: Path, capsys: Captured) -> None:
    (folder / "bad.png").write_bytes(b"")
    options = ["--model", "difference_of_gaussians"]
    assert cli.main(["extract", str(folder / "cat.png"), *options]) == 0
    assert cli.main(["extract", str(folder / "bad.png"), *options]) == 1
    assert cli.main(["extract", str(folder / "cat.png"), "--ink", "blakc"]) == 1
    assert "Traceback" not in capsys.readouterr().err
