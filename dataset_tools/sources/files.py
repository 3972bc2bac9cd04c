"""What the delivered files themselves say: format, depth, transparency, colour profile, and their digest.

Everything is read from the header, before a pixel is decoded; the PNG files of ``data/pairs`` no longer tell.
"""

from __future__ import annotations

import dataclasses
import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image, ImageCms

from lineart.pictures.decoding import bits_of, opened, orientation_of, shown
from lineart.sets.pairs import read_table, sha256, write_table

TABLE = "files.csv"
LOSSY_IN_TIFF = ("jpeg", "tiff_jpeg", "webp")  # what Pillow calls these compressions


@dataclass(frozen=True)
class FileFacts:
    """One row of ``files.csv``: a raster file that was delivered for one picture of a pair."""

    id: str  # of the pair
    role: str  # render or line; a sheet has a row for each
    file: str  # its name as delivered, within the source's folder
    format: str  # PNG, JPEG, MPO (a JPEG with further pictures), WEBP or TIFF
    mode: str  # Pillow's word for the channels: 1, L, LA, P, RGB, RGBA, CMYK, I;16, ...
    bits: int  # a channel
    width: int  # in pixels, as it is shown: after the orientation
    height: int
    alpha: bool  # it has transparency, used or not
    profile: str  # what its colour profile calls itself; empty if it has none or sRGB
    orientation: int  # of EXIF, 1 to 8
    frames: int  # frames of an animation, pages of a TIFF; the first is read
    lossy: bool  # JPEG, lossy WebP, or a TIFF that holds one
    bytes: int  # of the file
    sha256: str  # of the file's bytes


def facts_of(data: bytes, id: str, role: str, name: str) -> FileFacts:
    """Read the facts of a picture file from its header.

    Args:
        data: the whole file.
        id: of the pair it belongs to.
        role: ``render`` or ``line``.
        name: of the file, within the folder of the source.

    Raises:
        InputError: if the header is none of a picture, or claims too many pixels.
    """
    with opened(data, name) as image:
        orientation = orientation_of(image)
        turned = orientation >= 5 and image.format != "TIFF"  # there Pillow has seen to it
        return FileFacts(
            id=id,
            role=role,
            file=shown(name),
            format=str(image.format),
            mode=image.mode,
            bits=bits_of(data, image),
            width=image.height if turned else image.width,
            height=image.width if turned else image.height,
            alpha=bool({"A", "a"} & set(image.getbands())) or "transparency" in image.info,
            profile=_profile(image.info.get("icc_profile")),
            orientation=orientation,
            frames=int(getattr(image, "n_frames", 1)),
            lossy=_lossy(data, image),
            bytes=len(data),
            sha256=sha256(data),
        )


def _profile(profile: bytes | None) -> str:
    if not profile:
        return ""
    try:
        words = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return "unreadable"
    return "" if "sRGB" in words else shown(" ".join(words.split())) or "without a name"


def _lossy(data: bytes, image: Image.Image) -> bool:
    if image.format == "TIFF":
        return image.info.get("compression") in LOSSY_IN_TIFF
    if image.format == "WEBP":
        return b"VP8 " in webp_chunks(data)
    return image.format != "PNG"


def webp_chunks(data: bytes) -> Iterator[bytes]:
    """The four-letter names of the chunks of a WebP file, those inside of its frames, too.

    Source: RFC 9649, sections 2.3 to 2.7: ``VP8`` and a space is a lossy picture, ``VP8L`` a lossless one.
    """
    place = 12  # behind RIFF, a length, and WEBP
    while place + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        yield name
        # a frame of an animation has 16 bytes of its own, then chunks
        place += 8 + (16 if name == b"ANMF" else length + length % 2)


def write_files(folder: Path, facts: Iterable[FileFacts]) -> None:
    """Write ``files.csv``, sorted by id and role."""
    rows = sorted(facts, key=lambda item: (item.id, item.role))
    columns = [field.name for field in dataclasses.fields(FileFacts)]
    frame = pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=columns)
    write_table(folder / TABLE, frame)


def read_files(folder: Path) -> dict[tuple[str, str], FileFacts]:
    """The facts of the files that the pairs in ``folder`` came from, by (id, role).

    Drawings of a vector source have none.

    Raises:
        InputError: if there is no table.
    """
    frame = read_table(folder / TABLE)
    rows = (FileFacts(**{str(k): v for k, v in row.items()}) for row in frame.to_dict("records"))
    return {(row.id, row.role): row for row in rows}
