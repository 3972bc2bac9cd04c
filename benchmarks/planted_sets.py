"""The sets of the benchmarks with planted faults: clean pairs, and copies of them with one kind of fault.

Clean are drawings of OpenMoji whose layers agree, listed in ``clean.txt``; they are drawn at any size, as
hair-thin lines or with coloured ink. Every set goes the way of delivered files: it is written as pairs (or as
files, which are then ingested), and checked by the functions of the stage qa.
"""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation import fields
from dataset_tools.defects import Defect
from dataset_tools.defects.sets import partners
from dataset_tools.qa import Judgement, QaSettings, check_pairs, judge
from dataset_tools.sources import IngestSettings, list_drawings, make_pairs, write_ingest
from dataset_tools.sources.drawing import Drawing, Refused
from dataset_tools.sources.files import TABLE as FILES
from dataset_tools.sources.files import read_files
from dataset_tools.sources.strokes import OpenmojiSettings
from lineart.pictures.images import Picture, encode_png, write_bytes, write_line, write_render
from lineart.sets.pairs import Pair, read_pairs, read_table, sha256, write_pairs

CLEAN = Path(__file__).with_name("clean.txt")
JPEG = b"\xff\xd8"  # how such a file begins
# Kinds of clean pair: how the ink is drawn, and whether the render is shaded.
VARIANTS: dict[str, tuple[OpenmojiSettings, bool]] = {
    "as drawn": (OpenmojiSettings(), False),
    "hair-thin": (OpenmojiSettings(stroke=(0.3, 0.3)), False),
    "in colour": (OpenmojiSettings(recolour=1.0), False),
    "shaded": (OpenmojiSettings(), True),
}
SHADE = 0.3  # the deepest of a soft shading, a part of the light


@dataclass(frozen=True)
class Clean:
    """A clean pair in memory."""

    pair: Pair
    render: Picture
    line: Picture


@dataclass(frozen=True)
class Planted:
    """A set on disk, and the ids of what is faulty in it."""

    folder: Path
    ids: list[str]


def rng_of(*names: object) -> Generator:
    """A generator that depends on these names alone."""
    digest = hashlib.sha256("|".join(map(str, names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def draw(kind: str, size: int, count: int | None, folder: Path) -> list[Clean]:
    """Draw ``count`` of the listed drawings, by a stable order, as a kind of ``VARIANTS``, and read them."""
    ink, shaded = VARIANTS[kind]
    settings = IngestSettings(count=None, size=size, openmoji=ink)
    listed = set(CLEAN.read_text().split())
    drawings = [drawing for drawing in list_drawings(settings)[0] if drawing.id in listed]
    drawings.sort(key=lambda drawing: hashlib.sha256(drawing.id.encode()).digest())
    shutil.rmtree(folder, ignore_errors=True)
    ingest(drawings[:count], [], settings, folder)
    pairs = read(folder / "pairs.csv", folder)
    if shaded:
        pairs = [dataclasses.replace(one, render=in_soft_light(one)) for one in pairs]
        write(pairs, [], folder)
    return pairs


def in_soft_light(one: Clean) -> Picture:
    """A render with soft shadows, as painted or photographed."""
    clouds = fields.cloud(rng_of("shaded", one.pair.id), one.line.shape, max(one.line.shape) / 3, 2)
    return fields.shade(one.render, 1 - np.float32(SHADE) * clouds)


def ingest(
    drawings: list[Drawing], refused: list[Refused], settings: IngestSettings, folder: Path
) -> None:
    """Do what the stage ingest does."""
    made = make_pairs(sorted(drawings, key=lambda drawing: drawing.id), settings, folder)
    write_ingest(folder, [*refused, *made], settings)


def read(table: Path, folder: Path) -> list[Clean]:
    """The pairs of a table."""
    return [Clean(pair, *pair.pictures(folder)) for pair in read_pairs(table)]


def inspect(folder: Path, settings: QaSettings) -> Judgement:
    """Do what the stage qa does."""
    pairs = read_pairs(folder / "pairs.csv")
    facts = read_files(folder) if (folder / FILES).exists() else {}
    refused = []
    if (folder / "refused.csv").exists():
        table = read_table(folder / "refused.csv")
        refused = [Refused(*row) for row in zip(table["id"], table["reason"], strict=True)]
    return judge(pairs, check_pairs(pairs, folder, settings, facts), settings, refused)


def plant(defect: Defect, name: str, strength: float, clean: list[Clean], folder: Path) -> Planted:
    """Write a set in which all pairs have the fault; for faults of files and of the set, some have it.

    Pairs in which the fault has no place are left out.
    """
    if defect.deliver is not None:
        return _deliver(defect, name, strength, clean, folder)
    if defect.place == "partner":
        lines = [one.line for one in clean]
        others = partners(lines, strength, rng_of(name, strength))
        faulty = [at for at in range(0, len(clean), 4) if others[at] != at]
        pairs = list(clean)
        for at in faulty:
            pairs[at] = dataclasses.replace(clean[at], line=lines[others[at]])
        return write(pairs, [clean[at].pair.id for at in faulty], folder)
    assert defect.plant is not None
    planted = []
    chosen = clean if defect.place == "pictures" else clean[::4]
    for one in chosen:
        rng = rng_of(name, strength, one.pair.id)
        render, line = defect.plant(one.render, one.line, strength, rng)
        same = np.array_equal(render, one.render) and np.array_equal(line, one.line)
        if defect.place == "copy" or not same:  # a drawing without areas has none to fill
            planted.append(Clean(one.pair, render, line))
    if defect.place == "pictures":
        return write(planted, [one.pair.id for one in planted], folder)
    # A copy comes under a name of its own, and from another group: no one knows that it is one.
    copies = [
        Clean(
            dataclasses.replace(one.pair, id=f"{one.pair.id}~", group=f"{one.pair.group}~"),
            one.render,
            one.line,
        )
        for one in planted
    ]
    return write([*clean, *copies], [one.pair.id for one in copies], folder)


def write(pairs: list[Clean], faulty: list[str], folder: Path) -> Planted:
    """Write pairs as the stage ingest leaves them."""
    shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for one in pairs:
        names = f"render/{one.pair.id}.png", f"line/{one.pair.id}.png"
        rows.append(
            dataclasses.replace(
                one.pair,
                render=names[0],
                line=names[1],
                width=one.render.shape[1],
                height=one.render.shape[0],
                render_sha256=sha256(write_render(folder / names[0], one.render)),
                line_sha256=sha256(write_line(folder / names[1], one.line)),
            )
        )
    write_pairs(folder / "pairs.csv", rows)
    return Planted(folder, faulty)


def _deliver(
    defect: Defect, name: str, strength: float, clean: list[Clean], folder: Path
) -> Planted:
    """Write files as an artist delivers them, every second pair faulty, and ingest them."""
    assert defect.deliver is not None
    shutil.rmtree(folder, ignore_errors=True)
    faulty = []
    for at, one in enumerate(clean):
        files = encode_png(one.render), encode_png(1 - one.line)
        if at % 2 == 0:
            rng = rng_of(name, strength, one.pair.id)
            files = defect.deliver(one.render, one.line, strength, rng)
            faulty.append(one.pair.id)
        for role, data in zip(("render", "line"), files, strict=True):
            ending = ".jpg" if data.startswith(JPEG) else ".png"
            write_bytes(folder / "delivered" / role / f"{one.pair.id}{ending}", data)
    longest = max(max(one.line.shape) for one in clean)
    settings = IngestSettings("folders", str(folder / "delivered"), None, longest)
    ingest(*list_drawings(settings), settings, folder / "pairs")
    return Planted(folder / "pairs", faulty)
