"""Means of a page in several ways, on a network whose ink is its means."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture
def page_means(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("page_means")


class Mean:
    """Ink is the mean of the page, everywhere."""

    whole = False

    def means(self, planes, core):
        return planes[(..., *core)].mean(axis=(2, 3))

    def ink(self, planes, means=None):
        return np.full(planes.shape[2:], means.mean(), np.float32)


def test_each_reading_by_hand(page_means):
    """One block in four is bright, and it is the one that is sampled: its mean is 1, the page's a quarter."""
    render = np.zeros((256, 256, 3), np.float32)
    render[:128, :128] = 1
    found = {name: float(means.mean()) for name, means in page_means.readings(Mean(), render)}
    assert found == pytest.approx(
        {
            **{"the picture itself": 0.25, "a quarter of its blocks": 1},
            **{f"reduced by {factor}": 0.25 for factor in (2, 4, 8)},
        }
    )
    lines = page_means.table(Mean(), [(render, np.zeros((256, 256), np.float32))], "x").splitlines()
    assert lines[2] == "| the picture itself | 0.2500 | 0.0% |"
    assert lines[-1] == "| a quarter of its blocks | 1.0000 | 100.0% |"


def test_pages_and_their_night(page_means):
    found = [(np.ones((512, 256, 3), np.float32), np.ones((512, 256), np.float32))] * 4
    ((day, line),) = page_means.pages(found, 1, night=False)
    ((night, _),) = page_means.pages(found, 1, night=True)
    assert line.mean() == 0.5
    assert day.min() == 1
    assert np.array_equal(night[:, 512:], day[:, 512:])
    np.testing.assert_allclose(night[0, 0], page_means.NIGHT)
