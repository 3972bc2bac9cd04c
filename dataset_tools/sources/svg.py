"""Untrusted SVG: parsed under guard (:mod:`lineart.pictures.layered.markup`), drawn by resvg."""

from __future__ import annotations

import base64
import binascii
import io
import xml.etree.ElementTree as ET
from urllib.parse import unquote_to_bytes

import numpy as np
import resvg_py
from PIL import Image

from dataset_tools.sources.fence import draw_fenced
from lineart.errors import InputError
from lineart.pictures.images import Picture, decode_render
from lineart.pictures.layered.markup import parse_xml

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
MAX_EMBEDDED = 8192 * 8192  # pixels of one picture embedded in an SVG
UNITS = {"px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}  # CSS pixels
# Filters whose time grows with a number in the file without end, and the largest there is use for.
MAX_OCTAVES = 16  # of feTurbulence; more than 9 show nothing new
MAX_RADIUS = 0.01  # of feMorphology, as a share of the canvas's longer side
LOOK = 300  # pixels of the picture in which the content of a drawing is looked for
MAX_STRETCH = 10_000  # longer side against shorter side; no drawing is a thread


def parse_svg(data: bytes, name: str) -> ET.Element:
    """The root of an SVG file that may be hostile.

    Raises:
        InputError: as :func:`~lineart.pictures.layered.markup.parse_xml`; or if it is no SVG, a
            picture in it is linked, not embedded, or too large; or a filter would take for ever.
    """
    root = parse_xml(data, name, "SVG")
    if root.tag != f"{SVG}svg":
        raise InputError(f"{name} is no SVG: its root is <{root.tag[:80]}>.")
    for element in root.iter():
        tag = str(element.tag).removeprefix(SVG)
        if tag in ("image", "feImage"):
            check_embedded(element.get("href") or element.get(f"{XLINK}href") or "", name)
        elif tag == "feTurbulence":
            check_filter(element, "numOctaves", MAX_OCTAVES, name)
        elif tag == "feMorphology":
            check_filter(element, "radius", MAX_RADIUS * max(view_box(root)[2:]), name)
    return root


def check_embedded(link: str, name: str) -> None:
    """Refuse a picture that is a file or an address, an SVG within the SVG, or larger than 67 megapixels.

    Raises:
        InputError: in these cases.
    """
    if not link or link.startswith("#"):
        return
    if not link.startswith("data:"):
        raise InputError(f"{name} links to the picture {link[:80]!r}; embed it in the file.")
    head, _, body = link.partition(",")
    try:
        raw = unquote_to_bytes(body)
        data = base64.b64decode(raw) if head.endswith(";base64") else raw
        width, height = Image.open(io.BytesIO(data)).size
    except (OSError, ValueError, SyntaxError, binascii.Error) as error:
        raise InputError(
            f"{name} embeds something that is no PNG, JPEG or WebP picture ({head[:40]!r}); trace it "
            f"or embed it as PNG."
        ) from error
    if width * height > MAX_EMBEDDED:
        raise InputError(
            f"{name} embeds a picture of {width} x {height} pixels; at most "
            f"{MAX_EMBEDDED / 1e6:.0f} megapixels are read."
        )


def check_filter(element: ET.Element, attribute: str, most: float, name: str) -> None:
    """Refuse a filter that would take for ever; values that are no numbers are left to resvg.

    Raises:
        InputError: naming the filter and the value.
    """
    for value in element.get(attribute, "").replace(",", " ").split():
        try:
            amount = float(value)
        except ValueError:
            continue
        if amount > most:
            tag = str(element.tag).removeprefix(SVG)
            raise InputError(
                f"{name} has a filter {tag} with {attribute} {value[:20]!r}; at most {most:g} is read."
            )


def view_box(root: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, width and height of the canvas in the SVG's own units.

    Raises:
        InputError: if neither ``viewBox`` nor ``width`` and ``height`` tell it.
    """
    try:
        parts = [float(part) for part in root.get("viewBox", "").replace(",", " ").split()]
        if not parts:
            sides = (root.get("width", ""), root.get("height", ""))
            parts = [0, 0, *(_length(side) for side in sides)]
        left, top, width, height = parts
        if not (width > 0 and height > 0 and max(map(abs, parts)) < 1e9):
            raise ValueError("its canvas has no area")
        if max(width / height, height / width) > MAX_STRETCH:
            raise ValueError("its canvas is a thread")
    except ValueError as error:
        raise InputError(
            f"The SVG cannot be drawn (no usable viewBox, width and height: {error})."
        ) from error
    return left, top, width, height


def _length(text: str) -> float:
    """A length in CSS pixels; ``ValueError`` if it is none, or relative."""
    unit = text.strip()[-2:]
    if unit in UNITS:
        return float(text.strip()[:-2]) * UNITS[unit]
    return float(text)


def size_of(root: ET.Element, longest: int) -> tuple[int, int]:
    """Width and height in pixels of an SVG drawn with its longer side ``longest`` pixels."""
    _, _, width, height = view_box(root)
    scale = longest / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def draw_svg(root: ET.Element, longest: int) -> bytes:
    """Draw an SVG that somebody delivered on nothing: the bytes of a PNG with alpha.

    Args:
        root: of the SVG; it is not changed.
        longest: pixels of the longer side.

    Raises:
        InputError: if its size cannot be told or it cannot be drawn.
    """
    return draw_fenced(_markup(root), *size_of(root, longest))


def rasterise(root: ET.Element, size: int) -> Picture:
    """Draw an SVG of a trusted package on white paper, in this process: ``(H, W, 3)``.

    Args:
        root: of the SVG; it is not changed.
        size: pixels of the longer side.

    Raises:
        InputError: if its size cannot be told or it cannot be drawn.
    """
    width, height = size_of(root, size)
    try:
        png = resvg_py.svg_to_bytes(svg_string=_markup(root), width=width, height=height)
    except (ValueError, RuntimeError) as error:
        raise InputError(f"The SVG cannot be drawn ({error}).") from error
    return decode_render(bytes(png), "the rasterised SVG")


def fitted(root: ET.Element, margin: float) -> ET.Element:
    """The same SVG of a trusted package, its canvas cut to what is drawn on it.

    Args:
        root: of the SVG; its ``viewBox`` is changed.
        margin: paper left around, as a share of the longer side of the content.
    """
    left, top, width, height = view_box(root)
    seen = rasterise(root, LOOK).min(axis=2) < 1
    if seen.any():
        scale = max(width, height) / LOOK
        (y0, x0), (y1, x1) = (
            np.argwhere(seen).min(axis=0) * scale,
            (np.argwhere(seen).max(axis=0) + 1) * scale,
        )
        more = margin * max(x1 - x0, y1 - y0)
        box = left + x0 - more, top + y0 - more, x1 - x0 + 2 * more, y1 - y0 + 2 * more
        root.set("viewBox", " ".join(f"{part:.6g}" for part in box))
    return root


def _markup(root: ET.Element) -> str:
    canvas = ET.Element(root.tag, root.attrib)
    canvas.extend(root)
    # resvg knows no millimetres without a resolution, and fits to a canvas only what has a viewBox.
    canvas.set("viewBox", " ".join(f"{part:.10g}" for part in view_box(root)))
    for side in ("width", "height"):
        canvas.attrib.pop(side, None)
    return ET.tostring(canvas, encoding="unicode")
