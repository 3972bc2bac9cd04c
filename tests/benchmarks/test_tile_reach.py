"""The reach of a toy whose reach is known is found."""

from collections.abc import Callable
from types import ModuleType

import cv2
import numpy as np
import pytest

REACH = 20


@pytest.fixture
def tile_reach(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("tile_reach")


class Blurred:
    whole = False

    def means(self, planes, core):
        return None

    def ink(self, planes, means=None):
        size = 2 * REACH + 1
        grey = planes[0].mean(axis=0)
        return cv2.boxFilter(grey, -1, (size, size), borderType=cv2.BORDER_CONSTANT)


def test_a_toy_loses_nothing_beyond_its_reach(tile_reach):
    pixels = np.random.default_rng(0).integers(0, 256, (200, 150, 3), dtype=np.uint8)
    picture = tile_reach.square(pixels)
    assert picture.shape == (128, 128, 3)
    off = tile_reach.differences(Blurred(), picture)
    assert off.shape == (64, 4 * 128)
    assert off[: REACH - 1].max(axis=1).min() > 0.01
    assert off[REACH:].max() < 1e-6
    rows = tile_reach.table(off, 16, 512).splitlines()[2:]
    assert len(rows) == 4
    assert rows[0].startswith("| 0 to 16 |")
    assert rows[-1].endswith("| 0.0000% |")
