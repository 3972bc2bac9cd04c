"""Which paint of a vector drawing is ink, and the drawing painted again by that.

Black for the ink and white for every other paint gives the line art: what a colour covers in the drawing
stays covered. Ink alone and colours alone serve to see what a thinner ink uncovers.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from PIL import ImageColor

from dataset_tools.sources.strokes import WIDTH, get, put
from dataset_tools.sources.svg import SVG, XLINK
from lineart.errors import InputError

FAINT = 0.5  # paint less opaque than this is a shadow or a shine, and hides nothing
FULL = 0.8  # ink is at least so opaque
SHAPES = frozenset(
    SVG + tag for tag in ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
)
GROUPS = frozenset(SVG + tag for tag in ("svg", "g", "a"))
# What is not drawn where it stands, or not by its paint.
KEPT = frozenset(
    SVG + tag
    for tag in (
        *(
            "clipPath",
            "mask",
            "linearGradient",
            "radialGradient",
            "filter",
            "title",
            "desc",
            "metadata",
        ),
        "defs",
    )
)
GRADIENTS = (f"{SVG}linearGradient", f"{SVG}radialGradient")
Repaint = Callable[[bool], str]  # whether a paint is ink, to the paint instead of it


@dataclass(frozen=True)
class Brush:
    """What an element inherits of paint."""

    fill: str = "#000"
    stroke: str = "none"
    width: str = "1"
    opacity: float = 1.0  # of all groups around, multiplied
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    blended: bool = False  # multiplied with what is below, or blurred: it hides nothing


@dataclass(frozen=True)
class Stroke:
    """One paint of one shape."""

    element: ET.Element
    kind: str  # fill or stroke
    paint: str  # as the file has it
    width: str  # of the stroke
    opacity: float  # 0 also for what is mixed with the colours below it

    @property
    def hides(self) -> bool:
        """Whether what is below it is not to be seen."""
        return self.opacity >= FAINT


def line_art(root: ET.Element, inks: Collection[str]) -> ET.Element:
    """A copy of a drawing with its ink black and all else white; faint paint is left out."""
    return _painted(root, inks, ink="#000", other="#fff")


def ink_alone(root: ET.Element, inks: Collection[str]) -> ET.Element:
    """A copy with the ink black and nothing else, as if nothing covered it."""
    return _painted(root, inks, ink="#000", other="none")


def colours_alone(root: ET.Element, inks: Collection[str]) -> ET.Element:
    """A copy without its ink."""
    whole = inlined(root)
    for paint in paints(whole):
        if is_ink(paint, inks):
            put(paint.element, paint.kind, "none")
    return whole


def change_ink(
    root: ET.Element, inks: Collection[str], factor: float, colour: str | None = None
) -> ET.Element:
    """A copy whose ink has other stroke widths and another colour.

    Args:
        root: of the SVG.
        inks: colours that are ink.
        factor: of each stroke's own width.
        colour: as SVG writes it; None keeps each.
    """
    whole = inlined(root)
    for paint in list(paints(whole)):
        if is_ink(paint, inks):
            if paint.kind == "stroke":
                put(paint.element, "stroke-width", scaled(paint.width, factor))
            if colour is not None:
                put(paint.element, paint.kind, colour)
    return whole


def scaled(width: str, factor: float) -> str:
    """A width of a stroke times a factor; one that is no plain length stays."""
    found = WIDTH.match(width)
    return f"{float(found[1]) * factor:.6g}{found[2]}" if found else width


def is_ink(paint: Stroke, inks: Collection[str]) -> bool:
    """Whether a paint has one of the colours that are ink, and is opaque."""
    return paint.opacity >= FULL and hex_of(paint.paint) in inks


def hex_of(paint: str) -> str:
    """A colour as ``#rrggbb`` in small letters; empty for none, a gradient, or what is no colour.

    >>> hex_of("#45413C"), hex_of("black"), hex_of("url(#a)")
    ('#45413c', '#000000', '')
    """
    try:
        red, green, blue = ImageColor.getrgb(paint.strip())[:3]
    except ValueError:
        return ""
    return f"#{red:02x}{green:02x}{blue:02x}"


def paints(root: ET.Element) -> Iterator[Stroke]:
    """Every paint of every shape, in the order of drawing; ``none`` is no paint.

    Raises:
        InputError: for what cannot be told: a style sheet, text, a picture, a clone that points nowhere.
    """
    gradients = {
        element.get("id", ""): element for element in root.iter() if element.tag in GRADIENTS
    }
    yield from _paints(root, Brush(), gradients)


def _paints(
    element: ET.Element, above: Brush, gradients: dict[str, ET.Element]
) -> Iterator[Stroke]:
    if element.tag in KEPT or not str(element.tag).startswith(SVG):
        return
    brush = _brush(element, above)
    if element.tag in GROUPS:
        for child in element:
            yield from _paints(child, brush, gradients)
        return
    if element.tag not in SHAPES:
        raise InputError(
            f"Which paint is ink cannot be told of <{str(element.tag).removeprefix(SVG)}>."
        )
    for kind, paint, own in (
        ("fill", brush.fill, brush.fill_opacity),
        ("stroke", brush.stroke, brush.stroke_opacity),
    ):
        if paint != "none":
            mixed = brush.blended or _fades(paint, gradients)
            yield Stroke(element, kind, paint, brush.width, 0 if mixed else brush.opacity * own)


def _brush(element: ET.Element, above: Brush) -> Brush:
    return replace(
        above,
        fill=get(element, "fill") or above.fill,
        stroke=get(element, "stroke") or above.stroke,
        width=get(element, "stroke-width") or above.width,
        opacity=above.opacity * _share(element, "opacity", 1.0),
        fill_opacity=_share(element, "fill-opacity", above.fill_opacity),
        stroke_opacity=_share(element, "stroke-opacity", above.stroke_opacity),
        blended=above.blended
        or (get(element, "mix-blend-mode") or "normal").strip() != "normal"
        or (get(element, "filter") or "none").strip() != "none",
    )


def _share(element: ET.Element, name: str, default: float) -> float:
    try:
        text = (get(element, name) or "").strip()
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return default


def _fades(paint: str, gradients: dict[str, ET.Element]) -> bool:
    """Whether a paint is a gradient that is clear somewhere, as a shine is."""
    if not paint.strip().startswith("url("):
        return False
    name = paint.strip()[4:].partition(")")[0].strip("'\" ").removeprefix("#")
    seen: set[str] = set()
    while name in gradients and name not in seen:
        seen.add(name)
        gradient = gradients[name]
        if any(_share(stop, "stop-opacity", 1.0) < 1 for stop in gradient):
            return True
        name = (gradient.get("href") or gradient.get(f"{XLINK}href") or "").removeprefix("#")
    return False


def _painted(root: ET.Element, inks: Collection[str], ink: str, other: str) -> ET.Element:
    whole = inlined(root)
    for paint in list(paints(whole)):
        instead = ink if is_ink(paint, inks) else other if paint.hides else "none"
        put(paint.element, paint.kind, instead)
    for element in _drawn(whole):
        for name in ("opacity", "fill-opacity", "stroke-opacity"):
            if get(element, name) is not None:
                put(element, name, "1")
    return whole


def _drawn(element: ET.Element) -> Iterator[ET.Element]:
    """An element and all in it that is drawn where it stands."""
    if element.tag not in KEPT:
        yield element
        for child in element:
            yield from _drawn(child)


def inlined(root: ET.Element) -> ET.Element:
    """A copy in which every clone is a shape of its own, so that each can have a paint of its own."""
    whole = copy.deepcopy(root)
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    _inline(whole, named, 0)
    return whole


def _inline(parent: ET.Element, named: dict[str | None, ET.Element], depth: int) -> None:
    if depth > 40:
        raise InputError("A clone in the SVG holds itself.")
    for place, child in enumerate(list(parent)):
        if child.tag in KEPT:
            continue
        if child.tag == f"{SVG}use":
            link = child.get("href") or child.get(f"{XLINK}href") or ""
            target = named.get(link.removeprefix("#"))
            if target is None:
                raise InputError(f"A clone in the SVG points to {link[:40]!r}, which is not in it.")
            group = ET.Element(f"{SVG}g", dict(child.attrib))
            moved = f"translate({child.get('x', '0')} {child.get('y', '0')})"
            group.set("transform", f"{child.get('transform', '')} {moved}".strip())
            group.append(copy.deepcopy(target))
            parent[place] = child = group
        _inline(child, named, depth + 1)
