"""The colours that ink has in the picture itself: coloured line art keeps its browns and wines.

Along the middle of each stroke the picture shows the ink most purely. Where a line is thin even that is a
mixture with what lies beside it, so those samples count most that stand out most. What is left of noise goes
in a mean along the stroke, in which samples that disagree with it count little. Every pixel then takes the
colour of the nearest middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.extract.pixels import Inks
from lineart.extract.trace import middle_of
from lineart.pictures.colours import Colour, lab
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.thinning import Mask

OWN = "own"  # the name of these colours, where that of a single one may stand
INK = 0.3  # from here on ink has a middle
PAPER = 0.1  # up to here a pixel is what lies beside a stroke
BESIDE = 4  # pixels from the middle within which that is looked for
BAND = 256  # rows looked at together
ALONG = 24  # steps of the mean, each to the neighbours along a stroke: so it reaches 4 pixels either way
REACH = 6  # pixels along a stroke among which the purest are looked for
PURE = 8  # a sample that stands out half as much as the purest counts a 256th
ODD = 24.0  # levels; a sample further from the mean of its stroke counts less than half
APART = 10.0  # in CIE Lab; ink less far from its paper, a thin line at that, is not seen
SPARSE = 7  # of so many pixels one is asked for its colour where all would say the same
COLOURS = 24  # of the shapes of a vector at most
ALIKE = 10.0  # in CIE Lab; inks no farther apart become one colour there
AROUND = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1))

Values = NDArray[np.floating[Any]]


def own_colours(ink: Picture, render: Bytes) -> Bytes:
    """The colour that the ink at each pixel has in the picture it was extracted from.

    Args:
        ink: ``(H, W)`` in [0, 1], as it was extracted.
        render: ``(H, W, 3)`` uint8, the picture.

    Returns:
        ``(H, W, 3)`` uint8, the colour of the nearest stroke, also beside it; black if there is no ink.
    """
    middle = middle_of(ink >= INK)
    if not middle.any():
        return np.zeros(render.shape, np.uint8)
    samples = np.concatenate(list(_samples(ink, render, middle)))
    colours = np.clip(np.rint(_along(middle, samples)), 0, 255).astype(np.uint8)
    away = (~middle).view(np.uint8)
    _, nearest = cv2.distanceTransformWithLabels(
        away, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros((len(colours) + 1, 3), np.uint8)
    table[nearest[middle]] = colours  # whatever order OpenCV counts in
    return table[nearest]


def _samples(ink: Picture, render: Bytes, middle: Mask) -> Iterator[Values]:
    """Of each middle pixel, row by row: the colour of its ink and how far it stands out, ``(N, 4)``."""
    for top in range(0, len(ink), BAND):
        above = min(top, BESIDE + 1)
        rows = slice(top - above, top + BAND + BESIDE + 1)
        places = np.argwhere(middle[top : top + BAND])
        if len(places):
            places[:, 0] += above
            yield _sampled(ink[rows], render[rows].astype(np.float32), places)


def _sampled(ink: Picture, render: Picture, places: NDArray[np.intp]) -> Values:
    """:func:`_samples` of a band, for ``(N, 2)`` rows and columns in it."""
    bare = np.where(ink < PAPER, np.float32(1), np.float32(1e-6)) * (1 - ink) ** 2
    size = (2 * BESIDE + 1, 2 * BESIDE + 1)
    seen = cv2.boxFilter(bare, -1, size)[..., None]
    beside = cv2.boxFilter(render * bare[..., None], -1, size) / np.maximum(seen, 1e-12)
    # Of the pixels across a thin line the one that stands out most is the purest.
    rows, columns = places.T
    best = np.full(len(places), -1.0)
    at = places.copy()
    for down, right in AROUND:
        row = np.clip(rows + down, 0, len(ink) - 1)
        column = np.clip(columns + right, 0, ink.shape[1] - 1)
        out = np.linalg.norm(render[row, column] - beside[row, column], axis=1)
        out *= ink[row, column] >= INK
        more = out > best
        best[more], at[more] = out[more], np.stack([row, column], axis=1)[more]
    return np.column_stack([render[tuple(at.T)], best])


def _along(middle: Mask, samples: Values) -> Values:
    """The mean of the samples along strokes, ``(N, 3)``, the purest first and odd ones hardly."""
    # A rim, and with it number -1, for whom a pixel has no neighbour to ask.
    numbers = np.full(np.add(middle.shape, 2), -1)
    numbers[1:-1, 1:-1][middle] = np.arange(len(samples))
    rows, columns = np.nonzero(middle)
    near = np.stack([numbers[rows + 1 + down, columns + 1 + right] for down, right in AROUND], 1)
    colours, out = samples[:, :3], np.append(samples[:, 3], 0)
    most = out.copy()
    for _ in range(REACH):
        most[:-1] = most[near].max(axis=1)
    pure = ((out[:-1] + 1) / (most[:-1] + 1)) ** PURE
    spread = np.zeros((len(samples) + 1, 4))
    weights, mean = pure[:, None], colours
    for _ in range(2):
        spread[:-1] = np.concatenate([colours * weights, weights], axis=1)
        for _ in range(ALONG):
            spread[:-1] = spread[near].mean(axis=1)
        mean = spread[:-1, :3] / spread[:-1, 3:]
        off = np.square(colours - mean).sum(axis=1)
        weights = (pure / (1 + off / ODD**2))[:, None]
    return mean


def vanishes(ink: Picture, inks: Inks, paper: Colour) -> bool:
    """Whether most of the ink, ``(H, W)`` in [0, 1], has colours of its own that look like its paper."""
    if isinstance(inks, tuple):
        return False
    found = inks[ink >= 0.5][::SPARSE]
    return bool(len(found)) and bool(
        np.mean(np.linalg.norm(lab(found) - lab(paper), axis=1) < APART) > 0.5
    )


def grouped(colours: Bytes, ink: Mask) -> list[tuple[Colour, Mask]]:
    """Ink of many colours as ink of few.

    Args:
        colours: ``(H, W, 3)`` uint8.
        ink: ``(H, W)``, where their colours count.

    Returns:
        At most ``COLOURS`` colours, and ``(H, W)`` where each is laid; together all of the ink.
    """
    if not ink.any():
        return []
    found = colours[ink]
    rough = (found >> 3).astype(np.int32) @ np.array(
        [1024, 32, 1], np.int32
    )  # steps of eight levels
    kinds, which, counts = np.unique(rough, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(which, found[:, at]) for at in range(3)], axis=1)
    seen = lab(sums / counts[:, None])
    group = np.full(len(kinds), -1)
    for number in range(COLOURS):
        left = np.where(group < 0, counts, 0)
        if not left.any():
            break
        near = np.linalg.norm(seen - seen[left.argmax()], axis=1) < ALIKE
        group[(group < 0) & near] = number
    # What is left over goes to the nearest.
    heads = np.stack([seen[group == number].mean(axis=0) for number in range(group.max() + 1)])
    lost = group < 0
    group[lost] = np.linalg.norm(seen[lost][:, None] - heads, axis=2).argmin(axis=1)
    parts = []
    for number in range(len(heads)):
        members = group == number
        mean = sums[members].sum(axis=0) / counts[members].sum()
        red, green, blue = np.rint(mean).astype(int).tolist()
        part = np.zeros(ink.shape, bool)
        part[ink] = members[which]
        parts.append(((red, green, blue), part))
    return parts
