"""Ink that is thinner, bolder or coloured, changed in the vector, so that render and line art agree exactly.

Strokes get a factor of their own width, black ink gets another dark colour. Both pictures of a drawing are
rasterised from the same changed strokes; the line art stays black. What is filled keeps its size.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lineart.settings import require

THINNEST, BOLDEST = 0.3, 1.2  # factors of the drawn width
# Pigments an artist inks with: blue-black, sepia, grey, dark green, dark red, violet.
INKS = ("#1b2a5e", "#4a2e1a", "#4a4a4a", "#173d27", "#6b1420", "#3b1e5c")
BLACK = re.compile(r"^\s*(#000|#000000|black|rgb\(\s*0\s*,\s*0\s*,\s*0\s*\))\s*$", re.IGNORECASE)
WIDTH = re.compile(r"^\s*([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([a-z%]*)\s*$")


@dataclass(frozen=True)
class OpenmojiSettings:
    """How the ink of the default source varies from drawing to drawing."""

    stroke: tuple[float, float] = (1.0, 1.0)  # least and largest factor of the drawn stroke width
    recolour: float = 0.0  # share of drawings whose ink is another dark colour than black

    def __post_init__(self) -> None:
        name, range_ = "ingest.openmoji.stroke", f"two factors from {THINNEST} to {BOLDEST}"
        require(
            len(self.stroke) == 2 and THINNEST <= self.stroke[0] <= self.stroke[1] <= BOLDEST,
            name,
            self.stroke,
            f"{range_}, the smaller one first",
        )
        require(0 <= self.recolour <= 1, "ingest.openmoji.recolour", self.recolour, "0 to 1")


def can_change(root: ET.Element) -> bool:
    """Whether all strokes and colours stand at the elements; with a style sheet they may not."""
    return not any(element.tag.rpartition("}")[2] == "style" for element in root.iter())


def scale_strokes(root: ET.Element, layers: Collection[str], factor: float) -> None:
    """Multiply the width of every stroke in some layers of an SVG, in place.

    Args:
        root: of the SVG.
        layers: ids of children of the root.
        factor: 1 changes nothing.
    """
    for element in _inside(root, layers, "stroke-width", "1"):
        found = WIDTH.match(get(element, "stroke-width") or "")
        if found:
            put(element, "stroke-width", f"{float(found[1]) * factor:.6g}{found[2]}")


def recolour(root: ET.Element, layers: Collection[str], colour: str) -> None:
    """Draw what is black in some layers of an SVG in another colour, in place.

    Args:
        root: of the SVG.
        layers: ids of children of the root.
        colour: as SVG writes it, such as ``#1b2a5e``.
    """
    for paint, default in (("stroke", "none"), ("fill", "#000")):
        for element in _inside(root, layers, paint, default):
            if BLACK.match(get(element, paint) or ""):
                put(element, paint, colour)


def _inside(
    root: ET.Element, layers: Collection[str], name: str, default: str
) -> Iterator[ET.Element]:
    """The elements of some layers; what the layers inherit of a property is written down first."""
    for layer in root:
        if layer.get("id") in layers:
            if get(layer, name) is None:
                layer.set(name, get(root, name) or default)
            yield from layer.iter()


def get(element: ET.Element, name: str) -> str | None:
    """What an element itself says of a property; its style is stronger than its attribute."""
    styled = re.findall(rf"(?:^|;)\s*{name}\s*:\s*([^;]*)", element.get("style", ""))
    return styled[-1] if styled else element.get(name)


def put(element: ET.Element, name: str, value: str) -> None:
    """Change a property of an element where it stands, in its style or as an attribute."""
    pattern, style = rf"((?:^|;)\s*{name}\s*:)[^;]*", element.get("style", "")
    if re.search(pattern, style):
        element.set("style", re.sub(pattern, rf"\g<1>{value}", style))
    else:
        element.set(name, value)
