"""The counts of the edge benchmark on pages worked by hand."""

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.metrics import PROTOCOLS, count_line_art, count_matches
from lineart.metrics.boundary import threshold_values
from lineart.pictures import thinning

CENTRE_LINES, STROKES = PROTOCOLS


def rows(*numbers, shape=(60, 100)):
    mask = np.zeros(shape, bool)
    mask[list(numbers)] = True
    return mask


def counts(prediction, *truths, **settings):
    """The counts of a yes-or-no prediction, which are the same at every threshold."""
    found = count_matches(prediction.astype(np.float32), list(truths), **settings)
    assert (found == found[0]).all()
    assert found.shape == (99, 4)
    assert found.dtype == np.int64
    return found[0].tolist()


@pytest.mark.parametrize("thin", [True, False])
def test_a_line_within_reach_and_one_beyond(thin):
    truth, prediction = rows(10, 30), rows(12, 40)
    near, sharp = {"tolerance_pixels": 2, "thin": thin}, {"tolerance_pixels": 1.99, "thin": thin}
    assert counts(prediction, truth, **near) == [100, 200, 100, 200]
    assert counts(prediction, truth, **sharp) == [0, 200, 0, 200]


@pytest.mark.parametrize("thin", [True, False])
def test_a_double_line_matches_once(thin):
    assert counts(rows(9, 11), rows(10), tolerance_pixels=1, thin=thin) == [100, 100, 100, 200]


@pytest.mark.parametrize("thin", [True, False])
def test_a_crossing_one_pixel_aside(thin):
    """41 pixels each, shifted by (1, 1); within 1 px only the two ends that stick out have no partner.

    Row pixels pair downwards and column pixels to the right; at the crossing (10, 11) pairs with itself,
    so that (11, 11) is left for (11, 10).
    """
    truth = np.zeros((30, 30), bool)
    truth[10, :21] = truth[:21, 10] = True
    prediction = np.roll(truth, (1, 1), (0, 1))
    assert counts(prediction, truth, tolerance_pixels=1, thin=thin) == [39, 41, 39, 41]
    assert counts(prediction, truth, tolerance_pixels=1.5, thin=thin) == [41, 41, 41, 41]


@pytest.mark.parametrize("thin", [True, False])
def test_three_pixels_on_a_page_of_112_by_384(thin):
    # 0.0075 of the diagonal of 400 is 3 pixels to the bit, and 3 counts.
    shape = (112, 384)
    assert counts(rows(53, shape=shape), rows(50, shape=shape), thin=thin) == [384] * 4
    assert counts(rows(54, shape=shape), rows(50, shape=shape), thin=thin) == [0, 384, 0, 384]


def test_a_reach_that_rounding_would_lose():
    # 0.1 x 100 is 10, but 0.07 x 100 comes out above 7 and 0.29 x 100 below 29.
    shape = (60, 80)
    for share, pixels in ((0.1, 10), (0.07, 7), (0.29, 29)):
        for far, found in ((pixels, 80), (pixels + 1, 0)):
            prediction, truth = rows(5 + far, shape=shape), rows(5, shape=shape)
            assert counts(prediction, truth, tolerance=share)[0] == found


@pytest.mark.parametrize("thin", [True, False])
def test_an_empty_prediction_and_an_empty_truth(thin):
    blank = rows()
    assert counts(blank, rows(10), thin=thin) == [0, 100, 0, 0]
    assert counts(rows(10), blank, thin=thin) == [0, 0, 0, 100]
    assert counts(blank, blank, thin=thin) == [0, 0, 0, 0]
    assert counts(blank, rows(10), blank, thin=thin) == [0, 100, 0, 0]


def test_the_prediction_is_thinned_and_the_truth_is_not():
    bar = rows(9, 10, 11, shape=(20, 40))
    assert counts(bar, bar, tolerance_pixels=1, thin=False) == [120] * 4
    matched, truth, again, thinned = counts(bar, bar, tolerance_pixels=1)
    assert (matched, truth, again) == (thinned, 120, thinned)
    assert 36 <= thinned <= 40


def test_protocols():
    bar = rows(9, 10, 11, shape=(20, 40)).astype(np.float32)
    centre = count_line_art(bar, bar, CENTRE_LINES)
    assert (centre == thinning.thin(bar > 0).sum()).all()
    assert (count_line_art(bar, bar, STROKES) == 120).all()
    grey = 0.49 * bar  # no ink at 0.5, so an empty truth
    assert (count_line_art(bar, grey, STROKES)[:, 1] == 0).all()


@pytest.mark.parametrize("thin", [True, False])
def test_several_truths(thin):
    line = rows(10)
    assert counts(line, line, line, thin=thin) == [
        200,
        200,
        100,
        100,
    ]  # precision counts a pixel once
    assert counts(line, line, rows(40), thin=thin) == [100, 200, 100, 100]


def test_of_several_truths_the_nearest_pixel_is_matched():
    prediction, truth = np.zeros((2, 5, 9), bool)
    prediction[2, [1, 4]] = True
    truth[2, 4] = True
    # Both pixels reach the truth's only one; both truths must take the same, so one is matched.
    assert counts(prediction, truth, truth, tolerance_pixels=3) == [2, 2, 1, 2]


def test_thresholds_are_inclusive_and_forgive_rounding():
    prediction = np.zeros((1, 4), np.float32)
    levels = np.array([51, 102, 153, 204], np.uint8)
    values = threshold_values()[[19, 39, 59, 79]]
    for picture in (levels / np.float32(255), 1 - (255 - levels) / np.float32(255), levels / 255):
        for at, (value, threshold) in enumerate(zip(picture, values, strict=True)):
            prediction[:] = value
            sums = count_matches(prediction, [np.ones((1, 4), bool)], thin=False)[:, 3]
            last = int(np.flatnonzero(sums)[-1])
            assert threshold_values()[last] == pytest.approx(threshold), at


@pytest.mark.parametrize("thin", [True, False])
def test_each_threshold_by_itself(thin):
    prediction = np.zeros((40, 60), np.float32)
    prediction[10], prediction[20], prediction[30] = 0.25, 0.5, 1
    found = count_matches(prediction, [rows(10, 30, shape=(40, 60))], thin, 3, tolerance_pixels=0)
    assert found.tolist() == [[120, 120, 120, 180], [60, 120, 60, 120], [60, 120, 60, 60]]


def test_equal_maps_are_thinned_once(monkeypatch):
    calls = []
    monkeypatch.setattr(thinning, "thin", lambda mask: calls.append(1) or mask)
    prediction = np.where(rows(10), 0.75, np.where(rows(20), 0.3, 0))
    found = count_matches(prediction, [rows(10)])
    assert len(calls) == 3  # two lines, one, none
    assert found[[0, 29, 30, 74, 75], 3].tolist() == [200, 200, 100, 100, 0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"prediction": np.zeros((4, 4, 3))}, r"\(H, W\)"),
        ({"prediction": np.full((4, 4), 255)}, r"wanted is \[0, 1\]"),
        ({"prediction": np.full((4, 4), np.nan)}, r"wanted is \[0, 1\]"),
        ({"truths": []}, "no truth"),
        ({"truths": [np.ones((4, 4))]}, "wanted is bool"),
        ({"truths": [np.ones((4, 5), bool)]}, "must be equal"),
        ({"thresholds": 0}, "thresholds"),
        ({"tolerance": -0.1}, "tolerance"),
        ({"tolerance_pixels": -1}, "tolerance_pixels"),
    ],
)
def test_bad_input(change, says):
    fine = {"prediction": np.zeros((4, 4)), "truths": [np.ones((4, 4), bool)]}
    with pytest.raises(InputError, match=says):
        count_matches(**{**fine, **change})
