"""Pictures of every kind an artist has, to pixels: what a file is, its content says and not its name.

What Pillow reads is decoded by :mod:`lineart.pictures.decoding`; of layered files the merged picture is taken
that the painting program left in them (:mod:`lineart.pictures.merged`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.colours import WHITE, Colour, colour_of
from lineart.pictures.decoding import Ground, decode_pixels, opened, shown
from lineart.pictures.images import MAX_BYTES, Bytes, read_file
from lineart.pictures.merged import merged_of_photoshop, merged_of_zip
from lineart.pictures.plugins import ENDINGS, plugin_for
from lineart.pictures.resolution import Dpi, resolution_of

# Pillow's names of formats, and the endings of their files. Of its others some need another program (EPS,
# WMF), some hold a picture whose size is known only when it is decoded (ICO, ICNS, BLP), some are nothing
# that people draw (FITS, GRIB).
KINDS = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp"),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "AVIF": (".avif", ".avifs"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "QOI": (".qoi",),
    "DDS": (".dds",),
    "FTEX": (".ftc", ".ftu"),
    "SGI": (".sgi", ".rgb", ".rgba", ".bw"),
    "SUN": (".ras",),
    "PCX": (".pcx",),
    "PIXAR": (".pxr",),
    "MSP": (".msp",),
    "XBM": (".xbm",),
    "XPM": (".xpm",),
    "TGA": (".tga", ".icb", ".vda", ".vst"),  # the last, for nothing in it says that it is one
}
if find_spec("PIL.AvifImagePlugin") is None:  # before Pillow 11.3
    del KINDS["AVIF"]
LAYERED = (".psd", ".psb", ".ora", ".kra", ".krz")
PICTURES = (*(ending for endings in KINDS.values() for ending in endings), *ENDINGS, *LAYERED)
VIDEOS = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv")
SUCH = "PNG, JPEG, WebP, TIFF, PSD, ORA, KRA and others"  # pictures, in a sentence
PIPE = "-"


def is_known(path: Path) -> bool:
    """Whether a file is called like a picture or a video that is read."""
    return path.suffix.lower() in (*PICTURES, *VIDEOS)


@dataclass(frozen=True)
class Sheet:
    """A picture as it was read."""

    pixels: Bytes  # (H, W, 3), RGB
    dpi: Dpi | None = None  # pixels an inch in print, across and down, if the file says it
    hidden: bool = False  # whether what is painted is as light as what lies under its transparency


def read_picture(path: Path | str) -> Bytes:
    """Read a picture of any kind as sRGB on white paper; of several frames the first.

    Returns:
        ``(H, W, 3)`` uint8, RGB.

    Raises:
        InputError: if the file is missing, empty, truncated, too large or no picture.
    """
    return read_sheet(path).pixels


def decode_picture(data: bytes, name: str) -> Bytes:
    """The same for the bytes of a file that is called ``name`` in messages."""
    return decode_sheet(data, name).pixels


def read_sheet(path: Path | str, background: Colour = WHITE) -> Sheet:
    """A picture of any kind with what its file says of it, on a background of any colour.

    Raises:
        InputError: as :func:`read_picture`, and as :func:`decode_sheet`.
    """
    return decode_sheet(read_file(Path(path)), str(path), background)


def decode_sheet(data: bytes, name: str, background: Colour = WHITE) -> Sheet:
    """The same for the bytes of a file that is called ``name`` in messages.

    Raises:
        InputError: if it is no picture.
    """
    merged, ground, dpi = _merged(data), Ground(background), None
    if merged is None:
        plugin = plugin_for(data, name)
        kinds = (plugin,) if plugin else tuple(KINDS)
        with opened(data, name, kinds) as image:
            dpi = resolution_of(image)
        pixels = decode_pixels(data, name, kinds, ground)
    else:
        pixels = merged(data, name, ground)
    return Sheet(pixels, dpi, ground.hides)


def _merged(data: bytes) -> Callable[[bytes, str, Ground], Bytes] | None:
    """What reads a layered file; None for other files."""
    if data.startswith(b"8BPS"):
        return merged_of_photoshop
    return merged_of_zip if data.startswith(b"PK\x03\x04") else None


def hidden_said(names: Sequence[str], background: str) -> str:
    """What is to be known of pictures that are hidden by their background, in a sentence."""
    which = shown(names[0]) if len(names) == 1 else f"{shown(names[0])} and {len(names) - 1} others"
    # On black a network sees a page full of ink, and on middle greys nothing.
    other = "#404040" if min(colour_of(background)) > 128 else "white"
    return (
        f"What is painted in {which} is nearly all as light as the {background} laid under its transparency, "
        f"so lines vanish; name another colour as the background (--background), such as {other}."
    )


def read_pipe() -> bytes:
    """The bytes of a picture that comes through a pipe.

    Raises:
        InputError: if nothing comes, or too much.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("`-` reads a picture from a pipe, and none is there; name a file instead.")
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if not data:
        raise InputError("Nothing came through the pipe; wanted are the bytes of a picture.")
    if len(data) > MAX_BYTES:
        raise InputError(
            f"More than {MAX_BYTES >> 20} MB came through the pipe; name a file instead."
        )
    return data
