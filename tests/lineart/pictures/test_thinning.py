"""Thinning by hand and, to the bit, against scikit-image."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.draw import disk, line
from skimage.morphology import thin as reference

from lineart.pictures.thinning import thin


def random_maps(rng):
    """Noise of every density, blots, strokes; pages from 1 x 1 to 90 x 90."""
    for number in range(400):
        height, width = rng.integers(1, 91, 2)
        mask = rng.random((height, width)) < rng.random()
        if number % 4 == 1:
            seeds = rng.random((height, width)) < 0.02
            mask = ndimage.binary_dilation(seeds, iterations=int(rng.integers(1, 7)))
        elif number % 4 == 2:
            mask = np.zeros((height, width), bool)
            for _ in range(5):
                ends = [int(rng.integers(0, side)) for side in (height, width, height, width)]
                mask[line(*ends)] = True
            mask = ndimage.binary_dilation(
                mask, np.ones((3, 3)), iterations=int(rng.integers(1, 4))
            )
        elif number % 4 == 3:
            smooth = ndimage.gaussian_filter(rng.random((height, width)), rng.uniform(0.5, 4))
            mask = smooth > np.median(smooth)
        yield mask


def test_equals_scikit_image_on_random_maps():
    for number, mask in enumerate(random_maps(np.random.default_rng(0))):
        assert np.array_equal(thin(mask), reference(mask)), number


def test_equals_scikit_image_on_drawn_shapes():
    ring = np.zeros((70, 70), bool)
    ring[disk((35, 35), 30)] = True
    ring[disk((30, 38), 15)] = False
    comb = np.zeros((40, 60), bool)
    comb[5:9] = True
    comb[5:35, 3::7] = True
    for mask in (ring, comb, ~ring, ~comb, ring.T, comb[::-1], np.ones((33, 64), bool)):
        assert np.array_equal(thin(mask), reference(mask))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (5, 5)])
def test_the_full_and_the_empty_page(shape):
    full = np.ones(shape, bool)
    assert np.array_equal(thin(full), reference(full))
    assert not thin(~full).any()


def test_lines_of_one_pixel_stay():
    cross = np.zeros((21, 21), bool)
    cross[10] = cross[:, 10] = True
    assert np.array_equal(thin(cross), cross)


def test_the_input_is_left_alone():
    mask = np.ones((8, 8), bool)
    thin(mask)
    assert mask.all()
