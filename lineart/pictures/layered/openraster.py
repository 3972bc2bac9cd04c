"""OpenRaster (.ora): a zip file of PNG pictures and ``stack.xml``, the tree of layers.

Specification: https://www.openraster.org/baseline/layer-stack-spec.html. Written by Krita, MyPaint,
GIMP, Drawpile and others.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial

from lineart.errors import InputError
from lineart.pictures.decoding import shown
from lineart.pictures.layered.archive import Archive, decode_pixels, number, picture_size
from lineart.pictures.layered.compositor import flatten
from lineart.pictures.layered.credits import licence_in, text_in
from lineart.pictures.layered.krita import MODES as KRITA_MODES
from lineart.pictures.layered.markup import parse_xml
from lineart.pictures.layered.tree import (
    Document,
    Layer,
    Pixels,
    check_canvas,
    check_layer,
    check_tree,
    unreadable,
)

MODES = {
    **KRITA_MODES,  # Krita writes its own names where OpenRaster has none
    "src-over": "normal",
    "src-atop": "normal",
    "dst-out": "erase",
    "plus": "add",
    "spectral-wgm": "normal",  # MyPaint's usual mode, pigments; the same where layers are opaque
}


def read_openraster(data: bytes, name: str) -> Document:
    """The tree of an ORA file; the pictures are decoded when they are drawn.

    Raises:
        InputError: if it is damaged, hostile or no ORA file.
    """
    archive = Archive(data, name)
    root = parse_xml(archive.read("stack.xml"), f"stack.xml of {name}")
    stack = root.find("stack")
    if root.tag != "image" or stack is None:
        raise InputError(f"{name} is no OpenRaster file: its stack.xml holds no layer stack.")
    width, height = (int(number(root.get(side), 0, name)) for side in "wh")
    check_canvas(width, height, name)
    layers = _children(stack, archive)
    check_tree(layers, name)
    return Document(
        name=name,
        width=width,
        height=height,
        layers=layers,
        draw=partial(flatten, width=width, height=height, name=name),
        artist=text_in(root, "creator"),
        license=licence_in(root),
    )


def _children(stack: ET.Element, archive: Archive) -> tuple[Layer, ...]:
    read = {"stack": _group, "layer": _layer}
    found = [read[child.tag](child, archive) for child in stack if child.tag in read]
    return tuple(reversed(found))  # the file has the topmost first


def _mode(element: ET.Element) -> tuple[str, bool]:
    """The blend mode, and whether the layer shows only where something is below it."""
    operator = element.get("composite-op", "svg:src-over")
    bare = operator.partition(":")[2] or operator
    return MODES.get(bare, bare), bare == "src-atop"


def _opacity(element: ET.Element, name: str) -> float:
    return min(1.0, max(0.0, number(element.get("opacity"), 1, name)))


def _group(element: ET.Element, archive: Archive) -> Layer:
    mode, atop = _mode(element)
    opacity = _opacity(element, archive.name)
    # A stack is a group of its own where it must be, or where the program that wrote it says so.
    plain = mode == "normal" and opacity >= 1 and not atop
    return Layer(
        name=element.get("name", ""),
        visible=element.get("visibility") != "hidden",
        opacity=opacity,
        mode=mode,
        atop=atop,
        through=plain and element.get("isolation", "auto") == "auto",
        children=_children(element, archive),
    )


def _layer(element: ET.Element, archive: Archive) -> Layer:
    name, source = element.get("name", ""), element.get("src", "")
    where = f"{archive.name}, layer '{shown(name, 60)}'"
    x, y = (int(number(element.get(axis), 0, where)) for axis in "xy")
    mode, atop = _mode(element)

    def pixels() -> Pixels:
        return decode_pixels(archive.read(source), where)

    size = (1, 1)
    if not source.lower().endswith(".png"):
        refused = unreadable(
            f"{where} is '{shown(source, 80)}'; only PNG layers are read, rasterise it."
        )
    elif source not in archive:
        refused = unreadable(
            f"{where} names the picture '{shown(source, 80)}', which is not in the file."
        )
    else:
        refused, size = None, picture_size(archive.read(source), where)
    check_layer(*size, x, y, where)
    return Layer(
        name=name,
        visible=element.get("visibility") != "hidden",
        opacity=_opacity(element, where),
        mode=mode,
        atop=atop,
        x=x,
        y=y,
        size=size,
        pixels=refused or pixels,
    )
