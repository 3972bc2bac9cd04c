import cv2
import numpy as np
import pytest

from dataset_tools.checks import CHECKS, CheckSettings, View
from dataset_tools.checks.strokes import cut_ends, ends_of, widths_of

SETTINGS = CheckSettings()


@pytest.fixture
def bar():
    """A stroke of six rows and 140 columns on a page of 200: (render, line)."""
    line = np.zeros((200, 200), np.float32)
    line[97:103, 30:170] = 1
    return np.repeat(1 - line[..., None], 3, axis=2), line


def test_a_stroke_has_two_ends(bar):
    tips, ways = ends_of(View(*bar))
    order = np.argsort(tips[:, 1])
    assert tips[order] == pytest.approx(np.array([[99.5, 31], [99.5, 168]]), abs=3)
    assert ways[order] == pytest.approx(np.array([[0, -1], [0, 1]]), abs=0.2)


def test_closed_strokes_and_specks_have_no_ends(box):
    render, line = box()
    assert len(ends_of(View(render, line))[0]) == 0
    line[:] = 0
    line[40:42, 40:42] = 1
    assert len(ends_of(View(render, line))[0]) == 0


def test_a_gap_has_two_cut_ends(bar):
    render, line = bar
    whole = View(render, line)
    assert len(cut_ends(whole)) == 0
    line = line.copy()
    line[:, 90:110] = 0
    cuts = cut_ends(View(render, line))
    assert sorted(cuts[:, 1]) == pytest.approx([89, 110], abs=3)
    found = CHECKS["broken"](View(render, line), SETTINGS)
    assert (found.level, found.fix) == ("doubt", "close the gaps")
    assert found.reason == "ends of strokes in the line art that go on in the render: 2"
    assert found.where[100, 88] == 1
    assert found.where[100, 60] == 0


def test_a_gap_that_the_render_has_is_drawn(bar):
    _, line = bar
    line = line.copy()
    line[:, 90:110] = 0
    view = View(np.repeat(1 - line[..., None], 3, axis=2), line)
    assert len(ends_of(view)[0]) == 4
    assert CHECKS["broken"](view, SETTINGS).level == "accept"


def test_a_stroke_that_ends_at_a_dark_area_is_whole(bar):
    render, line = bar
    render = render.copy()
    render[60:140, 170:] = 0  # black, without ink: another check's business
    assert CHECKS["broken"](View(render, line), SETTINGS).level == "accept"


@pytest.mark.parametrize("kernel", [7, 13])
def test_bold_strokes_are_measured(bar, kernel):
    render, line = bar
    view = View(render, cv2.dilate(line, np.ones((kernel, kernel))))
    own, drawn = widths_of(view)
    assert own == pytest.approx(6 + kernel - 1, abs=1)
    assert drawn == pytest.approx(6, abs=1)
    found = CHECKS["weight"](view, SETTINGS)
    assert found.level == "doubt"
    assert found.reason == f"the strokes are {own:.1f} pixels wide, those of the render {drawn:.1f}"


def test_thin_strokes_are_measured(bar):
    render, line = bar
    thin = cv2.erode(line, np.ones((5, 5)))
    own, drawn = widths_of(View(render, thin))
    assert (own, drawn) == (pytest.approx(2, abs=1), pytest.approx(6, abs=1))
    assert CHECKS["weight"](View(render, thin), SETTINGS).level == "doubt"


def test_where_the_render_shows_no_strokes_nothing_is_claimed(bar):
    _, line = bar
    plain = View(np.full((200, 200, 3), 0.5, np.float32), line)
    assert widths_of(plain) is None
    for name in ("broken", "weight"):
        assert CHECKS[name](plain, SETTINGS).score == 1
