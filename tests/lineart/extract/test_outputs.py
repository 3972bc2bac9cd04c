"""Files as other programs read them: OpenCV, a zip reader, resvg, and the readers of layered files."""

from __future__ import annotations

import io
import sys
import zipfile
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import resvg_py
from PIL import Image

from lineart.errors import InputError
from lineart.extract.outputs import FORMATS, encode
from lineart.extract.style import Style
from lineart.extract.vector import _fewer
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.resolution import resolution_of

INK = np.array([[0, 0.2, 1]], np.float32)


def decoded(data: bytes) -> Bytes:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.asarray(pixels, np.uint8)


def circle() -> Picture:
    """A circle of radius 40, four pixels wide, with soft edges, a bar and a dot."""
    ink = np.zeros((120, 160), np.uint8)
    cv2.circle(ink, (80, 60), 40, 255, 4, cv2.LINE_AA)
    cv2.line(ink, (10, 110), (150, 110), 255, 4, cv2.LINE_AA)
    cv2.circle(ink, (20, 20), 3, 255, -1, cv2.LINE_AA)
    return ink / np.float32(255)


def test_black_ink_is_a_grey_picture() -> None:
    assert decoded(encode("png", INK, Style())).tolist() == [[255, 204, 0]]


def test_coloured_ink_fades_into_paper() -> None:
    blue_green_red = decoded(encode("png", INK, Style(ink="#ff8000")))
    assert blue_green_red.tolist() == [[[255, 255, 255], [204, 230, 255], [0, 128, 255]]]


@pytest.mark.parametrize("colour", ["white", "#fefefe", "ivory", "rgb(240, 240, 240)"])
def test_ink_that_cannot_be_told_from_paper_wants_a_format_without(
    colour: str, kit: SimpleNamespace
) -> None:
    style, ink = Style(ink=colour), kit.page()[..., 0] / np.float32(255)
    with pytest.raises(
        InputError, match=r"from white paper; .* \(transparent, svg, centre, ora, psd\)"
    ):
        encode("png", ink, style)
    for format in ("transparent", "svg", "centre", "ora", "psd"):
        assert encode(format, ink, style, kit.page())


@pytest.mark.parametrize(
    ("ink", "paper", "told"),
    [
        ("lightyellow", "white", True),
        ("white", "black", True),
        ("ivory", "white", False),
        ("navy", "black", True),
        ("#000020", "black", False),
        ("#222", "black", False),
        ("gray", "#888", False),
        ("red", "lime", True),
    ],
)
def test_ink_is_judged_by_its_own_paper(ink: str, paper: str, told: bool) -> None:
    style = Style(ink=ink, paper=paper)
    if told:
        assert encode("png", INK, style)
        return
    with pytest.raises(InputError, match=f"{ink} cannot be told from {paper} paper; take another"):
        encode("png", INK, style)


def test_ink_fades_into_its_paper() -> None:
    """White on black is grey, as black on white is."""
    assert decoded(encode("png", INK, Style(ink="white", paper="black"))).tolist() == [[0, 51, 255]]
    blue_green_red = decoded(encode("png", INK, Style(ink="#ff8000", paper="#000064")))
    assert blue_green_red.tolist() == [[[100, 0, 0], [80, 26, 51], [0, 128, 255]]]


def test_paper_where_there_is_none_is_said(kit: SimpleNamespace) -> None:
    for format in ("transparent", "svg", "centre", "ora"):
        with pytest.raises(
            InputError, match=f"^The format {format} has no paper .* or leave --paper out"
        ):
            encode(format, INK, Style(paper="black"), kit.page())


def test_transparent_ink_has_one_colour_and_its_darkness_as_alpha() -> None:
    blue_green_red_alpha = decoded(encode("transparent", INK, Style(ink="#ff8000")))
    assert blue_green_red_alpha.tolist() == [[[0, 128, 255, alpha] for alpha in (0, 51, 255)]]


def test_an_ora_file_follows_the_specification(kit: SimpleNamespace) -> None:
    render, ink = kit.page(48, 600), np.zeros((48, 600), np.float32)
    ink[20:30, 100:200] = 0.5
    data = encode("ora", ink, Style(ink="navy"), render)
    assert data[30:55] == b"mimetypeimage/openraster"[:25] + data[54:55]
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert archive.namelist()[0] == "mimetype"
    assert archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
    assert b'w="600" h="48"' in archive.read("stack.xml")
    thumbnail = decoded(archive.read("Thumbnails/thumbnail.png"))
    assert thumbnail.shape == (20, 256, 3)
    assert thumbnail[2, 200].tolist() == [255, 255, 255]
    merged = decoded(archive.read("mergedimage.png"))
    assert merged[25, 150].tolist() == pytest.approx([191, 127, 127], abs=1)
    assert merged[2, 300].tolist() == [255, 255, 255]


def test_layers_want_their_render(kit: SimpleNamespace) -> None:
    for format in ("ora", "psd"):
        for render in (None, kit.page()):
            with pytest.raises(InputError, match=f"{format} wants the render of the same size"):
                encode(format, INK, Style(), render)


@pytest.mark.parametrize(("format", "off"), [("svg", 0.01), ("centre", 0.02)])
def test_vectors_look_like_the_ink(format: str, off: float) -> None:
    ink = circle()
    text = encode(format, ink, Style(ink="#000080")).decode()
    assert "#000080" in text
    drawn = decoded(bytes(resvg_py.svg_to_bytes(svg_string=text, background="white")))
    assert drawn.shape[:2] == ink.shape
    again = 1 - drawn[..., 2] / 255  # red is dark where there is navy
    assert np.abs(again - ink).mean() < off
    assert again.sum() == pytest.approx(ink.sum(), rel=0.15)


def test_strokes_have_the_width_of_the_ink() -> None:
    text = encode("centre", circle(), Style()).decode()
    widths = [float(part.split('"')[1]) for part in text.split("stroke-width=")[1:]]
    assert len(widths) == 3  # circle, bar, dot
    assert all(3 <= width <= 7 for width in widths)


@pytest.mark.parametrize("format", ["svg", "centre"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (30, 40)])
@pytest.mark.parametrize("value", [0, 1])
def test_vectors_of_blank_black_and_tiny_pages(
    format: str, shape: tuple[int, int], value: float
) -> None:
    text = encode(format, np.full(shape, value, np.float32), Style()).decode()
    assert f'viewBox="0 0 {shape[1]} {shape[0]}"' in text
    assert text.rstrip().endswith("</svg>")


def test_the_same_ink_gives_the_same_bytes(kit: SimpleNamespace) -> None:
    ink = circle()
    render = kit.page(*ink.shape)
    for format in FORMATS:
        first, second = (encode(format, ink, Style(), render) for _ in range(2))
        assert first == second, format


def test_a_vector_is_as_large_as_its_picture_in_print() -> None:
    """1000 pixels at 254 an inch are 100 mm."""
    ink = np.zeros((500, 1000), np.float32)
    ink[200:210, 100:900] = 1
    for format in ("svg", "centre"):
        head = encode(format, ink, Style(), dpi=(254, 254)).decode()
        assert 'width="100mm" height="50mm" viewBox="0 0 1000 500"' in head
        assert 'width="1000" height="500" viewBox' in encode(format, ink, Style()).decode()


def test_a_vector_of_pixels_that_are_no_squares_is_stretched() -> None:
    ink = np.zeros((100, 100), np.float32)
    ink[40:60, 40:60] = 1
    text = encode("svg", ink, Style(), dpi=(254, 508)).decode()
    assert 'width="10mm" height="5mm" preserveAspectRatio="none" viewBox="0 0 100 100"' in text
    drawn = decoded(bytes(resvg_py.svg_to_bytes(svg_string=text, background="white", dpi=254)))
    rows, columns = np.nonzero(drawn[..., 2] < 128)
    assert np.ptp(columns) == pytest.approx(2 * np.ptp(rows), abs=2)


@pytest.mark.parametrize("format", ["png", "transparent"])
def test_pixels_say_their_resolution_and_are_the_same(format: str) -> None:
    plain = encode(format, circle(), Style())
    said = encode(format, circle(), Style(), dpi=(600, 300))
    assert np.array_equal(decoded(said), decoded(plain))
    with Image.open(io.BytesIO(said)) as image:
        image.load()
        assert image.info["dpi"] == pytest.approx((600, 300), abs=0.01)
    with Image.open(io.BytesIO(plain)) as image:
        assert "dpi" not in image.info


def test_a_wrong_format_is_answered_with_the_right_ones() -> None:
    with pytest.raises(InputError, match=r"Did you mean 'png'\? Known: centre, jpeg, ora, png"):
        encode("pngg", INK, Style())


def test_the_corners_of_a_ring_stay() -> None:
    """Points on its sides go, and a bend of less than SLACK pixels; so with every OpenCV."""
    ring = np.array(
        [[0, 0], [2, 0.3], [4, 0], [4, 2], [4, 4], [2, 4], [0, 4], [0, 2], [0, 0]], np.float32
    )
    assert _fewer(ring).tolist() == [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    assert _fewer(ring[:1]).tolist() == [[0, 0]]


def test_outlines_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vtracer", None)
    blank = np.zeros((8, 8), np.float32)
    with pytest.raises(InputError, match=r"^Outlines need vtracer, .* take the format `centre`"):
        encode("svg", blank, Style())
    assert b"<svg " in encode("centre", blank, Style())


@pytest.mark.parametrize(("format", "off"), [("jpeg", 24), ("webp", 0)])
@pytest.mark.parametrize("ink", ["black", "navy"])
def test_a_jpeg_is_near_and_a_webp_is_the_same(format: str, off: int, ink: str) -> None:
    """Thin lines of a colour, which halved colours would blur by a hundred levels; 300 x 200 dpi."""
    lines = np.zeros((64, 64), np.float32)
    lines[::6] = lines[:, ::9] = 1
    data = encode(format, lines, Style(ink=ink), dpi=(300, 200))
    png = decoded(encode("png", lines, Style(ink=ink)))
    png = png if png.ndim == 3 else np.repeat(png[..., None], 3, axis=2)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(pixels.astype(int) - png).max() <= off
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == format.upper()
        assert resolution_of(image) == (300, 200)
    assert len(encode(format, np.ones((1, 1), np.float32), Style()))


@pytest.mark.parametrize(("format", "longest"), [("jpeg", 65_500), ("webp", 16_383)])
def test_what_is_too_long_for_a_format_says_so(format: str, longest: int) -> None:
    assert decoded(encode(format, np.zeros((longest, 1), np.float32), Style())).size >= longest
    with pytest.raises(InputError, match=rf"at most {longest} a side; take --format png"):
        encode(format, np.zeros((longest + 1, 1), np.float32), Style())
