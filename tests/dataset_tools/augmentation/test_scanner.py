import numpy as np
import pytest

from dataset_tools.augmentation import scanner
from dataset_tools.augmentation.sheet import Sheet


def test_a_bar_and_a_lid_stay_within_their_depths():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        bar, lid = scanner.bar(rng, 200, 1.0), scanner.lid(rng, 200, 1.0)
        assert 0.7 - 1e-6 <= bar.min() < bar.max() <= 1
        assert 0.4 - 1e-6 <= lid.min() <= 0.7
        assert min(lid[0], lid[-1]) == lid.min()  # darkest at one end
        assert max(lid[0], lid[-1]) == 1


def test_without_strength_nothing_is_scanned():
    render = np.random.default_rng(0).uniform(0, 1, (40, 30, 3)).astype(np.float32)
    sheet = Sheet(*np.zeros((2, 40, 30), np.float32))
    for seed in range(10):
        changed, _ = scanner.scanner(render, sheet, np.random.default_rng(seed), 0.0)
        assert changed == pytest.approx(render, abs=1e-6)


def test_paper_yellows_more_towards_its_edges():
    fields = [scanner.yellowing(np.random.default_rng(seed), (100, 140)) for seed in range(10)]
    mean = np.mean(fields, axis=0)
    assert mean[:8].mean() > mean[40:60, 60:80].mean() + 0.1
    sheet = Sheet(*np.zeros((2, 60, 60), np.float32))
    for seed in range(40):
        changed, notes = scanner.scanner(
            np.ones((60, 60, 3), np.float32), sheet, np.random.default_rng(seed), 1.0
        )
        if notes["kinds"] == ["yellowed"]:
            break
    red, green, blue = changed.mean(axis=(0, 1))
    assert red > green > blue
