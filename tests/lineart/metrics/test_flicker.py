"""Flicker worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.metrics.flicker import flicker


def renders(*rows: list[int]) -> list[np.ndarray]:
    """Frames of one row of grey pixels."""
    return [np.repeat(np.array([row], np.uint8)[..., None], 3, axis=2) for row in rows]


def inks(*rows: list[float]) -> list[np.ndarray]:
    return [np.array([row], np.float32) for row in rows]


def test_only_what_stands_still_counts() -> None:
    """Three pixels stand still at the first step, four at the second: (0.2 + 0 + 0.1 + 0.4) / 7."""
    film = renders([9, 9, 9, 9], [9, 9, 9, 0], [9, 9, 9, 0])
    ink = inks([0, 0.5, 1, 0], [0.2, 0.5, 0.9, 1], [0.2, 0.5, 0.9, 0.6])
    assert flicker(ink, film) == pytest.approx(0.7 / 7)


def test_with_a_margin_what_lies_beside_a_change_does_not_count() -> None:
    """The third pixel lies beside the fourth, which changes; (0.2 + 0) / 2."""
    film = renders([9, 9, 9, 9], [9, 9, 9, 0])
    ink = inks([0, 0.5, 1, 0], [0.2, 0.5, 0.9, 1])
    assert flicker(ink, film, margin=1) == pytest.approx(0.1)


def test_the_truth_and_what_has_no_still_pixel_have_none() -> None:
    assert flicker(inks([0, 1], [0, 0]), renders([9, 9], [9, 0])) == 0
    assert flicker(inks([0, 1], [1, 0]), renders([9, 9], [0, 0])) == 0
    assert flicker(inks([0, 1]), renders([9, 9])) == 0
    assert flicker([], []) == 0


def test_ink_and_renders_must_go_together() -> None:
    with pytest.raises(InputError, match="do not go together"):
        flicker(inks([0, 1], [0, 1]), renders([9, 9]))
    with pytest.raises(InputError, match="do not go together"):
        flicker(inks([0, 1, 1], [0, 1, 1]), renders([9, 9], [9, 9]))
