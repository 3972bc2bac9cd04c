import numpy as np
import pytest

from dataset_tools.augmentation.ink import ink, recolour
from dataset_tools.augmentation.sheet import Sheet
from lineart.pictures.images import luminance


def test_recolouring_by_hand():
    # Paper, half ink on paper, ink; black becomes (0, 0.2, 0.4).
    render = np.array([[[1, 1, 1], [0.5, 0.5, 0.5], [0, 0, 0]]], np.float32)
    line = np.array([[0, 0.5, 1]], np.float32)
    changed = recolour(render, line, (0.0, 0.0, 0.0), (0.0, 0.2, 0.4))
    assert changed[0] == pytest.approx(np.array([[1, 1, 1], [0.5, 0.6, 0.7], [0, 0.2, 0.4]]))


def test_recolouring_to_the_same_colour_changes_nothing():
    rng = np.random.default_rng(0)
    render = rng.uniform(0, 1, (9, 9, 3)).astype(np.float32)
    line = rng.uniform(0, 1, (9, 9)).astype(np.float32)
    assert np.array_equal(recolour(render, line, (0.2, 0.3, 0.4), (0.2, 0.3, 0.4)), render)


def test_new_ink_is_darker_than_the_darkest_fill_beside_it():
    line = np.zeros((40, 40), np.float32)
    line[:, 18:22] = 1
    render = np.full((40, 40, 3), 0.2, np.float32)  # a dark fill all around
    render[line == 1] = 0
    sheet = Sheet(line, np.zeros_like(line))
    for seed in range(30):
        changed, _ = ink(render, sheet, np.random.default_rng(seed), 1.0)
        assert luminance(changed)[line == 1].max() <= 0.6 * 0.2 + 1e-3
        assert np.array_equal(changed[line == 0], render[line == 0])
