"""One table of all metrics, and every one of them on a page, perfect, blank and random."""

import math

import numpy as np
import pytest

from lineart.metrics import METRICS, PICTURE_METRICS, PROTOCOLS, SCORES, SET_METRICS, score
from lineart.metrics.table import COUNTS, count, set_figures

LINE = np.zeros((48, 64), np.float32)
LINE[20:23, 8:56] = 1
PAPER = np.zeros_like(LINE)


def test_every_metric_names_direction_range_and_source():
    assert set(METRICS) == set(PICTURE_METRICS) | set(SET_METRICS)
    for name, metric in METRICS.items():
        assert metric.better in ("lower", "higher", ""), name
        assert metric.low < metric.high, name
        assert metric.title
        assert metric.source
        assert (metric.needs == "counts") == (name in SET_METRICS), name


def test_every_metric_is_given_to_a_model():
    given = {metric.function for metric in SCORES.values()}
    assert [name for name, metric in METRICS.items() if metric.function not in given] == []


@pytest.mark.parametrize("page", [LINE, PAPER])
def test_a_perfect_prediction_is_at_the_good_end(page):
    found = score(page, page, 0.5)
    assert list(found) == list(PICTURE_METRICS)
    for name, metric in PICTURE_METRICS.items():
        if metric.better:
            assert found[name] == pytest.approx(
                metric.low if metric.better == "lower" else metric.high
            )
    assert found["crispness"] == found["truth_crispness"]


def test_a_blank_prediction():
    found = score(PAPER, LINE, 0.5)
    assert found["chamfer"] == found["hd95"] == 80  # the diagonal
    assert found["f"] == found["cldice"] == found["crispness"] == 0
    assert found["pieces_error"] == 1
    assert found["width_error"] == pytest.approx(3, rel=0.06)
    assert found["background_response"] == found["checkerboard"] == found["loops_error"] == 0


def test_ink_on_a_page_without_a_line():
    found = score(LINE, PAPER, 0.5)
    assert found["chamfer"] == 80
    assert found["f"] == found["cldice"] == found["truth_crispness"] == 0
    assert found["background_response"] == pytest.approx(LINE.mean())


def test_the_threshold_decides_what_is_ink():
    assert score(0.4 * LINE, LINE, 0.4)["cldice"] == 1
    assert score(0.4 * LINE, LINE, 0.41)["cldice"] == 0


def test_all_stay_in_their_range():
    rng = np.random.default_rng(0)
    for _ in range(20):
        prediction, line = rng.random((2, 24, 40), dtype=np.float32) ** rng.uniform(0.2, 5)
        for name, value in score(prediction, line, 0.5).items():
            assert METRICS[name].low <= value <= METRICS[name].high
            assert math.isfinite(value)


def test_scores_are_in_the_order_of_display():
    of_curves = ["ods", "ois", "ap", "ap_ended", "r50"]
    beside = ["ods_background", "ois_background", "ap_background"]
    assert list(SCORES) == [
        *PICTURE_METRICS,
        *(f"{protocol.name}_{name}" for protocol in PROTOCOLS for name in of_curves),
        *(f"{name}{end}" for name in beside for end in ("", "_of_blank")),
    ]
    assert len({metric.title for metric in SCORES.values()}) == len(SCORES)
    groups = {"pixels", "lines", "centre_lines", "strokes", "background"}
    assert {metric.group for metric in SCORES.values()} == groups
    assert SCORES["strokes_ods"].group == "strokes"
    assert SCORES["strokes_ods"].better == "higher"
    assert SCORES["ods_background_of_blank"].better == ""


def test_set_figures_are_those_of_their_own_counts():
    counts = {name: found[None] for name, found in count(0.6 * LINE, LINE).items()}
    assert list(counts) == list(COUNTS)
    found = set_figures(counts)
    assert found["centre_lines_ods"] == found["strokes_ois"] == found["ods_background"] == 1
    share = LINE.mean()
    blank = 2 * (1 - share) / (2 - share)
    assert found["ods_background_of_blank"] == pytest.approx(blank)
    assert list(found) == [name for name in SCORES if SCORES[name].needs == "counts"]


def test_a_level_on_the_threshold_is_ink_however_it_was_rounded():
    for hair in (-1e-7, 0, 1e-7):
        found = score((0.4 + hair) * LINE, LINE, 0.4)
        assert found["cldice"] == found["f"] == 1
