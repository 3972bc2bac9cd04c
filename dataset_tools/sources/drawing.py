"""What every source speaks: the settings of ingest, a drawing found, a drawing refused, safe names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dataset_tools.sources.files import FileFacts
from dataset_tools.sources.layered.settings import LayeredSettings
from dataset_tools.sources.strokes import OpenmojiSettings
from lineart.pictures.decoding import shown
from lineart.pictures.images import Picture
from lineart.settings import require

ID_BYTES = 72  # with a child number and an ending, an id still fits the 100 bytes of a tar member
FORBIDDEN = '/\\:*?"<>|.'  # file systems refuse these; WebDataset cuts a name at its first dot


@dataclass(frozen=True)
class IngestSettings:
    """Where drawings come from, how many, and at what size."""

    source: str = "openmoji"  # a name in dataset_tools.sources.SOURCES
    folder: str | None = None  # where the artists' files are; the default source needs none
    count: int | None = 400  # take this many drawings by stable order, None for all
    size: int = 256  # longer side in pixels; larger pictures are shrunk, smaller ones kept
    series: str | None = None  # regular expression; its first group is the series a name belongs to
    openmoji: OpenmojiSettings = field(default_factory=OpenmojiSettings)  # how its ink varies
    layered: LayeredSettings = field(default_factory=LayeredSettings)  # which layers are what

    def __post_init__(self) -> None:
        require(
            self.count is None or self.count >= 1, "ingest.count", self.count, "1 or more, or empty"
        )
        require(16 <= self.size <= 8192, "ingest.size", self.size, "16 to 8192 pixels")
        if self.series is not None:
            wanted = r"a regular expression with a group, such as '^(\w+)_\d+$'"
            require(_groups_in(self.series) > 0, "ingest.series", self.series, wanted)


def _groups_in(expression: str) -> int:
    """How many groups a regular expression has; 0 if it is none."""
    try:
        return re.compile(expression).groups
    except (re.error, OverflowError, RecursionError):
        return 0


@dataclass(frozen=True)
class Drawing:
    """One drawing a source has found, before its pictures are read. Small and picklable."""

    id: str  # see safe_id
    group: str  # variants of one base drawing share it
    source: str  # name of the source
    artist: str  # who is to be named with every copy
    license: str  # as an SPDX name where there is one
    render: str  # where the source finds the render, in its own terms (a path, a member name)
    line: str  # likewise the line art; may be the same file


@dataclass(frozen=True)
class Refused:
    """Something delivered that cannot become a pair, and why; it is written down, never dropped."""

    id: str
    reason: str  # one sentence on one line

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", shown(self.reason, 2000))


class Source(Protocol):
    """A module of this package: it finds drawings, and it reads the two pictures of one of them."""

    NAME: str

    def find(self, settings: IngestSettings) -> tuple[list[Drawing], list[Refused]]:
        """All drawings of the source, and what could not be taken, both sorted by id.

        Raises:
            InputError: if there is nothing to take, saying what was looked for and what was found.
        """

    def read(self, drawing: Drawing, settings: IngestSettings) -> tuple[Picture, Picture]:
        """Render ``(H, W, 3)`` and line art ``(H, W)`` as :mod:`lineart.pictures.images` has them.

        Raises:
            InputError: if a picture cannot be read.
        """

    def files(self, drawing: Drawing) -> tuple[FileFacts, ...]:
        """The facts of the raster files a drawing is read from; none of a vector source.

        Raises:
            InputError: if one is no picture.
        """

    def changes(self, settings: IngestSettings) -> str:
        """What reading changes in the drawings, to be told where they are attributed; may be empty."""


def safe_id(name: str) -> str:
    """A name that any file system and a tar member can hold, the same for the same ``name``.

    Letters, digits, spaces, emoji and ``-_`` stay; what cannot stay becomes ``_``, and then a part of
    the name's SHA-256 is added, so that two names never fall on one id.

    >>> safe_id("线稿 07")
    '线稿 07'
    >>> safe_id("a/b")
    'a_b-c14cddc0'
    """
    text = unicodedata.normalize("NFC", name)
    kept = "".join("_" if _forbidden(char) else char for char in text).strip()
    kept = kept.encode()[:ID_BYTES].decode(errors="ignore")
    if kept == name and kept:
        return kept
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{kept.encode()[: ID_BYTES - 9].decode(errors='ignore')}-{digest}"


def _forbidden(char: str) -> bool:
    # C: controls, format characters, surrogates; Zl and Zp: line and paragraph separators
    category = unicodedata.category(char)
    return char in FORBIDDEN or category[0] == "C" or category in ("Zl", "Zp")


def stable_fraction(text: str) -> float:
    """A number in [0, 1) that depends on ``text`` alone: the first 52 bits of its SHA-256."""
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return int(digest[:13], 16) / 16**13


def folder_of(settings: IngestSettings) -> Path:
    """The folder of a source that needs one; without it, one sentence saying which setting to fill."""
    require(
        settings.folder is not None,
        "ingest.folder",
        settings.folder,
        f"the folder of the artists' files (the source '{settings.source}' needs one)",
    )
    return Path(settings.folder or "").expanduser()
