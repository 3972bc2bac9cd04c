"""Drawings in light ink, and pictures with black grounds that are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lineart.pictures.images import Bytes
from lineart.pictures.polarity import inverted, is_light_on_dark

Tone = tuple[int, int, int]
GROUNDS = {
    "black": ((0, 0, 0), (255, 255, 255)),
    "blueprint": ((28, 70, 150), (235, 240, 255)),
    "board": ((40, 75, 60), (230, 230, 220)),
    "yellow chalk": ((35, 40, 38), (250, 230, 90)),
}


def sketch(ground: Tone, ink: Tone, side: int = 400) -> Bytes:
    """A face in lines three pixels wide on a page of 400."""
    page = np.full((side, side, 3), ground, np.uint8)
    line = side * 3 // 400
    for x, y, radius in ((200, 200, 150), (140, 160, 25), (260, 160, 25)):
        place = (x * side // 400, y * side // 400)
        cv2.circle(page, place, radius * side // 400, ink, line, cv2.LINE_AA)
    cv2.line(page, (side * 3 // 8, side * 2 // 3), (side * 5 // 8, side * 2 // 3), ink, line)
    return page


@pytest.mark.parametrize("name", GROUNDS)
@pytest.mark.parametrize("side", [400, 1600])
def test_light_ink_is_found(name: str, side: int) -> None:
    page = sketch(*GROUNDS[name], side)
    assert is_light_on_dark(page)
    assert is_light_on_dark(page / np.float32(255))
    assert not is_light_on_dark(inverted(page))
    assert not is_light_on_dark(sketch(*GROUNDS[name][::-1], side))


def blank(page: Bytes) -> Bytes:
    return np.zeros_like(page)


def a_figure(page: Bytes) -> Bytes:
    """Dark outlines and bright colours before black."""
    cv2.circle(page, (200, 200), 150, (240, 200, 170), -1)
    cv2.circle(page, (200, 200), 150, (20, 10, 10), 4)
    return page


def stars(page: Bytes) -> Bytes:
    for x, y in np.random.default_rng(0).integers(5, 395, (150, 2)):
        cv2.circle(page, (int(x), int(y)), 2, (255, 255, 255), -1)
    return page


def a_dark_scene(page: Bytes) -> Bytes:
    """Night: dark outlines on a dark ground, and long glints."""
    page[:] = (40, 42, 60)
    for x, y in ((120, 150), (260, 240)):
        cv2.circle(page, (x, y), 90, (5, 5, 10), 5)
    cv2.line(page, (60, 60), (60, 340), (255, 255, 255), 3)
    return page


def a_gradient(page: Bytes) -> Bytes:
    page[:] = np.linspace(0, 255, 400, dtype=np.uint8)[:, None, None]
    return page


@pytest.mark.parametrize("scene", [blank, a_figure, stars, a_dark_scene, a_gradient])
def test_what_is_only_dark_is_left_alone(scene: object) -> None:
    assert callable(scene)
    assert not is_light_on_dark(scene(np.zeros((400, 400, 3), np.uint8)))


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1)])
def test_threads_are_no_drawings(shape: tuple[int, int]) -> None:
    for value in (0, 255):
        assert not is_light_on_dark(np.full((*shape, 3), value, np.uint8))


def test_inverting_keeps_the_hue_and_turns_the_luminance() -> None:
    """Yellow, of luminance 226, becomes dark; grey its inverse; floats do as bytes do."""
    colours = np.array([[[255, 255, 0], [30, 60, 120], [100, 100, 100]]], np.uint8)
    turned = inverted(colours)
    assert turned.tolist() == [[[58, 58, 0], [169, 199, 255], [155, 155, 155]]]
    floats = inverted(colours / np.float32(255))
    assert floats.dtype == np.float32
    assert np.abs(floats * 255 - turned).max() <= 0.51
