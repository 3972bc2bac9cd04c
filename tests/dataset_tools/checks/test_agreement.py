import cv2
import numpy as np
import pytest

from dataset_tools.checks import CheckSettings, View
from dataset_tools.checks.agreement import (
    AgreementLimits,
    absent_ink,
    extra,
    extra_ink,
    hidden_ink,
    missing,
    reduced,
    visible,
)
from lineart.errors import InputError

LIMITS = CheckSettings().agreement
WHITE, RED = (1.0, 1.0, 1.0), (0.82, 0.18, 0.15)


def levels(render, line):
    view = View(render, line)
    found = [check(view, LIMITS) for check in (visible, extra, missing)]
    for item in found:
        assert (item.where is None) == (item.level == "accept")
    return {item.check: item.level for item in found if item.level != "accept"}


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


def test_a_good_drawing_passes(box):
    assert levels(*box()) == {}


@pytest.mark.parametrize("letter", [WHITE, (0.57, 0.83, 0.96)])
def test_light_lettering_is_not_seen_as_ink(letter):
    render, line = sign(letter, RED)
    hidden = hidden_ink(View(render, line), LIMITS.contrast)
    # A pixel of the bar's rim is a blend, and left out: 3 by 38 of its 5 by 40 pixels.
    assert hidden.sum() == 3 * 38
    assert hidden[31:69, 47:50].all()
    # The render has something there, so it is not extra.
    assert levels(render, line) == {"visible": "quarantine"}


@pytest.mark.parametrize("ink", [(0.1, 0.15, 0.4), (0.42, 0.27, 0.18), (0.3, 0.3, 0.3)])
def test_coloured_ink_that_stands_out_passes(ink):
    assert levels(*sign(ink, (1, 0.85, 0.7), ink=ink)) == {}
    assert levels(*sign(ink, (1, 0.85, 0.7))) == {}  # beside black


def test_ink_on_a_dark_area_passes():
    assert levels(*sign((0, 0, 0), (0.25, 0.25, 0.25))) == {}


def test_a_grey_area_filled_with_ink_is_not_seen_as_ink(box):
    render, line = box(fill=(0.25, 0.25, 0.25))
    line[28:68, 20:60] = 1
    # All of the 40 by 40 pixels inside the outline but their rim.
    assert hidden_ink(View(render, line), LIMITS.contrast).sum() == 38 * 38
    assert levels(render, line)["visible"] == "quarantine"


def test_a_stroke_over_a_flat_area_is_extra(box):
    render, line = box()
    line[44:48, 26:54] = 1  # 4 by 28 pixels inside the box
    found = extra(View(render, line), LIMITS)
    assert found.level == "quarantine"
    assert "the render has nothing there" in found.reason
    assert found.where is not None
    assert found.where[44:48, 26:54].sum() == found.where.sum() > 0.8 * 4 * 28
    assert missing(View(render, line), LIMITS).level == "accept"


@pytest.mark.parametrize("width", [1, 2, 9])
def test_extra_strokes_are_found_in_thin_and_in_bold_drawings(width):
    line = np.zeros((256, 256), np.float32)
    cv2.circle(line, (128, 128), 100, 1, width)
    render = 1 - 0.5 * np.repeat(line[..., None], 3, axis=2)  # in grey ink
    assert levels(render, line) == {}
    added = line.copy()
    cv2.line(added, (80, 120), (180, 130), 1, width)
    assert levels(render, added)["extra"] == "quarantine"
    assert "missing" not in levels(render, added)
    assert levels(1 - 0.5 * np.repeat(added[..., None], 3, axis=2), line) == {
        "missing": "quarantine"
    }


def test_what_two_colours_meet_along_is_support(box):
    render, line = box()
    render[20:60, 64:] = (0.7, 0.8, 1.0)  # an area without an outline
    line[20:60, 78:82] = 1
    render[20:60, 80:] = (0.8, 0.3, 0.2)  # and the line art follows its end
    assert extra_ink(View(render, line), LIMITS.support).sum() == 0


def test_a_black_area_without_ink_is_missing(box):
    render, line = box()
    render[76:92, 16:64] = 0
    absent = absent_ink(View(render, line), LIMITS.likeness, LIMITS.ridge)
    assert absent.sum() == 16 * 48
    assert levels(render, line) == {"missing": "quarantine"}


@pytest.mark.parametrize("ink", [(0, 0, 0), (0.1, 0.1, 0.45), (0.35, 0.1, 0.1)])
def test_an_erased_stroke_is_missing_in_any_colour_as_dark_as_the_ink(box, ink):
    render, line = box()
    blue = (line > 0) & (np.arange(96) > 40)  # the right half of the outline
    render[blue] = (0.1, 0.1, 0.45)
    render[80:84, 16:76] = ink  # 4 by 60 pixels below the box
    found = missing(View(render, line), LIMITS)
    assert found.level == "quarantine"
    assert found.where is not None
    assert found.where.sum() == found.where[80:84, 16:76].sum() == 4 * 60


def test_a_dark_fill_of_another_colour_is_not_missing_ink(box):
    assert levels(*box(fill=(0.1, 0.1, 0.5))) == {}


def test_a_faint_stroke_of_the_render_is_not_missing_ink(box):
    render, line = box()
    render[80:84, 16:76] = 0.6
    assert levels(render, line) == {}


def test_a_shift_is_not_taken_for_ink_of_one_picture_alone(box):
    render, line = box()
    assert levels(render, np.roll(line, (4, 3), axis=(0, 1))) == {}


def test_bold_strokes_are_looked_at_four_pixels_wide():
    line = np.zeros((480, 240), np.float32)
    line[105:120] = line[300:315] = 1  # 15 rows, a 32nd of the longer side
    render = np.repeat(1 - line[..., None], 3, axis=2)
    small = reduced(View(render, line))
    assert small.line.shape == small.grey.shape == small.render.shape[:2] == (128, 64)
    assert small.width == pytest.approx(4, abs=0.01)
    assert small.line[28:32].min() == pytest.approx(1)
    assert small.grey[28:32].max() == 0
    assert small.line[:28].max() == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (16, 16), (33, 7), (9, 2000)])
@pytest.mark.parametrize("ink", [0.0, 0.5, 1.0])
def test_odd_pictures_have_a_score(shape, ink):
    view = View(np.full((*shape, 3), 1 - ink, np.float32), np.full(shape, ink, np.float32))
    for check in (visible, extra, missing):
        assert 0 <= check(view, LIMITS).score <= 1


@pytest.mark.parametrize("wrong", [{"missing": 0.0}, {"share": 2.0}, {"support": -1.0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=f"qa.checks.agreement.{next(iter(wrong))}"):
        AgreementLimits(**wrong)
