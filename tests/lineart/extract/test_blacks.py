"""Solid blacks become their outline; lines stay."""

import numpy as np
import pytest

from lineart.extract.blacks import outlined
from lineart.extract.style import Style, apply


def page():
    """Lines 4 pixels wide, and a solid square of 40."""
    ink = np.zeros((120, 160), np.float32)
    ink[10:14, 5:155] = 1
    ink[20:110, 150:154] = 1
    ink[100:104, 5:140] = 1
    ink[40:80, 60:100] = 1
    return ink


def test_of_a_solid_square_its_edge_is_left_as_wide_as_the_lines():
    ink = page()
    left = apply(ink, Style(blacks="outline"))
    lines = ink.copy()
    lines[40:80, 60:100] = 0
    square = left[40:80, 60:100]
    assert np.array_equal(left[lines > 0], ink[lines > 0])
    assert np.all(left[ink == 0] == 0)
    assert square[20].tolist()[:3] == [1, 1, 1]
    assert square[20].tolist()[-3:] == [1, 1, 1]
    assert np.all(square[6:-6, 6:-6] == 0)
    assert square[20].sum() == pytest.approx(8, abs=1.5)


def test_lights_within_a_solid_get_an_outline_too():
    ink = page()
    ink[55:61, 75:81] = 0
    left = outlined(ink)
    assert left[54, 77] == left[61, 77] == left[57, 74] == 1
    assert left[46, 66] == 0


@pytest.mark.parametrize("ink", [np.zeros((9, 9)), np.ones((9, 9)), page()[:30]])
def test_where_nothing_is_solid_nothing_changes(ink):
    ink = ink.astype(np.float32)
    assert outlined(ink) is ink
    assert apply(ink, Style()) is ink
