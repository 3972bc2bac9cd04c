"""Ink stays where the render does, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from lineart.extract.steady import BLUR, REACH, Steady
from lineart.pictures.images import Bytes, Picture

FAR = REACH + 4 * round(BLUR + 0.5)  # pixels from a change, where nothing is read anew


class Reader:
    """Reads the same ink all over a frame: a tenth for the first, two for the second, and so on."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, render: Bytes) -> Picture:
        self.calls += 1
        return np.full(render.shape[:2], self.calls / 10, np.float32)


def grey(level: int = 128, size: tuple[int, int] = (90, 160)) -> Bytes:
    return np.full((*size, 3), level, np.uint8)


def test_noise_and_equal_frames_are_not_read() -> None:
    noise = np.random.default_rng(0)
    steady = Steady(reader := Reader())
    first = steady(grey())
    for _ in range(5):
        noisy = np.uint8(grey() + noise.integers(-6, 7, (90, 160, 3)))
        assert steady(noisy) is first
    assert reader.calls == 1


def test_what_changes_slowly_is_seen_in_the_end() -> None:
    """One shade a frame: the seventh and the thirteenth are six away from those that were read."""
    steady = Steady(reader := Reader())
    read = [round(10 * float(steady(grey(100 + n)).max())) for n in range(13)]
    assert read == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3]
    assert reader.calls == 3


@pytest.mark.parametrize(("width", "darker"), [(1, 20), (3, 10)])
def test_only_around_a_line_that_came_is_the_ink_new(width: int, darker: int) -> None:
    steady = Steady(Reader())
    steady(grey())
    after = grey()
    after[:, 40 : 40 + width] -= np.uint8(darker)
    ink = steady(after)
    assert np.all(ink[:, 40 - REACH : 40 + width + REACH] == np.float32(0.2))
    assert np.all(ink[:, 40 + width + FAR :] == np.float32(0.1))
    back = steady(grey())  # and when it goes again
    assert np.all(back[:, 40] == np.float32(0.3))
    assert np.all(back[:, 40 + width + FAR :] == np.float32(0.1))


def test_after_a_cut_all_is_new() -> None:
    steady = Steady(Reader())
    steady(grey())
    after = grey()
    after[:, :80] = 0
    assert np.all(steady(after) == np.float32(0.2))
    assert steady(grey(size=(50, 50))).shape == (50, 50)


def test_what_was_given_out_stays_as_it_was() -> None:
    steady = Steady(Reader())
    first = steady(grey())
    after = grey()
    after[40, 40] = 0
    steady(after)
    assert np.all(first == np.float32(0.1))
