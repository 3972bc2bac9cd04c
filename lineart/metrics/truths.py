"""What lies in the files of a couple: the ink of a prediction, and of its truths.

Most line art is black ink on white paper, most edge maps the other way round. A folder is read one
way as a whole, since a single drawing may be mostly ink. The boundaries in a ``.mat`` file
(:mod:`lineart.metrics.matlab`) are neither: they are ones in an array, one pixel wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lineart.errors import InputError
from lineart.metrics.boundary import Truth
from lineart.metrics.couples import BOUNDARIES, Couple
from lineart.metrics.matlab import read_boundaries
from lineart.pictures.decoding import shown
from lineart.pictures.images import Picture, read_line


def read_ink(path: Path, ink: str) -> Picture:
    """A picture as ``(H, W)`` in [0, 1], ink 1, from black or white ink on disk."""
    picture = read_line(path)
    return picture if ink == "black" else 1 - picture


def read_truths(couple: Couple, ink: str) -> list[Truth]:
    """Every truth of a couple, in the order of the files.

    Args:
        couple: the files.
        ink: "black" or "white", of those that are pictures.

    Raises:
        InputError: if a file cannot be read.
    """
    return [truth for path in couple.truths for truth in _truths_in(path, ink)]


def _truths_in(path: Path, ink: str) -> list[Truth]:
    if path.suffix.lower() != BOUNDARIES:
        return [Truth(read_ink(path, ink))]
    return [Truth(mask, one_pixel=True) for mask in read_boundaries(path)]


def guess_ink(greys: Sequence[float]) -> str:
    """Which ink a folder has, from its pictures' mean greys: lines cover the lesser part of a page.

    >>> guess_ink([0.9, 0.97, 0.3]), guess_ink([0.1, 0.2])
    ('black', 'white')
    """
    return "black" if np.median(greys) >= 0.5 else "white"


@dataclass(frozen=True)
class Look:
    """What a glance at a prediction, or at the truths of one picture, tells."""

    grey: (
        float | None
    )  # mean of the page, paper white on white paper is 1; None for .mat files alone
    jpegs: int
    drawings: int  # how many there are


def glance(couple: Couple) -> tuple[Look, Look]:
    """A glance at the prediction and at the truths.

    Raises:
        InputError: if a picture cannot be read or their sizes differ.
    """
    prediction = read_line(couple.prediction)
    greys, drawings = [], 0
    for path in couple.truths:
        for truth in _truths_in(path, "black"):
            _check_size(couple, prediction, path, truth.line)
            drawings += 1
            if not truth.one_pixel:
                greys.append(1 - float(truth.line.mean()))
    grey = float(np.mean(greys)) if greys else None
    jpegs = sum(map(_is_jpeg, couple.truths))
    return (
        Look(1 - float(prediction.mean()), int(_is_jpeg(couple.prediction)), 1),
        Look(grey, jpegs, drawings),
    )


def _check_size(couple: Couple, prediction: Picture, path: Path, line: Picture) -> None:
    if prediction.shape != line.shape:
        (height, width), (tall, wide) = prediction.shape, line.shape
        which = f" {shown(path.name)}" if len(couple.truths) > 1 else ""
        raise InputError(
            f"The prediction '{couple.name}' is {width} x {height} and its truth{which} {wide} x {tall}; "
            f"nothing is resized here, so predict at the truth's size."
        )


def _is_jpeg(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\xff\xd8"


def decide_ink(
    kind: str, wanted: str, couples: Sequence[Couple], looks: Sequence[Look]
) -> tuple[str, list[str]]:
    """The ink of a folder, and what is to be said of it.

    Args:
        kind: "prediction" or "truth".
        wanted: "black", "white", or "guess" to go by the pictures.
        couples: the pictures.
        looks: a glance at each, in the same order.

    Returns:
        "black" or "white"; for a folder of boundaries alone it does not matter, and nothing is said.
    """
    greys = {
        couple.name: look.grey
        for couple, look in zip(couples, looks, strict=True)
        if look.grey is not None
    }
    if not greys:
        return "black", []
    ink = guess_ink(list(greys.values())) if wanted == "guess" else wanted
    paper = "white" if ink == "black" else "black"
    how = f"a guess, `--{kind}-ink` decides otherwise" if wanted == "guess" else "as told"
    said = [f"Read as {ink} ink on {paper} paper: {kind}s ({how})."]
    odd = [name for name, grey in greys.items() if guess_ink([grey]) != ink]
    if odd:
        said.append(f"{len(odd)} {kind}s look the other way round, e.g. {odd[0]}.")
    jpegs = sum(look.jpegs for look in looks)
    if jpegs:
        said.append(f"{jpegs} {kind}s are JPEG, whose ringing moves scores; save them as PNG.")
    return ink, said


def say_several(couples: Sequence[Couple], looks: Sequence[Look]) -> list[str]:
    """What is to be said of truths that are several, or one pixel wide already.

    Args:
        couples: the pictures.
        looks: a glance at the truths of each, in the same order.
    """
    said = []
    numbers = [look.drawings for look in looks if look.drawings > 1]
    if numbers:
        least, most = min(numbers), max(numbers)
        how_many = f"{least}" if least == most else f"{least} to {most}"
        said.append(
            f"{len(numbers)} pictures have {how_many} truths: a predicted centre line is right if any has "
            f"it, recall is over all; for strokes and background the counts of each are added, the figures "
            f"of a picture are means over its truths."
        )
    if any(path.suffix.lower() == BOUNDARIES for couple in couples for path in couple.truths):
        said.append("Boundaries of .mat files are taken as they are, not thinned, as in BSDS500.")
    return said
