import numpy as np
import pytest

from dataset_tools.augmentation import fills
from dataset_tools.augmentation.sheet import Sheet

OPS = (fills.hatching, fills.cloth, fills.screentone, fills.gradients, fills.paint)


@pytest.mark.parametrize("op", OPS)
def test_fills_are_changed_where_there_is_no_paper_and_no_ink(op):
    line = np.zeros((60, 60), np.float32)
    bare = np.zeros_like(line)
    line[:, 20:24], bare[:, :20] = 1, 1
    render = np.full((60, 60, 3), 0.8, np.float32)
    deepest = 0.0
    for seed in range(20):
        changed, notes = op(render, Sheet(line, bare), np.random.default_rng(seed), 1.0)
        assert np.array_equal(changed[:, :24], render[:, :24])
        assert changed.min() >= 0.8 * (1 - notes["depth"]) - 1e-6
        assert notes["depth"] <= 0.55  # ink is darker
        deepest = max(deepest, 1 - changed.min() / 0.8)
    assert deepest > 0.08


def test_half_a_pixel_of_ink_is_half_changed():
    line = np.full((40, 40), 0.5, np.float32)
    render, bare = np.full((40, 40, 3), 0.5, np.float32), np.zeros((40, 40), np.float32)
    half, _ = fills.gradients(render, Sheet(line, bare), np.random.default_rng(0), 1.0)
    full, _ = fills.gradients(render, Sheet(0 * line, bare), np.random.default_rng(0), 1.0)
    assert render - half == pytest.approx((render - full) / 2, abs=1e-6)


def test_a_darker_tone_has_larger_dots():
    render = np.ones((256, 256, 3), np.float32)
    sheet = Sheet(*np.zeros((2, 256, 256), np.float32))
    for seed in range(40):
        changed, notes = fills.screentone(render, sheet, np.random.default_rng(seed), 1.0)
        if notes["kind"] == "dots":
            break
    dark = 1 - changed[..., 0]
    means = dark.reshape(8, 32, 8, 32).mean(axis=(1, 3)).ravel()
    shares = (dark > notes["depth"] / 2).reshape(8, 32, 8, 32).mean(axis=(1, 3)).ravel()
    assert np.ptp(shares) > 0.1
    assert np.corrcoef(means, shares)[0, 1] > 0.97  # darker by larger dots, not by darker ones
