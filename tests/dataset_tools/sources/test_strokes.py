"""Ink changed in the vector: numbers and pictures that are known by hand."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from dataset_tools.sources.strokes import (
    INKS,
    OpenmojiSettings,
    can_change,
    recolour,
    scale_strokes,
)
from dataset_tools.sources.svg import SVG, rasterise
from lineart.errors import InputError
from lineart.pictures.images import luminance

INK = ("line", "extra")


def svg(content: str, **attributes: str) -> ET.Element:
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return ET.fromstring(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"{extra}>{content}</svg>'
    )


def of(root: ET.Element, name: str) -> list[str | None]:
    return [element.get(name) for element in root.iter()]


@pytest.mark.parametrize(
    ("width", "thin"),
    [("2", "1"), ("1.5", "0.75"), (".5", "0.25"), ("2px", "1px"), ("3%", "1.5%"), ("1e1", "5")],
)
def test_a_width_is_multiplied_wherever_it_stands(width: str, thin: str) -> None:
    root = svg(f'<g id="line"><path stroke-width="{width}"/></g>')
    scale_strokes(root, INK, 0.5)
    assert of(root, "stroke-width")[2] == thin
    root = svg(
        f'<g id="line"><path style="fill:none;stroke-width: {width} ;x:y" stroke-width="9"/></g>'
    )
    scale_strokes(root, INK, 0.5)
    assert root[0][0].get("style") == f"fill:none;stroke-width:{thin};x:y"


def test_inherited_widths_are_multiplied_once() -> None:
    root = svg(
        '<g id="color"><path stroke-width="4"/></g>'
        '<g id="line"><path/><g stroke-width="4"><path/></g></g>'
        '<g id="extra" stroke-width="2"><path/></g>',
        stroke_width="3",
    )
    scale_strokes(root, INK, 0.5)
    colour = ["3", None, "4"]
    assert of(root, "stroke-width") == [*colour, "1.5", None, "2", None, "1", None]


def test_a_stroke_of_ten_becomes_one_of_five_around_the_same_middle() -> None:
    root = svg('<g id="line"><path d="M10 50H90" stroke="#000" stroke-width="10"/></g>')
    scale_strokes(root, INK, 0.5)
    ink = 1 - luminance(rasterise(root, 400))
    rows = np.flatnonzero(ink[:, 200] > 0.5) / 4
    assert (rows.min(), rows.max() + 0.25) == (47.5, 52.5)


def test_black_is_recoloured_and_nothing_else() -> None:
    root = svg(
        '<g id="color"><path fill="#000"/></g>'
        '<g id="line" fill="none"><path stroke="#000000"/><path stroke="#fff" fill="Black"/>'
        '<path style="stroke:rgb(0, 0,0);fill:#000"/></g>'
        '<g id="extra"><path/><path fill="none"/></g>'
    )
    recolour(root, INK, "#123456")
    new = "#123456"
    # root, colour and its path, line and its three paths, extra and its two paths
    assert of(root, "stroke") == [None, None, None, "none", new, "#fff", None, "none", None, None]
    assert of(root, "fill") == [None, None, "#000", "none", None, new, None, new, None, "none"]
    assert root[1][2].get("style") == f"stroke:{new};fill:{new}"


def test_inks_are_dark() -> None:
    for ink in INKS:
        rgb = np.array([int(ink[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)
        assert 0.05 < luminance(rgb) < 0.3


def test_a_style_sheet_may_hide_widths() -> None:
    assert can_change(svg('<g id="line"/>'))
    root = svg("")
    ET.SubElement(root, f"{SVG}defs").append(ET.Element(f"{SVG}style"))
    assert not can_change(root)


@pytest.mark.parametrize(
    "wrong",
    [{"stroke": (0.2, 1.0)}, {"stroke": (1.0, 1.3)}, {"stroke": (1.0, 0.5)}, {"stroke": (1.0,)}],
)
def test_widths_out_of_range_are_refused(wrong: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(
        InputError, match=r"ingest\.openmoji\.stroke .* two factors from 0\.3 to 1\.2"
    ):
        OpenmojiSettings(**wrong)
    with pytest.raises(InputError, match=r"ingest\.openmoji\.recolour"):
        OpenmojiSettings(recolour=1.5)
