import base64
from pathlib import Path
from typing import Any

import pytest

from dataset_tools.review.pictures import PictureSettings, draw, send
from lineart.errors import InputError
from lineart.pictures.images import decode_png


def test_a_pair_becomes_three_pictures(box: Any, save: Any, tmp_path: Path) -> None:
    drawn = draw(save("a", box()), tmp_path, [(10, 10, 20, 20)], size=96)
    assert list(drawn) == ["render", "line", "overlay"]
    pictures = [decode_png(data, grey=False) for data in drawn.values()]
    assert {picture.shape for picture in pictures} == {(96, 96, 3)}
    ink, paper = (26, 40), (2, 2)
    assert pictures[1][ink].tolist() == [0, 0, 0]  # black on white
    assert pictures[1][paper].tolist() == [255, 255, 255]
    red, green, blue = (int(value) for value in pictures[2][ink])
    assert red > 2 * max(green, blue)


def test_what_is_small_enough_is_shown_as_it_lies_there(
    box: Any, save: Any, tmp_path: Path
) -> None:
    pair = save("a", box(side=96))
    drawn = draw(pair, tmp_path, [], size=96)
    assert drawn["render"] == (tmp_path / pair.render).read_bytes()
    assert drawn["line"] == (tmp_path / pair.line).read_bytes()


def test_a_damaged_picture_is_told(box: Any, save: Any, tmp_path: Path) -> None:
    pair = save("a", box())
    (tmp_path / pair.line).write_bytes(b"no picture")
    with pytest.raises(InputError, match="A picture of the data set is damaged; run `dvc repro`"):
        draw(pair, tmp_path, [], size=96)


def test_large_pairs_are_shrunk(box: Any, save: Any, tmp_path: Path) -> None:
    drawn = draw(save("a", box(side=160)), tmp_path, [], size=64)
    assert {decode_png(data, grey=False).shape for data in drawn.values()} == {(64, 64, 3)}


def test_pictures_travel_inside_the_task(tmp_path: Path) -> None:
    sent = send({"render": b"png"}, "a", "c" * 64, "inline", tmp_path)
    assert base64.b64decode(sent["render"].removeprefix("data:image/png;base64,")) == b"png"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("travel", "start"),
    [("files", "/data/local-files/?d=review/"), ("https://x.org/p/", "https://x.org/p/")],
)
def test_pictures_travel_as_files(tmp_path: Path, travel: str, start: str) -> None:
    folder = tmp_path / "review"
    sent = send({"render": b"png"}, "a 线", "c" * 64, travel, folder)
    assert sent["render"] == f"{start}a%20%E7%BA%BF-cccccccccccc-render.png"
    assert (folder / "a 线-cccccccccccc-render.png").read_bytes() == b"png"


def test_a_wrong_way_is_refused() -> None:
    with pytest.raises(
        InputError, match="must be inline, files, or an address that begins with http"
    ):
        PictureSettings(travel="ftp://x")
