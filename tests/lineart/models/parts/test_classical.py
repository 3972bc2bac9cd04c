"""The methods without learning take a picture as it lies in memory, in floats or in bytes."""

import numpy as np
import pytest

from lineart.models.difference_of_gaussians import difference_of_gaussians
from lineart.models.parts.classical import grey_of
from lineart.models.registry import CLASSICAL
from lineart.pictures.images import luminance


@pytest.fixture
def pixels() -> np.ndarray:
    """More rows than are made grey at a time, and no whole number of strips."""
    return np.random.default_rng(0).integers(0, 256, (150, 40, 3), dtype=np.uint8)


def test_grey_is_luminance(pixels):
    floats = pixels / np.float32(255)
    np.testing.assert_allclose(grey_of(floats), luminance(floats), atol=1e-6)
    assert grey_of(floats).dtype == np.float32
    np.testing.assert_allclose(grey_of(pixels), luminance(floats), atol=1e-6)
    assert grey_of(np.full((2, 2, 3), 255, np.uint8)).min() == pytest.approx(1)


@pytest.mark.parametrize("name", CLASSICAL)
def test_bytes_are_read_as_floats_are(name, pixels):
    method = CLASSICAL[name].method
    ink = method(pixels)
    assert ink.dtype == np.float32
    assert ink.shape == pixels.shape[:2]
    off = np.abs(ink - method(pixels / np.float32(255)))
    assert np.quantile(off, 0.99) < 1e-5  # a threshold may fall between two roundings


def test_a_dark_line_is_ink_and_a_light_one_is_not():
    """Across a step the wide blur less the narrow one is antisymmetric, so one side of it is ink."""
    picture = np.full((21, 21, 3), 128, np.uint8)
    picture[:, 10] = 0
    ink = difference_of_gaussians(picture)
    assert ink[10].argmax() == 10
    assert ink[10, 10] > 0.3
    assert difference_of_gaussians(255 - picture)[10, 10] == 0
