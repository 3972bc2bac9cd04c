"""The middle of lines, and lines as strokes: followed from end to end, crossing to crossing, round a loop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineart.pictures.thinning import Mask, thin

Points = NDArray[np.int32]

BAND = 512  # rows thinned at a time: in a processor's cache, fifteen times as fast on a large page
OUTSIDE = 16  # pixels by which the page is continued
TYPICAL = 0.4  # the quantile of the ways down that tells how deep a line at the border is
REACH = 64  # rows more on either side; the middle of what is thinner does not depend on the bands


def middle_of(ink: Mask) -> Mask:
    """The middle of lines, one pixel wide: :func:`lineart.pictures.thinning.thin`, band by band; ``(H, W)``.

    A line that leaves the page is taken to go on, so that its middle goes to the border; one that lies along
    the border ends there.
    """
    wider = np.pad(ink, OUTSIDE)
    for turn in range(4):  # a view each, with another side of the page on top
        _continue(np.rot90(ink, turn), np.rot90(wider, turn))
    middle = np.zeros(wider.shape, bool)
    for top in range(0, len(wider), BAND):
        above = min(top, REACH)
        band = thin(wider[top - above : top + BAND + REACH])
        middle[top : top + BAND] = band[above : above + BAND]
    return middle[OUTSIDE:-OUTSIDE, OUTSIDE:-OUTSIDE]


def _continue(ink: Mask, wider: Mask) -> None:
    """Let what reaches the upper border go on above it, in place.

    Args:
        ink: ``(H, W)``.
        wider: the same with ``OUTSIDE`` pixels more on each side.
    """
    changes = np.flatnonzero(np.diff(ink[0], prepend=False, append=False))
    for left, right in changes.reshape(-1, 2):
        below = ink[:, left:right]
        depths = np.where(below.all(axis=0), len(ink), below.argmin(axis=0))
        depth = int(np.quantile(depths, TYPICAL))  # for others may cross it
        if 3 * depth < right - left:  # along the border
            continue
        # A blob that is broader than deep would have its middle outside if it went on for long.
        on = OUTSIDE if depth >= right - left else min(OUTSIDE, (depth + 1) // 2)
        wider[OUTSIDE - on : OUTSIDE, OUTSIDE + left : OUTSIDE + right] = True


def followed(middle: Mask) -> list[Points]:
    """The strokes of lines one pixel wide.

    Args:
        middle: ``(H, W)`` bool, thinned.

    Returns:
        Strokes of ``(N, 2)`` pixels, row and column. A stroke runs between ends and crossings, and crossings
        belong to all strokes that meet there; a loop ends where it began; a dot has one point.
    """
    height, width = middle.shape
    page = np.zeros(
        (height + 2, width + 2), bool
    )  # a rim of paper, so that no neighbour is missing
    page[1:-1, 1:-1] = middle
    stride = width + 2
    # Along rows and columns first: where a line turns a corner, the corner itself belongs to it.
    steps = (-stride, 1, stride, -1, 1 - stride, 1 + stride, stride - 1, -1 - stride)
    ink = set(np.flatnonzero(page).tolist())
    near = {place: _neighbours(place, ink, steps) for place in ink}
    knots = {place for place, around in near.items() if len(around) != 2}
    walked: set[tuple[int, int]] = set()
    strokes: list[list[int]] = []
    for start in sorted(knots):
        if not near[start]:
            strokes.append([start])
        for first in near[start]:
            if (start, first) not in walked:
                strokes.append(_walk(start, first, near, knots, walked))
    for start in sorted(ink - knots):  # what is left are loops
        if not any((start, place) in walked for place in near[start]):
            strokes.append(_walk(start, near[start][0], near, {start}, walked))
    return [
        np.stack(np.divmod(np.asarray(stroke), stride), axis=-1).astype(np.int32) - 1
        for stroke in strokes
    ]


def _neighbours(place: int, ink: set[int], steps: tuple[int, ...]) -> list[int]:
    """The pixels a line goes on to; a diagonal is no way of its own beside a straight one."""
    straight = [place + step for step in steps[:4] if place + step in ink]
    beside = {near + step for near in straight for step in steps[:4]}
    return straight + [
        place + step for step in steps[4:] if place + step in ink and place + step not in beside
    ]


def _walk(
    start: int,
    first: int,
    near: dict[int, list[int]],
    knots: set[int],
    walked: set[tuple[int, int]],
) -> list[int]:
    """From a knot along its neighbour ``first`` to the next knot; ways are marked in both directions."""
    stroke = [start, first]
    while True:
        before, here = stroke[-2:]
        walked |= {(before, here), (here, before)}
        if here in knots:
            return stroke
        ways = [place for place in near[here] if place != before]
        stroke.append(ways[0])
