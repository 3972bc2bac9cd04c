"""Two folders of pictures, brought together: which belong to which, and what ink they have.

Most line art is black ink on white paper, most edge maps the other way round. A folder is read one
way as a whole, since a single drawing may be mostly ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lineart.errors import InputError
from lineart.images import READABLE, Picture, read_line


@dataclass(frozen=True)
class Couple:
    """A prediction's file and its truth's."""

    name: str
    prediction: Path
    truth: Path


def find_couples(predictions: Path, truths: Path) -> tuple[list[Couple], list[str]]:
    """The pictures of two folders that share a name, whatever their endings.

    Returns:
        The couples, by name, and what is to be said of the rest.

    Raises:
        InputError: if a folder has no pictures or two of one name, or a truth has no prediction.
    """
    predicted, true = _pictures(predictions), _pictures(truths)
    missing = sorted(set(true) - set(predicted))
    if missing:
        raise InputError(
            f"{predictions} lacks {len(missing)} of the {len(true)} pictures in {truths}, "
            f"'{missing[0]}' for one; a score on a part would not compare, so add them."
        )
    extra = sorted(set(predicted) - set(true))
    notes = []
    if extra:
        notes.append(f"{len(extra)} predictions have no truth and are left out, e.g. {extra[0]}.")
    return [Couple(name, predicted[name], true[name]) for name in sorted(true)], notes


def _pictures(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}; check the name.")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in READABLE and not path.name.startswith("."):
            if path.stem in found:
                raise InputError(f"{folder} has two pictures called '{path.stem}'; keep one.")
            found[path.stem] = path
    if not found:
        raise InputError(f"{folder} has no pictures; wanted are {', '.join(READABLE)} files.")
    return found


def read_ink(path: Path, ink: str) -> Picture:
    """A picture as ``(H, W)`` in [0, 1], ink 1, from black or white ink on disk."""
    picture = read_line(path)
    return picture if ink == "black" else 1 - picture


def guess_ink(greys: Sequence[float]) -> str:
    """Which ink a folder has, from its pictures' mean greys: lines cover the lesser part of a page.

    >>> guess_ink([0.9, 0.97, 0.3]), guess_ink([0.1, 0.2])
    ('black', 'white')
    """
    return "black" if np.median(greys) >= 0.5 else "white"


@dataclass(frozen=True)
class Look:
    """What a glance at a picture tells."""

    grey: float  # mean of the page, paper white on white paper is 1
    jpeg: bool


def glance(couple: Couple) -> tuple[Look, Look]:
    """A glance at the prediction and at the truth.

    Raises:
        InputError: if a picture cannot be read or their sizes differ.
    """
    prediction, truth = read_line(couple.prediction), read_line(couple.truth)
    if prediction.shape != truth.shape:
        (height, width), (tall, wide) = prediction.shape, truth.shape
        raise InputError(
            f"The prediction '{couple.name}' is {width} x {height} and its truth {wide} x {tall}; "
            f"nothing is resized here, so predict at the truth's size."
        )
    return (
        Look(1 - float(prediction.mean()), _is_jpeg(couple.prediction)),
        Look(1 - float(truth.mean()), _is_jpeg(couple.truth)),
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
    """
    ink = guess_ink([look.grey for look in looks]) if wanted == "guess" else wanted
    paper = "white" if ink == "black" else "black"
    how = f"a guess, `--{kind}-ink` decides otherwise" if wanted == "guess" else "as told"
    said = [f"Read as {ink} ink on {paper} paper: {kind}s ({how})."]
    pairs = zip(couples, looks, strict=True)
    odd = [couple.name for couple, look in pairs if guess_ink([look.grey]) != ink]
    if odd:
        said.append(f"{len(odd)} {kind}s look the other way round, e.g. {odd[0]}.")
    jpegs = sum(look.jpeg for look in looks)
    if jpegs:
        said.append(f"{jpegs} {kind}s are JPEG, whose ringing moves scores; save them as PNG.")
    return ink, said
