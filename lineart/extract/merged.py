"""The merged picture of a layered file, as the program that painted it last saw it.

Photoshop keeps it where "maximise compatibility" is on, Krita and all that write OpenRaster keep it always.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib

import numpy as np
from PIL import Image

from lineart.decoding import MAX_PIXELS, decode_pixels, frame_pixels, shown
from lineart.errors import InputError
from lineart.images import MAX_BYTES, Bytes

MERGED = "mergedimage.png"


def merged_of_zip(data: bytes, name: str) -> Bytes:
    """The merged picture of an OpenRaster or Krita file, ``(H, W, 3)`` uint8.

    Raises:
        InputError: if the file is damaged, or has none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(MERGED).file_size > MAX_BYTES:
                raise InputError(f"{shown(name)} unpacks to more than {MAX_BYTES >> 20} MB.")
            picture = archive.read(MERGED)
    except KeyError as error:
        raise InputError(
            f"{shown(name)} is a zip file without a {MERGED}, which ORA and KRA files have; save it "
            f"again in Krita or GIMP, or export a PNG."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{shown(name)} is damaged or no ORA or KRA file; save it again, or export a PNG."
        ) from error
    return decode_pixels(picture, f"{name}, {MERGED}", ("PNG",))


def merged_of_photoshop(data: bytes, name: str) -> Bytes:
    """The merged picture of a PSD or PSB file, ``(H, W, 3)`` uint8.

    Raises:
        InputError: if it is damaged, or has none.
    """
    from psd_tools import PSDImage  # slow to load

    height, width = struct.unpack(">II", data[14:22]) if len(data) >= 26 else (0, 0)
    if width * height > MAX_PIXELS:
        raise InputError(
            f"{shown(name)} claims {width} x {height} pixels; at most "
            f"{MAX_PIXELS / 1e6:.0f} megapixels are read."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            psd = PSDImage.open(io.BytesIO(data))
            merged = psd.topil() if psd.has_preview() else None
            image = None if merged is None else _eight_bits(merged)
            picture = None if image is None else frame_pixels(image)
    except Exception as error:  # psd-tools raises what its parsers happen to meet
        raise InputError(
            f"{shown(name)} is damaged or no Photoshop file that psd-tools reads; save it again."
        ) from error
    if picture is None:
        raise InputError(
            f"{shown(name)} holds no merged picture; save it with 'maximise compatibility' on, or "
            f"export a PNG."
        )
    return picture


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits, which psd-tools hands out as it is, with 8."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode == "F":
        return Image.fromarray(np.round(np.clip(np.asarray(image), 0, 1) * 255).astype(np.uint8))
    return image
