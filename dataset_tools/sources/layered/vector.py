"""SVG files whose layers are groups: of Inkscape, Illustrator, Affinity Designer, Figma and others.

A layer is a group or a lone shape; its name is ``inkscape:label``, else the name that another program
stored, else its ``id``. Which layers show together is not put together from pictures: everything else is
taken out of the file and resvg draws the rest, with all that SVG knows of opacity, blending and masks.
"""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from dataset_tools.sources.svg import SVG, draw_svg, parse_svg, size_of
from lineart.pictures.layered.archive import decode_pixels
from lineart.pictures.layered.credits import licence_in, text_in
from lineart.pictures.layered.tree import (
    Document,
    Layer,
    Pixels,
    check_tree,
    unreadable,
    visible_leaves,
)

NAMES = (
    "{http://www.inkscape.org/namespaces/inkscape}label",
    "{http://www.serif.com/}id",
    "data-name",
    "id",
)
DRAWN = frozenset(
    f"{SVG}{tag}"
    for tag in (
        *("g", "a", "switch", "svg", "use", "image", "text", "path", "rect"),
        *("circle", "ellipse", "line", "polyline", "polygon"),
    )
)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{2,6})_")  # how Illustrator spells what an id may not hold
LONGEST = 1024  # pixels of the longer side, where nobody asks for another


def read_svg(data: bytes, name: str, longest: int = LONGEST) -> Document:
    """The tree of an SVG file that is to be drawn ``longest`` pixels on its longer side.

    Raises:
        InputError: if it is damaged, hostile, without a size or no SVG file.
    """
    root = parse_svg(data, name)
    width, height = size_of(root, longest)
    places = {element: place for place, element in enumerate(root.iter())}
    layers = _children(root, places)
    check_tree(layers, name)

    def draw(kept: Sequence[Layer]) -> Pixels:
        chosen = {leaf.place for leaf in visible_leaves(kept)}
        return decode_pixels(draw_svg(_only(root, chosen, _switched(kept)), longest), name)

    return Document(
        name=name,
        width=width,
        height=height,
        layers=layers,
        draw=draw,
        artist=text_in(root, "creator"),
        license=licence_in(root),
        scalable=True,
    )


def name_of(element: ET.Element) -> str:
    """What the artist called an element; empty if it has no name.

    >>> name_of(ET.fromstring('<g id="_x7EBF__x7A3F_"/>'))
    '线稿'
    """
    for attribute in NAMES:
        name = element.get(attribute, "").strip()
        if name:
            return ESCAPED.sub(_unescape, name) if attribute == "id" else name
    return ""


def _unescape(found: re.Match[str]) -> str:
    point = int(found[1], 16)
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point < 0xE000 else found[0]


def style_of(element: ET.Element, key: str) -> str:
    """A property of an element, from its ``style`` or the attribute of that name; empty if neither."""
    for part in reversed(element.get("style", "").split(";")):
        name, _, value = part.partition(":")
        if name.strip() == key:
            return value.replace("!important", "").strip()
    return element.get(key, "").strip()


def is_hidden(element: ET.Element) -> bool:
    """Whether an element by itself says that it is not to be seen."""
    return style_of(element, "display") == "none" or style_of(element, "visibility") == "hidden"


def _children(parent: ET.Element, places: dict[ET.Element, int]) -> tuple[Layer, ...]:
    """The layers in a group: groups that hold groups are taken apart, others are leaves."""
    return tuple(_layer(child, places) for child in parent if child.tag in DRAWN)


def _layer(element: ET.Element, places: dict[ET.Element, int]) -> Layer:
    is_group = element.tag == f"{SVG}g" and any(child.tag == f"{SVG}g" for child in element)
    name = name_of(element)
    return Layer(
        name=name,
        visible=not is_hidden(element),
        place=places[element],
        pixels=None if is_group else unreadable("An SVG is drawn as a whole."),
        children=_children(element, places) if is_group else (),
    )


def _switched(layers: Sequence[Layer]) -> set[int]:
    """The places of all groups and leaves in a tree that are to be seen."""
    places = set()
    for layer in layers:
        if layer.visible:
            places |= {layer.place} | _switched(layer.children)
    return places


def _only(root: ET.Element, leaves: set[int], seen: set[int]) -> ET.Element:
    """A copy of an SVG that shows these leaves alone; ``seen`` are they and the groups around them."""
    whole = copy.deepcopy(root)
    places = {element: place for place, element in enumerate(whole.iter())}

    def thin(parent: ET.Element) -> None:
        for child in parent:
            place = places[child]
            if child.tag not in DRAWN:
                continue
            if place not in seen:
                # Not taken out: clones in other layers may point into it.
                _add_style(child, "display:none")
                continue
            if is_hidden(child):
                _add_style(child, "display:inline;visibility:visible")
            if place not in leaves:
                thin(child)

    thin(whole)
    return whole


def _add_style(element: ET.Element, style: str) -> None:
    """Set properties that win over those that an element has; resvg reads none after an empty one."""
    before = element.get("style", "").strip().strip(";")
    element.set("style", f"{before};{style}" if before else style)
