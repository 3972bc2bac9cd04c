"""The drawings of the set: layered SVG files, and the pair of render and line art that each of them makes.

Each file has two groups. `colour` is what lies under the ink; `line` is the ink and nothing else, so the line
art is exact: how much of each pixel the ink covers, whatever its colour. The colours are painted over as
:mod:`benchmarks.out_of_distribution.recipes` says, the ink is laid on, and what happens to a whole sheet
(paper, camera, JPEG) happens to both. The same file makes the same pair in every run.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
import zlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import resvg_py

from benchmarks.out_of_distribution.manners import apply
from benchmarks.out_of_distribution.recipes import RECIPES
from dataset_tools.sources.svg import SVG, parse_svg, size_of, view_box
from lineart.errors import unknown_name
from lineart.pictures.images import Picture, to_bytes

FOLDER = Path(__file__).parent / "drawings"
COLOUR, LINE = "colour", "line"
UNITS = 5  # of a canvas, a pixel: the numbers in the files are whole and short


@dataclass(frozen=True)
class Example:
    """A drawing as a picture to read, and what should be read."""

    name: str
    render: Picture  # (H, W, 3) RGB in [0, 1], of 8 bits
    line: Picture  # (H, W) in [0, 1], ink 1


def example(name: str) -> Example:
    """Paint a drawing.

    Raises:
        InputError: if there is none of this name.
    """
    if name not in RECIPES:
        raise unknown_name("drawing", name, RECIPES)
    recipe, rng = RECIPES[name], np.random.default_rng(zlib.crc32(name.encode()))
    colour, ink, line = layers(FOLDER / f"{name}.svg")
    under = apply(recipe.under, colour, rng)
    render = apply(recipe.over, under * (1 - line[..., None]) + ink * line[..., None], rng)
    return Example(name, to_bytes(render) / np.float32(255), line)


def layers(path: Path) -> tuple[Picture, Picture, Picture]:
    """Draw the layers of a file: colours ``(H, W, 3)`` on white, ink colour ``(H, W, 3)``, ink ``(H, W)``."""
    root = parse_svg(path.read_bytes(), path.name)
    colour, cover = _draw(root, COLOUR)
    ink, line = _draw(root, LINE)
    return colour * cover[..., None] + (1 - cover[..., None]), ink, line


def _draw(root: ET.Element, layer: str) -> tuple[Picture, Picture]:
    """Colour ``(H, W, 3)`` and cover ``(H, W)`` of one layer."""
    alone = copy.copy(root)
    for group in root.findall(f"{SVG}g"):
        if group.get("id") != layer:
            alone.remove(group)
    width, height = size_of(root, round(max(view_box(root)[2:]) / UNITS))
    markup = ET.tostring(alone, encoding="unicode")
    png = bytes(resvg_py.svg_to_bytes(svg_string=markup, width=width, height=height))
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    values: Picture = pixels.astype(np.float32) / 255
    return values[..., 2::-1], values[..., 3]
