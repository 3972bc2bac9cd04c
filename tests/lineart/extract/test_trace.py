"""Crosses, loops and dots, followed by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lineart.extract import trace
from lineart.extract.trace import followed, middle_of
from lineart.pictures.thinning import thin


def drawn(*rows: str) -> np.ndarray:
    return np.array([[char == "#" for char in row] for row in rows])


def test_a_cross_is_four_strokes_that_meet() -> None:
    strokes = followed(drawn("  #  ", "  #  ", "#####", "  #  ", "  #  "))
    assert [len(stroke) for stroke in strokes] == [3, 3, 3, 3]
    assert all([2, 2] in stroke.tolist()[:: len(stroke) - 1] for stroke in strokes)


def test_a_corner_is_one_stroke_through_the_corner() -> None:
    (stroke,) = followed(drawn("#  ", "#  ", "###"))
    assert stroke.tolist() == [[0, 0], [1, 0], [2, 0], [2, 1], [2, 2]]


def test_a_loop_ends_where_it_began() -> None:
    (stroke,) = followed(drawn(" ## ", "#  #", " ## "))
    assert stroke[0].tolist() == stroke[-1].tolist()
    assert len(stroke) == 7


def test_a_dot_and_an_empty_page() -> None:
    assert [stroke.tolist() for stroke in followed(drawn("   ", " # "))] == [[[1, 1]]]
    assert followed(np.zeros((3, 4), bool)) == []


def test_strokes_cover_the_middle_once() -> None:
    rng = np.random.default_rng(0)
    page = np.zeros((90, 90), np.uint8)
    for _ in range(12):
        ends = rng.integers(0, 90, (2, 2)).tolist()
        cv2.line(page, *ends, 1, 3)
    middle = thin(page > 0)
    strokes = followed(middle)
    covered = np.zeros_like(middle)
    steps = []
    for stroke in strokes:
        covered[tuple(stroke.T)] = True
        assert np.abs(np.diff(stroke, axis=0)).max(initial=0) <= 1
        pairs = zip(stroke.tolist(), stroke.tolist()[1:], strict=False)
        steps += [frozenset(map(tuple, pair)) for pair in pairs]
    assert np.array_equal(covered, middle)
    assert len(steps) == len(set(steps))


def test_bands_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    page = np.zeros((300, 80), np.uint8)
    for left in range(0, 80, 16):
        cv2.line(page, (left, 0), (79 - left, 299), 1, 5)
    whole = middle_of(page > 0)
    monkeypatch.setattr(trace, "BAND", 50)
    monkeypatch.setattr(trace, "REACH", 16)
    assert np.array_equal(middle_of(page > 0), whole)


def test_a_line_that_leaves_the_page_is_followed_to_the_border() -> None:
    page = np.zeros((20, 30), bool)
    page[5:14] = True
    assert middle_of(page).sum(axis=0).tolist() == [1] * 30
