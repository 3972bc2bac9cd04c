"""Paint between the lines: fills change, ink and bare paper do not."""

import numpy as np
import pytest

from dataset_tools.augmentation.painter import airbrush, brushwork, cel, glow, refill, shine
from dataset_tools.augmentation.sheet import Sheet, bare_paper


def box(side=96):
    """A red square with black outline on white paper, and its sheet."""
    line = np.zeros((side, side), np.float32)
    line[20:76, 20:76] = 1
    line[24:72, 24:72] = 0
    line[20:76, 46:50] = 1
    render = np.ones((side, side, 3), np.float32)
    render[24:72, 24:72] = (0.9, 0.3, 0.2)
    render *= 1 - line[..., None]
    return render.astype(np.float32), Sheet(line, bare_paper(render, line))


@pytest.mark.parametrize("op", [refill, cel, airbrush, shine])
def test_fills_alone_change(op):
    render, sheet = box()
    changed = 0.0
    for seed in range(8):
        drawn, _ = op(render, sheet, np.random.default_rng(seed), 1.0)
        kept = (sheet.line == 1) | (sheet.bare == 1)
        assert np.abs(drawn[kept] - render[kept]).max() < 1e-5
        changed = max(changed, float(np.abs(drawn - render).max()))
    assert changed > 0.1


@pytest.mark.parametrize("op", [brushwork, glow])
def test_ink_stays_darker_than_what_is_around_it(op):
    render, sheet = box()
    for seed in range(8):
        drawn, _ = op(render, sheet, np.random.default_rng(seed), 1.0)
        assert drawn[22:74, 46:50].mean() < 0.5 * drawn[30:66, 28:42].mean()


def test_a_hard_shadow_is_the_fill_times_its_colour_once_or_twice():
    render, sheet = box()
    kinds, darkest = set(), 1.0
    for seed in range(30):
        drawn, notes = cel(render, sheet, np.random.default_rng(seed), 1.0)
        share = drawn[30:66, 28:42] / render[30:66, 28:42]
        colour = np.array(notes["colour"])
        assert np.all(share <= 1 + 1e-5)
        assert np.all(share >= colour**2 - 1e-3)
        kinds.add(notes["kind"])
        darkest = min(darkest, float((share - colour**2).max(axis=2).min()))
    assert kinds == {"side", "folds", "both"}
    assert darkest < 0.02  # twice where both tones fall together


def test_refilled_cells_are_of_one_colour_each():
    render, sheet = box()
    for seed in range(6):
        drawn, notes = refill(render, sheet, np.random.default_rng(seed), 1.0)
        for cell in (drawn[26:70, 26:44], drawn[26:70, 52:70]):
            assert cell.std(axis=(0, 1)).max() < 1e-4
        if notes["cells"] == 0:
            assert np.array_equal(drawn, render)
