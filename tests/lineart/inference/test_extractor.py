"""The way in for those who have pictures: what may come, what goes out, and one answer on all ways."""

import functools
from pathlib import Path

import cv2
import numpy as np
import pytest

from lineart import Extractor
from lineart.errors import InputError
from lineart.inference import tiles
from lineart.inference.extractor import pictures_in
from lineart.inference.network import NetworkExtractor
from lineart.models.difference_of_gaussians import difference_of_gaussians
from lineart.pictures.images import to_bytes, write_bytes, write_render
from lineart.runs import load_network, write_json


@functools.cache
def drawing(height: int = 60, width: int = 100) -> np.ndarray:
    """Circles with outlines in ink, on shaded ground; uint8."""
    rng = np.random.default_rng(1)
    shade = np.linspace(140, 255, width)[None, :, None] * np.array([1, 0.9, 0.8])
    picture = np.repeat(shade, height, axis=0).astype(np.uint8)
    for _ in range(max(height, width) // 12):
        middle = (int(rng.integers(width)), int(rng.integers(height)))
        radius = int(rng.integers(5, 60))
        colour = tuple(int(value) for value in rng.integers(90, 256, 3))
        cv2.circle(picture, middle, radius, colour, -1, cv2.LINE_AA)
        cv2.circle(picture, middle, radius, (20, 10, 30), int(rng.integers(1, 6)), cv2.LINE_AA)
    return picture


@pytest.fixture(scope="module")
def dark() -> Extractor:
    return Extractor("difference_of_gaussians")


def test_every_way_in_gives_the_same_ink(dark, tmp_path):
    pixels = drawing()
    write_render(tmp_path / "b.png", pixels / np.float32(255))
    write_render(tmp_path / "below/a.PNG", pixels / np.float32(255))
    (tmp_path / "notes.txt").write_text("no picture")
    wanted = difference_of_gaussians(pixels / np.float32(255))
    assert wanted.max() > 0.4
    ways = [
        dark(pixels),
        dark(pixels / np.float32(255)),
        dark(pixels / 255),
        dark(tmp_path / "b.png"),
        dark(str(tmp_path / "b.png")),
        *dark([pixels, tmp_path / "b.png"]),
        *dark((pixels,)),
        *dark(tmp_path),
    ]
    assert len(ways) == 10
    for ink in ways:
        assert ink.dtype == np.float32
        np.testing.assert_allclose(ink, wanted, atol=1e-5)
    assert dark([]) == []


def test_the_answer_may_be_smaller(dark):
    ink = dark(drawing())
    assert dark(drawing(), dtype=np.float16).dtype == np.float16
    np.testing.assert_array_equal(dark(drawing(), dtype=np.uint8), to_bytes(ink))
    with pytest.raises(
        InputError, match=r"dtype is .*float64.*; it must be float32, float16 or uint8"
    ):
        dark(drawing(), dtype=np.float64)


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (np.zeros((4, 5), np.uint8), r"An array of shape \(4, 5\) came"),
        (np.zeros((4, 5, 4), np.uint8), r"wanted is \(H, W, 3\), RGB"),
        (np.zeros((0, 5, 3), np.uint8), r"shape \(0, 5, 3\) came"),
        (np.zeros((4, 5, 3), np.int64), "An array of int64 came .* uint8, or float in"),
        (np.full((4, 5, 3), 200.0), "values from 200 to 200 came .* floats in"),
        (np.full((4, 5, 3), np.nan), "values from nan to nan came"),
        (7, "A int came for a picture; wanted is a path"),
        ("no/such.png", "There is no picture no/such.png"),
        (["no.png"], "There is no picture no.png"),
    ],
)
def test_what_is_no_picture_is_told_in_a_sentence(dark, picture, sentence):
    with pytest.raises(InputError, match=sentence):
        dark(picture)


def test_a_folder_without_pictures_is_told(dark, tmp_path):
    with pytest.raises(InputError, match=r"holds no picture and no video"):
        dark(tmp_path)
    (tmp_path / "film.mp4").write_bytes(b"x")
    with pytest.raises(InputError, match=r"holds no picture; wanted are PNG, "):
        dark(tmp_path)


def test_a_folder_is_read_by_the_rules_of_the_command_line(tmp_path):
    for name in (
        "b.png",
        "a/c.jpg",
        "b.lines.png",
        "._b.png",
        ".cache/d.png",
        "a/film.mp4",
        "b.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = [path.relative_to(tmp_path).as_posix() for path in pictures_in(tmp_path)]
    assert found == ["b.png", "a/c.jpg"]


def test_floats_a_hair_beyond_are_cut(dark):
    beyond = drawing() / np.float32(drawing().max()) * 1.0005
    assert beyond.max() > 1
    np.testing.assert_allclose(dark(beyond), dark(np.clip(beyond, 0, 1)))


def test_a_picture_that_was_given_stays_as_it_was(dark):
    for given in (drawing().copy(), drawing() / np.float32(drawing().max()) * 1.0005):
        before = given.copy()
        dark(given)
        np.testing.assert_array_equal(given, before)


def test_a_tuned_method_is_read_with_its_settings(tmp_path):
    tuned = {"sigma": 2.5, "gain": 16}
    write_json(
        tmp_path / "settings.json",
        {"model": "difference_of_gaussians", "kind": "classical", "arguments": tuned},
    )
    extract = Extractor(tmp_path)
    wanted = difference_of_gaussians(drawing(), **tuned)
    np.testing.assert_allclose(extract(drawing()), wanted, atol=1e-6)
    assert np.abs(wanted - difference_of_gaussians(drawing())).max() > 0.1


def test_settings_that_a_method_does_not_have_are_told_in_a_sentence(tmp_path):
    settings = {"model": "canny", "kind": "classical", "arguments": {"sigmas": 2}}
    write_json(tmp_path / "settings.json", settings)
    with pytest.raises(InputError, match=r"settings\.json does not fit canny: .*'sigmas'"):
        Extractor(tmp_path)(drawing())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "clearnt"}, "Did you mean 'clearnet'"),
        ({"backend": "onxx"}, "no backend 'onxx'. Did you mean 'onnx'"),
        ({"device": "gpu"}, "no device 'gpu'.* Known: cpu, cuda, mps"),
        ({"device": "cuda:77", "backend": "torch"}, "no device cuda:77 that torch can use here"),
        ({"precision": "float64"}, "no precision 'float64'"),
        ({"tile": 500}, "The setting tile is 500; it must be a multiple of 32"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(options, sentence):
    with pytest.raises(InputError, match=sentence):
        Extractor(**options)


def test_a_network_reads_as_the_road_does():
    """Evaluation scores what the artist gets."""
    extract = Extractor(backend="torch", device="cpu")
    road = NetworkExtractor(load_network(extract.about.path), "cpu", bfloat16=False)
    ink = extract(drawing())
    np.testing.assert_array_equal(ink, road(drawing() / np.float32(255)))
    assert ink.max() > 0.5


def test_bfloat16_is_near():
    precise = Extractor(backend="torch", device="cpu")(drawing())
    fast = Extractor(device="cpu", precision="bfloat16")(drawing())  # which only torch has
    assert 0 < np.abs(fast - precise).mean() < 0.01


@pytest.mark.parametrize("seen", [1_100_000, 100_000])
def test_the_tiles_of_a_picture_are_the_picture(monkeypatch, seen):
    """The promise: 2/255 on 99.9 % of the pixels, of which the picture's border is no exception.

    Half of it is night and half paper, so tiles differ in all that is averaged; with little to be seen, what
    is averaged is that of the picture reduced.
    """
    monkeypatch.setattr(tiles, "SEEN", seen)
    picture = drawing(410, 700)
    picture[:, :350] //= 5
    told: list[tuple[int, int]] = []
    extract = functools.partial(Extractor, device="cpu", precision="float32")
    whole = extract(tile=1024)(picture)
    tiled = extract(tile=416, progress=lambda *both: told.append(both))(picture)
    assert told == [(done, 4) for done in range(1, 5)]  # each is read once
    difference = np.abs(tiled - whole)
    assert difference.max() > 0  # it was not read in one piece
    assert np.mean(difference <= 2 / 255) >= 0.999


def test_a_damaged_picture_of_a_list_is_named(dark, tmp_path):
    write_bytes(Path(tmp_path) / "cut.png", b"\x89PNG\r\n\x1a\nand no more")
    with pytest.raises(InputError, match=r"cut\.png cannot be read as a picture"):
        dark([drawing(), tmp_path / "cut.png"])


def test_a_file_lies_on_the_background_and_it_is_warned_of_ink_that_vanishes(dark, tmp_path):
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[8:11] = 255  # white on a ground that is transparent
    write_bytes(tmp_path / "it.png", cv2.imencode(".png", pixels)[1].tobytes())
    with pytest.warns(UserWarning, match=r"it\.png is nearly all as light as the white"):
        assert dark(tmp_path / "it.png").max() == 0
    on_black = Extractor("difference_of_gaussians", background="black")
    assert on_black(tmp_path / "it.png").max() > 0.4
