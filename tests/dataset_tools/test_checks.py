import cv2
import numpy as np
import pytest

from dataset_tools import measures
from dataset_tools.checks import CHECKS, CheckSettings, graded
from lineart.errors import InputError

SETTINGS = CheckSettings()
WHITE, RED = (1.0, 1.0, 1.0), (0.82, 0.18, 0.15)


def levels(render, line):
    return {
        name: found.level
        for name, check in CHECKS.items()
        if (found := check(render, line, SETTINGS)).level != "accept"
    }


def sign(letter, panel, ink=(0.0, 0.0, 0.0)):
    """A framed panel with one bar, 5 by 40 pixels, that the line art has as ink: (render, line)."""
    line = np.zeros((96, 96), np.float32)
    render = np.ones((96, 96, 3), np.float32)
    render[10:86, 10:86] = panel
    for top, bottom, left, right in (
        (10, 13, 10, 86),
        (83, 86, 10, 86),
        (10, 86, 10, 13),
        (10, 86, 83, 86),
    ):
        line[top:bottom, left:right] = 1
        render[top:bottom, left:right] = ink
    line[30:70, 46:51] = 1
    render[30:70, 46:51] = letter
    return render, line


def test_a_good_drawing_passes_every_check(box):
    render, line = box()
    for name, check in CHECKS.items():
        found = check(render, line, SETTINGS)
        assert (found.check, found.level, found.reason) == (name, "accept", "")
        assert found.score > 0.5


def test_measures_of_the_box(box):
    _, line = box()
    assert measures.ink_share(line) == pytest.approx(704 / 96**2)
    assert measures.border_ink(line) == 0
    thin = np.zeros((256, 256), np.float32)
    thin[100:107] = 1  # seven rows
    assert measures.stroke_width(thin) == pytest.approx(7, abs=0.1)
    assert (
        measures.stroke_width(np.ones((256, 256), np.float32)) == 8
    )  # 256 / 32: an area, no stroke
    assert measures.stroke_width(np.zeros((256, 256), np.float32)) == 1


@pytest.mark.parametrize(("dx", "dy"), [(3, 0), (0, -3), (-5, 4), (1, 0), (0.5, 0)])
def test_a_shift_is_measured_in_pixels(box, dx, dy):
    render, line = box()
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    moved = cv2.warpAffine(line, matrix, (96, 96))
    x, y, fit = measures.offset_of(render, moved)
    assert (x, y) == (pytest.approx(dx, abs=0.2), pytest.approx(dy, abs=0.2))
    assert fit > 0.9


def test_three_pixels_are_reported_as_three(box):
    render, line = box()
    found = CHECKS["shift"](render, np.roll(line, 3, axis=1), SETTINGS)
    assert found.level == "quarantine"
    assert "shifted by 3.0 pixels (+3.0 across, +0.0 down)" in found.reason.replace("-0.0", "+0.0")
    assert found.score == pytest.approx(1 / (1 + 3 / 2.5), abs=0.02)


def test_nothing_to_register_is_no_shift(box):
    render, line = box()
    blank = np.zeros_like(line)
    assert measures.offset_of(render, blank) == (0, 0, 0)
    assert measures.offset_of(np.ones_like(render), line) == (0, 0, 0)


@pytest.mark.parametrize("letter", [WHITE, (0.57, 0.83, 0.96)])
def test_light_lettering_is_caught(letter):
    render, line = sign(letter, RED)
    hidden = measures.hidden_ink(render, line, 0.5)
    # A pixel of the bar's rim is a blend, and left out: 3 by 38 of its 5 by 40 pixels.
    assert hidden.sum() == 3 * 38
    assert hidden[31:69, 47:50].all()
    assert levels(render, line) == {"visible": "quarantine"}


@pytest.mark.parametrize("ink", [(0.1, 0.15, 0.4), (0.42, 0.27, 0.18), (0.3, 0.3, 0.3)])
def test_coloured_ink_that_stands_out_passes(ink):
    assert levels(*sign(ink, (1, 0.85, 0.7), ink=ink)) == {}
    assert levels(*sign(ink, (1, 0.85, 0.7))) == {}  # beside black


def test_ink_on_a_dark_area_passes():
    assert levels(*sign((0, 0, 0), (0.25, 0.25, 0.25))) == {}


def test_a_grey_area_filled_with_ink_is_caught(box):
    render, line = box(fill=(0.25, 0.25, 0.25))
    line[28:68, 20:60] = 1
    # All of the 40 by 40 pixels inside the outline but their rim.
    assert measures.hidden_ink(render, line, 0.5).sum() == 38 * 38
    assert levels(render, line) == {"visible": "quarantine"}


def test_a_black_area_without_ink_is_caught(box):
    render, line = box()
    render[76:92, 16:64] = 0
    absent = measures.absent_ink(render, line, 0.1)
    assert absent.sum() == 16 * 48
    assert levels(render, line) == {"missing": "quarantine"}


def test_a_dark_fill_of_another_colour_is_not_ink(box):
    assert levels(*box(fill=(0.1, 0.1, 0.5))) == {}


def test_blank_flooded_and_swapped(box):
    render, line = box()
    assert levels(render, np.zeros_like(line)) == {"blank": "quarantine"}
    flooded = line.copy()
    flooded[4:92, 4:92] = 1
    assert CHECKS["flooded"](render, flooded, SETTINGS).level == "quarantine"
    assert CHECKS["polarity"](render, flooded, SETTINGS).level == "accept"
    found = CHECKS["polarity"](render, 1 - line, SETTINGS)
    assert (found.level, "100% of the border is ink" in found.reason) == ("quarantine", True)


def test_sizes(box):
    render, line = box()
    found = CHECKS["sizes"](render, line[:, :90], SETTINGS)
    assert found.reason == "the render is 96 x 96 pixels, the line art 90 x 96"
    found = CHECKS["sizes"](render[:8], line[:8], SETTINGS)
    assert found.reason == "96 x 8 pixels; at least 16 a side are wanted"


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (16, 16), (33, 7), (9, 2000)])
@pytest.mark.parametrize("ink", [0.0, 0.5, 1.0])
def test_no_check_fails_on_odd_pictures(shape, ink):
    render, line = np.full((*shape, 3), 1 - ink, np.float32), np.full(shape, ink, np.float32)
    for check in CHECKS.values():
        assert 0 <= check(render, line, SETTINGS).score <= 1


def test_a_measure_at_its_limit_scores_a_half():
    assert graded("x", 0.0, 2, 1, "r").score == 1
    assert graded("x", 1.0, 2, 1, "r").level == "doubt"
    found = graded("x", 2.0, 2, 1, "r")
    assert (found.score, found.level, found.reason) == (0.5, "quarantine", "r")


@pytest.mark.parametrize(
    "wrong", [{"max_ink": 2.0}, {"shift": 0.0}, {"shift_doubt": 9.0}, {"min_side": 0}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=f"qa.checks.{next(iter(wrong))}"):
        CheckSettings(**wrong)
