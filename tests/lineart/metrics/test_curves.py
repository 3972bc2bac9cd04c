"""ODS, OIS, AP and R50 of counts worked by hand."""

import numpy as np
import pytest

from lineart.metrics.curves import (
    METRICS,
    average_precision,
    average_precision_ended,
    figures,
    optimal_dataset_scale,
    optimal_image_scale,
    recall_at_half,
    recall_precision,
    recall_range,
    why_below_ods,
)

# One picture, two thresholds (1/3 and 2/3): recall 1 at precision 0.5, recall 0.5 at precision 1.
CROSSED = np.array([[[100, 100, 100, 200], [50, 100, 50, 50]]])
BLANK = np.array([[[0, 100, 0, 0], [0, 100, 0, 0]]])
PERFECT = np.array([[[100, 100, 100, 100], [100, 100, 100, 100]]])


def test_ods_lies_between_two_thresholds():
    # The middle would have 0.75; of 100 points the two nearest are 1/198 of the way from it.
    best = optimal_dataset_scale(CROSSED)
    off = 0.5 / 198
    assert best.f == pytest.approx(2 * (0.75 + off) * (0.75 - off) / 1.5, rel=1e-12)
    assert best.recall + best.precision == pytest.approx(1.5)
    assert abs(best.recall - 0.75) == pytest.approx(off)
    assert best.threshold == pytest.approx(0.5, abs=0.002)


def test_ods_takes_the_first_of_equal_maxima():
    best = optimal_dataset_scale(PERFECT)
    assert (best.f, best.threshold) == (1, pytest.approx(1 / 3))


def test_ods_of_a_single_threshold():
    best = optimal_dataset_scale(CROSSED[:, :1])
    assert (best.f, best.threshold) == (pytest.approx(2 / 3), 0.5)


def test_counts_are_pooled_not_averaged():
    small = np.array([[[1, 1, 1, 1]]])
    large = np.array([[[0, 99, 0, 99]]])
    assert optimal_dataset_scale(np.concatenate([small, large])).f == pytest.approx(0.01)


def test_ois_by_hand():
    # The first picture is best at the lower threshold, the second at the higher.
    counts = np.array(
        [[[90, 100, 90, 100], [10, 100, 10, 10]], [[50, 50, 50, 150], [40, 50, 40, 40]]]
    )
    best = optimal_image_scale(counts)
    assert best.recall == pytest.approx(130 / 150)
    assert best.precision == pytest.approx(130 / 140)
    assert best.f == pytest.approx(260 / 290)
    assert best.threshold == pytest.approx(0.5)


def test_ois_can_be_below_ods():
    # A picture without truth enters OIS at the lowest threshold, the first of equal zeros.
    counts = np.array(
        [[[0, 0, 0, 100], [0, 0, 0, 0]], [[100, 100, 100, 100], [100, 100, 100, 100]]]
    )
    assert optimal_image_scale(counts).f == pytest.approx(2 / 3)
    assert optimal_dataset_scale(counts).f == 1


def test_average_precision_by_hand():
    # Precision falls from 1 to 0.5 over the recalls 0.50 ... 1.00: 51 points of 0.75 on average.
    assert average_precision(CROSSED) == pytest.approx(51 * 0.75 / 100)
    assert recall_range(CROSSED) == (0.5, 1)
    # Led on to recall 0 there are 50 points of 1 before them.
    assert average_precision_ended(CROSSED) == pytest.approx((50 + 51 * 0.75) / 101)


def test_average_precision_of_a_crisp_map():
    assert average_precision(PERFECT) == 0  # a single recall; which is why it is not for crisp maps
    assert average_precision_ended(PERFECT) == pytest.approx(1)


def test_the_curve_is_led_on_at_the_far_end():
    # Recall 0.5 at precision 1, then straight down to recall 1 at precision 0.
    half = np.array([[[50, 100, 50, 50]]])
    down = sum(1 - (k - 50) / 50 for k in range(50, 101))
    assert average_precision_ended(half) == pytest.approx((50 + down) / 101)


def test_recall_at_half_by_hand():
    assert recall_at_half(CROSSED) == 1
    steep = np.array([[[100, 100, 100, 400], [60, 100, 60, 80]]])  # precisions 0.25 and 0.75
    assert recall_at_half(steep) == pytest.approx(0.8)
    assert recall_at_half(np.array([[[40, 100, 40, 100]]])) == 0  # precision 0.4 at most
    assert recall_at_half(np.array([[[60, 100, 60, 80]]])) == 0.6  # all above: the lowest


@pytest.mark.parametrize(
    "counts", [BLANK, np.array([[[0, 0, 0, 9]] * 2]), np.zeros((2, 2, 4), int)]
)
def test_an_empty_prediction_or_truth_has_nothing(counts):
    recall, precision = recall_precision(counts)
    assert not recall.any()
    assert not precision.any()
    for name, metric in METRICS.items():
        assert metric.function(counts) == 0, name


def test_figures_agree_with_the_table():
    found = figures(CROSSED)
    for name, metric in METRICS.items():
        assert found[name] == metric.function(CROSSED)


def test_why_ois_is_below_ods():
    assert why_below_ods(PERFECT) == ""
    assert "ODS lies between two thresholds" in why_below_ods(CROSSED)
    # The first is best at the lower threshold by a hair (80 / 430 and 20 / 120), which costs the sum more
    # wrong pixels (1280 / 2030) than the higher for both would (1220 / 1720).
    pooled = np.array(
        [[[40, 100, 40, 330], [10, 100, 10, 20]], [[1000, 1000, 1000, 3300], [600, 1000, 600, 600]]]
    )
    assert optimal_image_scale(pooled).f == pytest.approx(1280 / 2030)
    assert optimal_dataset_scale(pooled).f > 1220 / 1720
    assert why_below_ods(pooled).endswith("the F of a sum is no mean of F.")
    lost = np.array([[[0, 0, 0, 100], [0, 0, 0, 0]], *PERFECT])
    assert "1 of 2 have F 0 at every threshold" in why_below_ods(lost)
