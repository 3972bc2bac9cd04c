"""Drawings of an Iconify set: all of them are in one table, each the inside of an SVG and its canvas."""

from __future__ import annotations

import functools
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from dataset_tools.sources.packages.archive import files_of
from dataset_tools.sources.packages.catalogue import Package
from dataset_tools.sources.svg import parse_svg
from lineart.errors import InputError

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SIDE = 16  # of a canvas, where neither the drawing nor the set says it: so Iconify has it


def groups_of(package: Package, folder: Path) -> dict[str, str]:
    """The group of each drawing by its name: the name without what its variants differ in."""
    categories = _table(package, folder, "metadata.json").get("categories", {})
    out = {name for category in package.left_out for name in categories.get(category, ())}
    return {
        name: re.sub(package.variants, "", name)
        for name in _icons(package, folder)["icons"]
        if name not in out
    }


def svg_of(package: Package, folder: Path, name: str) -> ET.Element:
    """The root of one drawing.

    Raises:
        InputError: if it is no SVG.
    """
    table = _icons(package, folder)
    icon = table["icons"][name]
    left, top, width, height = (
        float(icon.get(key, table.get(key, default)))
        for key, default in (("left", 0), ("top", 0), ("width", SIDE), ("height", SIDE))
    )
    markup = f'<svg {HEAD} viewBox="{left} {top} {width} {height}">{icon["body"]}</svg>'
    return parse_svg(markup.encode(), name)


@functools.lru_cache(maxsize=8)
def _icons(package: Package, folder: Path) -> dict[str, Any]:
    return _table(package, folder, "icons.json")


def _table(package: Package, folder: Path, file: str) -> dict[str, Any]:
    try:
        table = json.loads(files_of(package, folder)[file])
    except (KeyError, ValueError) as error:
        raise InputError(f"{package.archive} holds no {file} that can be read.") from error
    assert isinstance(table, dict)
    return table
