"""The background as positive class: counts by hand, and the blank page's formula."""

import numpy as np
import pytest

from lineart.metrics.paper_figures import background_figures, count_background

LINE = np.zeros((10, 10), np.float32)
LINE[4] = 1  # a share of 0.1


def test_counts_by_hand():
    prediction = np.zeros((10, 10), np.float32)
    prediction[0], prediction[4] = 0.6, 0.5  # whiteness 0.4 off the line, 0.5 on it
    found = count_background(prediction, LINE, thresholds=3)  # 0.25, 0.5, 0.75
    assert found.tolist() == [[90, 90, 90, 100], [80, 90, 80, 90], [80, 90, 80, 80]]


def test_the_blank_page():
    blank = count_background(np.zeros((10, 10)), LINE)[None]
    perfect = count_background(LINE, LINE)[None]
    found = background_figures(perfect, blank)
    assert found["ods_background"] == found["ois_background"] == 1
    assert found["ods_background_of_blank"] == pytest.approx(2 * 0.9 / 1.9)
    assert found["ois_background_of_blank"] == pytest.approx(2 * 0.9 / 1.9)


def test_the_black_page_has_no_background():
    found = count_background(np.ones((10, 10)), np.ones((10, 10)))
    assert not found.any()
    assert background_figures(found[None], found[None])["ods_background"] == 0
