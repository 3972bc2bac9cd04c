"""Line art as JPEG and WebP, for whoever cannot take a PNG: with a quality that keeps lines sharp."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from lineart.errors import InputError
from lineart.pictures.images import Bytes
from lineart.pictures.resolution import UNIT, Dpi, X, Y

LONGEST = {"JPEG": 65_500, "WEBP": 16_383}  # pixels a side that the libraries write
QUALITY = 95  # of JPEG, of 100
INCHES = 2  # the unit of resolutions in EXIF


def encode_jpeg(pixels: Bytes, dpi: Dpi | None) -> bytes:
    """JPEG bytes of a grey ``(H, W)`` or RGB ``(H, W, 3)`` picture; colours at full size (4:4:4).

    Raises:
        InputError: if it is too long for a JPEG.
    """
    said = {} if dpi is None else {"dpi": dpi}
    return _saved(pixels, "JPEG", quality=QUALITY, subsampling=0, optimize=True, **said)


def encode_webp(pixels: Bytes, dpi: Dpi | None) -> bytes:
    """WebP bytes of the same, without loss.

    Raises:
        InputError: if it is too long for a WebP.
    """
    exif = Image.Exif()
    if dpi is not None:
        exif[X], exif[Y], exif[UNIT] = *dpi, INCHES
    return _saved(pixels, "WEBP", lossless=True, exif=exif)


def _saved(pixels: Bytes, format: str, **options: Any) -> bytes:
    height, width = pixels.shape[:2]
    if max(height, width) > LONGEST[format]:
        raise InputError(
            f"The line art has {width} x {height} pixels, and a {format.replace('WEBP', 'WebP')} at most "
            f"{LONGEST[format]} a side; take --format png."
        )
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format, **options)
    return buffer.getvalue()
