"""Layered files as others read them: psd-tools, Pillow, a zip reader, and our own readers of layers."""

from __future__ import annotations

import io
import zipfile

import cv2
import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from dataset_tools.sources.layered.formats import read_layers
from lineart.errors import InputError
from lineart.extract.layers import layers_of
from lineart.extract.outputs import encode
from lineart.extract.photoshop import photoshop
from lineart.extract.style import Style
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.inputs import decode_picture

RED, GREEN, BLUE, SKY = (200, 30, 40), (20, 160, 60), (40, 50, 210), (150, 200, 250)


def shapes(ground: tuple[int, int, int]) -> tuple[Picture, Bytes]:
    """Three shapes that touch, with soft ink round each, and the render."""
    render = np.full((120, 160, 3), ground, np.uint8)
    ink = np.zeros((120, 160), np.uint8)
    boxes = (((20, 20), (80, 60), RED), ((80, 20), (140, 60), GREEN), ((20, 60), (140, 100), BLUE))
    for start, stop, colour in boxes:
        cv2.rectangle(render, start, stop, colour, -1)
    for start, stop, _ in boxes:
        cv2.rectangle(ink, start, stop, 255, 3)
    soft = cv2.GaussianBlur(ink, (3, 3), 0.6) / np.float32(255)
    shown = np.round(render * (1 - soft[..., None])).astype(np.uint8)
    return soft, shown


def layers_in(data: bytes, format: str) -> dict[str, Bytes]:
    """The layers of a file by their names, the lowest first, as RGBA."""
    if format == "psd":
        file = PSDImage.open(io.BytesIO(data))
        return {layer.name: np.asarray(layer.topil().convert("RGBA")) for layer in file}
    archive = zipfile.ZipFile(io.BytesIO(data))
    names = [layer.name for layer in read_layers(data, "it.ora").layers]
    return {
        name: np.asarray(Image.open(archive.open(f"data/{name}.png")).convert("RGBA"))
        for name in names
    }


@pytest.mark.parametrize("format", ["ora", "psd"])
@pytest.mark.parametrize("ground", [SKY, (255, 255, 255)])
def test_flats_are_the_colours_of_the_areas(format: str, ground: tuple[int, int, int]) -> None:
    ink, render = shapes(ground)
    layers = layers_in(encode(format, ink, Style(), render), format)
    assert list(layers) == ["render", "flats", "ink"]
    flats = layers["flats"]
    found = {tuple(colour) for colour in np.unique(flats.reshape(-1, 4), axis=0).tolist()}
    paper = (*SKY, 255) if ground == SKY else (0, 0, 0, 0)
    assert found == {(*RED, 255), (*GREEN, 255), (*BLUE, 255), paper}
    # Below the ink they meet in its middle, a pixel more or less.
    for row, left, right in ((40, RED, GREEN),):
        assert tuple(flats[row, 78, :3]) == left
        assert tuple(flats[row, 82, :3]) == right
    assert tuple(flats[58, 50, :3]) == RED
    assert tuple(flats[62, 50, :3]) == BLUE
    assert tuple(flats[40, 17]) == paper
    assert tuple(flats[40, 22, :3]) == RED
    assert np.array_equal(layers["render"][..., :3], render)
    assert np.array_equal(layers["ink"][..., 3], np.round(ink * 255))


@pytest.mark.parametrize("format", ["ora", "psd"])
def test_the_merged_picture_is_what_the_layers_show(format: str) -> None:
    ink, render = shapes((255, 255, 255))
    data = encode(format, ink, Style(ink="navy"), render)
    merged = decode_picture(data, f"it.{format}")
    document = read_layers(data, f"it.{format}")
    shown = document.draw(document.layers)
    assert (shown[..., 3] == 255).all()
    assert np.abs(shown[..., :3].astype(int) - merged).max() <= 1
    alone = Image.new("RGBA", (160, 120))
    for pixels in layers_in(data, format).values():
        alone.alpha_composite(Image.fromarray(pixels))
    assert np.abs(np.asarray(alone, int)[..., :3] - merged).max() <= 1


def test_layers_say_their_resolution() -> None:
    ink, render = shapes(SKY)
    for dpi, said in (((600, 300), b'xres="600" yres="300"'), (None, b'xres="72" yres="72"')):
        data = encode("ora", ink, Style(), render, dpi)
        assert said in zipfile.ZipFile(io.BytesIO(data)).read("stack.xml")
    file = PSDImage.open(io.BytesIO(encode("psd", ink, Style(), render, (600, 300.5))))
    about = file.image_resources.get_data(1005)
    assert (about.horizontal, about.vertical) == (600 << 16, round(300.5 * 65536))
    assert (about.horizontal_unit, about.vertical_unit) == (1, 1)  # an inch
    file = PSDImage.open(io.BytesIO(encode("psd", ink, Style(), render)))
    assert 1005 not in file.image_resources


def test_a_gap_in_the_ink_does_not_mix_colours() -> None:
    ink, render = shapes((255, 255, 255))
    ink[40:46, 76:85] = 0
    render[40:46, 76:80], render[40:46, 80:85] = RED, GREEN
    flats = layers_of(ink, (0, 0, 0), render)[1].pixels
    assert tuple(flats[30, 40]) == (*RED, 255)
    assert tuple(flats[30, 120]) == (*GREEN, 255)


def test_white_inside_is_filled_and_specks_of_paper_join_what_is_beside() -> None:
    render = np.full((80, 80, 3), 255, np.uint8)
    ink = np.zeros((80, 80), np.float32)
    cv2.circle(ink, (40, 40), 30, 1, 3)
    cv2.circle(ink, (40, 40), 4, 1, 3)  # with nine pixels or so of paper inside
    render[38:43, 38:43] = RED
    flats = layers_of(ink, (0, 0, 0), render)[1].pixels
    assert tuple(flats[40, 40]) == tuple(flats[25, 40]) == (255, 255, 255, 255)
    assert not flats[2, 2].any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (30, 40)])
@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("format", ["ora", "psd"])
def test_layers_of_blank_black_and_tiny_pages(
    format: str, shape: tuple[int, int], value: float
) -> None:
    render = np.full((*shape, 3), SKY, np.uint8)
    data = encode(format, np.full(shape, value, np.float32), Style(), render)
    wanted = (0, 0, 0) if value else SKY
    assert (decode_picture(data, f"it.{format}") == wanted).all()


def test_a_page_that_is_too_long_for_a_psd_is_answered_with_what_takes_it() -> None:
    strip = np.zeros((30_001, 2), np.float32)
    with pytest.raises(InputError, match=r"at most 30000 pixels a side.*take the format ora"):
        photoshop(layers_of(strip, (0, 0, 0), np.zeros((*strip.shape, 3), np.uint8)))
