"""Which prediction belongs to which truth: names as Macs, people and our own tool write them."""

import unicodedata
from pathlib import Path

import pytest

from lineart.errors import InputError
from lineart.metrics.couples import find_couples

NFC = unicodedata.normalize("NFC", "élan")
NFD = unicodedata.normalize("NFD", "élan")


def laid(folder: Path, *names: str) -> Path:
    """A folder with empty files of these names."""
    folder.mkdir(exist_ok=True)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def couples(
    tmp_path: Path, predictions: list[str], truths: list[str]
) -> tuple[dict[str, list[str]], list[str]]:
    """Name to the files of a couple, and what was said."""
    a, b = laid(tmp_path / "p", *predictions), laid(tmp_path / "t", *truths)
    found, notes = find_couples(a, b)
    return {
        one.name: [
            one.prediction.relative_to(a).as_posix(),
            *(path.relative_to(b).as_posix() for path in one.truths),
        ]
        for one in found
    }, notes


@pytest.mark.parametrize(("predicted", "true"), [(NFC, NFD), (NFD, NFC), (NFD, NFD)])
def test_a_name_is_what_unicode_means(tmp_path: Path, predicted: str, true: str) -> None:
    found, notes = couples(tmp_path, [f"{predicted}.PNG"], [f"{true}.tiff"])
    assert found == {NFC: [f"{predicted}.PNG", f"{true}.tiff"]}
    assert notes == []


def test_both_forms_in_one_folder_are_two_pictures_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"two pictures called 'élan', spelled in two forms of"):
        couples(tmp_path, ["x.png"], [f"{NFC}.png", f"{NFD}.png"])
    with pytest.raises(InputError, match=r"two pictures called 'a'; keep one"):
        couples(tmp_path, ["a.png", "a.webp"], ["b.png"])


def test_what_extract_writes_is_the_prediction(tmp_path: Path) -> None:
    # beside its picture, alone, in a folder of another name; and a truth may be called so, too
    found, notes = couples(
        tmp_path,
        ["cat.jpg", "cat.lines.png", "dog.lines.png", "eel.png", "fox.lines.png"],
        ["cat.png", "dog.png", "eel.lines.png", "fox.lines.png"],
    )
    assert found == {
        "cat": ["cat.lines.png", "cat.png"],
        "dog": ["dog.lines.png", "dog.png"],
        "eel.lines": ["eel.png", "eel.lines.png"],
        "fox.lines": ["fox.lines.png", "fox.lines.png"],
    }
    assert notes == [
        "1 predictions lie beside a picture of their name, which is left out, e.g. cat."
    ]


def test_truths_of_both_names_have_a_prediction_each(tmp_path: Path) -> None:
    names = ["cat.lines.png", "cat.png"]
    found, notes = couples(tmp_path, names, names)
    assert found == {"cat": ["cat.png", "cat.png"], "cat.lines": ["cat.lines.png"] * 2}
    assert notes == []


def test_clutter_is_passed_over_and_the_rest_is_said(tmp_path: Path) -> None:
    found, notes = couples(
        tmp_path,
        ["a.png", "._a.png", "Thumbs.db", ".DS_Store", "__MACOSX/a.png", "notes.txt"],
        ["a.png", ".hidden/b.png", "desktop.ini", "c.bmp", "@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg"],
    )
    assert found == {"a": ["a.png", "a.png"]}
    assert notes == ["1 files among the truths are of no kind that is read, e.g. c.bmp."]


def test_subfolders_are_part_of_the_name(tmp_path: Path) -> None:
    names = ["a.png", "x/a.png", "x/y/b.png"]
    found, _ = couples(tmp_path, [*names, "z/c.png"], names)
    assert list(found) == ["a", "x/a", "x/y/b"]


def test_a_folder_called_as_a_prediction_holds_its_truths(tmp_path: Path) -> None:
    found, _ = couples(
        tmp_path,
        [f"{NFC}.png", "deep/b.lines.png", "c.png"],
        [f"{NFD}/2.png", f"{NFD}/1.png", "deep/b/1.mat", "c.mat"],
    )
    assert found == {
        "c": ["c.png", "c.mat"],
        "deep/b": ["deep/b.lines.png", "deep/b/1.mat"],
        NFC: [f"{NFC}.png", f"{NFD}/1.png", f"{NFD}/2.png"],
    }


def test_a_truth_is_a_file_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"truth of 'a' as a file and as a folder"):
        couples(tmp_path, ["a.png"], ["a.png", "a/1.png"])


@pytest.mark.parametrize(
    ("predicted", "true", "hint"),
    [
        ("Cat.png", "cat.png", r"lacks 1 of the 1 .* 'cat' for one \(there is 'Cat', in other cap"),
        ("picture-1.png", "picture_1.png", r"\(there is 'picture-1'\)"),
        (
            "x.png",
            "cat/1.png",
            r"'cat/1' for one \(in a subfolder; one of several truths is",
        ),
        ("predictions/cat.png", "cat.png", r"\(there is 'predictions/cat'; name the folders in"),
        ("x.png", "cat.png", r"'cat' for one; a score on a part would not"),
    ],
)
def test_what_may_be_meant(tmp_path: Path, predicted: str, true: str, hint: str) -> None:
    with pytest.raises(InputError, match=hint):
        couples(tmp_path, [predicted], [true])


def test_a_link_to_the_folder_above_ends(tmp_path: Path) -> None:
    laid(tmp_path / "t", "a.png")
    (tmp_path / "t" / "round").symlink_to(tmp_path / "t")
    assert couples(tmp_path, ["a.png"], [])[0] == {"a": ["a.png", "a.png"]}
