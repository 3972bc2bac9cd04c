"""What is meant by what was named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lineart.extract.animation import WRITTEN
from lineart.extract.command import left_out, unread
from lineart.extract.outputs import FORMATS
from lineart.extract.video import VIDEO_ENDINGS
from lineart.search import ENDINGS, find


def names(arguments: list[object], out: Path | None = None) -> list[str]:
    found, *_, failures = find([str(argument) for argument in arguments], out)
    assert not failures
    return [one.path.name for one in found]


def test_a_folder_means_all_below_it_but_nothing_hidden(folder: Path) -> None:
    for name in (".hidden.png", ".git/a.png", "notes.txt", "sub/CLIP.MP4"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert names([folder]) == ["cat.png", "dog.jpg", "CLIP.MP4", "cow.webp"]


@pytest.mark.parametrize("asked", ["{folder}", "{folder}/**/*"])
def test_what_is_no_picture_is_counted(asked: str, folder: Path) -> None:
    """But not what programs leave, nor results; a result of an unknown name is one, too."""
    files = (
        "a.jfif",
        "b.txt",
        "c.TXT",
        "sub/d.psb2",
        "sub/README",
        "Thumbs.db",
        "e.png~",
        ".f.txt",
    )
    for name in (*files, "page.v2", "page.v2.lines.png", "cat.lines.svg"):
        (folder / name).write_bytes(b"x")
    found, results, others, failures = find([asked.format(folder=folder)], None)
    pictures = ["a.jfif", "cat.png", "dog.jpg", "cow.webp"]
    assert sorted(one.path.name for one in found) == sorted(pictures)
    assert not failures
    (line,) = unread(others)
    assert line.endswith("left out: 2 .txt, 1 .v2, 1 without an ending, 1 .psb2.")
    assert len(results) == (0 if asked == "{folder}" else 1)


def test_of_many_endings_the_most_frequent_are_said() -> None:
    others = [Path(f"a.e{number}") for number in range(9)] + [Path("b.e8")]
    assert unread(others)[0].endswith(
        "left out: 2 .e8, 1 .e0, 1 .e1, 1 .e2, 1 .e3, 1 .e4, 1 .e5, 1 .e6, 1 others."
    )
    assert unread([]) == []


def test_what_is_named_twice_is_meant_once(folder: Path) -> None:
    assert names([folder / "dog.jpg", folder, f"{folder}/*.jpg"]) == [
        "dog.jpg",
        "cat.png",
        "cow.webp",
    ]


def test_patterns_are_understood_where_the_shell_did_not(folder: Path) -> None:
    assert names([f"{folder}/*.png"]) == ["cat.png"]
    assert names([f"{folder}/**/*.*"]) == ["cat.png", "dog.jpg", "cow.webp"]
    (folder / "a[1].png").write_bytes(b"x")
    assert names([folder / "a[1].png"]) == ["a[1].png"]


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("[Artist] Book/*.png", ["page 1.png", "page x.png"]),
        ("[Artist] Book/page [0-9].png", ["page 1.png"]),
        ("[Artist] Book/[x] *.jpg", ["[x] 1.jpg"]),  # no class that fits, so it stands for itself
        ("[Art*/page [0-9].png", ["page 1.png"]),
        ("[Artist] Book/page [2-9].png", []),
        ("**/[Artist] Book/*.jpg", ["[x] 1.jpg"]),
        ("[Artist] *k/*.jpg", ["[x] 1.jpg"]),
    ],
)
def test_brackets_of_a_name_are_taken_as_they_stand(
    pattern: str, meant: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "[Artist] Book"
    book.mkdir()
    for name in ("page 1.png", "page x.png", "[x] 1.jpg"):
        (book / name).write_bytes(b"x")
    for start in (f"{tmp_path}/", ""):
        found, *_, failures = find([start + pattern], None)
        assert [one.path.name for one in found] == meant
        assert bool(failures) == (not meant)
        monkeypatch.chdir(tmp_path)


def test_the_part_of_a_pattern_that_exists_is_no_part_of_the_names(tmp_path: Path) -> None:
    page = tmp_path / "[Circle (Artist)] Title/ch [1]/001.png"
    page.parent.mkdir(parents=True)
    page.write_bytes(b"x")
    found = find([f"{tmp_path}/[Circle (Artist)] Title/**/*.png"], None).found
    assert [one.name.as_posix() for one in found] == ["ch [1]/001.png"]


def test_results_of_an_earlier_run_are_no_pictures(folder: Path) -> None:
    for name in ("cat.lines.png", "out/cat.png", "owl.lines.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert names([folder], folder / "out") == ["cat.png", "dog.jpg", "owl.lines.png", "cow.webp"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_result_is_known_whatever_its_name_has_kept(ending: str, folder: Path) -> None:
    """Of two that would be called the same, results keep the ending of their pictures."""
    for name in ("cat.jpg", "cat.jpg.lines", "cat.png.lines", "page.v2.psd", "page.v2.lines"):
        path = folder / (name + ending if name.endswith(".lines") else name)
        path.write_bytes(b"x")
    pictures = ["cat.jpg", "cat.png", "dog.jpg", "page.v2.psd", "cow.webp"]
    assert names([folder]) == pictures
    assert names([f"{folder}/*"]) == pictures[:-1]


def test_a_result_that_a_shell_names_beside_its_picture_is_left_out_and_said(folder: Path) -> None:
    for name in ("cat.lines.png", "cat.lines.tif", "owl.lines.png"):
        (folder / name).write_bytes(b"x")
    asked = [
        str(folder / name)
        for name in ("cat.png", "cat.lines.png", "cat.lines.tif", "owl.lines.png")
    ]
    found, results, _, failures = find(asked, None)
    # nothing here writes a TIFF, and of owl no picture was named
    assert [one.name.name for one in found] == ["cat.png", "cat.lines.tif", "owl.lines.png"]
    assert [one.name.name for one in results] == ["cat.lines.png"]
    assert not failures
    (line,) = left_out(results)
    assert "cat.lines.png is left out, as the result of an earlier run" in line
    assert left_out([]) == []
    assert left_out([*results, *results])[0].startswith("2 files are left out")


@pytest.mark.parametrize(
    ("argument", "said"), [("*.tiff", "Nothing fits"), ("empty", "no picture")]
)
def test_what_means_nothing_is_said_and_the_rest_is_found(
    argument: str, said: str, folder: Path
) -> None:
    (folder / "empty").mkdir()
    found, *_, failures = find([str(folder / argument), str(folder / "cat.png")], None)
    assert [one.path.name for one in found] == ["cat.png"]
    assert said in failures[0].why


def test_a_folder_that_may_not_be_read_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    found, *_, failures = find([str(folder)], None)
    assert not found
    assert "cannot be read (Permission denied)" in failures[0].why


def test_a_folder_below_that_may_not_be_read_costs_only_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    (folder / "closed").mkdir()
    monkeypatch.setattr(os, "scandir", refuse)
    found, *_, failures = find([str(folder)], None)
    assert [one.path.name for one in found] == ["cat.png", "dog.jpg", "cow.webp"]
    assert [failure.what for failure in failures] == [str(folder / "closed")]
    assert "closed cannot be read (Permission denied)" in failures[0].why


def test_a_link_is_a_picture_of_its_own(folder: Path) -> None:
    (folder / "tom.png").symlink_to("cat.png")
    assert names([folder]) == ["cat.png", "dog.jpg", "tom.png", "cow.webp"]


def test_a_loop_of_links_ends(folder: Path) -> None:
    (folder / "sub/again").symlink_to(folder)
    assert names([folder]) == ["cat.png", "dog.jpg", "cow.webp"]


def test_results_are_not_laid_among_the_pictures_of_a_folder(folder: Path) -> None:
    found, *_, failures = find([str(folder)], folder / "sub/..")
    assert not found
    assert "would lie among the pictures" in failures[0].why


def test_folders_of_results_are_not_read(folder: Path) -> None:
    for name in ("sub.lines/cow.png", "clip.lines/000001.png", "own.lines/cat.png", "clip.mp4"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    found = find([str(folder)], None).found
    assert [one.name.as_posix() for one in found] == [
        "cat.png",
        "clip.mp4",
        "dog.jpg",
        "own.lines/cat.png",
        "sub/cow.webp",
    ]


def test_a_pattern_does_not_read_results(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for name in ("out/cat.png", "sub/cow.lines/cat.png", "sub/own.lines/cat.png"):
        Path(name).parent.mkdir()
        Path(name).write_bytes(b"x")
    found = find(["**/*.png"], Path("out")).found
    assert [one.name.as_posix() for one in found] == ["cat.png", "sub/own.lines/cat.png"]
    assert find(["o*/*.png"], Path("out")).failures[0].why.startswith("Only folders and results")


def test_the_endings_of_results_are_those_that_are_written() -> None:
    animations = {ending for endings in WRITTEN.values() for ending in endings.values()}
    stills = {form.ending for form in FORMATS.values()}
    assert set(ENDINGS) == stills | animations | set(VIDEO_ENDINGS)


def test_a_folder_of_results_that_a_shell_names_beside_its_picture_is_left_out(
    folder: Path,
) -> None:
    results = folder / "cat.lines"
    results.mkdir()
    (results / "000001.png").write_bytes(b"x")
    found, left, _, failures = find([str(folder / "cat.png"), str(results)], None)
    assert [one.path.name for one in found] == ["cat.png"]
    assert [one.path for one in left] == [results]
    assert not failures
    assert names([results]) == ["000001.png"]  # named alone, it is meant
