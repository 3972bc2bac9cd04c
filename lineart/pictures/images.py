"""The one picture convention, and every way a picture enters or leaves the project.

In memory a render is ``(H, W, 3)`` RGB and a line art ``(H, W)``, both float32 in [0, 1]; in a line
art **ink is 1 and paper is 0**. On disk both are 8-bit PNG in sRGB, and a line art is black ink on
white paper.
"""

from __future__ import annotations

import stat
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.errors import InputError
from lineart.pictures.decoding import Picture, decode_render, shown
from lineart.pictures.whole import whole_file

Bytes = NDArray[np.uint8]

READABLE = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
# Run lengths over differences to the row above: twice as fast as the default, a tenth larger.
PNG_OPTIONS = (
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP),
)
MAX_BYTES = 2**30  # of a file


def read_file(path: Path) -> bytes:
    """The bytes of an ordinary file.

    Raises:
        InputError: if there is none, it is empty or too large, may not be read, or is no file at all: a
            pipe would never end, and a folder or a loop of links has no bytes.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise InputError(f"{shown(path)} is no ordinary file; put the picture itself there.")
        if about.st_size > MAX_BYTES:
            raise InputError(
                f"{shown(path)} has {about.st_size / 2**20:.0f} MB; at most {MAX_BYTES >> 20} MB are read."
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"There is no picture {shown(path)}; check the name.") from error
    except OSError as error:
        raise InputError(f"{shown(path)} cannot be opened ({error.strerror}).") from error
    if not data:
        raise InputError(f"{shown(path)} is empty (0 bytes); deliver the picture again.")
    return data


def read_render(path: Path | str) -> Picture:
    """Read a picture file as sRGB on white paper; see :func:`lineart.pictures.decoding.decode_render`.

    Returns:
        ``(H, W, 3)`` float32 in [0, 1], RGB.

    Raises:
        InputError: if the file is missing, empty, truncated, too large or no picture.
    """
    return decode_render(read_file(Path(path)), str(path))


def read_line(path: Path | str) -> Picture:
    """Read a line art: black ink on white paper on disk, ink 1 and paper 0 in memory.

    Returns:
        ``(H, W)`` float32 in [0, 1].

    Raises:
        InputError: as :func:`read_render`.
    """
    return 1 - luminance(read_render(path))


def luminance(rgb: Picture) -> Picture:
    """The grey value of a render, ``(..., 3)`` to ``(...)``, weights of ITU-R BT.601."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.clip(rgb @ weights, 0, 1).astype(np.float32, copy=False)


def to_bytes(picture: Picture | Bytes) -> Bytes:
    """Round [0, 1] to 0..255, the same shape."""
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def encode_png(picture: Picture | Bytes) -> bytes:
    """PNG bytes of an RGB ``(H, W, 3)`` or grey ``(H, W)`` picture; the same input, the same bytes."""
    pixels = picture if picture.dtype == np.uint8 else to_bytes(picture)
    if pixels.ndim == 3:
        pixels = pixels[..., ::-1].copy()
    done, data = cv2.imencode(".png", pixels, PNG_OPTIONS)
    assert done, "OpenCV could not encode a PNG"
    return data.tobytes()


def decode_png(data: bytes, grey: bool) -> Bytes:
    """Decode a PNG that this project wrote: ``(H, W)`` uint8 if ``grey``, else ``(H, W, 3)`` RGB."""
    pixels = cv2.imdecode(
        np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR
    )
    if pixels is None:
        raise InputError(
            "A picture of the data set is damaged; run `dvc repro` or `dvc pull` again."
        )
    return np.ascontiguousarray(pixels if grey else pixels[..., ::-1], np.uint8)


def write_render(path: Path, render: Picture) -> bytes:
    """Write a render as PNG, whole or not at all; returns the bytes written."""
    return write_bytes(path, encode_png(render))


def write_line(path: Path, line: Picture) -> bytes:
    """Write a line art as black ink on white paper, whole or not at all; returns the bytes written."""
    return write_bytes(path, encode_png(1 - line))


def write_bytes(path: Path, data: bytes) -> bytes:
    """Write a file whole or not at all (a temporary neighbour is renamed onto it); returns ``data``.

    Raises:
        InputError: if the disk is full or the folder cannot be written.
    """
    with whole_file(path) as temporary:
        temporary.write_bytes(data)
    return data


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all; errors as :func:`write_bytes`."""
    write_bytes(path, text.encode())


def fit(picture: Picture, longest: int) -> Picture:
    """Shrink a picture so that its longer side is at most ``longest`` pixels; never enlarges.

    Averages over areas, so that thin ink turns grey instead of vanishing.
    """
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
