"""Crossings, spurs, loops and ends of lines of known width, drawn and counted by hand."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from lineart.extract.trace import Points, middle_of
from lineart.extract.vector import centre_lines, strokes_of
from lineart.pictures.images import Bytes

SIZE = 160
MIDDLE = SIZE // 2
WIDTHS = (2, 3, 4, 5, 8, 11, 15)


def blank() -> Bytes:
    return np.zeros((SIZE, SIZE), np.uint8)


def bar(page: Bytes, middle: int, width: int, start: int = 20, stop: int = 140) -> None:
    """A bar along a row; along a column of the page turned."""
    page[middle - width // 2 :][:width, start:stop] = 1


def through(page: Bytes, degrees: float, width: int) -> None:
    """A line through the middle, 110 pixels long."""
    angle = np.radians(degrees)
    way = 55 * np.array([np.cos(angle), np.sin(angle)])
    ends = np.round(256 * (MIDDLE + np.array([way, -way]))).astype(int).tolist()
    cv2.line(page, *ends, 1, width, cv2.LINE_8, 8)


def strokes(page: Bytes) -> list[Points]:
    return strokes_of(page > 0)[0]


def paths(page: Bytes) -> int:
    return centre_lines(page.astype(np.float32), (0, 0, 0)).count(b"<path")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_plus_is_two_straight_strokes(width: int) -> None:
    page = blank()
    bar(page, MIDDLE, width)
    bar(page.T, MIDDLE, width)
    across, along = sorted(strokes(page), key=lambda stroke: int(np.ptp(stroke[:, 0])))
    for stroke, axis in (across, 0), (along, 1):
        inner = stroke[width:-width]
        assert np.abs(inner[:, axis] - MIDDLE).max() <= 1
        assert np.ptp(stroke[:, 1 - axis]) >= 120 - width - 2


@pytest.mark.parametrize("width", [3, 5, 8, 11, 15])
@pytest.mark.parametrize("angle", [30, 45, 60, 75, 90])
def test_lines_that_cross_go_straight_on(angle: int, width: int) -> None:
    """The crossing of two lines at 30 degrees is nearly four times as long as they are broad."""
    page = blank()
    ways = 10, 10 + angle
    for degrees in ways:
        through(page, degrees, width)
    found = strokes(page)
    assert len(found) == 2
    for degrees, stroke in zip(ways, sorted(found, key=_steepness), strict=True):
        normal = np.array([np.cos(np.radians(degrees)), -np.sin(np.radians(degrees))])
        away = np.abs((stroke - MIDDLE) @ normal)
        assert away[width:-width].max() < 2
        assert len(stroke) > 60


def _steepness(stroke: Points) -> float:
    rows, columns = (stroke[-1] - stroke[0]).tolist()
    return float(np.arctan2(rows, columns) % np.pi)


@pytest.mark.parametrize("width", WIDTHS)
def test_grids_asterisks_and_tees(width: int) -> None:
    grid, asterisk, tee = blank(), blank(), blank()
    for middle in (40, 80, 120):
        bar(grid, middle, width)
        bar(grid.T, middle, width)
    for degrees in (0, 60, 120):
        through(asterisk, degrees, width)
    bar(tee, MIDDLE, width)
    bar(tee.T, MIDDLE, width, MIDDLE)
    assert [paths(grid), paths(asterisk), paths(tee)] == [6, 3, 2]


def test_one_arm_of_a_y_goes_on_as_another() -> None:
    page = blank()
    for degrees in (90, 210, 330):
        way = 50 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        cv2.line(page, (80, 80), np.round(80 + way).astype(int).tolist(), 1, 5)
    assert paths(page) == 2


@pytest.mark.parametrize("width", [3, 5, 8, 11])
def test_a_figure_of_eight_is_one_closed_stroke(width: int) -> None:
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    eight = MIDDLE + 60 * np.stack([np.sin(turn), np.sin(turn) * np.cos(turn)], axis=-1)
    page = cv2.polylines(blank(), [np.round(eight).astype(np.int32)], True, 1, width)
    (stroke,) = strokes(page)
    assert stroke[0].tolist() == stroke[-1].tolist()


def test_a_circle_stays_closed_where_a_line_crosses_it() -> None:
    page = cv2.circle(blank(), (MIDDLE, MIDDLE), 40, 1, 5)
    through(page, 7, 5)
    circle, line = sorted(strokes(page), key=len, reverse=True)
    assert circle[0].tolist() == circle[-1].tolist()
    assert np.abs(np.hypot(*(circle - MIDDLE).T) - 40).max() < 2
    assert line[0].tolist() != line[-1].tolist()


@pytest.mark.parametrize(("broad", "tall"), [(3, 2), (2, 3), (1, 2), (1, 3)])
@pytest.mark.parametrize("width", [5, 6, 7, 9, 15])
def test_a_bump_is_no_stroke(width: int, broad: int, tall: int) -> None:
    for side in (1, -1):
        page = blank()
        bar(page, MIDDLE, width)
        top = MIDDLE - width // 2
        page[top - tall : top, 60 : 60 + broad] = 1
        assert paths(page[::side].copy()) == 1


@pytest.mark.parametrize("width", [3, 5, 8, 11, 15])
def test_a_leg_longer_than_half_the_width_stays(width: int) -> None:
    page = blank()
    bar(page, MIDDLE, width)
    bar(page.T, MIDDLE, width, MIDDLE, MIDDLE - width // 2 + width + width // 2 + 2)
    assert paths(page) == 2


def test_a_hair_on_a_broad_line_stays() -> None:
    """It stands out by less than half the width of that, but is too thin for a bump."""
    page = blank()
    bar(page, MIDDLE, 21)
    page[MIDDLE - 18 : MIDDLE - 10, 60:62] = 1
    assert paths(page) == 2


@pytest.mark.parametrize("width", [8, 11, 15])
def test_a_broad_line_has_one_end_on_either_side(width: int) -> None:
    for degrees in (0, 20, 45):
        page = blank()
        through(page, degrees, width)
        assert paths(page) == 1


def test_dots_and_short_strokes_stay() -> None:
    page = blank()
    cv2.circle(page, (30, 30), 4, 1, -1)
    page[80, 80] = 1
    bar(page, 120, 5, 60, 66)
    assert paths(page) == 3


def test_a_pinhole_in_a_line_is_filled() -> None:
    page = blank()
    bar(page, MIDDLE, 5)
    page[MIDDLE, 60] = 0
    assert paths(page) == 1


def test_the_bar_of_an_h_stays_where_its_posts_are_near() -> None:
    page = blank()
    bar(page.T, 60, 5)
    bar(page.T, 66, 5)
    bar(page, MIDDLE, 5, 60, 66)
    assert paths(page) == 3


@pytest.mark.parametrize("seed", range(8))
def test_no_line_of_a_thicket_is_lost(seed: int) -> None:
    """What is left out of the skeleton is shorter than one and a half widths from a stroke."""
    rng = np.random.default_rng(seed)
    page = blank()
    for _ in range(14):
        cv2.line(page, *rng.integers(0, SIZE, (2, 2)).tolist(), 1, 5)
    drawn = np.ones_like(page)
    for stroke in strokes(page):
        drawn[tuple(stroke.T)] = 0
    away = cv2.distanceTransform(drawn, cv2.DIST_L2, cv2.DIST_MASK_5)
    assert away[middle_of(page > 0)].max() < 7.5


def test_a_texture_does_not_take_for_ever() -> None:
    """All its knots are near one another; it has 3,000 branches, and 80 lines."""
    page = blank()
    page[1::4] = page[2::4] = 1
    page[:, 1::4] = page[:, 2::4] = 1
    assert 80 <= paths(page) < 800


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize(
    "box", [(0, 4, 0, SIZE), (0, 20, 0, SIZE), (0, 9, 40, 60), (0, SIZE, 76, 83), (0, 4, 30, 130)]
)
def test_a_line_at_the_border_is_drawn(box: tuple[int, int, int, int], turn: int) -> None:
    """Along it, thin or broad, from corner to corner or not, and straight off the page on both sides."""
    top, bottom, left, right = box
    page = blank()
    page[top:bottom, left:right] = 1
    (stroke,) = strokes(np.rot90(page, turn))
    short, long = sorted((bottom - top, right - left))
    assert np.ptp(stroke, axis=0).max() >= long - short - (short + 1) // 2
    if bottom == SIZE:
        assert {0, SIZE - 1} <= set(stroke.ravel().tolist())


@pytest.mark.parametrize("inset", [0, 20])
def test_a_frame_is_one_ring_with_straight_sides(inset: int) -> None:
    page = np.ascontiguousarray(
        np.pad(np.zeros((152 - 2 * inset,) * 2, np.uint8), 4, constant_values=1)
    )
    (line,) = re.findall(
        rb'd="([^"]+)"', centre_lines(np.pad(page, inset).astype(np.float32), (0, 0, 0))
    )
    places = np.array(re.findall(rb"[0-9.-]+", line), float).reshape(-1, 2)
    sides = np.minimum(places - inset, SIZE - inset - places).min(axis=1)
    assert abs(sides - 2).max() < 1.5
