"""Gaps in lines closed, so that a flood fill stays in its area: ends of strokes led on to what they face.

An end is looked for where the thinned ink has one, and is one if the ink in a disc round it goes away to one
side only, so neither a bump of an edge nor a dot has any. Two ends that face each other become one stroke;
an end that is left goes straight on to the next ink, or a little aside if it meets that steeply. So strokes
that lie side by side are never joined, and a bridge crosses nothing.
"""

from __future__ import annotations

import cmath
import functools
import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.extract.trace import middle_of
from lineart.pictures.images import Picture
from lineart.pictures.thinning import Mask

INK = 0.5  # ink from here on is part of a stroke
MOST = 32  # pixels; the longest gap that is closed
LEAST_DISC, MOST_DISC = 5, 40  # radius in pixels of the disc that tells where a stroke comes from
RIM = 2 * MOST_DISC + MOST + 16  # pixels of paper round the page, so that no window leaves it
NARROW = 100.0  # degrees of the disc's rim that a stroke covers at most; a wedge covers more
ASIDE = 65.0  # degrees from its way at which an end may meet another end
BENT = 120.0  # degrees that both turn together at most; strokes side by side turn by 180
RAYS = (0.0, -7.5, 7.5, -15.0, 15.0, -22.5, 22.5, -30.0, 30.0)  # degrees; ways on to the next ink
STEEP = 35.0  # degrees between a stroke and the side that it meets along any but the first of them
GRAZING = 12.0  # the same along the first
SIDE = 4  # pixels round where a side is met that tell how it runs
STEP, FINE = 0.5, 0.125  # pixels between the places that are looked at, far and near

Places = NDArray[np.int64]
Spots = NDArray[np.complexfloating[Any, Any]]  # row and column as one number


class End(NamedTuple):
    """The free end of a stroke; places are complex numbers, row and column."""

    start: complex  # on the middle of the stroke, within its ink
    tip: complex  # where its ink ends straight on
    way: complex  # out of the stroke, of length 1
    width: float  # pixels
    dark: float  # the ink along its middle
    length: float  # the longer side of the piece of ink that it belongs to


class Bridge(NamedTuple):
    """Ink from one place to another; width and darkness go from those of the one to those of the other."""

    start: complex
    stop: complex
    widths: tuple[float, float]
    darks: tuple[float, float]


class Page:
    """Ink with a rim of paper, and what is asked of it."""

    def __init__(self, ink: Picture):
        solid = np.ascontiguousarray(ink >= INK)
        depth = cv2.distanceTransform(solid.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
        self.ink = ink
        self.solid = np.pad(solid, RIM)
        self.depth = np.pad(np.minimum(depth, np.float32(MOST_DISC)), RIM)  # endless without paper
        self.middle = np.pad(middle_of(solid), RIM)

    def is_ink(self, places: Spots) -> Mask:
        """Whether there is ink at places, of any shape."""
        return np.asarray(self.solid[_pixels(places)])

    def ends(self) -> list[End]:
        """The free ends of all strokes."""
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(self.solid.view(np.uint8))
        lengths = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
        ends = {}
        for row, column in _ends_of(self.middle).tolist():
            end = self._end(row, column, float(lengths[pieces[row, column]]))
            if end is not None:
                ends[end.start] = end  # the two corners of a broad end are one
        return list(ends.values())

    def _end(self, row: int, column: int, length: float) -> End | None:
        """The end at a last pixel of the thinned ink; None if it is none of a stroke."""
        radius = LEAST_DISC
        while True:
            window = _window(row, column, radius)
            own = _piece(self.solid[window] & _disc(radius))
            deepest = float(self.depth[window][own].max())
            wanted = min(MOST_DISC, math.ceil(3 * deepest) + 1)
            if wanted <= radius:
                break
            radius = wanted
        back = _one_way(own, radius)
        if back is None:
            return None
        here = complex(row, column)
        rows, columns = np.nonzero(own & self.middle[window])
        depths = self.depth[window][rows, columns]
        middle = (rows + 1j * columns) + (here - complex(radius, radius))
        depth = float(np.sort(depths)[len(depths) // 2])
        trunk = middle[depths >= min(0.6 * depth, depth - 1)]  # no fork to the corners of the end
        start = complex(trunk[np.abs(trunk - here).argmin()])
        if abs(start - here - back) < radius / 2:
            return None
        across = 1j * (start - here - back) / abs(start - here - back)
        sides = across * np.arange(FINE / 2, 2 * depth + 2, FINE)
        left, right = (float(self.is_ink(start + side).argmin()) * FINE for side in (sides, -sides))
        start += (
            across * (left - right) / 2
        )  # a line of an even width has its middle between pixels
        way = (start - here - back) / abs(start - here - back)
        inside = self.is_ink(start + way * np.arange(FINE / 2, 2 * radius, FINE))
        if inside.all():
            return None
        tip = start + way * float(inside.argmin()) * FINE
        width = max(1.0, min(left + right, 2 * depth + 0.5))
        dark = float(self.ink[rows + row - radius - RIM, columns + column - radius - RIM].mean())
        return End(start, tip, way, width, dark, length)

    def side_before(self, end: End, gap: float) -> complex | None:
        """Where an end meets the side of another stroke, or of its own farther on, within ``gap`` pixels."""
        steps = np.arange(STEP, gap + 2, STEP)
        turns = np.exp(1j * np.radians(RAYS))
        rays = end.tip + end.way * turns[:, None] * steps
        ink = self.is_ink(rays)
        best, stop = math.inf, None
        for ray, inside, degrees in zip(rays, ink, RAYS, strict=True):
            out = int(inside.argmin())  # the first paper
            met = out + int(inside[out:].argmax())
            if inside[out] or not inside[met] or (met - out) * STEP > min(gap, end.length):
                continue
            far = steps[met] * (1 + abs(degrees) / 30)
            steep = STEEP if degrees else GRAZING
            if far < best and self._angle(end, complex(ray[met])) >= steep:
                best, stop = far, complex(ray[met])
        return stop

    def _angle(self, end: End, hit: complex) -> float:
        """Degrees between a stroke and the ink at a place; 90 where that tells no direction."""
        row, column = round(hit.real), round(hit.imag)
        window = _window(row, column, SIDE)
        rows, columns = np.nonzero(_piece(self.solid[window] & _disc(SIDE)))
        around = (rows - rows.mean()) + 1j * (columns - columns.mean())
        twice = (around**2).sum()  # its phase is twice the angle of the longer axis
        if abs(twice) <= 0.2 * (np.abs(around) ** 2).sum():
            return 90.0
        return abs(math.degrees(cmath.phase(end.way**2 / complex(twice)))) / 2

    def is_clear(self, start: complex, stop: complex) -> bool:
        """Whether nothing but paper lies between two places in ink."""
        steps = max(2, math.ceil(abs(stop - start) / STEP))
        inside = self.is_ink(start + (stop - start) * np.linspace(0, 1, steps + 1))
        return int(np.count_nonzero(np.diff(inside))) == 2

    def draw(self, ink: Picture, bridge: Bridge) -> None:
        """Draw a bridge into ``ink``, in place, with soft sides, and note it as ink of the page."""
        start, span = bridge.start, bridge.stop - bridge.start
        places = start + span * np.linspace(0, 1, 2 * math.ceil(abs(span)) + 1)
        reach = math.ceil(max(bridge.widths) / 2) + 1
        ends = np.array([[start.real, start.imag], [bridge.stop.real, bridge.stop.imag]])
        top, left = np.maximum(np.floor(ends.min(axis=0)).astype(int) - reach, RIM)
        size = np.array(ink.shape) + RIM
        bottom, right = np.minimum(np.ceil(ends.max(axis=0)).astype(int) + reach + 1, size)
        rows, columns = np.mgrid[top:bottom, left:right]
        along = (rows + 1j * columns - start) / span  # 0 at the start, 1 at the stop
        part = along.real
        width = np.interp(part, (0, 1), bridge.widths)
        dark = np.interp(part, (0, 1), bridge.darks)
        cover = np.clip(width / 2 + 0.5 - np.abs(along.imag) * abs(span), 0, 1).round(2)
        drawn = np.where((part >= 0) & (part <= 1), cover * dark, 0)
        middle = _pixels(places)
        inside = (
            (middle[0] >= top) & (middle[0] < bottom) & (middle[1] >= left) & (middle[1] < right)
        )
        middle = middle[0][inside] - top, middle[1][inside] - left
        drawn[middle] = dark[
            middle
        ]  # also of a line of one pixel nothing is so pale that a fill passes
        window = np.s_[top - RIM : bottom - RIM, left - RIM : right - RIM]
        ink[window] = np.maximum(ink[window], drawn)
        self.solid[top:bottom, left:right] |= ink[window] >= INK


def closed(ink: Picture, gap: float) -> Picture:
    """Close gaps in lines of at most ``gap`` pixels.

    Args:
        ink: ``(H, W)`` float32 in [0, 1], ink 1; left as it is. What is paler than a half is no stroke.
        gap: pixels of paper between the ends of two strokes, or an end and what it faces; at most ``MOST``.

    Returns:
        ``(H, W)`` float32 in [0, 1]: ``ink``, and bridges as wide and as dark as the ends they join. A stroke
        bridges no gap longer than itself.
    """
    page = Page(ink)
    ends = page.ends()
    drawn = ink.copy()
    free = set(range(len(ends)))
    for _, i, j in sorted(_facing(ends, gap)):
        one, other = ends[i], ends[j]
        if {i, j} <= free and page.is_clear(one.start, other.start):
            free -= {i, j}
            widths, darks = (one.width, other.width), (one.dark, other.dark)
            page.draw(drawn, Bridge(one.start, other.start, widths, darks))
    for i in sorted(free):
        end = ends[i]
        stop = page.side_before(end, gap)
        if stop is not None:
            bridge = Bridge(end.start, stop, (end.width, end.width), (end.dark, end.dark))
            page.draw(drawn, bridge)
    return drawn


def _facing(ends: list[End], gap: float) -> Iterator[tuple[float, int, int]]:
    """Pairs of ends that face each other, and how well: pixels, more where they turn."""
    reach = gap + 0.5  # soft edges and slants make it a little more
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for i, end in enumerate(ends):
        cell = int(end.tip.real // reach), int(end.tip.imag // reach)
        for row in range(cell[0] - 1, cell[0] + 2):
            for column in range(cell[1] - 1, cell[1] + 2):
                for j in cells[row, column]:
                    far = abs(end.tip - ends[j].tip)
                    turn = _turn(end, ends[j])
                    if far <= min(reach, end.length, ends[j].length) and turn < BENT:
                        yield far * (1 + turn / 90), j, i
        cells[cell].append(i)


def _turn(one: End, other: End) -> float:
    """Degrees that a stroke turns from one end to the other; infinite if one looks too far aside."""
    over = other.start - one.start
    if not over:
        return math.inf
    turns = [abs(math.degrees(cmath.phase(way))) for way in (over / one.way, -over / other.way)]
    return sum(turns) if max(turns) <= ASIDE else math.inf


def _ends_of(middle: Mask) -> Places:
    """The last pixels of lines one pixel wide, ``(N, 2)``: one neighbour, or two side by side."""
    places = np.argwhere(middle)
    rows, columns = places.T
    ring = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
    near = np.stack([middle[rows + down, columns + right] for down, right in ring])
    count = near.sum(axis=0)
    beside = (near & np.roll(near, 1, axis=0)).any(axis=0)
    return places[(count == 1) | ((count == 2) & beside)]


def _window(row: int, column: int, radius: int) -> tuple[slice, slice]:
    return slice(row - radius, row + radius + 1), slice(column - radius, column + radius + 1)


@functools.cache
def _disc(radius: int) -> Mask:
    rows, columns = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(rows**2 + columns**2 <= radius**2)


def _piece(ink: Mask) -> Mask:
    """The piece of ink at the middle of a window, corners touching."""
    _, pieces = cv2.connectedComponents(ink.view(np.uint8))
    return np.asarray(pieces == pieces[len(ink) // 2, len(ink) // 2])


def _one_way(own: Mask, radius: int) -> complex | None:
    """Where the ink at the middle of a disc reaches its rim, if in one narrow place; else None."""
    rim = _rim(radius)
    ink = own[_pixels(rim + complex(radius, radius))]
    there = int(np.count_nonzero(ink))
    changes = int(np.count_nonzero(ink[1:] != ink[:-1])) + int(ink[0] != ink[-1])
    if changes != 2 or there * 360 > NARROW * len(rim):
        return None
    return complex(rim[ink].sum() / there)


@functools.cache
def _rim(radius: int) -> Spots:
    """Places all round, whose pixels lie within a disc."""
    return (radius - 1) * np.exp(2j * math.pi / (8 * radius) * np.arange(8 * radius))


def _pixels(places: Spots) -> tuple[Places, Places]:
    return np.rint(places.real).astype(np.int64), np.rint(places.imag).astype(np.int64)
