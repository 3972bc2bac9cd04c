"""Pictures of every kind an artist has, to pixels: what a file is, its content says and not its name.

PNG, JPEG, WebP, TIFF, BMP and GIF are decoded by :mod:`lineart.pictures.decoding`; of layered files the
merged picture is taken that the painting program left in them (:mod:`lineart.pictures.merged`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.decoding import FORMATS, decode_pixels
from lineart.pictures.images import MAX_BYTES, READABLE, Bytes, read_file
from lineart.pictures.merged import merged_of_photoshop, merged_of_zip

PICTURES = (*READABLE, ".bmp", ".gif", ".apng", ".psd", ".psb", ".ora", ".kra")
VIDEOS = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv")
DECODED = (*FORMATS, "GIF", "BMP")  # Pillow's names
PIPE = "-"


def read_picture(path: Path | str) -> Bytes:
    """Read a picture of any kind as sRGB on white paper; of several frames the first.

    Returns:
        ``(H, W, 3)`` uint8, RGB.

    Raises:
        InputError: if the file is missing, empty, truncated, too large or no picture.
    """
    return decode_picture(read_file(Path(path)), str(path))


def decode_picture(data: bytes, name: str) -> Bytes:
    """The same for the bytes of a file that is called ``name`` in messages."""
    if data.startswith(b"8BPS"):
        return merged_of_photoshop(data, name)
    if data.startswith(b"PK\x03\x04"):
        return merged_of_zip(data, name)
    return decode_pixels(data, name, DECODED)


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
