import cv2
import numpy as np
import pytest

from dataset_tools.augmentation import fills
from dataset_tools.augmentation.sheet import Sheet, bare_paper
from lineart.pictures.images import luminance

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
        # but for dots ink is darker
        assert notes["depth"] <= (1 if notes["kind"] == "dots" else 0.55)
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


def test_dark_paints_a_cell_up_to_its_ink_and_nothing_else():
    line = np.zeros((64, 64), np.float32)
    cv2.circle(line, (32, 32), 20, 1.0, 4, cv2.LINE_AA)
    inside = np.zeros((64, 64), np.float32)
    cv2.circle(inside, (32, 32), 20, 1.0, -1)
    below = np.where(inside[..., None] > 0, np.float32([0.9, 0.5, 0.2]), np.float32(1))
    ink = np.float32([0.05, 0.05, 0.05])
    render = (1 - line[..., None]) * below + line[..., None] * ink
    sheet = Sheet(line, bare_paper(render, line))
    for seed in range(6):
        dark, notes = fills.dark(render, sheet, np.random.default_rng(seed), 1.0)
        assert notes["cells"] == 1
        # Of the old fill 8 hundredths are left, under paint that is uneven by six tenths of its colour.
        paint, kept = np.float32(notes["colour"]), 0.08 * np.float32([0.9, 0.5, 0.2])
        cell = dark[(inside > 0) & (line == 0)]
        assert ((cell - kept >= 0.87 * paint) & (cell - kept <= 1.49 * paint)).all()
        assert luminance(cell).min() > 0.1
        assert luminance(cell).max() < 0.55
        assert np.array_equal(dark[sheet.bare > 0.99], render[sheet.bare > 0.99])
        assert np.array_equal(dark[line > 0.99], render[line > 0.99])
        # No light rim stays between fill and ink.
        rim = (inside > 0) & (line < 0.98) & (np.hypot(*np.mgrid[-32:32, -32:32]) < 20)
        assert luminance(dark)[rim].max() < luminance(cell).max() + 0.02


def test_nothing_is_dark_where_no_cell_is():
    render, line = np.ones((32, 32, 3), np.float32), np.zeros((32, 32), np.float32)
    same, notes = fills.dark(render, Sheet(line, np.ones_like(line)), np.random.default_rng(0), 1.0)
    assert notes == {"cells": 0}
    assert same is render
