"""Discs against their reach on paper, and edges moved by known parts of a pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lineart.pictures.discs import disc, discs, grow, mean_reach, shrink


def test_a_cross_reaches_the_larger_of_cosine_and_sine() -> None:
    assert mean_reach(0) == 0
    assert mean_reach(1) == pytest.approx(4 / math.pi * math.sin(math.pi / 4), abs=2e-3)
    assert disc(1).tolist() == [[0, 1, 0], [1, 1, 1], [0, 1, 0]]


@pytest.mark.parametrize("reach", [0.3, 0.9, 1.7, 4.2, 11.0])
def test_two_discs_mixed_reach_as_far_as_asked(reach: float) -> None:
    small, large, part = discs(reach)
    near, far = (mean_reach(disc_square(kernel)) for kernel in (small, large))
    assert (1 - part) * near + part * far == pytest.approx(reach, abs=1e-6)


def disc_square(kernel: np.ndarray) -> int:
    """The squared radius of the smallest disc with these pixels."""
    rows, columns = np.nonzero(kernel)
    middle = kernel.shape[0] // 2
    return int(((rows - middle) ** 2 + (columns - middle) ** 2).max())


def test_an_edge_moves_out_and_in_by_the_same() -> None:
    ink = np.zeros((20, 20), np.uint8)
    ink[10:] = 255
    out, back = grow(ink, 0.45), shrink(ink, 0.45)
    assert (out[9, 10], out[8, 10]) == (pytest.approx(255 * 0.45 / mean_reach(1), abs=1), 0)
    assert (back[10, 10], back[11, 10]) == (255 - int(out[9, 10]), 255)
    assert np.array_equal(grow(ink, 0), ink)
