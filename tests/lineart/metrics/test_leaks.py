"""Drawings with gaps of known width: which areas a flood fill leaves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lineart.errors import InputError
from lineart.metrics.leaks import areas_of, leak_share, leaking
from lineart.pictures.images import Bytes, Picture


def page() -> Bytes:
    return np.zeros((120, 200), np.uint8)


def ink_of(pixels: Bytes) -> Picture:
    return pixels / np.float32(255)


def circles() -> Bytes:
    """Two circles side by side, three pixels wide."""
    pixels = page()
    for column in (50, 150):
        cv2.circle(pixels, (column, 60), 40, 255, 3)
    return pixels


@pytest.mark.parametrize("gap", [1, 3, 5, 9])
def test_a_gap_leaks_the_area_and_what_is_round_it(gap: int) -> None:
    pixels = circles()
    areas = areas_of(ink_of(pixels))
    ground, left, right = (int(areas[60, column]) for column in (100, 50, 150))
    assert {ground, left, right} == {1, 2, 3}
    pixels[60 : 60 + gap, 80:100] = 0
    ink = ink_of(pixels)
    assert leaking(ink, areas) == {ground: True, left: True, right: False}
    assert leak_share(ink, areas) == pytest.approx(2 / 3)
    size = {area: int((areas == area).sum()) for area in (ground, left, right)}
    share = (size[ground] + size[left]) / sum(size.values())
    assert leak_share(ink, areas, weighted=True) == pytest.approx(share)


def test_the_truth_and_a_page_of_ink_do_not_leak_and_a_blank_one_leaks_everywhere() -> None:
    line = ink_of(circles())
    areas = areas_of(line)
    assert leak_share(line, areas) == leak_share(np.ones_like(line), areas) == 0
    assert leak_share(np.zeros_like(line), areas) == 1


def test_nothing_leaks_where_there_is_no_other_area() -> None:
    blank = np.zeros((20, 30), np.float32)
    assert leak_share(blank, areas_of(blank)) == 0  # a single area, the page
    assert leak_share(blank, np.zeros((20, 30), np.int32)) == 0


def test_ink_a_little_aside_does_not_leak() -> None:
    """A wall one pixel thick, up to two pixels from where it should be."""
    pixels = page()
    pixels[:, 100] = 255
    areas = areas_of(ink_of(pixels))
    for aside in (0, 1, 2):
        assert not any(leaking(ink_of(np.roll(pixels, aside, axis=1)), areas).values())
    thin = np.zeros((30, 40), np.int32)
    thin[:, :20], thin[:, 20:22], thin[:, 22:] = 1, 2, 3  # a sliver has its middle for its inside
    wall = np.zeros((30, 40), np.float32)
    wall[:, [19, 22]] = 1
    assert not any(leaking(wall, thin).values())


def test_an_area_that_ink_divides_does_not_leak() -> None:
    pixels = circles()
    areas = areas_of(ink_of(pixels))
    pixels[:, 50] = 255
    assert not any(leaking(ink_of(pixels), areas).values())


def test_a_c_leaks_only_where_its_inside_is_an_area() -> None:
    """An open C is no area; with the one that a person would fill given, it leaks."""
    pixels = page()
    cv2.ellipse(pixels, (100, 60), (40, 40), 0, 40, 320, 255, 3)
    assert leaking(ink_of(pixels), areas_of(ink_of(pixels))) == {1: False}
    inside = np.zeros(pixels.shape, np.uint8)
    cv2.circle(inside, (100, 60), 38, 1, -1)
    assert leaking(ink_of(pixels), 1 + inside.astype(np.int32)) == {1: True, 2: True}


def test_hatching_has_no_areas_of_its_own() -> None:
    pixels = page()
    pixels[20:100, 20:180:6] = 255
    assert leaking(ink_of(pixels), areas_of(ink_of(pixels))) == {1: False}


def test_a_corner_does_not_let_a_fill_through() -> None:
    pixels = page()
    for step in range(120):
        pixels[step, 40 + step] = 255  # touches itself in corners alone
    areas = areas_of(ink_of(pixels))
    assert leaking(ink_of(pixels), areas) == {1: False, 2: False}


def test_sizes_that_differ_are_refused() -> None:
    with pytest.raises(InputError, match="they must be equal"):
        leak_share(np.zeros((3, 4), np.float32), np.zeros((4, 3), np.int32))
