"""The merged picture of a layered file, as the program that painted it last saw it.

Photoshop keeps it where "maximise compatibility" is on, Krita and all that write OpenRaster keep it always.
"""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np

from lineart.errors import InputError
from lineart.pictures.decoding import MAX_PIXELS, ZIP_METHODS, decode_pixels, frame_pixels, shown
from lineart.pictures.images import MAX_BYTES, Bytes

if TYPE_CHECKING:
    from psd_tools.psd import PSD

MERGED = "mergedimage.png"
RAW, RUN_LENGTHS = 0, 1  # compressions of a PSD; Photoshop uses the second
BITE = 1 << 20  # bytes that are inflated at a time
MAX_MERGED = 1 << 29  # bytes of all channels of a merged picture


def merged_of_zip(data: bytes, name: str) -> Bytes:
    """The merged picture of an OpenRaster or Krita file, ``(H, W, 3)`` uint8.

    Raises:
        InputError: if the file is damaged, or has none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = archive.getinfo(MERGED)
            if member.compress_type not in ZIP_METHODS or member.flag_bits & 1:
                raise InputError(
                    f"{shown(name)} is encrypted or compressed in a way that ORA and KRA files are not; "
                    f"save it again in Krita or GIMP, or export a PNG."
                )
            if member.file_size > MAX_BYTES:
                raise InputError(f"{shown(name)} unpacks to more than {MAX_BYTES >> 20} MB.")
            picture = archive.read(MERGED)
    except InputError:
        raise
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
    from psd_tools import PSDDecompressionWarning, PSDImage  # slow to load
    from psd_tools.psd import PSD

    known = len(data) >= 26
    channels, height, width, depth = struct.unpack(">HIIH", data[12:24]) if known else (0,) * 4
    if width * height > MAX_PIXELS:
        raise InputError(
            f"{shown(name)} claims {width} x {height} pixels; at most "
            f"{MAX_PIXELS / 1e6:.0f} megapixels are read."
        )
    if width * height * channels * depth > 8 * MAX_MERGED:  # all of them are inflated at once
        raise InputError(
            f"{shown(name)} holds {width} x {height} pixels in {channels} channels of {depth} bits; at "
            f"most {MAX_MERGED >> 20} MB are read, so delete channels, or export a PNG."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # that black stands for what is lost
            warnings.simplefilter("error", PSDDecompressionWarning)
            record = PSD.read(io.BytesIO(data))
            _require_rows(record)
            psd = PSDImage(record)
            merged = psd.topil() if psd.has_preview() else None
            picture = None if merged is None else frame_pixels(merged)
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


def _require_rows(record: PSD) -> None:
    """Refuse a file that ends before its picture does, for psd-tools fills what is missing with black.

    Coded by run lengths, a table at the beginning says how long each row of each channel is; else all of them
    are one zlib stream (Adobe Photoshop File Formats Specification, "Image Data Section"). psd-tools warns of
    it, but where pictures are read side by side, another thread may have silenced warnings.

    Raises:
        ValueError: if rows are missing.
    """
    header, image = record.header, record.image_data
    rows = header.channels * header.height
    there, wanted = len(image.data), rows * ((header.width * header.depth + 7) // 8)
    if image.compression == RUN_LENGTHS:
        lengths = np.frombuffer(image.data, ">u2" if header.version == 1 else ">u4", rows)
        wanted = lengths.nbytes + int(lengths.sum(dtype=np.int64))
    elif image.compression != RAW:
        there = _inflated(image.data, wanted)
    if there < wanted:
        raise ValueError("rows are missing")


def _inflated(data: bytes, enough: int) -> int:
    """How many bytes a zlib stream holds, counted until there are enough; none of them are kept."""
    stream = zlib.decompressobj()
    count = 0
    while count < enough and (piece := stream.decompress(data, BITE)):
        count += len(piece)
        data = stream.unconsumed_tail
    return count
