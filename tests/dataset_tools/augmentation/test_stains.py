"""Tide lines and the rings of cups."""

import numpy as np

from dataset_tools.augmentation import stains
from dataset_tools.augmentation.sheet import Sheet


def test_a_tide_line_is_darkest_at_the_rim():
    inside = np.linspace(-10, 60, 701, dtype=np.float32)[None]  # pixels from the rim, inwards
    amount = stains._tide(inside, 2.0, 12.0)[0]
    rim = inside[0, amount.argmax()]
    assert 0 <= rim <= 1.5
    assert not amount[inside[0] < -1.5].any()  # crisp outside
    assert np.all(np.diff(amount[inside[0] > 1.5]) <= 0)  # and it thins out inwards


def white(side=256):
    render = np.ones((side, side, 3), np.float32)
    return render, Sheet(np.zeros((side, side), np.float32), np.ones((side, side), np.float32))


def test_a_hard_stain_has_a_rim_darker_than_its_middle():
    render, _ = white()
    rng = np.random.default_rng(3)
    patch = stains._Patch(render, np.array([0.5, 0.5]), 127)
    amount = stains._hard(rng, patch, stains._outline(rng, patch, 70))
    middle = float(np.median(amount[60:68, 60:68]))  # on the grid of half the size
    assert amount.max() > 1.5 * middle
    assert amount[0].max() == 0  # the edge of the sheet is dry


def test_a_ring_is_a_ring():
    render, _ = white()
    patch = stains._Patch(render, np.array([0.5, 0.5]), 100)
    total = np.zeros(patch.half, np.float32)
    for seed in range(12):  # each is broken somewhere, and has its drops
        total += stains._ring(np.random.default_rng(seed), patch, 60)
    x, y = patch.offsets(patch.half)
    away = np.hypot(x, y)
    assert total[away < 45].max() == 0  # clean where the cup stood
    assert 55 < (total * away).sum() / total.sum() < 68


def test_stains_leave_the_rest_of_the_sheet_alone():
    render, sheet = white(128)
    for op in (stains.stains, stains.rings):
        for seed in range(20):
            changed, _ = op(render, sheet, np.random.default_rng(seed), 1.0)
            assert (changed == 1).all(axis=2).mean() > 0.02
            assert changed.min() > 0.15
