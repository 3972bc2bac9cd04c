"""Sources: artists' files in, pairs out.

A source is a module with ``find``, ``read`` and two small functions that tell of it
(:class:`dataset_tools.sources.drawing.Source`); its name stands in :data:`SOURCES`. Reading is done here once
for all of them: :func:`list_drawings` finds and samples, :func:`make_pairs` turns a chunk of drawings into
PNG files, :func:`write_ingest` writes the tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dataset_tools.sources import folders, openmoji, sheets
from dataset_tools.sources.drawing import Drawing, IngestSettings, Refused, Source, stable_fraction
from dataset_tools.sources.files import FileFacts, write_files
from dataset_tools.sources.layered import source as layered
from dataset_tools.sources.packages.catalogue import PACKAGES
from dataset_tools.sources.packages.source import PackageSource
from lineart.errors import InputError, unknown_name
from lineart.pictures.decoding import shown
from lineart.pictures.images import write_line, write_render, write_text
from lineart.sets.pairs import Pair, sha256, write_pairs, write_table

__all__ = [
    "SOURCES",
    "Drawing",
    "IngestSettings",
    "Made",
    "Refused",
    "list_drawings",
    "make_pairs",
    "sample",
    "write_ingest",
]

ALL: tuple[Source, ...] = (
    *(openmoji, folders, sheets, layered),
    *(PackageSource(package) for package in PACKAGES.values()),
)
SOURCES = {source.NAME: source for source in ALL}


@dataclass(frozen=True)
class Made:
    """A pair that was written, and what the files that were delivered for it say."""

    pair: Pair
    files: tuple[FileFacts, ...]  # none of a vector source


def list_drawings(settings: IngestSettings) -> tuple[list[Drawing], list[Refused]]:
    """What the sources named in the settings have to offer, sorted by id, and what they have to refuse.

    Raises:
        InputError: for an unknown source, if one of them has nothing that can be used, or if two have a
            drawing of the same id.
    """
    for name in settings.shares:
        if name not in SOURCES:
            raise unknown_name("source", name, SOURCES)
    drawings: list[Drawing] = []
    refused: list[Refused] = []
    for name, count in settings.counts().items():
        found, wrong = SOURCES[name].find(settings)
        if not found:
            raise InputError(
                f"None of the {len(wrong)} things found can be used; the first: {wrong[0].reason}"
            )
        drawings += sample(found, count) if count != 0 else []
        refused += wrong
    twice = [id for id, number in Counter(drawing.id for drawing in drawings).items() if number > 1]
    if twice and len(settings.shares) > 1:
        raise InputError(
            f"The sources {', '.join(settings.shares)} share {len(twice)} names of drawings, the first "
            f"{twice[0]!r}; rename those in your folder."
        )
    return sorted(drawings, key=lambda drawing: drawing.id), refused


def sample(drawings: list[Drawing], count: int | None) -> list[Drawing]:
    """``count`` drawings by a stable hash order, as varied as can be; all for None.

    One drawing of every group comes before a second of any, so that a small sample is not filled by
    the forty variants of one family. The order depends on names alone: what is added to a source
    takes its own place and moves no other drawing but out at the end.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for drawing in drawings:
        groups[drawing.group].append(drawing.id)
    turn: dict[str, int] = {}
    for members in groups.values():
        for number, name in enumerate(sorted(members, key=lambda id: (stable_fraction(id), id))):
            turn[name] = number
    order = sorted(drawings, key=lambda d: (turn[d.id], stable_fraction(d.group), d.id))
    return sorted(order[:count], key=lambda drawing: drawing.id)


def make_pairs(
    drawings: list[Drawing], settings: IngestSettings, out: Path
) -> list[Made | Refused]:
    """Read a chunk of drawings and write ``out/render/ID.png`` and ``out/line/ID.png``.

    Returns:
        One item a drawing, in order: what was made of it, or the reason why it cannot be read.

    Raises:
        InputError: if a picture cannot be written (a full disk concerns the run, not the drawing).
    """
    made: list[Made | Refused] = []
    for drawing in drawings:
        source = SOURCES[drawing.source]
        try:
            facts = source.files(drawing)
            render, line = source.read(drawing, settings)
        except InputError as error:
            made.append(Refused(drawing.id, str(error)))
            continue
        names = f"render/{drawing.id}.png", f"line/{drawing.id}.png"
        pair = Pair(
            id=drawing.id,
            render=names[0],
            line=names[1],
            group=drawing.group,
            source=drawing.source,
            artist=drawing.artist,
            license=drawing.license,
            width=render.shape[1],
            height=render.shape[0],
            render_sha256=sha256(write_render(out / names[0], render)),
            line_sha256=sha256(write_line(out / names[1], line)),
        )
        made.append(Made(pair, facts))
    return made


def write_ingest(
    out: Path, items: Iterable[Made | Refused], settings: IngestSettings
) -> tuple[int, int]:
    """Write ``refused.csv``, ``files.csv``, ``ATTRIBUTION.txt`` and, last, ``pairs.csv``.

    Args:
        out: the folder of the pictures.
        items: everything :func:`list_drawings` refused and :func:`make_pairs` returned, in any order.
        settings: what the pairs were made with.

    Returns:
        How many pairs there are, and how many drawings were refused.

    Raises:
        InputError: if there is no pair at all, or two of them share an id.
    """
    items = list(items)
    made = [item for item in items if isinstance(item, Made)]
    rows = sorted(
        (item for item in items if isinstance(item, Refused)), key=lambda row: (row.id, row.reason)
    )
    if not made:
        first = f"; the first reason: {rows[0].reason}" if rows else ""
        raise InputError(f"Not one drawing could be read ({len(rows)} refused{first}).")
    table = pd.DataFrame([(row.id, row.reason) for row in rows], columns=["id", "reason"])
    write_table(out / "refused.csv", table)
    write_files(out, (facts for item in made for facts in item.files))
    pairs = [item.pair for item in made]
    write_text(out / "ATTRIBUTION.txt", attribution(pairs, settings))
    write_pairs(out / "pairs.csv", pairs)
    return len(made), len(rows)


def attribution(pairs: list[Pair], settings: IngestSettings) -> str:
    """Who is to be named with every copy, one line an artist and licence, and what was changed."""
    counts = Counter((pair.source, pair.artist, pair.license) for pair in pairs)
    lines = [
        f"{source}: {number} drawings by {shown(artist)}, licence {shown(license)}"
        for (source, artist, license), number in sorted(counts.items())
    ]
    changed = [
        f"{name}: {SOURCES[name].changes(settings)}"
        for name in sorted({pair.source for pair in pairs})
    ]
    return "\n".join(
        [
            "The drawings of this data set, and whom to name with every copy:",
            *lines,
            "What was changed in them:",
            *changed,
            "",
        ]
    )
