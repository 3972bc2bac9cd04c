"""Drawings by hand whose ink has a colour that is known; errors as distances in CIE Lab, by scikit-image."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import resvg_py
from PIL import Image
from skimage.color import rgb2lab

from lineart.errors import InputError
from lineart.extract.animation import Animation, encode_animation, read_frames
from lineart.extract.outputs import FORMATS, encode
from lineart.extract.own import COLOURS, grouped, own_colours, vanishes
from lineart.extract.style import Style, apply
from lineart.pictures.images import Bytes, Picture

SIDE, FINE = 160, 8  # pixels, and parts of a pixel that are drawn
BROWN, SKIN = (122, 62, 44), (250, 218, 196)
WINE, RED = (92, 16, 34), (204, 40, 48)
OWN = Style(ink="own")


def ring(middle: tuple[float, float], radius: float, width: float) -> tuple[Picture, Picture]:
    """What a disc covers of each pixel, and what its outline does."""
    page = np.zeros((2, SIDE * FINE, SIDE * FINE), np.uint8)
    place = tuple(round(value * FINE) for value in middle)
    for layer, thick in zip(page, (-1, round(width * FINE)), strict=True):
        cv2.circle(layer, place, round(radius * FINE), 255, thick)
    inside, ink = (
        cv2.resize(layer, (SIDE, SIDE), interpolation=cv2.INTER_AREA) / np.float32(255)
        for layer in page
    )
    return inside, ink


def drawing(width: float) -> tuple[Bytes, Picture, Picture]:
    """Skin outlined in brown beside red outlined in wine, on white: the render, the ink, that of the skin."""
    render = np.full((SIDE, SIDE, 3), 255, np.float32)
    ink = np.zeros((SIDE, SIDE), np.float32)
    for middle, colour, fill in (((45.3, 60.7), BROWN, SKIN), ((114.6, 90.2), WINE, RED)):
        inside, outline = ring(middle, 33, width)
        render += (np.float32(fill) - render) * inside[..., None]
        render += (np.float32(colour) - render) * outline[..., None]
        ink = np.maximum(ink, outline)
    return np.uint8(np.rint(render)), ink, ring((45.3, 60.7), 33, width)[1]


def off(colours: Bytes, colour: tuple[int, int, int]) -> Picture:
    """How far colours ``(N, 3)`` are from one."""
    return np.linalg.norm(rgb2lab(colours / 255) - rgb2lab(np.array(colour) / 255), axis=-1)


@pytest.mark.parametrize(("width", "most"), [(1, 12), (1.5, 2.5), (2, 2), (4, 1)])
def test_strokes_have_the_colour_they_were_drawn_in(width: float, most: float) -> None:
    """Where the render itself is 20 and more away in a tenth of the ink."""
    render, ink, brown = drawing(width)
    colours = own_colours(ink, render)
    for part, colour in ((brown >= 0.5, BROWN), ((ink >= 0.5) & (brown == 0), WINE)):
        assert np.quantile(off(render[part], colour), 0.9) > 15
        assert np.quantile(off(colours[part], colour), 0.9) < most
        assert np.median(off(colours[part], colour)) < most / 2


def test_ink_made_wider_keeps_the_colour_of_its_stroke() -> None:
    render, ink, brown = drawing(2)
    wide = apply(ink, Style(weight=4))
    colours = own_colours(ink, render)
    near = cv2.dilate(brown, np.ones((5, 5), np.uint8)) > 0
    assert off(colours[(wide >= 0.5) & near], BROWN).max() < 3


def test_no_ink_has_no_colour() -> None:
    assert not own_colours(np.zeros((9, 7), np.float32), np.full((9, 7, 3), 90, np.uint8)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (40, 30)])
def test_a_page_of_ink_has_the_colour_of_the_page(shape: tuple[int, int]) -> None:
    colours = own_colours(np.ones(shape, np.float32), np.full((*shape, 3), (9, 99, 199), np.uint8))
    assert (colours == (9, 99, 199)).all()


def test_strips_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    render, ink, _ = drawing(2)
    whole = own_colours(ink, render)
    monkeypatch.setattr("lineart.extract.own.BAND", 16)
    assert np.array_equal(own_colours(ink, render), whole)


def shown(data: bytes, format: str) -> Bytes:
    """A file as other programs show it on white; of layers the ink."""
    if format == "ora":
        data = zipfile.ZipFile(io.BytesIO(data)).read("data/ink.png")
    if FORMATS[format].ending == ".svg":
        data = bytes(resvg_py.svg_to_bytes(svg_string=data.decode(), background="white"))
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    page = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(page, image).convert("RGB"))


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_shows_both_colours(format: str) -> None:
    render, ink, brown = drawing(4)
    data = encode(format, ink, OWN, render)
    assert data == encode(format, ink, OWN, render)
    page = shown(data, format)
    for part, colour in ((brown == 1, BROWN), ((ink == 1) & (brown == 0), WINE)):
        assert np.median(off(page[part], colour)) < 3
    if FORMATS[format].ending == ".svg":
        assert len(set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', data.decode()))) == 2


def test_outlines_of_two_colours_leave_no_gap_where_they_meet() -> None:
    ink = np.zeros((40, 80), np.float32)
    ink[16:24, 4:76] = 1
    render = np.full((40, 80, 3), 255, np.uint8)
    render[16:24, 4:40], render[16:24, 40:76] = BROWN, WINE
    page = shown(encode("svg", ink, OWN, render), "svg")
    assert page[18:22, 8:72].max() < 140


def test_moving_pictures_have_the_colours_of_each_frame() -> None:
    render, ink, brown = drawing(4)
    other = np.ascontiguousarray(render[..., ::-1])
    inks = [own_colours(ink, each) for each in (render, other)]
    drawn = np.uint8(np.rint(ink * 255))
    for ending in (".gif", ".webp", ".png"):
        data = encode_animation(Animation([drawn] * 2, [40] * 2, 0), ending, "png", inks)
        frames = [frame.pixels for frame in read_frames(data, "it")]
        assert np.median(off(frames[0][brown == 1], BROWN)) < 3, ending
        assert np.median(off(frames[1][brown == 1], BROWN[::-1])) < 3, ending


def test_own_colours_want_their_picture() -> None:
    ink = np.ones((4, 4), np.float32)
    for render in (None, np.zeros((4, 5, 3), np.uint8)):
        with pytest.raises(InputError, match="wants the render of the same size"):
            encode("png", ink, OWN, render)


def test_colours_that_look_like_the_paper_vanish() -> None:
    ink = np.ones((40, 40), np.float32)
    pale = np.full((40, 40, 3), 250, np.uint8)
    assert vanishes(ink, pale, (255, 255, 255))
    assert not vanishes(ink, pale, (0, 0, 0))
    assert not vanishes(ink, (255, 255, 255), (255, 255, 255))  # refused before it is read
    assert not vanishes(0 * ink, pale, (255, 255, 255))


def test_many_colours_become_few_and_none_is_lost() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
    ink = np.ones((60, 60), bool)
    ink[:5] = False
    parts = grouped(colours, ink)
    assert len(parts) <= COLOURS
    assert np.array_equal(np.sum([part for _, part in parts], axis=0), ink)
    assert grouped(colours, ~ink & ink) == []


def test_the_command_takes_the_colours_of_the_picture(tmp_path: Path, kit: SimpleNamespace) -> None:
    """A red bar on white, read by a method that is there at once."""
    from lineart.extract.command import main

    pixels = np.full((48, 64, 3), 255, np.uint8)
    pixels[20:23, 8:56] = (180, 20, 30)
    (tmp_path / "it.png").write_bytes(kit.saved(pixels, "PNG"))
    asked = ["--model", "difference_of_gaussians", "--ink", "Own", "--binary"]
    assert main([str(tmp_path / "it.png"), *asked]) == 0
    red = kit.read(tmp_path / "it.lines.png")[21, 12:52, ::-1]
    assert off(red, (180, 20, 30)).max() < 2
