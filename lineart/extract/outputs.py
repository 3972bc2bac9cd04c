"""The forms line art is written in: one table of formats, and ink to the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineart.errors import InputError, unknown_name
from lineart.extract.compressed import encode_jpeg, encode_webp
from lineart.extract.layers import layers_of
from lineart.extract.openraster import openraster
from lineart.extract.own import APART, own_colours
from lineart.extract.photoshop import photoshop
from lineart.extract.pixels import Inks, encode_rgba, on_paper, transparent
from lineart.extract.printed import png_in_print
from lineart.extract.style import Style
from lineart.extract.vector import centre_lines, outlines
from lineart.pictures.colours import apart, colour_of
from lineart.pictures.images import Bytes, Picture, encode_png
from lineart.pictures.resolution import Dpi


@dataclass(frozen=True)
class Format:
    """A form line art is written in."""

    ending: str  # of the file's name
    media: str  # the media type, for whoever sends it on
    about: str  # what a person reads in the help
    raster: bool = True  # whether it is pixels, so that frames can become an animation
    paper: bool = False  # whether paper lies below the ink
    layered: bool = False  # whether it has the render in it, too
    others: tuple[str, ...] = ()  # endings that mean the same


FORMATS = {
    "png": Format(".png", "image/png", "ink on paper", paper=True),
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
    "jpeg": Format(
        ".jpg", "image/jpeg", "ink on white paper", paper=True, others=(".jpeg", ".jpe", ".jfif")
    ),
    "webp": Format(".webp", "image/webp", "ink on white paper, without loss", paper=True),
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
    """Refuse ink that nobody could tell from the paper it is written on, and paper where there is none.

    Raises:
        InputError: saying which formats take such ink, or such paper.
    """
    with_paper = [name for name, form in FORMATS.items() if form.paper]
    if not FORMATS[format].paper:
        if colour_of(style.paper) != colour_of(Style().paper):
            raise InputError(
                f"The format {format} has no paper that could be {style.paper}; take the format "
                f"{' or '.join(with_paper)}, or leave --paper out."
            )
    elif not style.own and apart(colour_of(style.ink), colour_of(style.paper)) < APART:
        others = ", ".join(name for name in FORMATS if name not in with_paper)
        raise InputError(
            f"Ink of the colour {style.ink} cannot be told from {style.paper} paper; take another ink "
            f"(--ink), another paper (--paper), or a format without paper ({others})."
        )


def encode(
    format: str,
    ink: Picture,
    style: Style,
    render: Bytes | None = None,
    dpi: Dpi | None = None,
    inks: Inks | None = None,
) -> bytes:
    """The bytes of a file.

    Args:
        format: a name of ``FORMATS``.
        ink: ``(H, W)`` in [0, 1] as :func:`lineart.extract.style.apply` leaves it; of the style only the
            colours are laid on here.
        style: see there.
        render: ``(H, W, 3)`` uint8, the picture; layered formats need it, and ink of its own colours.
        dpi: pixels an inch in print, across and down; None if that is not known.
        inks: of :func:`inks_of`, for ink whose strokes the style has moved; found here if not given.

    Raises:
        InputError: for a format that is not known, or whose library is not installed, and for ink that
            cannot be told from its paper.
    """
    format_named(format)
    check_ink(format, style)
    if inks is None:
        inks = inks_of(style, ink, render)
    if FORMATS[format].layered:
        if render is None or render.shape[:2] != ink.shape:
            raise InputError(f"The format {format} wants the render of the same size, too.")
        write = openraster if format == "ora" else photoshop
        return write(layers_of(ink, inks, render), dpi)
    if format in ON_PAPER:
        return ON_PAPER[format](on_paper(ink, inks, colour_of(style.paper)), dpi)
    return ENCODERS[format](ink, inks, dpi)


def inks_of(style: Style, ink: Picture, render: Bytes | None) -> Inks:
    """The colour of a style's ink, or the colours that ink has of its own.

    Args:
        style: see there.
        ink: ``(H, W)`` in [0, 1], as it was extracted.
        render: ``(H, W, 3)`` uint8, the picture.

    Raises:
        InputError: if there is no picture of the same size to take colours from.
    """
    if not style.own:
        return colour_of(style.ink)
    if render is None or render.shape[:2] != ink.shape:
        raise InputError(
            "Ink of its own colours wants the render of the same size to take them from."
        )
    return own_colours(ink, render)


def _transparent_png(ink: Picture, inks: Inks, dpi: Dpi | None) -> bytes:
    return png_in_print(encode_rgba(transparent(ink, inks)), dpi)


def _png(pixels: Bytes, dpi: Dpi | None) -> bytes:
    return png_in_print(encode_png(pixels), dpi)


ON_PAPER: dict[str, Callable[[Bytes, Dpi | None], bytes]] = {
    "png": _png,
    "jpeg": encode_jpeg,
    "webp": encode_webp,
}
ENCODERS: dict[str, Callable[[Picture, Inks, Dpi | None], bytes]] = {
    "transparent": _transparent_png,
    "svg": outlines,
    "centre": centre_lines,
}
