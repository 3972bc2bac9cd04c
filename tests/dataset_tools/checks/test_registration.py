import cv2
import numpy as np
import pytest

from dataset_tools.checks import CheckSettings, View
from dataset_tools.checks.registration import (
    RegistrationLimits,
    drift,
    moved,
    offset_of,
    registered,
    shift,
)
from lineart.errors import InputError

LIMITS = CheckSettings().registration


@pytest.fixture
def face():
    """A head with eyes and a mouth at 256 pixels, filled with colour: strokes in every direction."""
    line = np.zeros((256, 256), np.float32)
    cv2.circle(line, (128, 128), 96, 1, 6, cv2.LINE_AA)
    for x in (92, 164):
        cv2.circle(line, (x, 104), 14, 1, 5, cv2.LINE_AA)
    cv2.ellipse(line, (128, 150), (44, 30), 0, 20, 160, 1, 6, cv2.LINE_AA)
    cv2.line(line, (128, 110), (118, 142), 1, 5, cv2.LINE_AA)
    render = np.ones((256, 256, 3), np.float32)
    cv2.circle(render, (128, 128), 96, (1.0, 0.85, 0.2), -1)
    return render * (1 - line[..., None]), line


@pytest.mark.parametrize(("dx", "dy"), [(3, 0), (0, -3), (-5, 4), (1, 0), (0.5, 0)])
def test_a_shift_is_measured_in_pixels(box, dx, dy):
    render, line = box()
    found = offset_of(View(render, moved(line, dx, dy)))
    assert (found.dx, found.dy) == (pytest.approx(dx, abs=0.2), pytest.approx(dy, abs=0.2))
    assert found.fit > 0.9
    assert found.fit >= found.before


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_it_is_measured_in_pixels_of_the_original_at_any_size(face, scale):
    size = (256 * scale, 256 * scale)
    render, line = (cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in face)
    found = offset_of(View(render, moved(line, 3.0, -1.5)))
    assert (found.dx, found.dy) == (pytest.approx(3.0, abs=0.3), pytest.approx(-1.5, abs=0.3))


def test_three_pixels_are_reported_as_three(box):
    render, line = box()
    found = shift(View(render, np.roll(line, 3, axis=1)), LIMITS)
    assert found.level == "quarantine"
    assert "shifted by 3.0 pixels (+3.0 across, +0.0 down)" in found.reason.replace("-0.0", "+0.0")
    assert found.fix.startswith("move it by -3.0 pixels across")
    assert found.score == pytest.approx(1 / (1 + 3 / 2), abs=0.02)
    assert drift(View(render, np.roll(line, 3, axis=1)), LIMITS).level == "accept"


def test_nothing_to_register_is_no_shift(box):
    render, line = box()
    for view in (View(render, np.zeros_like(line)), View(np.ones_like(render), line)):
        assert offset_of(view) == (0, 0, 0, 0)
        assert registered(view) is view
        assert [check(view, LIMITS).score for check in (shift, drift)] == [1.0, 1.0]


def test_strokes_that_do_not_fit_are_no_shift(face):
    render, line = face
    lines = np.zeros_like(line)
    lines[20:26] = lines[:, 30:36] = 1
    assert shift(View(render, lines), LIMITS).level == "accept"


def test_a_good_drawing_neither_lies_off_nor_drifts(face):
    for check in (shift, drift):
        found = check(View(*face), LIMITS)
        assert (found.level, found.reason, found.where) == ("accept", "", None)
        assert found.score > 0.9
    view = View(*face)
    assert registered(view) is view


def test_a_corner_that_was_moved_is_marked(face):
    render, line = face
    bent = line.copy()
    bent[:128, :128] = moved(line, 3.0, 0.0)[:128, :128]
    found = drift(View(render, bent), LIMITS)
    assert found.level == "quarantine"
    assert "pixels or more off" in found.reason
    assert found.where is not None
    assert found.where.shape == line.shape
    assert found.where[:128, :128].sum() > 0.8 * found.where.sum() > 0


@pytest.mark.parametrize(
    ("degrees", "scale", "words"), [(2.0, 1.0, "turned"), (0.0, 1.03, "of another size")]
)
def test_a_turn_and_another_size_are_named(face, degrees, scale, words):
    _, line = face
    matrix = cv2.getRotationMatrix2D((128, 128), degrees, scale)
    # The head is round, and tells nothing of a turn.
    line = np.maximum(line, 0)
    line[20:240:24, 20:236] = line[20:236, 20:240:24] = 1
    turned = cv2.warpAffine(line, matrix, (256, 256))
    found = drift(View(1 - np.repeat(line[..., None], 3, axis=2), turned), LIMITS)
    assert found.level == "quarantine"
    assert found.reason.endswith(f", as if {words}")


def test_a_moved_line_art_is_compared_where_it_belongs(face):
    render, line = face
    back = registered(View(render, moved(line, 4.0, 3.0)))
    assert np.abs(back.line - line).mean() < 0.01


def test_paper_comes_in_at_the_border():
    line = np.ones((4, 6), np.float32)
    assert moved(line, 2, 1).tolist() == [[0] * 6, *[[0, 0, 1, 1, 1, 1]] * 3]


def test_the_number_of_threads_changes_nothing(face):
    render, line = face
    view = View(render, moved(line, 1.3, 0.4))
    before = cv2.getNumThreads()
    try:
        found = []
        for threads in (1, 4):
            cv2.setNumThreads(threads)
            fresh = View(view.render, view.line)
            found.append((offset_of(fresh), drift(fresh, LIMITS).score))
    finally:
        cv2.setNumThreads(before)
    assert found[0] == found[1]


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (16, 16), (33, 7), (9, 2000)])
@pytest.mark.parametrize("ink", [0.0, 0.5, 1.0])
def test_odd_pictures_have_a_score(shape, ink):
    view = View(np.full((*shape, 3), 1 - ink, np.float32), np.full(shape, ink, np.float32))
    for check in (shift, drift):
        assert 0 <= check(view, LIMITS).score <= 1


@pytest.mark.parametrize("wrong", [{"shift": 0.0}, {"drift_doubt": 9.0}, {"drift_share": 2.0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=f"qa.checks.registration.{next(iter(wrong))}"):
        RegistrationLimits(**wrong)
