"""Duplicates: the same drawing twice, exactly or nearly, and the clusters they make of a data set.

Exact is equal pixels once decoded, whatever the file format. Near is found in two steps: perceptual
hashes (pHash, Zauner 2010, as the package ImageHash has it) of render and line art propose, a comparison
of small pictures decides, because drawings in one style have like hashes without being alike. Groups and
near duplicates joined are a cluster, and a cluster is what a split may not cut.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lineart.errors import InputError
from lineart.images import Bytes, Picture, luminance, to_bytes
from lineart.pairs import Pair
from lineart.settings import require

SIDE = 64  # of the small pictures that are compared, whatever the shape of the original
BLOCK = 1024  # rows, or pairs, that are compared at a time: bounds the memory


@dataclass(frozen=True)
class DuplicateSettings:
    """When two drawings are taken for one."""

    bits: int = 12  # of 64: hashes that differ in more are not looked at
    line: float = 0.03  # ink that differs between two line arts, a part of their ink
    render: float = (
        0.015  # darkness that differs between two renders; areas of one colour weigh much
    )

    def __post_init__(self) -> None:
        require(0 <= self.bits <= 64, "qa.duplicates.bits", self.bits, "0 to 64")
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
    hashes: tuple[int, int]  # pHash of render and line art, 64 bits each
    small: bytes  # render and line art as (2, 64, 64) bytes, ink 255


def fingerprint(pair: Pair, render: Picture, line: Picture) -> Fingerprint:
    """The fingerprint of a pair from its pictures, ``(H, W, 3)`` and ``(H, W)``."""
    dark = 1 - luminance(render)
    small = np.stack([_small(dark), _small(line)])
    # ImageHash shrinks to 32 x 32 itself; from 64 x 64 that is quick.
    hashes = [int(str(imagehash.phash(Image.fromarray(255 - picture))), 16) for picture in small]
    return Fingerprint(
        id=pair.id,
        group=pair.group,
        pixels=_digest(to_bytes(render)),
        line_pixels=_digest(to_bytes(line)),
        hashes=(hashes[0], hashes[1]),
        small=small.tobytes(),
    )


def fingerprint_pairs(pairs: Iterable[Pair], folder: Path) -> list[Fingerprint]:
    """Fingerprints of a chunk of pairs whose pictures lie in ``folder``.

    Raises:
        InputError: if a picture cannot be read.
    """
    return [fingerprint(pair, *pair.pictures(folder)) for pair in pairs]


def exact_duplicates(prints: Sequence[Fingerprint]) -> dict[str, str]:
    """Later id to the first id with the same render, pixel by pixel."""
    first: dict[str, str] = {}
    repeated = {}
    for print_ in sorted(prints, key=lambda item: item.id):
        original = first.setdefault(print_.pixels, print_.id)
        if original != print_.id:
            repeated[print_.id] = original
    return repeated


def near_duplicates(
    prints: Sequence[Fingerprint], settings: DuplicateSettings
) -> list[tuple[str, str, float]]:
    """Pairs of ids whose renders or whose line arts are nearly the same picture.

    Returns:
        ``(one, other, difference)`` with ``one < other``, sorted; the difference is that of the more
        similar of the two pictures. Equal pictures have 0.
    """
    prints = sorted(prints, key=lambda item: item.id)
    if len(prints) < 2:
        return []
    hashes = np.array([item.hashes for item in prints], np.uint64)
    small = np.frombuffer(b"".join(item.small for item in prints), np.uint8)
    small = small.reshape(len(prints), 2, SIDE * SIDE)
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(prints), BLOCK):
        for kind, limit in enumerate((settings.render, settings.line)):
            one, other = _alike(hashes[:, kind], start, settings.bits)
            for at in range(0, len(one), BLOCK):
                rows, columns = one[at : at + BLOCK], other[at : at + BLOCK]
                differences = difference_of(small[rows, kind], small[columns, kind])
                for row, column, difference in zip(rows, columns, differences, strict=True):
                    if difference <= limit:
                        key = (int(row), int(column))
                        found[key] = min(float(difference), found.get(key, 1.0))
    return [(prints[a].id, prints[b].id, value) for (a, b), value in sorted(found.items())]


def difference_of(one: Bytes, other: Bytes) -> NDArray[np.float64]:
    """How much of the ink of two small pictures differs: ``(N, P)`` bytes twice to ``(N,)`` in [0, 1].

    The sum of absolute differences over the sum of both. Two blank pictures differ by 1: that there is
    nothing on either does not make them one drawing.
    """
    apart = np.abs(one.astype(np.int16) - other).sum(axis=1, dtype=np.int64)
    total = one.sum(axis=1, dtype=np.int64) + other.sum(axis=1, dtype=np.int64)
    return np.where(total > 0, apart / np.maximum(total, 1), 1.0)


def clusters_of(
    prints: Sequence[Fingerprint], near: Iterable[tuple[str, str, float]]
) -> dict[str, str]:
    """Id to cluster: groups and duplicates joined. A cluster bears the first name of its groups.

    So a drawing that joins a cluster changes its name only if its own group comes first in the
    alphabet, or if it joins two clusters into one.
    """
    parent = {item.group: item.group for item in prints}
    group_of = {item.id: item.group for item in prints}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    links = [(one, other) for one, other, _ in near]
    for one, other in [*links, *exact_duplicates(prints).items()]:
        first, second = sorted((root(group_of[one]), root(group_of[other])))
        parent[second] = first
    return {name: root(group) for name, group in group_of.items()}


def check_no_leak(
    splits: dict[str, str], prints: Sequence[Fingerprint], settings: DuplicateSettings
) -> None:
    """Refuse splits (id to split) that a group, an exact or a near duplicate straddles.

    Raises:
        InputError: naming two pairs, what they share, and their splits.
    """
    by_group: dict[str, str] = {}
    shared = [(a, b, "show the same render") for a, b in exact_duplicates(prints).items()]
    for item in sorted(prints, key=lambda item: item.id):
        other = by_group.setdefault(item.group, item.id)
        shared.append((item.id, other, f"belong to one group, '{item.group}'"))
    # A group may be in three splits; its first member tells on the others.
    near = near_duplicates(prints, settings)
    shared += [(a, b, f"are nearly the same drawing ({value:.1%} differ)") for a, b, value in near]
    for one, other, what in shared:
        if splits[one] != splits[other]:
            raise InputError(
                f"The drawings '{one}' and '{other}' {what}, but one is in {splits[one]} and the other "
                f"in {splits[other]}; give them one cluster, or run the stage qa again."
            )


def _small(ink: Picture) -> Bytes:
    small = cv2.resize(ink, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return to_bytes(np.asarray(small, np.float32))


def _digest(pixels: Bytes) -> str:
    header = "x".join(str(length) for length in pixels.shape).encode()
    return hashlib.sha256(header + b":" + pixels.tobytes()).hexdigest()


def _alike(
    hashes: NDArray[np.uint64], start: int, bits: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows from ``start`` on, and later columns, whose hashes differ in at most ``bits``."""
    block = hashes[start : start + BLOCK, None]
    close = np.bitwise_count(block ^ hashes[None, start:]) <= bits
    rows, columns = np.nonzero(np.triu(close, 1))
    return rows + start, columns + start
