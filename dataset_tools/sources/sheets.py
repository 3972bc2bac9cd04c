"""Sheets: render and line art side by side in one picture, ``NAME.png``, each half as wide as the sheet.

The layout of the Anime Sketch Colorization Pair set, for instance. Which half is the line art is found from
the sheets themselves: it is the one with less colour and more paper, and it has to be the same in (nearly)
all of them. An optional ``groups.csv`` among the sheets says which belong together
(:mod:`dataset_tools.sources.groups`).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from dataset_tools.sources.drawing import (
    Drawing,
    IngestSettings,
    Refused,
    folder_of,
    safe_id,
    stable_fraction,
)
from dataset_tools.sources.files import FileFacts, facts_of
from dataset_tools.sources.folders import pictures_in, some_of
from dataset_tools.sources.groups import GROUPS, check_series, groups_of, series_of
from lineart.errors import InputError
from lineart.pictures.decoding import shown
from lineart.pictures.images import READABLE, Picture, fit, luminance, read_file, read_render

NAME = "sheets"
SIDES = ("left", "right")
ASKED = 32  # sheets looked at to find the side of the line art
AGREED = 0.8  # share of them that has to agree
COLOUR = 0.1  # mean distance of the largest from the smallest channel; line art has less
PAPER = 0.5  # mean grey value; line art has more


def find(settings: IngestSettings) -> tuple[list[Drawing], list[Refused]]:
    """Every picture of the folder as a drawing; the side of its line art stands behind its path.

    Raises:
        InputError: if the folder is missing or empty, or what is in it are no sheets.
    """
    folder = folder_of(settings)
    refused: list[Refused] = []
    if not folder.is_dir():
        raise InputError(
            f"There is no folder {shown(folder)}; looked for sheets in it, {shown(folder)}/NAME.png."
        )
    found = pictures_in(folder, refused)
    if not found:
        raise InputError(
            f"{shown(folder)} holds no sheets (found {some_of(folder)}); wanted are pictures with render and "
            f"line art side by side, directly in it, that end in {', '.join(READABLE)}."
        )
    for stem in [stem for stem, files in found.items() if len(files) > 1]:
        names = " and ".join(path.name for path in found.pop(stem))
        refused.append(Refused(safe_id(stem), f"{names} have one name; leave one of them."))
    side = line_side(folder, [files[0] for files in found.values()])
    other = SIDES[1 - SIDES.index(side)]
    rows = groups_of(folder / GROUPS, found)
    check_series(found, settings)
    drawings = [
        Drawing(
            id=safe_id(stem),
            group=rows.get(stem, {}).get("group") or series_of(stem, settings),
            source=NAME,
            artist=rows.get(stem, {}).get("artist") or "unknown",
            license=rows.get(stem, {}).get("license") or "unknown",
            render=f"{path}#{other}",
            line=f"{path}#{side}",
        )
        for stem, (path,) in sorted(found.items())
    ]
    return drawings, sorted(refused, key=lambda item: (item.id, item.reason))


def read(drawing: Drawing, settings: IngestSettings) -> tuple[Picture, Picture]:
    """Cut a sheet in two, each half shrunk to ``settings.size``.

    Raises:
        InputError: if it cannot be read, or has no middle.
    """
    path, _, side = drawing.line.rpartition("#")
    halves = dict(zip(SIDES, halves_of(Path(path)), strict=True))
    render = halves[drawing.render.rpartition("#")[2]]
    return fit(render, settings.size), fit(1 - luminance(halves[side]), settings.size)


def files(drawing: Drawing) -> tuple[FileFacts, ...]:
    """The facts of the sheet, once for each of its halves.

    Raises:
        InputError: if it is no picture.
    """
    path = Path(drawing.line.rpartition("#")[0])
    facts = facts_of(read_file(path), drawing.id, "render", path.name)
    return facts, dataclasses.replace(facts, role="line")


def changes(settings: IngestSettings) -> str:
    """What is told beside the attribution."""
    return f"each sheet cut in two, and shrunk to {settings.size} pixels where larger"


def halves_of(path: Path) -> tuple[Picture, Picture]:
    """The two halves of a sheet, ``(H, W, 3)`` each.

    Raises:
        InputError: if it cannot be read, or is an odd number of pixels wide.
    """
    sheet = read_render(path)
    width = sheet.shape[1]
    if width % 2:
        raise InputError(
            f"{shown(path)} is {width} pixels wide, which is no two pictures side by side; cut it to an even "
            f"width."
        )
    left, right = np.split(sheet, 2, axis=1)
    return np.ascontiguousarray(left), np.ascontiguousarray(right)


def line_side(folder: Path, sheets: list[Path]) -> str:
    """On which side the line art is, by the vote of some sheets in a stable order.

    Those that cannot be read have no vote; they are refused with their reason when their turn comes.

    Raises:
        InputError: if few sheets have a line art at all, if they do not agree, or if none can be read.
    """
    asked, reason, votes = 0, "", dict.fromkeys(SIDES, 0)
    for path in sorted(sheets, key=lambda path: (stable_fraction(path.name), path.name)):
        try:
            side = _line_side(*halves_of(path))
        except InputError as error:
            reason = reason or str(error)
            continue
        asked += 1
        if side is not None:
            votes[side] += 1
        if asked == ASKED:
            break
    if not asked:
        raise InputError(f"None of {len(sheets)} sheets can be read; the first: {reason}")
    side, number = max(votes.items(), key=lambda item: item[1])
    if 2 * sum(votes.values()) <= asked:
        raise InputError(
            f"The pictures of {shown(folder)} are no sheets: of {asked} only {sum(votes.values())} have a "
            f"half that is bright and without colour; wanted are render and line art side by side, or two "
            f"folders render/ and line/."
        )
    if number < AGREED * sum(votes.values()):
        raise InputError(
            f"The line art is on the left in {votes['left']} and on the right in {votes['right']} sheets of "
            f"{shown(folder)}; put the two kinds into two folders."
        )
    return side


def _line_side(left: Picture, right: Picture) -> str | None:
    """Which half is the line art; None if neither can be, or both alike.

    Where a render is without colour, too, the line art is the half with more paper.
    """
    grey = [float(np.ptp(half, axis=2).mean()) < COLOUR for half in (left, right)]
    paper = [float(luminance(half).mean()) for half in (left, right)]
    able = [is_grey and bright > PAPER for is_grey, bright in zip(grey, paper, strict=True)]
    if able[0] != able[1]:
        return SIDES[able.index(True)]
    if not any(able) or paper[0] == paper[1]:
        return None
    return SIDES[paper.index(max(paper))]
