"""The forms line art is written in: one table of formats, and ink to the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineart.errors import InputError, unknown_name
from lineart.extract.layers import layers_of
from lineart.extract.openraster import openraster
from lineart.extract.photoshop import photoshop
from lineart.extract.pixels import encode_rgba, on_paper, transparent
from lineart.extract.printed import png_in_print
from lineart.extract.style import Style
from lineart.extract.vector import centre_lines, outlines
from lineart.pictures.colours import Colour, colour_of
from lineart.pictures.images import Bytes, Picture, encode_png
from lineart.pictures.resolution import Dpi

PAPER = 240  # of 255; a colour whose channels are all as light cannot be told from white


@dataclass(frozen=True)
class Format:
    """A form line art is written in."""

    ending: str  # of the file's name
    media: str  # the media type, for whoever sends it on
    about: str  # what a person reads in the help
    raster: bool = True  # whether it is pixels, so that frames can become an animation
    paper: bool = False  # whether white paper lies below the ink
    layered: bool = False  # whether it has the render in it, too


FORMATS = {
    "png": Format(".png", "image/png", "ink on white paper", paper=True),
    "transparent": Format(".png", "image/png", "ink alone, paper transparent"),
    "svg": Format(
        ".svg", "image/svg+xml", "vectors: the outlines of the ink, filled", raster=False
    ),
    "centre": Format(".svg", "image/svg+xml", "vectors: strokes along the middle", raster=False),
    "ora": Format(
        ".ora", "image/openraster", "layers: ink, flats, render", raster=False, layered=True
    ),
    "psd": Format(
        ".psd", "image/vnd.adobe.photoshop", "the same for Photoshop", raster=False, layered=True
    ),
}


def format_named(name: str) -> Format:
    """A format by its name.

    Raises:
        InputError: for a name that is not known.
    """
    if name not in FORMATS:
        raise unknown_name("format", name, FORMATS)
    return FORMATS[name]


def check_ink(format: str, style: Style) -> None:
    """Refuse ink that nobody could tell from the paper it is written on.

    Raises:
        InputError: saying which formats take such ink.
    """
    if FORMATS[format].paper and min(colour_of(style.ink)) >= PAPER:
        others = ", ".join(name for name, form in FORMATS.items() if not form.paper)
        raise InputError(
            f"Ink of the colour {style.ink} cannot be seen on the white paper of the format {format}; "
            f"take a darker ink, or a format without paper ({others})."
        )


def encode(
    format: str,
    ink: Picture,
    style: Style,
    render: Bytes | None = None,
    dpi: Dpi | None = None,
) -> bytes:
    """The bytes of a file.

    Args:
        format: a name of ``FORMATS``.
        ink: ``(H, W)`` in [0, 1] as :func:`lineart.extract.style.apply` leaves it; of the style only the
            colour is laid on here.
        style: see there.
        render: ``(H, W, 3)`` uint8, what lies below the ink; layered formats alone need it.
        dpi: pixels an inch in print, across and down; None if that is not known.

    Raises:
        InputError: for a format that is not known, or whose library is not installed, and for ink that
            cannot be told from its paper.
    """
    format_named(format)
    check_ink(format, style)
    colour = colour_of(style.ink)
    if FORMATS[format].layered:
        if render is None or render.shape[:2] != ink.shape:
            raise InputError(f"The format {format} wants the render of the same size, too.")
        write = openraster if format == "ora" else photoshop
        return write(layers_of(ink, colour, render), dpi)
    return ENCODERS[format](ink, colour, dpi)


def _paper_png(ink: Picture, colour: Colour, dpi: Dpi | None) -> bytes:
    return png_in_print(encode_png(on_paper(ink, colour)), dpi)


def _transparent_png(ink: Picture, colour: Colour, dpi: Dpi | None) -> bytes:
    return png_in_print(encode_rgba(transparent(ink, colour)), dpi)


ENCODERS: dict[str, Callable[[Picture, Colour, Dpi | None], bytes]] = {
    "png": _paper_png,
    "transparent": _transparent_png,
    "svg": outlines,
    "centre": centre_lines,
}
