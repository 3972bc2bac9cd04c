"""Grain, folds and scratches."""

import numpy as np
import pytest

from dataset_tools.augmentation import paper


def test_facets_lean_to_one_light():
    field = paper._facets(np.random.default_rng(0), (80, 80), 20, 0.0)
    # Within a facet the lean grows along the light: most steps to the right are small and upwards.
    steps = np.diff(field, axis=1)
    assert np.median(steps) == pytest.approx(1 / 20, abs=1e-3)


def test_fibres_are_cut_from_one_tile_of_any_size():
    for shape in ((1, 1), (512, 512), (700, 30)):
        assert paper._fibres(np.random.default_rng(0), shape).shape == shape
