"""One-to-one matching by hand and against a dense assignment."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from lineart.metrics.matching import Neighbours, Partners, most, nearest


def page(*pixels, shape=(12, 40)):
    mask = np.zeros(shape, bool)
    for pixel in pixels:
        mask[pixel] = True
    return mask


def pairs(prediction, truth, reach):
    partners = Partners(truth, Neighbours(truth.shape, reach))
    return most(np.flatnonzero(prediction), partners)


def distances(prediction, truth):
    one, other = np.argwhere(prediction), np.argwhere(truth)
    return np.hypot(*(one[:, None] - other).transpose(2, 0, 1))


def test_the_greedy_choice_would_lose_a_pair():
    # Both want the truth at column 5; the nearer one has to go on to column 10.
    assert pairs(page((0, 0), (0, 5)), page((0, 5), (0, 10)), 5) == 2


def test_each_pixel_has_one_partner():
    assert pairs(page((3, 3)), page((3, 2), (3, 4)), 2) == 1
    assert pairs(page((3, 2), (3, 4)), page((3, 3)), 2) == 1


def test_a_pair_at_the_reach_counts():
    assert pairs(page((0, 0)), page((3, 4)), 5) == 1
    assert pairs(page((0, 0)), page((3, 4)), 4.999) == 0


def test_no_reach_and_more_than_the_page():
    assert pairs(page((2, 2), (5, 5)), page((2, 2), (5, 6)), 0) == 1
    assert pairs(page((0, 0), (0, 1)), page((11, 39), (11, 38)), 1000) == 2


def test_the_edges_of_the_page_do_not_touch():
    # The right end of a row and the left end of the next are neighbours in memory only.
    assert pairs(page((4, 39)), page((5, 0)), 6) == 0


def test_the_empty_page():
    assert pairs(page(), page((1, 1)), 3) == pairs(page((1, 1)), page(), 3) == 0
    assert (
        len(nearest(np.flatnonzero(page()), Partners(page((1, 1)), Neighbours((12, 40), 3)))[0])
        == 0
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_optimum_against_a_dense_assignment(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(5, 30, 2))
    prediction, truth = rng.random((2, *shape)) < rng.uniform(0.02, 0.3)
    reach = rng.uniform(0.5, 6)
    apart = distances(prediction, truth)
    far = 1e6
    rows, columns = linear_sum_assignment(np.where(apart <= reach, apart, far))
    chosen = apart[rows, columns][apart[rows, columns] <= reach]

    assert pairs(prediction, truth, reach) == len(chosen)
    partners = Partners(truth, Neighbours(shape, reach))
    pixels, found = nearest(np.flatnonzero(prediction), partners)
    assert len(set(pixels)) == len(set(found)) == len(chosen)
    there = np.searchsorted(np.flatnonzero(prediction), pixels)
    assert (apart[there, found] <= reach).all()
    assert apart[there, found].sum() == pytest.approx(chosen.sum())
