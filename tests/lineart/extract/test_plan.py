"""What is meant by what was named, and what it is called when it is done."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from lineart.errors import InputError
from lineart.extract.outputs import FORMATS
from lineart.extract.plan import ANIMATION, FRAMES, STILL, VIDEO, Plan, Wish, plan
from lineart.search import find


def planned(arguments: list[object], **wish: object) -> Plan:
    found, *_, failures = find([str(argument) for argument in arguments], wish.get("out"))
    assert not failures
    return plan(found, Wish(**wish))


def targets(root: Path, arguments: list[object], **wish: object) -> list[str]:
    return [
        job.target.resolve().relative_to(root.resolve()).as_posix()
        for job in planned(arguments, **wish).jobs
    ]


def test_results_lie_beside_files_and_beside_folders(folder: Path) -> None:
    root = folder.parent
    assert targets(root, [folder / "cat.png"]) == ["in/cat.lines.png"]
    assert targets(root, [folder], format="ora") == [
        "in.lines/cat.ora",
        "in.lines/dog.ora",
        "in.lines/sub/cow.ora",
    ]


def test_results_keep_names_and_folders_below_out(folder: Path) -> None:
    root = folder.parent
    assert targets(root, [folder], out=root / "out") == [
        "out/cat.png",
        "out/dog.png",
        "out/sub/cow.png",
    ]
    assert targets(root, [folder / "dog.jpg"], out=root / "it.png") == ["it.png"]


def test_names_with_dots_and_without_endings_keep_them(folder: Path) -> None:
    for name in ("page.v2.png", "scan.v2", "plain"):
        (folder / name).write_bytes(b"x")
    out = folder.parent / "out"
    found = [folder / name for name in ("page.v2.png", "scan.v2", "plain")]
    assert targets(folder.parent, found, out=out) == [
        "out/page.v2.png",
        "out/scan.v2.png",
        "out/plain.png",
    ]


def test_two_that_would_be_called_the_same_keep_their_endings(folder: Path) -> None:
    (folder / "cat.jpg").write_bytes(b"x")
    root = folder.parent
    assert targets(root, [folder], out=root / "out") == [
        "out/cat.jpg.png",
        "out/cat.png.png",
        "out/dog.png",
        "out/sub/cow.png",
    ]


def test_two_that_cannot_be_told_apart_are_not_done(folder: Path) -> None:
    other = folder.parent / "other"
    other.mkdir()
    for name in ("cat.png", "owl.png"):
        (other / name).write_bytes(b"x")
    done = planned(
        [folder / "cat.png", other / "cat.png", other / "owl.png"], out=folder.parent / "o"
    )
    assert [job.target.name for job in done.jobs] == ["owl.png"]
    assert len(done.failures) == 2
    assert "would both be written to" in done.failures[0].why


def test_a_picture_that_is_read_is_never_written(folder: Path) -> None:
    done = planned([folder / "cat.png", folder / "dog.jpg"], out=folder, overwrite=True)
    assert [job.target.name for job in done.jobs] == ["dog.png"]
    assert "is a picture to be read, and is not overwritten" in done.failures[0].why


def test_what_is_there_is_left_alone_unless_told(folder: Path) -> None:
    (folder / "cat.lines.png").write_bytes(b"mine")
    assert [job.source.name for job in planned([folder / "cat.png"]).there] == ["cat.png"]
    assert len(planned([folder / "cat.png"], overwrite=True).jobs) == 1


def test_a_folder_in_the_place_of_a_file_is_said(folder: Path) -> None:
    (folder / "cat.lines.png").mkdir()
    (failure,) = planned([folder / "cat.png"], overwrite=True).failures
    assert "cat.lines.png is a folder already" in failure.why


@pytest.mark.parametrize("name", ["out.png", "out.svg", "notes.txt"])
def test_a_file_in_the_place_of_the_folder_is_refused(name: str, folder: Path) -> None:
    out = folder.parent / name
    if name == "notes.txt":
        out.write_text("mine")
    with pytest.raises(InputError, match="for several pictures name a folder"):
        planned([folder], out=out)


@pytest.mark.parametrize(
    ("name", "format"), [("it.jpg", "png"), ("it.gif", "png"), ("it.png", "svg")]
)
def test_a_name_that_cannot_be_written_is_refused(name: str, format: str, folder: Path) -> None:
    with pytest.raises(InputError, match=rf"cannot be written as {format}; let its name end in \."):
        planned([folder / "cat.png"], out=folder.parent / name, format=format)


@pytest.mark.parametrize(
    ("format", "frames", "gif", "film"),
    [
        ("png", False, (ANIMATION, "gif.lines.gif"), (VIDEO, "film.lines.mkv")),
        ("transparent", False, (ANIMATION, "gif.lines.webp"), (FRAMES, "film.lines")),
        ("svg", False, (FRAMES, "gif.lines"), (FRAMES, "film.lines")),
        ("png", True, (FRAMES, "gif.lines"), (FRAMES, "film.lines")),
    ],
)
def test_what_moves_stays_what_it_is_or_becomes_frames(
    format: str,
    frames: bool,
    gif: tuple[str, str],
    film: tuple[str, str],
    tmp_path: Path,
    kit: SimpleNamespace,
) -> None:
    (tmp_path / "gif.gif").write_bytes(kit.animated("GIF"))
    (tmp_path / "film.mkv").write_bytes(b"x")
    (tmp_path / "still.gif").write_bytes(kit.saved(kit.page(), "GIF"))
    sources = [tmp_path / name for name in ("gif.gif", "film.mkv", "still.gif")]
    jobs = planned(sources, format=format, frames=frames).jobs
    assert [(job.kind, job.target.name) for job in jobs[:2]] == [gif, film]
    assert jobs[2].kind == STILL


def test_what_moves_is_known_by_its_content(tmp_path: Path, kit: SimpleNamespace) -> None:
    wrong = {"a.gif": "WEBP", "b.webp": "GIF", "c.jpg": "PNG", "d": "GIF"}
    for name, format in wrong.items():
        (tmp_path / name).write_bytes(kit.animated(format))
    jobs = planned([tmp_path / name for name in wrong]).jobs
    assert {job.kind for job in jobs} == {ANIMATION}
    assert [job.target.name for job in jobs] == [
        "a.lines.webp",
        "b.lines.gif",
        "c.lines.png",
        "d.lines.gif",
    ]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("frames", [False, True])
def test_pages_become_a_folder(format: str, frames: bool, tmp_path: Path) -> None:
    page = Image.new("L", (4, 4))
    page.save(tmp_path / "scan.tif", save_all=True, append_images=[page])
    (job,) = planned([tmp_path / "scan.tif"], format=format, frames=frames).jobs
    assert (job.kind, job.target.name) == (FRAMES, "scan.lines")


def test_frames_want_a_folder(tmp_path: Path) -> None:
    (tmp_path / "film.mkv").write_bytes(b"x")
    with pytest.raises(InputError, match="name a folder for the frames"):
        planned([tmp_path / "film.mkv"], out=tmp_path / "it.png", frames=True)


def test_one_file_by_two_names_is_not_written_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "cat.jpg").write_bytes(b"x")
    monkeypatch.chdir(folder)
    assert targets(folder, ["cat.jpg", folder / "cat.png"]) == [
        "cat.jpg.lines.png",
        "cat.png.lines.png",
    ]
    Path("away").symlink_to(folder.parent / "elsewhere")
    found = find(["cat.jpg", "sub/../cat.png"], None).found
    assert len({job.target for job in plan(found, Wish(out=Path("away"))).jobs}) == 2


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_where_capitals_make_no_other_file_they_make_no_other_name(
    system: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "CAT.jpg").write_bytes(b"x")
    monkeypatch.setattr("sys.platform", system)
    done = planned([folder], out=folder.parent / "out")
    assert [job.target.name for job in done.jobs][:2] == ["CAT.jpg.png", "cat.png.png"]


def test_frames_and_a_picture_do_not_share_a_file(folder: Path, kit: SimpleNamespace) -> None:
    (folder / "owl.gif").write_bytes(kit.animated("GIF"))
    (folder / "owl").mkdir()
    (folder / "owl/000001.png").write_bytes(b"x")
    done = planned([folder], out=folder.parent / "out", format="svg")
    assert [job.target.name for job in done.jobs] == ["cat.svg", "dog.svg", "owl", "cow.svg"]
    assert "would both be written to" in done.failures[0].why
    # Nor are frames laid on pictures that are read.
    (folder / "owl.lines").mkdir()
    (folder / "owl.lines/000001.png").write_bytes(b"x")
    both = [folder / "owl.gif", folder / "owl.lines/000001.png"]  # would be a frame's name
    done = planned(both, frames=True, overwrite=True)
    assert not done.jobs
    assert "holds pictures to be read" in done.failures[0].why


def test_a_pattern_keeps_the_folders_that_it_leaves_open(folder: Path) -> None:
    (folder / "sub/cat.png").write_bytes(b"x")
    root = folder.parent
    assert targets(root, [f"{folder}/**/*.png"], out=root / "out") == [
        "out/cat.png",
        "out/sub/cat.png",
    ]
    assert targets(root, [f"{folder}/**/c*.png"]) == ["in/cat.lines.png", "in/sub/cat.lines.png"]


def test_a_name_that_is_too_long_costs_only_itself(folder: Path) -> None:
    long = folder / f"{'x' * 250}.png"
    long.write_bytes(b"x")
    done = planned([folder / "cat.png", long])
    assert [job.source.name for job in done.jobs] == ["cat.png"]
    assert "cannot be written (File name too long)" in done.failures[0].why


def test_a_folder_that_may_not_be_opened_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = os.stat

    def refuse(path: object, *rest: object, **options: object) -> os.stat_result:
        if "closed" in os.fspath(path):  # type: ignore[arg-type]
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", refuse)
    found, *_, failures = find([str(folder / "closed/cat.png"), str(folder / "cat.png")], None)
    assert [one.path.name for one in found] == ["cat.png"]
    assert "cannot be read (Permission denied)" in failures[0].why
    with pytest.raises(InputError, match=r"cannot be written \(Permission denied\)"):
        plan(found, Wish(out=folder / "closed/out"))
