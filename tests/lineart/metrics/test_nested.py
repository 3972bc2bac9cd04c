"""The growing matching is the maximum at every step."""

import itertools

import numpy as np
import pytest
from scipy import ndimage

from lineart.metrics.matching import Neighbours, Partners, most
from lineart.metrics.nested import GrowingMatch


def test_a_later_pixel_pushes_the_first_on():
    truth = np.zeros((1, 20), bool)
    truth[0, [5, 10]] = True
    match = GrowingMatch(truth, Neighbours(truth.shape, 5))
    assert match.add(np.array([6])) == 1  # takes the truth at 5, the nearer
    assert match.add(np.array([0])) == 2  # has only that one, so the first goes to 10


def test_what_is_closed_stays_closed():
    truth = np.zeros((1, 20), bool)
    truth[0, 5] = True
    match = GrowingMatch(truth, Neighbours(truth.shape, 5))
    assert [match.add(np.array([column])) for column in (5, 4, 3, 19, 6)] == [1, 1, 1, 1, 1]


def test_nothing_added():
    truth = np.ones((4, 4), bool)
    assert GrowingMatch(truth, Neighbours((4, 4), 2)).add(np.zeros(0, int)) == 0


@pytest.mark.parametrize("seed", range(25))
def test_equals_the_flow_at_every_threshold(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(10, 50, 2))
    smooth = ndimage.gaussian_filter(rng.random(shape), rng.uniform(0.5, 3))
    truth = smooth > np.quantile(smooth, rng.uniform(0.3, 0.9))
    other = ndimage.shift(smooth, rng.integers(-4, 5, 2), order=1) + rng.normal(0, 0.03, shape)
    neighbours = Neighbours(shape, rng.uniform(1, 5))
    partners, match = Partners(truth, neighbours), GrowingMatch(truth, neighbours)
    falling = np.argsort(-other, axis=None)
    cuts = np.linspace(0, len(falling), 8).astype(int)
    for start, stop in itertools.pairwise(cuts):
        assert match.add(falling[start:stop]) == most(np.sort(falling[:stop]), partners)
