"""Drawings with gaps of known width, and strokes that lie side by side."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from lineart.extract.closing import closed
from lineart.extract.style import Style, apply
from lineart.pictures.images import Bytes, Picture

Draw = Callable[[Bytes], None]


def drawn(draw: Draw, side: int = 120) -> Picture:
    """Ink as ``draw`` leaves it on a page of paper."""
    page = np.zeros((side, side), np.uint8)
    draw(page)
    return page / np.float32(255)


def ring(gap: int, thick: int = 3) -> Picture:
    """A circle of radius 40 about the middle of a page, with a gap of so many rows on its right."""
    page = np.zeros((120, 120), np.uint8)
    cv2.circle(page, (60, 60), 40, 255, thick, cv2.LINE_AA)
    top = 60 - gap // 2
    page[top : top + gap, 90:110] = 0
    return page / np.float32(255)


def leaks(ink: Picture, row: int = 60, column: int = 60) -> bool:
    """Whether a flood fill from a place reaches the corner of the page."""
    paper = np.ascontiguousarray(ink < 0.5).view(np.uint8)
    _, pieces = cv2.connectedComponents(paper, connectivity=4)
    return bool(pieces[row, column] == pieces[0, 0])


@pytest.mark.parametrize("gap", [3, 5, 9])
@pytest.mark.parametrize("thick", [1, 3, 6])
def test_a_circle_is_closed_by_as_much_as_its_gap(gap: int, thick: int) -> None:
    ink = ring(gap, thick)
    assert leaks(ink)
    assert leaks(closed(ink, gap - 2))
    assert not leaks(closed(ink, gap))


def test_a_bridge_is_as_wide_and_as_dark_as_its_ends_and_nothing_else_changes() -> None:
    def line(page: Bytes) -> None:
        page[58:62, 10:50] = 180
        page[58:62, 58:110] = 180

    ink = drawn(line)
    bridge = closed(ink, 8)
    assert bridge[:, 54].sum() == pytest.approx(4 * 180 / 255, rel=0.2)
    assert bridge.max() == pytest.approx(180 / 255)
    outside = np.ones(ink.shape, bool)
    outside[58:62, 50:58] = False
    assert np.array_equal(bridge[outside], ink[outside])
    assert np.array_equal(closed(ink, 7), ink)


def test_a_stroke_goes_on_to_the_side_that_it_faces() -> None:
    def box(page: Bytes) -> None:
        cv2.rectangle(page, (20, 20), (100, 100), 255, 3)
        page[59:62, 20:93] = 255  # a wall that ends six pixels before the right side

    ink = drawn(box)
    rooms = []
    for gap in (4, 6):
        paper = np.ascontiguousarray(closed(ink, gap) < 0.5).view(np.uint8)
        rooms.append(cv2.connectedComponents(paper, connectivity=4)[0] - 1)
    assert rooms == [2, 3]


def test_a_corner_that_both_strokes_miss_is_closed() -> None:
    def corner(page: Bytes) -> None:
        cv2.polylines(
            page, [np.array([[96, 20], [20, 20], [20, 100], [100, 100], [100, 24]])], False, 255, 2
        )

    ink = drawn(corner)
    assert leaks(ink)
    assert not leaks(closed(ink, 6))


@pytest.mark.parametrize("slope", [0, 3])
@pytest.mark.parametrize("apart", [5, 8])
def test_hatching_is_not_webbed(apart: int, slope: int) -> None:
    """Strokes of unequal length side by side, each a little aslant of the next."""

    def hatching(page: Bytes) -> None:
        for count, column in enumerate(range(15, 105, apart)):
            top, aslant = 20 + count * 7 % 11, slope * (-1) ** count
            cv2.line(page, (column, top), (column + aslant // 2, top + 60), 255, 2, cv2.LINE_AA)

    ink = drawn(hatching)
    assert np.array_equal(closed(ink, 10), ink)


def test_dots_and_short_dashes_side_by_side_are_not_webbed() -> None:
    def dots(page: Bytes) -> None:
        for row in range(10, 110, 8):
            for column in range(10, 110, 8):
                cv2.circle(page, (column, row), 1 + (row + column) // 8 % 2, 255, -1, cv2.LINE_AA)

    ink = drawn(dots)
    assert np.array_equal(closed(ink, 10), ink)


def test_two_circles_side_by_side_and_concentric_ones_stay_apart() -> None:
    def circles(page: Bytes) -> None:
        cv2.circle(page, (32, 60), 25, 255, 3, cv2.LINE_AA)
        cv2.circle(page, (88, 60), 25, 255, 3, cv2.LINE_AA)
        cv2.circle(page, (88, 60), 18, 255, 3, cv2.LINE_AA)

    ink = drawn(circles)
    assert np.array_equal(closed(ink, 10), ink)


def test_a_bridge_crosses_nothing() -> None:
    """Of a line with a crossing one in its gap the ends reach that one, and not each other."""

    def cross(page: Bytes) -> None:
        page[59:62, 10:54] = 255
        page[59:62, 66:110] = 255
        page[30:90, 59:61] = 255

    ink = drawn(cross)
    assert closed(ink, 8)[60, 50:70].min() == 1
    assert np.array_equal(closed(ink, 4), ink)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (5, 5), (120, 120)])
@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_blank_black_and_tiny_pages_stay_what_they_are(
    shape: tuple[int, int], value: float
) -> None:
    ink = np.full(shape, value, np.float32)
    assert np.array_equal(closed(ink, 32), ink)


def test_a_line_that_leaves_the_page_is_left_alone() -> None:
    def line(page: Bytes) -> None:
        page[4:7] = 255
        page[:, 4:7] = 255
        cv2.line(page, (0, 119), (119, 20), 255, 3, cv2.LINE_AA)

    ink = drawn(line)
    assert np.array_equal(closed(ink, 10), ink)


def test_closing_comes_last_and_binary_ink_stays_binary() -> None:
    ink = ring(5)
    assert set(np.unique(apply(ink, Style(close=6, binary=True))).tolist()) == {0, 1}
    thin = Style(weight=-2, close=8)
    assert not leaks(apply(ink, thin))
    before = ink.copy()
    apply(ink, thin)
    assert np.array_equal(ink, before)
