"""The saliency sampler: a filter that keeps edges, a map that sees them, crops that go there."""

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.training.saliency import guided_filter, saliency_map, salient_crop


def page(height: int = 64, width: int = 96) -> np.ndarray:
    return np.ones((height, width, 3), np.float32)


def test_guided_filter_by_definition():
    """Each window holding a pixel fits a line from guide to picture; the pixel takes the mean of them."""
    rng = np.random.default_rng(0)
    guide, picture = rng.random((2, 9, 9)).astype(np.float32)
    answers = []
    for row in (3, 4, 5):
        for column in (3, 4, 5):
            window = slice(row - 1, row + 2), slice(column - 1, column + 2)
            g, p = guide[window].astype(float), picture[window].astype(float)
            slope = np.mean((g - g.mean()) * (p - p.mean())) / (np.var(g) + 0.1)
            answers.append(slope * guide[4, 4] + p.mean() - slope * g.mean())
    smooth = guided_filter(guide, picture, radius=1, epsilon=0.1)
    assert smooth[4, 4] == pytest.approx(np.mean(answers), abs=1e-5)


def test_guided_filter_keeps_edges_and_flattens_noise():
    rng = np.random.default_rng(0)
    step = np.repeat(np.array([0.0, 1.0], np.float32), 32)[None].repeat(40, 0)
    noise = 0.05 * rng.standard_normal(step.shape).astype(np.float32)
    smooth = guided_filter(step + noise, step + noise, radius=2, epsilon=0.01)
    assert np.std(smooth[:, :28]) < 0.5 * np.std(noise[:, :28])
    assert (smooth[:, 33] - smooth[:, 30]).min() > 0.8


def test_saliency_of_an_edge_and_of_nothing():
    render = page()
    assert np.abs(saliency_map(render)).max() < 1e-5
    render[:, 48:] = 0
    saliency = saliency_map(render)
    assert saliency.dtype == np.float32
    assert saliency.shape == (64, 96)
    assert np.abs(saliency[:, :40]).max() < 1e-5
    assert 0.9 < saliency[32, 47:49].min() <= saliency.max() < 1.05


def test_noise_is_less_salient_than_it_is_steep():
    rng = np.random.default_rng(0)
    render = np.clip(0.5 + 0.05 * rng.standard_normal((64, 64, 1)), 0, 1).repeat(3, 2)
    render = render.astype(np.float32)
    filtered, raw = saliency_map(render).sum(), saliency_map(render, epsilon=1e-9).sum()
    assert filtered < 0.3 * raw


def test_bytes_and_floats_agree():
    render = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    floats = render.astype(np.float32) / 255
    np.testing.assert_allclose(saliency_map(render), saliency_map(floats), atol=1e-6)


def test_the_crop_goes_where_the_drawing_is():
    saliency = np.zeros((100, 100), np.float32)
    saliency[70:80, 10:20] = 1
    hits = 0
    for seed in range(200):
        top, left = salient_crop(saliency, 40, np.random.default_rng(seed), candidates=32)
        assert 0 <= top <= 60
        assert 0 <= left <= 60
        hits += bool(saliency[top : top + 40, left : left + 40].sum() > 0)
    assert hits > 190  # a uniform crop hits in about a third


def test_the_best_of_the_candidates_is_taken():
    saliency = np.random.default_rng(1).random((50, 60)).astype(np.float32)
    rng = np.random.default_rng(7)
    tops, lefts = rng.integers(35, size=6), rng.integers(45, size=6)
    sums = [saliency[t : t + 16, s : s + 16].sum() for t, s in zip(tops, lefts, strict=True)]
    best = int(np.argmax(sums))
    crop = salient_crop(saliency, 16, np.random.default_rng(7), candidates=6)
    assert crop == (tops[best], lefts[best])


def test_a_blank_page_gives_a_uniform_crop():
    corners = {
        salient_crop(np.zeros((9, 9), np.float32), 8, np.random.default_rng(s)) for s in range(50)
    }
    assert corners == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_picture_smaller_than_the_crop_starts_at_its_corner():
    saliency = np.ones((10, 30), np.float32)
    top, left = salient_crop(saliency, 16, np.random.default_rng(0))
    assert top == 0
    assert 0 <= left <= 14


def test_no_candidates():
    with pytest.raises(InputError, match="candidates is 0"):
        salient_crop(np.zeros((9, 9), np.float32), 8, np.random.default_rng(0), candidates=0)
