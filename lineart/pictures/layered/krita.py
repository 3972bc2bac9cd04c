"""Krita documents (.kra): a zip file of ``maindoc.xml``, the tree of layers, and their tiles.

Read are groups and paint layers in RGB or grey with 8 or 16 bits a channel; any other kind of layer that
is visible (vector, fill, clone, file, filter layers and masks) has to be drawn by Krita itself, so it is
answered with how to save the file instead. Krita's own description of the format:
https://docs.krita.org/en/untranslatable_pages/kra_the_krita_file_format.html
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial

from lineart.errors import InputError
from lineart.pictures.decoding import shown
from lineart.pictures.layered.archive import Archive, number
from lineart.pictures.layered.compositor import flatten
from lineart.pictures.layered.credits import licence_in, text_in
from lineart.pictures.layered.markup import parse_xml
from lineart.pictures.layered.tiles import SPACES, find_tiles, read_tiles
from lineart.pictures.layered.tree import (
    Document,
    Layer,
    Pixels,
    check_canvas,
    check_layer,
    check_tree,
    unreadable,
)

KRA = "{http://www.calligra.org/DTD/krita}"
MODES = {
    "dodge": "color-dodge",
    "burn": "color-burn",
    "hard_light": "hard-light",
    "soft_light": "soft-light-root",
    "soft_light_svg": "soft-light",
    "diff": "difference",
    "linear_dodge": "add",
    "linear_burn": "linear-burn",
    "linear light": "linear-light",
    "vivid_light": "vivid-light",
    "pin_light": "pin-light",
    "luminize": "luminosity",
}
INSTEAD = "in Krita, flatten it (Layer > Flatten Layer) or save the file as ORA or PSD"
HARMLESS = ("selectionmask",)  # masks that change no pixel


def read_krita(data: bytes, name: str) -> Document:
    """The tree of a KRA file; the tiles are decoded when they are drawn.

    Raises:
        InputError: if it is damaged, hostile or no KRA file.
    """
    archive = Archive(data, name)
    root = parse_xml(archive.read("maindoc.xml"), f"maindoc.xml of {name}")
    image = root.find(f"{KRA}IMAGE")
    if image is None:
        raise InputError(f"{name} is no Krita document: its maindoc.xml holds no image.")
    width, height = (int(number(image.get(side), 0, name)) for side in ("width", "height"))
    check_canvas(width, height, name)
    folder = image.get("name", "")
    layers = _children(image, archive, folder, (width, height))
    check_tree(layers, name)
    profile = f"{folder}/annotations/icc"
    named_srgb = image.get("profile", "").lower().startswith("srgb")
    artist, licence = _credits(archive)
    return Document(
        name=name,
        width=width,
        height=height,
        layers=layers,
        draw=partial(flatten, width=width, height=height, name=name),
        artist=artist,
        license=licence,
        profile=archive.read(profile) if profile in archive and not named_srgb else b"",
    )


def _credits(archive: Archive) -> tuple[str, str]:
    """Artist and licence, which nothing else hangs on."""
    try:
        about = parse_xml(archive.read("documentinfo.xml"), archive.name)
    except InputError:
        return "", ""
    return text_in(about, "full-name"), licence_in(about)


def _children(
    parent: ET.Element, archive: Archive, folder: str, canvas: tuple[int, int]
) -> tuple[Layer, ...]:
    """The layers within an element, the lowest first; the file has the topmost first."""
    found = parent.iterfind(f"{KRA}layers/{KRA}layer")
    return tuple(reversed([_layer(element, archive, folder, canvas) for element in found]))


def _layer(element: ET.Element, archive: Archive, folder: str, canvas: tuple[int, int]) -> Layer:
    name, kind = element.get("name", ""), element.get("nodetype", "")
    where = f"{archive.name}, layer '{shown(name, 60)}'"
    x, y = (int(number(element.get(axis), 0, where)) for axis in "xy")
    check_layer(0, 0, x, y, where)
    mode = element.get("compositeop", "normal")
    flags = element.get("channelflags", "")
    channels = flags[:-1]
    reason = ""
    if kind not in ("paintlayer", "grouplayer"):
        reason = f"{where} is a {kind or 'layer of no kind'}, which only Krita can draw; {INSTEAD}."
    elif "0" in channels:
        reason = f"{where} has colour channels turned off; {INSTEAD}."
    elif _masks(element):
        reason = f"{where} has masks, which only Krita can draw; {INSTEAD}."
    layer = partial(
        Layer,
        name=name,
        visible=element.get("visible", "1") != "0",
        opacity=min(1.0, max(0.0, number(element.get("opacity"), 255, where) / 255)),
        mode=MODES.get(mode, mode),
        atop=flags.endswith("0"),
    )
    if reason:
        return layer(size=canvas, pixels=unreadable(reason))
    if kind == "grouplayer":
        through = element.get("passthrough") == "1"
        return layer(through=through, children=_children(element, archive, folder, canvas))
    member = f"{folder}/layers/{element.get('filename', '')}"
    space = element.get("colorspacename", "RGBA")
    if space not in SPACES:
        reason = (
            f"{where} has colours of the kind '{shown(space, 40)}'; in Krita, convert the image to RGB "
            f"or grey with 8 or 16 bits a channel."
        )
    elif member not in archive:
        reason = f"{where} has no pixels of its own (is it animated?); {INSTEAD}."
    if reason:
        return layer(size=canvas, pixels=unreadable(reason))
    empty = archive.read(f"{member}.defaultpixel") if f"{member}.defaultpixel" in archive else b""
    left, top, right, bottom = find_tiles(archive.read(member), where).box
    if any(empty):
        left, top, right, bottom = -x, -y, canvas[0] - x, canvas[1] - y
    else:  # what lies beside the canvas is not unpacked
        left, top = max(left, -x), max(top, -y)
        right, bottom = max(left, min(right, canvas[0] - x)), max(top, min(bottom, canvas[1] - y))

    def pixels() -> Pixels:
        box = (left, top, right, bottom)
        return read_tiles(archive.read(member), SPACES[space], box, empty, where)

    return layer(x=left + x, y=top + y, size=(right - left, bottom - top), pixels=pixels)


def _masks(element: ET.Element) -> list[ET.Element]:
    """The masks of a layer that change what it shows."""
    return [
        mask
        for mask in element.iterfind(f"{KRA}masks/{KRA}mask")
        if mask.get("visible", "1") != "0" and mask.get("nodetype") not in HARMLESS
    ]
