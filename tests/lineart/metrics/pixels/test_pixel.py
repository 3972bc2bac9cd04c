"""Pixel metrics by hand, and what each says of an empty page."""

import numpy as np
import pytest

from lineart.metrics.pixels.pixel import METRICS, f_measure, f_measures, mae, mse, psnr, score, ssim

PAPER = np.zeros((16, 16), np.float32)
HALF = np.zeros((16, 16), np.float32)
HALF[:, :8] = 1


def test_errors_by_hand():
    quarter = np.full((16, 16), 0.25, np.float32)
    assert mse(quarter, HALF) == pytest.approx((0.75**2 + 0.25**2) / 2)
    assert mae(quarter, HALF) == pytest.approx(0.5)
    assert psnr(quarter, PAPER) == pytest.approx(12.0412, abs=1e-4)  # -10 log10(1/16)


def test_the_empty_page():
    assert score(PAPER, PAPER, 0.5) == {"mse": 0, "mae": 0, "psnr": 100, "ssim": 1, "f": 1}
    blank = score(PAPER, HALF, 0.5)
    assert (blank["mse"], blank["mae"], blank["f"]) == (0.5, 0.5, 0)
    assert score(HALF, PAPER, 0.5)["f"] == 0
    assert blank["psnr"] == pytest.approx(3.0103, abs=1e-4)
    assert blank["ssim"] < 0.6


def test_f_by_hand():
    line = np.array([[1, 1, 0, 0], [0.5, 0.4, 0, 0]], np.float32)  # three pixels of ink
    prediction = np.array([[0.9, 0.2, 0.9, 0], [0.5, 0, 0, 0]], np.float32)
    assert f_measure(prediction, line, 0.5) == pytest.approx(2 * 2 / (3 + 3))
    assert f_measure(prediction, line, 0.51) == pytest.approx(2 * 1 / (2 + 3))
    assert f_measure(prediction, line, 0.2) == pytest.approx(2 * 3 / (4 + 3))


def test_f_at_many_thresholds_equals_one_by_one():
    rng = np.random.default_rng(0)
    prediction, line = rng.random((2, 20, 20), dtype=np.float32)
    thresholds = np.linspace(0.01, 0.99, 99)
    one_by_one = [
        2
        * ((prediction >= t) & (line >= 0.5)).sum()
        / ((prediction >= t).sum() + (line >= 0.5).sum())
        for t in thresholds
    ]
    assert f_measures(prediction, line, thresholds) == pytest.approx(one_by_one)


def test_ssim_of_tiny_pictures():
    assert ssim(np.ones((1, 2)), np.ones((1, 2))) == pytest.approx(1)


def test_the_table_names_direction_and_source():
    for metric in METRICS.values():
        assert metric.better in ("lower", "higher")
        assert metric.low < metric.high
        assert metric.source
