"""The picture of a layered file: the merged one, as the program that painted it last saw it, or its layers.

Photoshop keeps a merged picture where "maximise compatibility" is on, Krita and most that write OpenRaster
always. Older programs keep none, and some leave a blank page in its place: then the layers are put together.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from lineart.errors import InputError
from lineart.pictures.decoding import MAX_PIXELS, Ground, decode_pixels, frame_pixels, shown
from lineart.pictures.images import Bytes

if TYPE_CHECKING:
    from psd_tools.psd import PSD

    from lineart.pictures.layered.tree import Document

MERGED = "mergedimage.png"
RAW, RUN_LENGTHS = 0, 1  # compressions of a PSD; Photoshop uses the second
BITE = 1 << 20  # bytes that are inflated at a time
MAX_MERGED = 1 << 29  # bytes of all channels of a merged picture


def merged_of_zip(data: bytes, name: str, ground: Ground) -> Bytes:
    """The picture of an OpenRaster or Krita file, ``(H, W, 3)`` uint8, laid on a ground.

    Raises:
        InputError: if the file is damaged or of another kind, or has no merged picture and layers that
            cannot be put together.
    """
    from lineart.pictures.layered.archive import Archive  # seldom wanted
    from lineart.pictures.layered.krita import read_krita
    from lineart.pictures.layered.openraster import read_openraster

    archive = Archive(data, shown(name))
    picture = None
    if MERGED in archive:
        picture = decode_pixels(archive.read(MERGED), f"{name}, {MERGED}", ("PNG",), ground)
        if not _is_blank(picture):
            return picture
    readers = {"stack.xml": read_openraster, "maindoc.xml": read_krita}
    read = next((reader for member, reader in readers.items() if member in archive), None)
    if read is not None:
        remedy = "save it again in Krita or GIMP, or export a PNG"
        return _put_together(read, data, name, ground, remedy, picture)
    if picture is None:
        raise InputError(
            f"{shown(name)} is a zip file, but no ORA or KRA file; if there are pictures in it, as in a "
            f"CBZ, unpack it and name the folder, else export a PNG from the program that made it."
        )
    return picture


def merged_of_photoshop(data: bytes, name: str, ground: Ground) -> Bytes:
    """The picture of a PSD or PSB file, ``(H, W, 3)`` uint8, laid on a ground.

    Raises:
        InputError: if it is damaged, or has no merged picture and layers that cannot be put together.
    """
    from psd_tools import PSDDecompressionWarning, PSDImage  # slow to load
    from psd_tools.psd import PSD

    from lineart.pictures.layered.photoshop import read_photoshop

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
    picture = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # that black stands for what is lost
            warnings.simplefilter("error", PSDDecompressionWarning)
            record = PSD.read(io.BytesIO(data))
            psd = PSDImage(record)
            has_layers = len(psd) > 0
            if psd.has_preview():  # believed where it says no: libraries say yes of a dummy, too
                _require_rows(record)
                merged = psd.topil()
                picture = None if merged is None else frame_pixels(merged, ground)
    except Exception as error:  # psd-tools raises what its parsers happen to meet
        raise InputError(
            f"{shown(name)} is damaged or no Photoshop file that psd-tools reads; save it again."
        ) from error
    if picture is not None and not (has_layers and _is_blank(picture)):
        return picture
    remedy = "save it with 'maximise compatibility' on, or export a PNG"
    if not has_layers:
        raise InputError(f"{shown(name)} holds neither layers nor a merged picture; {remedy}.")
    return _put_together(read_photoshop, data, name, ground, remedy)


def _is_blank(picture: Bytes) -> bool:
    """Whether it is of one colour all over, as what stands in the place of a merged picture is."""
    return all((row == picture[0, 0]).all() for row in picture)  # ends at the first that is not


def _put_together(
    read: Callable[[bytes, str], Document],
    data: bytes,
    name: str,
    ground: Ground,
    remedy: str,
    otherwise: Bytes | None = None,
) -> Bytes:
    """What the layers of a file show together, ``(H, W, 3)`` uint8.

    Args:
        read: makes the tree of the file.
        data: the whole file.
        name: what it is called in messages.
        ground: what they are laid on.
        remedy: what to do where it cannot be done.
        otherwise: a blank merged picture that is to be believed where the layers cannot be drawn, for its
            format demands one.

    Raises:
        InputError: if it cannot be done and there is nothing else, saying why.
    """
    try:
        document = read(data, shown(name))
        image = Image.fromarray(document.draw(document.layers))
    except InputError as error:
        if otherwise is not None:
            return otherwise
        raise InputError(
            f"{shown(name)} holds no merged picture, or a blank one, and its layers cannot be put "
            f"together ({str(error).removesuffix('.')}); {remedy}."
        ) from error
    image.info["icc_profile"] = document.profile
    ground.forget()  # the blank page
    return frame_pixels(image, ground)


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
