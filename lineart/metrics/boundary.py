"""The edge benchmark: at 99 thresholds, how many line pixels have a partner of their own within reach.

The protocol of BSDS500 (Arbelaez et al., "Contour detection and hierarchical image segmentation",
TPAMI 33(5), 2011) and of its usual evaluation for edge detectors, written from a description: at each
threshold the map ``prediction >= threshold`` is thinned and matched one to one with each truth inside
0.0075 of the picture's diagonal. :mod:`lineart.metrics.curves` makes ODS, OIS and AP of the counts.

Matching is exact. The usual program is not: it leaves out at random about 0.14 % of the pairs that
could be made, so that on near-perfect line art it reads up to 0.002 lower in ODS, and not quite the same
in every run. ``benchmarks/boundary.py`` measures it; ``benchmarks/README.md`` has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lineart.errors import InputError
from lineart.metrics.matching import Neighbours, Numbers, Partners, most, nearest
from lineart.metrics.nested import GrowingMatch
from lineart.metrics.pixels.pixel import INK, ROUNDING
from lineart.pictures import thinning
from lineart.pictures.images import Picture
from lineart.pictures.thinning import Mask
from lineart.settings import require

TOLERANCE = 0.0075  # of the diagonal

Counts = NDArray[np.int64]
Matcher = Callable[[Numbers], tuple[int, int]]  # the pixels of a map to cntR and cntP


@dataclass(frozen=True)
class Protocol:
    """What is done to the two pictures before they are matched."""

    name: Literal["centre_lines", "strokes"]
    title: str
    thin: bool  # both pictures, or neither


PROTOCOLS = (
    Protocol("centre_lines", "centre lines (truth at 0.5, both thinned, no NMS)", True),
    Protocol("strokes", "strokes (truth at 0.5, neither thinned, no NMS)", False),
)


@dataclass(frozen=True)
class Truth:
    """A drawing of the lines that are there, by one person."""

    line: Picture  # (H, W) in [0, 1]; ink at 0.5 and above
    one_pixel: bool = False  # drawn one pixel wide: taken as it is, never thinned, as BSDS500 does


def threshold_values(thresholds: int = 99) -> NDArray[np.floating[Any]]:
    """The thresholds, evenly spread within (0, 1).

    >>> threshold_values(3)
    array([0.25, 0.5 , 0.75])
    """
    return np.linspace(1 / (thresholds + 1), 1 - 1 / (thresholds + 1), thresholds)


def count_line_art(
    prediction: Picture,
    line: Picture,
    protocol: Protocol,
    thresholds: int = 99,
    tolerance: float = TOLERANCE,
    tolerance_pixels: float | None = None,
) -> Counts:
    """The counts of one picture under a protocol for line art.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1.
        line: ``(H, W)`` in [0, 1]; ink at 0.5 and above.
        protocol: one of :data:`PROTOCOLS`.
        thresholds: as in :func:`count_matches`, like the rest.

    Returns:
        ``(thresholds, 4)``, see :func:`count_matches`.
    """
    return count_truths(
        prediction, [Truth(line)], protocol, thresholds, tolerance, tolerance_pixels
    )


def count_truths(
    prediction: Picture,
    truths: Sequence[Truth],
    protocol: Protocol,
    thresholds: int = 99,
    tolerance: float = TOLERANCE,
    tolerance_pixels: float | None = None,
) -> Counts:
    """:func:`count_line_art` for the drawings of several people of one picture.

    Centre lines are matched with all drawings together, as :func:`count_matches` does. Of strokes each
    drawing is matched by itself and the counts are added: BSDS500 knows no strokes, and which of their
    pixels are matched takes minutes to find where how many takes a second.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1.
        truths: at least one, of the prediction's size.
        protocol: as for :func:`count_line_art`, like the rest.

    Returns:
        ``(thresholds, 4)``, see :func:`count_matches`.
    """
    masks = []
    for truth in truths:
        mask = np.asarray(truth.line >= INK)
        masks.append(thinning.thin(mask) if protocol.thin and not truth.one_pixel else mask)
    together = [masks] if protocol.thin else [[mask] for mask in masks]
    counts = [
        count_matches(prediction, some, protocol.thin, thresholds, tolerance, tolerance_pixels)
        for some in together
    ]
    return np.asarray(np.sum(counts, axis=0))


def count_matches(
    prediction: Picture,
    truths: Sequence[Mask],
    thin: bool = True,
    thresholds: int = 99,
    tolerance: float = TOLERANCE,
    tolerance_pixels: float | None = None,
) -> Counts:
    """Match a prediction with one or several truths, at every threshold.

    With one truth the number of pairs is the greatest there can be. With several, each is matched with
    as many pairs as there can be and, among those matchings, the least sum of distances: which
    pixels are matched then tells, since a pixel found in two truths counts once.

    An empty map has 0 of 0 pixels matched, an empty truth likewise; the curves take 0 of 0 for 0.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1.
        truths: ``(H, W)`` bool each, taken as they are: not thinned here.
        thin: thin the prediction's map at each threshold.
        thresholds: how many, see :func:`threshold_values`; a pixel at a threshold belongs to its map.
        tolerance: the largest distance of a pair as a share of the diagonal; one at it counts.
        tolerance_pixels: the same in pixels, instead.

    Returns:
        ``(thresholds, 4)`` int64: cntR, truth pixels matched; sumR, truth pixels; cntP, prediction pixels
        matched; sumP, prediction pixels. cntR and sumR are summed over the truths.

    Raises:
        InputError: for shapes that differ, values outside [0, 1], no truth, or a setting out of range.
    """
    prediction = np.asarray(prediction)
    _check(prediction, truths, thresholds, tolerance, tolerance_pixels)
    height, width = prediction.shape
    reach = tolerance * math.hypot(height, width)
    neighbours = Neighbours(
        (height, width), reach if tolerance_pixels is None else tolerance_pixels
    )
    # How many thresholds a pixel reaches: map number k is the pixels with more than k.
    levels = np.searchsorted(threshold_values(thresholds) - ROUNDING, prediction, side="right")
    levels = levels.astype(np.int16)
    counts = np.zeros((thresholds, 4), np.int64)
    counts[:, 1] = sum(int(truth.sum()) for truth in truths)
    if thin or len(truths) > 1:
        _count_each(counts, levels, thin, _matcher(truths, neighbours))
    else:
        _count_growing(counts, levels, GrowingMatch(truths[0], neighbours))
    return counts


def _count_each(counts: Counts, levels: Numbers, thin: bool, match: Matcher) -> None:
    """Fill in the counts, every map by itself; a map equal to the one before is not done again."""
    sizes = np.bincount(levels.ravel(), minlength=len(counts) + 1)
    for at in range(len(counts)):
        if at and not sizes[at]:
            counts[at] = counts[at - 1]
            continue
        mask = levels > at
        pixels = np.flatnonzero(thinning.thin(mask) if thin else mask)
        counts[at, 0], counts[at, 2] = match(pixels)
        counts[at, 3] = len(pixels)


def _count_growing(counts: Counts, levels: Numbers, match: GrowingMatch) -> None:
    """Fill in the counts from the highest threshold down; each map adds pixels to the last."""
    falling = np.argsort(-levels, axis=None, kind="stable")
    ends = np.cumsum(np.bincount(levels.ravel(), minlength=len(counts) + 1)[:0:-1])
    for at, new in zip(range(len(counts))[::-1], np.split(falling, ends)[:-1], strict=True):
        counts[at, 0] = counts[at, 2] = match.add(new)
    counts[::-1, 3] = ends


def _matcher(truths: Sequence[Mask], neighbours: Neighbours) -> Matcher:
    prepared = [Partners(truth, neighbours) for truth in truths]

    def match_one(pixels: Numbers) -> tuple[int, int]:
        pairs = most(pixels, prepared[0])
        return pairs, pairs

    def match_several(pixels: Numbers) -> tuple[int, int]:
        matched = [nearest(pixels, truth)[0] for truth in prepared]
        return sum(map(len, matched)), len(np.unique(np.concatenate(matched)))

    return match_one if len(prepared) == 1 else match_several


def _check(
    prediction: Picture,
    truths: Sequence[Mask],
    thresholds: int,
    tolerance: float,
    tolerance_pixels: float | None,
) -> None:
    if prediction.ndim != 2 or not prediction.size:
        raise InputError(f"The prediction has the shape {prediction.shape}; wanted is (H, W).")
    # Written so that a NaN is refused too.
    if not (prediction.min() >= 0 and prediction.max() <= 1):
        raise InputError(
            f"The prediction lies in [{prediction.min()}, {prediction.max()}]; wanted is [0, 1], ink 1."
        )
    if not truths:
        raise InputError("There is no truth to match the prediction with; give at least one.")
    for truth in truths:
        if truth.dtype != bool:
            raise InputError(
                f"A truth holds {truth.dtype}; wanted is bool, so compare it with a grey level first."
            )
        if truth.shape != prediction.shape:
            raise InputError(
                f"The prediction is {prediction.shape} and a truth {truth.shape}; they must be equal, "
                f"nothing is resized here."
            )
    require(1 <= thresholds <= 9999, "thresholds", thresholds, "1 to 9999")
    require(0 <= tolerance <= 1, "tolerance", tolerance, "a share of the diagonal in [0, 1]")
    if tolerance_pixels is not None:
        require(tolerance_pixels >= 0, "tolerance_pixels", tolerance_pixels, "0 pixels or more")
