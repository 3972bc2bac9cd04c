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
    # Several sources instead of one: a list, or a table with the share of each in `count`.
    sources: tuple[str, ...] | dict[str, float] | None = None
    packages: str = "data/packages"  # folder that keeps the archives of the vector packages

    def __post_init__(self) -> None:
        require(
            self.count is None or self.count >= 1, "ingest.count", self.count, "1 or more, or empty"
        )
        if self.sources is not None:
            wanted = "a list of sources, or a table of shares above 0; leave it out for one source"
            require(bool(self.sources), "ingest.sources", self.sources, wanted)
            if isinstance(self.sources, dict):
                require(
                    all(share > 0 for share in self.sources.values()),
                    "ingest.sources",
                    self.sources,
                    wanted,
                )
                require(
                    self.count is not None,
                    "ingest.count",
                    self.count,
                    "a number, for ingest.sources gives shares of it; or list the sources without shares",
                )
            else:
                names = self.sources
                require(len(set(names)) == len(names), "ingest.sources", names, "each source once")
        require(16 <= self.size <= 8192, "ingest.size", self.size, "16 to 8192 pixels")
        if self.series is not None:
            wanted = r"a regular expression with a group, such as '^(\w+)_\d+$'"
            require(_groups_in(self.series) > 0, "ingest.series", self.series, wanted)

    @property
    def shares(self) -> dict[str, float]:
        """The share of each source in ``count``; the shares add up to 1."""
        chosen = self.sources or (self.source,)
        shares = chosen if isinstance(chosen, dict) else dict.fromkeys(chosen, 1.0)
        total = sum(shares.values())
        return {name: share / total for name, share in shares.items()}

    def counts(self) -> dict[str, int | None]:
        """How many drawings each source gives, by shares and ``count`` alone; None for all it has.

        What a source has too few of no other makes up for, so that one that grows changes no other.

        >>> IngestSettings(sources={"a": 2, "b": 1}, count=10).counts()
        {'a': 7, 'b': 3}
        """
        if self.count is None:
            return dict.fromkeys(self.shares)
        exact = {name: share * self.count for name, share in self.shares.items()}
        counts: dict[str, int | None] = {name: int(number) for name, number in exact.items()}
        left = self.count - sum(int(number) for number in exact.values())
        for name in sorted(exact, key=lambda name: int(exact[name]) - exact[name])[:left]:
            counts[name] = int(exact[name]) + 1
        return counts


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
    """A module, or an object like one: it finds drawings, and it reads the two pictures of one of them."""

    @property
    def NAME(self) -> str:  # noqa: N802
        """What it is called in the settings."""

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
        f"the folder of the artists' files ({' or '.join(settings.shares)} needs one)",
    )
    return Path(settings.folder or "").expanduser()
