"""Duplicates: the same drawing twice, exactly, nearly or mirrored, and the clusters they make of a data set.

Exact is equal pixels once decoded, whatever the file format. Near is a comparison of small pictures, so
that another size, another colour, another place on the sheet or the traces of JPEG do not hide a drawing
that was delivered twice. They are compared as they lie, and with the ink moved to the middle: the first
bears more JPEG, for where the middle is hangs on every grey value, the second bears another place.

Every drawing is compared with every other: perceptual hashes, the usual short cut, differ by many bits
between two copies of a symmetric drawing, of which half the frequencies are noise. Groups and duplicates
joined are a cluster, and a cluster is what a split may not cut.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lineart.errors import InputError
from lineart.pictures.images import Bytes, Picture, fit, luminance, to_bytes
from lineart.sets.pairs import Pair
from lineart.settings import require

SIDE = 64  # of the small pictures that are compared, whatever the shape of the original
COARSE = 16  # of the smaller ones that tell at a glance which drawings are nothing alike
RIDGES = 32  # of the maps of thin dark structures, which tell whose line art a line art is
RIDGE = 1 / 40  # half the width of what still counts as thin, a part of the longer side
LOOKED_AT = 256  # longer side, in pixels, of the pictures in which ridges are looked for
BLOCK = 512  # rows, or pairs, that are compared at a time: bounds the memory

Kind = Literal["exact", "near", "mirrored"]


@dataclass(frozen=True)
class DuplicateSettings:
    """When two drawings are taken for one."""

    line: float = 0.04  # ink that differs between two line arts, a part of their ink
    # Darkness that differs between two renders, a part of theirs; areas of one colour weigh much.
    render: float = 0.018
    mirrored: bool = True  # whether a mirror image is the same drawing

    def __post_init__(self) -> None:
        for name in ("line", "render"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"qa.duplicates.{name}", value, "0 to 1")


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a pair to compare it with all others. Small and picklable."""

    id: str
    group: str
    pixels: str  # SHA-256 of the size and the decoded pixels of the render
    line_pixels: str  # likewise of the line art
    # Darkness of the render, ink of the line art; the same with the ink in the middle: (4, 64, 64) bytes.
    small: bytes
    ridges: bytes  # thin dark structures of render and line art as (2, 32, 32) bytes, 0 to 127


class Duplicate(NamedTuple):
    """Two drawings that are one."""

    one: str  # the id that is first in the alphabet
    other: str
    kind: Kind
    difference: float  # of the more similar of their two pictures, in [0, 1]; 0 if equal


def fingerprint(pair: Pair, render: Picture, line: Picture) -> Fingerprint:
    """The fingerprint of a pair from its pictures, ``(H, W, 3)`` and ``(H, W)``."""
    dark = 1 - luminance(render)
    shown = [dark, line, _centred(dark, line), _centred(line, line)]
    return Fingerprint(
        id=pair.id,
        group=pair.group,
        pixels=_digest(to_bytes(render)),
        line_pixels=_digest(to_bytes(line)),
        small=b"".join(to_bytes(_shrunk(ink, SIDE)).tobytes() for ink in shown),
        ridges=b"".join(_ridges(ink).tobytes() for ink in (dark, line)),
    )


def fingerprint_pairs(pairs: Iterable[Pair], folder: Path) -> list[Fingerprint]:
    """Fingerprints of a chunk of pairs whose pictures lie in ``folder``.

    Raises:
        InputError: if a picture cannot be read.
    """
    return [fingerprint(pair, *pair.pictures(folder)) for pair in pairs]


def exact_duplicates(prints: Iterable[Fingerprint]) -> dict[str, str]:
    """Later id to the first id with the same render, pixel by pixel."""
    first: dict[str, str] = {}
    repeated = {}
    for print_ in sorted(prints, key=lambda item: item.id):
        original = first.setdefault(print_.pixels, print_.id)
        if original != print_.id:
            repeated[print_.id] = original
    return repeated


def near_duplicates(prints: Iterable[Fingerprint], settings: DuplicateSettings) -> list[Duplicate]:
    """Pairs of ids whose renders or whose line arts are the same picture, or nearly, or mirrored.

    Ten thousand drawings take about half a minute and less than a gigabyte.

    Returns:
        Sorted by the two ids. Two drawings that are alike in both ways are so in the way in which they
        differ less; a symmetric drawing is its copy's copy, not its mirror image.
    """
    prints = sorted(prints, key=lambda item: item.id)
    found = {
        (original, name): Duplicate(original, name, "exact", 0.0)
        for name, original in exact_duplicates(prints).items()
    }
    ways: tuple[Kind, ...] = ("near", "mirrored") if settings.mirrored else ("near",)
    small = np.frombuffer(b"".join(item.small for item in prints), np.uint8)
    small = small.reshape(len(prints), 4, SIDE, SIDE)
    for picture, limit in enumerate((settings.render, settings.line) * 2):
        pictures = np.ascontiguousarray(small[:, picture])
        for way in ways:
            others = pictures if way == "near" else np.ascontiguousarray(pictures[:, :, ::-1])
            for row, column, difference in _alike(pictures, others, limit):
                one, other = prints[row], prints[column]
                key = one.id, other.id
                same = one.pixels == other.pixels
                known = found.get(key)
                if known is None or difference < known.difference:
                    found[key] = Duplicate(*key, "exact" if same else way, difference)
    return [found[key] for key in sorted(found)]


def difference_of(one: Bytes, other: Bytes) -> NDArray[np.float64]:
    """How much of the ink of two small pictures differs: ``(N, P)`` bytes twice to ``(N,)`` in [0, 1].

    The sum of absolute differences over the sum of both. Two blank pictures differ by 1: that there is
    nothing on either does not make them one drawing.
    """
    apart = np.abs(one.astype(np.int16) - other).sum(axis=1, dtype=np.int64)
    total = one.sum(axis=1, dtype=np.int64) + other.sum(axis=1, dtype=np.int64)
    return np.where(total > 0, apart / np.maximum(total, 1), 1.0)


def clusters_of(prints: Sequence[Fingerprint], duplicates: Iterable[Duplicate]) -> dict[str, str]:
    """Id to cluster: groups and duplicates joined. A cluster bears the first name of its groups.

    So a drawing that joins a cluster changes its name only if its own group comes first in the
    alphabet, or if it joins two clusters into one.
    """
    groups = sorted({item.group for item in prints})
    place = {group: at for at, group in enumerate(groups)}
    group_of = {item.id: item.group for item in prints}
    links = np.array(
        [(place[group_of[item.one]], place[group_of[item.other]]) for item in duplicates], np.intp
    ).reshape(-1, 2)
    graph = coo_array(
        (np.ones(len(links), np.uint8), (links[:, 0], links[:, 1])), shape=(len(groups),) * 2
    )
    _, labels = connected_components(graph, directed=False)
    names: dict[int, str] = {}
    for group, label in zip(groups, labels, strict=True):
        names.setdefault(int(label), group)
    return {id: names[int(labels[place[group]])] for id, group in group_of.items()}


def check_no_leak(
    splits: dict[str, str], prints: Sequence[Fingerprint], settings: DuplicateSettings
) -> None:
    """Refuse splits (id to split) that a group, an exact, near or mirrored duplicate straddles.

    Raises:
        InputError: naming two pairs, what they share, and their splits.
    """
    words = {
        "exact": "show the same render",
        "near": "are nearly the same drawing ({:.1%} differ)",
        "mirrored": "are nearly mirror images ({:.1%} differ)",
    }
    by_group: dict[str, str] = {}
    shared = []
    for item in sorted(prints, key=lambda item: item.id):
        # A group may be in three splits; its first member tells on the others.
        other = by_group.setdefault(item.group, item.id)
        shared.append((item.id, other, f"belong to one group, '{item.group}'"))
    for found in near_duplicates(prints, settings):
        shared.append((found.one, found.other, words[found.kind].format(found.difference)))
    for one, other, what in shared:
        if splits[one] != splits[other]:
            raise InputError(
                f"The drawings '{one}' and '{other}' {what}, but one is in {splits[one]} and the other "
                f"in {splits[other]}; give them one cluster, or run the stage qa again."
            )


def _shrunk(picture: Picture, side: int) -> Picture:
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _centred(picture: Picture, line: Picture) -> Picture:
    """A picture ``(H, W)`` moved so that the line art's ink lies around the middle; outside is paper.

    A drawing that was cropped again, or exported a pixel further to the left, is the same drawing.
    """
    height, width = line.shape
    moments = cv2.moments(line)
    if moments["m00"] < 1:
        return picture
    across = (width - 1) / 2 - moments["m10"] / moments["m00"]
    down = (height - 1) / 2 - moments["m01"] / moments["m00"]
    matrix = np.array([[1, 0, across], [0, 1, down]])
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.float32)


def _ridges(dark: Picture) -> Bytes:
    """Where thin structures are darker than what is beside them: ``(H, W)`` to ``(32, 32)`` in 0..127."""
    small = to_bytes(fit(dark, LOOKED_AT))
    side = 2 * max(1, round(RIDGE * max(small.shape))) + 1
    thin = cv2.morphologyEx(small, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8))
    return to_bytes(_shrunk(thin.astype(np.float32) / 255, RIDGES)) // 2


def _digest(pixels: Bytes) -> str:
    header = "x".join(str(length) for length in pixels.shape).encode()
    return hashlib.sha256(header + b":" + pixels.tobytes()).hexdigest()


def _alike(pictures: Bytes, others: Bytes, limit: float) -> Iterator[tuple[int, int, float]]:
    """Rows of ``pictures`` and later ones of ``others`` that differ by ``limit`` or less; ``(N, 64, 64)``."""
    flat, others_flat = pictures.reshape(len(pictures), -1), others.reshape(len(others), -1)
    for start in range(0, len(pictures), BLOCK):
        rows, columns = _candidates(pictures[start : start + BLOCK], others[start:], limit)
        for at in range(0, len(rows), BLOCK):
            one, other = rows[at : at + BLOCK] + start, columns[at : at + BLOCK] + start
            differences = difference_of(flat[one], others_flat[other])
            for row, column, difference in zip(one, other, differences, strict=True):
                if difference <= limit:
                    yield int(row), int(column), float(difference)


def _candidates(
    pictures: Bytes, others: Bytes, limit: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs whose difference may be within ``limit``, by their coarse pictures: none is missed.

    Averaging over cells makes a sum of absolute differences no larger, and in values of at most 255 a sum
    of squares is at most 255 times that sum. So the squared distance of two coarse pictures, which is one
    product of matrices for all pairs, is a bound for what the small ones can differ in.
    """
    one, other = _coarse(pictures), _coarse(others)
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)
    total = one.sum(axis=1)[:, None] + other.sum(axis=1)
    # A hundredth on top for the rounding of the products.
    near = squares - 2 * one @ other.T <= 1.01 * 255 * limit * total + 1
    rows, columns = np.nonzero(np.triu(near, 1))
    return rows, columns


def _coarse(pictures: Bytes) -> NDArray[np.float32]:
    cell = SIDE // COARSE
    cells = pictures.reshape(len(pictures), COARSE, cell, COARSE, cell)
    return cells.mean(axis=(2, 4), dtype=np.float32).reshape(len(pictures), -1)
