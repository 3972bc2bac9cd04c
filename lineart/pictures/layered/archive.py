"""Zip files from strangers: OpenRaster and Krita files, read without trusting what they say of themselves.

Nothing is unpacked to disk: a member is looked up by its name in the file and nowhere else, so a name
such as ``../../secret`` finds nothing.
"""

from __future__ import annotations

import io
import zipfile
import zlib

import numpy as np
from PIL import Image

from lineart.errors import InputError
from lineart.pictures.decoding import ZIP_METHODS, shown
from lineart.pictures.layered.tree import Pixels, check_layer

MAX_MEMBERS = 50_000
MAX_BYTES = 4 * 2**30  # of all members unpacked
MAX_MEMBER = 2**30  # of one of them
MAX_RATIO = 300  # unpacked to packed; a blank canvas twice compressed comes to some 250
FREE = 64 * 2**20  # up to here a small file may hold anything
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


class Archive:
    """The members of a zip file by name.

    Raises:
        InputError: if it is no whole zip file, or claims to unpack to more than can be honest.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except DAMAGE as error:
            raise InputError(
                f"{name} is no whole zip file, as ORA and KRA files are ({told(error)}); save it again."
            ) from error
        size = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS or size > min(MAX_BYTES, max(FREE, MAX_RATIO * len(data))):
            raise InputError(
                f"{name} claims to unpack {len(data)} bytes to {size} in {len(members)} files, which "
                f"is taken for a zip bomb."
            )

    def __contains__(self, member: str) -> bool:
        return member in self._zip.NameToInfo

    def read(self, member: str) -> bytes:
        """The bytes of a member.

        Raises:
            InputError: if it is not there, too large or damaged.
        """
        if member not in self:
            raise InputError(f"{self.name} has no {member!r} in it; save it again.")
        info = self._zip.getinfo(member)
        if info.compress_type not in ZIP_METHODS or info.flag_bits & 1:
            raise InputError(
                f"{self.name} is encrypted or compressed in a way that ORA and KRA files are not; save "
                f"it again."
            )
        if info.file_size > MAX_MEMBER:
            raise InputError(
                f"{self.name} unpacks {member!r} to more than {MAX_MEMBER >> 20} MB; save it smaller."
            )
        try:
            return self._zip.read(info)
        except DAMAGE as error:
            raise InputError(f"{self.name} is damaged at {member!r} ({told(error)}).") from error


def picture_size(data: bytes, name: str) -> tuple[int, int]:
    """Width and height that the header of a PNG claims.

    Raises:
        InputError: if it is no PNG, or claims an absurd size.
    """
    try:
        size = Image.open(io.BytesIO(data), formats=["PNG"]).size
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{name} is no PNG picture.") from error
    check_layer(*size, 0, 0, name)
    return size


def decode_pixels(data: bytes, name: str) -> Pixels:
    """The pixels of a PNG, ``(H, W, 4)`` with 8 bits a channel.

    Raises:
        InputError: as :func:`picture_size`, or if it is damaged.
    """
    picture_size(data, name)
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=["PNG"])
        if image.mode.startswith("I"):  # 16-bit grey, which Pillow would clip
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        return np.asarray(image.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise InputError(f"{name} is a damaged PNG picture ({told(error)}).") from error


def number(text: str | None, default: float, name: str) -> float:
    """A number in an attribute.

    Raises:
        InputError: if it is none, or beyond a thousand million.
    """
    if text is None or not text.strip():
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e9:
        raise InputError(f"{name} has {text[:40]!r} where a number is wanted; save it again.")
    return value


def told(error: BaseException) -> str:
    """A library's words on one line; it may quote a whole file."""
    return shown(" ".join(str(error).split()), 160)
