import numpy as np
import pytest

from dataset_tools.augmentation.backgrounds import KINDS, background
from dataset_tools.augmentation.palette import colour_of
from dataset_tools.augmentation.sheet import Sheet
from lineart.pictures.images import luminance


@pytest.mark.parametrize("light", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("hue", [0.0, 0.33, 0.67, 1.2])
def test_a_colour_is_as_light_as_asked(light, hue):
    colour = np.array(colour_of(hue, 0.7, light), np.float32)
    assert luminance(colour) == pytest.approx(light, abs=1e-3)


def test_colour_of_known_hues():
    assert colour_of(0, 1, 0.1495) == pytest.approx((0.5, 0, 0), abs=1e-3)  # half of 0.299
    assert colour_of(0.4, 0, 0.5) == pytest.approx((0.5, 0.5, 0.5), abs=1e-3)


def test_backgrounds_change_bare_paper_only():
    render = np.full((40, 60, 3), 1, np.float32)
    bare = np.ones((40, 60), np.float32)
    bare[10:30, 10:30] = 0
    sheet = Sheet(np.zeros((40, 60), np.float32), bare)
    kinds = set()
    for seed in range(90):
        laid, notes = background(render, sheet, np.random.default_rng(seed), 1.0)
        assert np.all(laid[10:30, 10:30] == 1)
        assert luminance(laid).min() > 0.03  # ink is black
        kinds.add(notes["kind"])
    assert kinds == set(KINDS)


def test_no_strength_leaves_the_paper_white():
    render = np.ones((20, 20, 3), np.float32)
    sheet = Sheet(np.zeros((20, 20), np.float32), np.ones((20, 20), np.float32))
    for seed in range(10):
        laid, _ = background(render, sheet, np.random.default_rng(seed), 0.0)
        assert laid == pytest.approx(render, abs=1e-3)
