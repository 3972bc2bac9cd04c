"""Sheets are cut in the middle, whichever half has the line art."""

from pathlib import Path

import numpy as np
import pytest

from dataset_tools.sources import IngestSettings, Made, Refused, list_drawings, make_pairs
from lineart.errors import InputError
from lineart.pictures.images import Picture, read_line, read_render, write_render

RED = (0.8, 0.1, 0.1)


def halves(fill: tuple[float, float, float] = RED, size: int = 32) -> tuple[Picture, Picture]:
    """A filled box with a black outline, and the outline alone on white: render and line art, both RGB."""
    render, line = np.ones((size, size, 3), np.float32), np.ones((size, size, 3), np.float32)
    render[2:-2, 2:-2] = line[2:-2, 2:-2] = 0
    render[4:-4, 4:-4] = fill
    line[4:-4, 4:-4] = 1
    return render, line


def sheet(folder: Path, name: str, *order: Picture) -> None:
    write_render(folder / name, np.concatenate(order, axis=1))


def settings(folder: Path, **others: object) -> IngestSettings:
    return IngestSettings(source="sheets", folder=str(folder), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize("line_first", [False, True])
@pytest.mark.parametrize("fill", [RED, (0.3, 0.3, 0.3)])  # a render may be without colour, too
def test_either_order_is_found(
    tmp_path: Path, line_first: bool, fill: tuple[float, float, float]
) -> None:
    render, line = halves(fill)
    for name in ("a.png", "b.png", "c.png"):
        sheet(tmp_path / "in", name, *((line, render) if line_first else (render, line)))
    chosen = settings(tmp_path / "in")
    drawings, refused = list_drawings(chosen)
    assert [item.id for item in drawings] == ["a", "b", "c"]
    assert refused == []
    made = make_pairs(drawings, chosen, tmp_path / "out")
    assert [type(item) for item in made] == [Made] * 3
    assert isinstance(made[0], Made)
    pair = made[0].pair
    assert (pair.width, pair.height, pair.source, pair.group) == (32, 32, "sheets", "a")
    found = read_render(tmp_path / "out" / pair.render), read_line(tmp_path / "out" / pair.line)
    np.testing.assert_allclose(found[0], render, atol=1 / 255)
    np.testing.assert_allclose(found[1], 1 - line[..., 0], atol=1 / 255)


def test_a_few_odd_sheets_do_not_turn_the_others(tmp_path: Path) -> None:
    """A sheet whose render is a blank page votes for the other side, and is read as the rest."""
    render, line = halves()
    for number in range(9):
        sheet(tmp_path, f"{number}.png", render, line)
    sheet(tmp_path, "odd.png", np.ones_like(render), line)
    drawings, _ = list_drawings(settings(tmp_path))
    assert {item.line.rpartition("#")[2] for item in drawings} == {"right"}


def test_both_halves_are_shrunk_alike(tmp_path: Path) -> None:
    sheet(tmp_path / "in", "a.png", *halves(size=64))
    chosen = settings(tmp_path / "in", size=16)
    drawings, _ = list_drawings(chosen)
    (made,) = make_pairs(drawings, chosen, tmp_path / "out")
    assert isinstance(made, Made)
    pair = made.pair
    assert read_render(tmp_path / "out" / pair.render).shape == (16, 16, 3)
    assert read_line(tmp_path / "out" / pair.line).shape == (16, 16)


def test_what_cannot_be_cut_is_refused_by_name(tmp_path: Path) -> None:
    render, line = halves()
    for number in range(3):
        sheet(tmp_path / "in", f"{number}.png", render, line)
    sheet(tmp_path / "in", "odd.png", render, line[:, 1:])
    sheet(tmp_path / "in", "twice.png", render, line)
    (tmp_path / "in" / "twice.jpg").write_bytes((tmp_path / "in" / "twice.png").read_bytes())
    (tmp_path / "in" / "damaged.png").write_bytes(b"no picture")
    (tmp_path / "in" / "notes.txt").write_text("a text")
    chosen = settings(tmp_path / "in")
    drawings, refused = list_drawings(chosen)
    notes, twice = refused
    assert "notes.txt is no picture that is read" in notes.reason
    assert twice.reason == "twice.jpg and twice.png have one name; leave one of them."
    made = make_pairs(drawings, chosen, tmp_path / "out")
    wrong = {item.id: item.reason for item in made if isinstance(item, Refused)}
    assert set(wrong) == {"odd", "damaged"}
    assert "is 63 pixels wide, which is no two pictures side by side" in wrong["odd"]


def test_sheets_that_cannot_be_read_have_no_vote(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.png").write_bytes(b"no picture")
    with pytest.raises(
        InputError, match=r"None of 60 sheets can be read; the first: .* of no known format"
    ):
        list_drawings(settings(tmp_path))
    sheet(tmp_path, "whole.png", *halves())
    drawings, _ = list_drawings(settings(tmp_path))
    assert {item.line.rpartition("#")[2] for item in drawings} == {"right"}
    assert len(drawings) == 61


def test_a_table_tells_groups_and_names_and_series_the_rest(tmp_path: Path) -> None:
    for name in ("girl_1", "girl_2", "boy_1"):
        sheet(tmp_path, f"{name}.png", *halves())
    (tmp_path / "groups.csv").write_text("name,group,license\nboy_1,hero,CC0-1.0\n")
    drawings, refused = list_drawings(settings(tmp_path, series=r"^([a-z]+)_"))
    assert refused == []
    assert [(d.id, d.group, d.license) for d in drawings] == [
        ("boy_1", "hero", "CC0-1.0"),
        ("girl_1", "girl", "unknown"),
        ("girl_2", "girl", "unknown"),
    ]


@pytest.mark.parametrize("layout", ["missing", "empty", "nested", "renders", "mixed"])
def test_a_wrong_layout_is_said_in_one_sentence(tmp_path: Path, layout: str) -> None:
    render, line = halves()
    folder = tmp_path / layout
    said = {
        "missing": f"There is no folder {folder}; looked for sheets in it",
        "empty": "holds no sheets (found it empty)",
        "nested": "holds no sheets (found 'train/')",
        "renders": "are no sheets: of 3 only 0 have a half that is bright and without colour",
        "mixed": "on the left in 2 and on the right in 2 sheets",
    }
    if layout != "missing":
        folder.mkdir()
    if layout == "nested":
        sheet(folder / "train", "a.png", render, line)
    for number in range(3 if layout == "renders" else 0):
        sheet(folder, f"{number}.png", render, render)
    for number in range(4 if layout == "mixed" else 0):
        sheet(folder, f"{number}.png", *((render, line) if number % 2 else (line, render)))
    with pytest.raises(InputError) as caught:
        list_drawings(settings(folder))
    assert said[layout] in str(caught.value)
    assert "\n" not in str(caught.value)
