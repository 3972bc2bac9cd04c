"""Figures of Comicgen: a face with an expression and a body in a pose, each an SVG on the same canvas.

Every face of a figure goes with every body of the same view, so a figure is one group. Which of the two lies
on top its template says, ``index.svg``, by naming it last.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from dataset_tools.sources.packages.archive import files_of
from dataset_tools.sources.packages.catalogue import Package
from dataset_tools.sources.packages.paint import change_ink
from dataset_tools.sources.svg import SVG, fitted, parse_svg

# Those whose colours are painted and whose outlines are opaque, without those put together from others; and
# the factor that makes hairlines about as wide as the ink that the others have as fills.
FIGURES = {
    "bean": 1.0,
    "bill": 4.0,
    "deenuova": 1.0,
    "deynuovo": 1.0,
    "ethan": 4.0,
    "priyanuova": 1.0,
    "ringonuovo": 1.0,
    "sophie": 4.0,
}
BODY_FIRST = ("bean", "bill", "sophie")
SIDES = ("500", "600")  # of every canvas
UNSEEN = ("readingpaper",)  # poses in which print is drawn in grey: neither ink nor none
MARGIN = 0.03  # paper around a figure, as a share of its longer side
LINK = re.compile(r"^(\s*(?:url\(\s*['\"]?)?#)([^'\")]+)(.*)$")


def groups_of(package: Package, folder: Path) -> dict[str, str]:
    """The group of each figure, which is who it is, by its name: figure, view, expression, pose."""
    parts: dict[tuple[str, str], list[str]] = {}
    for path in sorted(files_of(package, folder)):
        found = re.fullmatch(r"svg/(\w+)/(?:(\w+)/)?(emotion|pose)/(\w+)\.svg", path)
        if found and found[1] in FIGURES and found[4] not in UNSEEN:
            parts.setdefault((f"{found[1]} {found[2] or ''}".strip(), found[3]), []).append(
                found[4]
            )
    return {
        f"{view} {face} {pose}": view.partition(" ")[0]
        for (view, kind), faces in parts.items()
        if kind == "emotion"
        for face in faces
        for pose in parts.get((view, "pose"), ())
    }


def svg_of(package: Package, folder: Path, name: str) -> ET.Element:
    """The root of one figure, face and body together, cut to what is drawn.

    Raises:
        InputError: if a part is no SVG.
    """
    *view, face, pose = name.split(" ")
    base = "/".join(("svg", *view))
    paths = [f"{base}/emotion/{face}.svg", f"{base}/pose/{pose}.svg"]
    if view[0] in BODY_FIRST:
        paths.reverse()
    whole = ET.Element(f"{SVG}svg", {"viewBox": f"0 0 {' '.join(SIDES)}"})
    for number, path in enumerate(paths):
        part = parse_svg(files_of(package, folder)[path], path)
        _rename(part, f"part{number}-")
        part.set("width", SIDES[0])
        part.set("height", SIDES[1])
        part.set("overflow", "visible")
        whole.append(part)
    return fitted(change_ink(whole, package.inks, FIGURES[view[0]]), MARGIN)


def _rename(root: ET.Element, prefix: str) -> None:
    """Put a prefix before all ids of an SVG, and where they are referred to; two files may use the same."""
    ids = {element.get("id") for element in root.iter()}
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            found = LINK.match(value)
            if name == "id":
                element.set(name, prefix + value)
            elif found and found[2] in ids:  # a colour begins with # too
                element.set(name, f"{found[1]}{prefix}{found[2]}{found[3]}")
