"""What a visitor may upload, and how it becomes a picture: decoded by the project, never by Gradio."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.colours import WHITE, Colour
from lineart.pictures.decoding import shown
from lineart.pictures.inputs import VIDEOS, Sheet, decode_sheet
from lineart.settings import require


@dataclass(frozen=True)
class Limits:
    """What a visitor may upload."""

    megabytes: float = 100  # of the file
    megapixels: float = 40  # of the picture in it

    def __post_init__(self) -> None:
        require(0 < self.megabytes <= 1024, "megabytes", self.megabytes, "above 0, at most 1024")
        require(0 < self.megapixels <= 80, "megapixels", self.megapixels, "above 0, at most 80")

    def __str__(self) -> str:
        return f"up to {self.megabytes:g} MB, {self.megapixels:g} megapixels"

    @property
    def bytes(self) -> int:
        """Of the file."""
        return int(self.megabytes * 2**20)


def taken(file: Path, limits: Limits, background: Colour = WHITE) -> Sheet:
    """The picture in an uploaded file, laid on a background; of several frames the first.

    Raises:
        InputError: if it is no picture, or one over the limits.
    """
    try:
        size = file.stat().st_size
    except OSError as error:
        raise InputError(f"{shown(file.name)} is no longer kept here; drop it again.") from error
    if size > limits.bytes:
        raise InputError(
            f"{shown(file.name)} has {size / 2**20:.1f} MB; this page takes at most "
            f"{limits.megabytes:g} MB. `lineart extract` takes more."
        )
    if file.suffix.lower() in VIDEOS:
        raise InputError(
            f"{shown(file.name)} is a video; this page takes pictures. `lineart extract` takes both."
        )
    sheet = decode_sheet(file.read_bytes(), file.name, background)
    height, width = sheet.pixels.shape[:2]
    if height * width > limits.megapixels * 1e6:
        raise InputError(
            f"{shown(file.name)} has {width} x {height} pixels; this page takes at most "
            f"{limits.megapixels:g} megapixels. `lineart extract` takes more."
        )
    return sheet
