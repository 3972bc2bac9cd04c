"""Sheets: render and line art side by side in one picture, ``NAME.png``, each half as wide as the sheet.

The layout of the Anime Sketch Colorization Pair set, for instance. Which half is the line art is found from
the sheets themselves: it is the one with less colour and more paper, and it has to be the same in (nearly)
all of them.
"""

from __future__ import annotations

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
from dataset_tools.sources.folders import pictures_in, some_of
from lineart.errors import InputError
from lineart.images import READABLE, Picture, fit, luminance, read_render

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
            f"There is no folder {folder}; looked for sheets in it, {folder}/NAME.png."
        )
    found = pictures_in(folder, refused)
    if not found:
        raise InputError(
            f"{folder} holds no sheets (found {some_of(folder)}); wanted are pictures with render and line "
            f"art side by side, that end in {', '.join(READABLE)}."
        )
    for stem in [stem for stem, files in found.items() if len(files) > 1]:
        names = " and ".join(path.name for path in found.pop(stem))
        refused.append(Refused(safe_id(stem), f"{names} have one name; leave one of them."))
    side = line_side(folder, [files[0] for files in found.values()])
    other = SIDES[1 - SIDES.index(side)]
    drawings = [
        Drawing(
            id=safe_id(stem),
            group=stem,
            source=NAME,
            artist="unknown",
            license="unknown",
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


def halves_of(path: Path) -> tuple[Picture, Picture]:
    """The two halves of a sheet, ``(H, W, 3)`` each.

    Raises:
        InputError: if it cannot be read, or is an odd number of pixels wide.
    """
    sheet = read_render(path)
    width = sheet.shape[1]
    if width % 2:
        raise InputError(
            f"{path} is {width} pixels wide, which is no two pictures side by side; cut it to an even width."
        )
    left, right = np.split(sheet, 2, axis=1)
    return np.ascontiguousarray(left), np.ascontiguousarray(right)


def line_side(folder: Path, sheets: list[Path]) -> str:
    """On which side the line art is, by the vote of some sheets in a stable order.

    Raises:
        InputError: if few sheets have a line art at all, or if they do not agree.
    """
    asked = sorted(sheets, key=lambda path: (stable_fraction(path.name), path.name))[:ASKED]
    votes = dict.fromkeys(SIDES, 0)
    for path in asked:
        try:
            side = _line_side(*halves_of(path))
        except InputError:
            continue  # it is refused with its reason when it is read
        if side is not None:
            votes[side] += 1
    side, number = max(votes.items(), key=lambda item: item[1])
    if 2 * sum(votes.values()) <= len(asked):
        raise InputError(
            f"The pictures of {folder} are no sheets: of {len(asked)} only {sum(votes.values())} have a half "
            f"that is bright and without colour; wanted are render and line art side by side, or two folders "
            f"render/ and line/."
        )
    if number < AGREED * sum(votes.values()):
        raise InputError(
            f"The line art is on the left in {votes['left']} and on the right in {votes['right']} sheets of "
            f"{folder}; put the two kinds into two folders."
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
