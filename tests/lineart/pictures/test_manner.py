"""Pictures of circles of a known width, as they are brought before a network, and ink brought back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lineart.errors import InputError
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.manner import AS_IT_IS, Manner, brought
from lineart.pictures.widths import stroke_width


def circles(width: int, side: int = 900) -> Bytes:
    """Yellow discs with black outlines, on white."""
    page = np.full((side, side, 3), 255, np.uint8)
    for x in (side // 4, 3 * side // 4):
        cv2.circle(page, (x, side // 2), side // 6, (255, 230, 0), -1)
        cv2.circle(page, (x, side // 2), side // 6, (0, 0, 0), width)
    return page


@pytest.mark.parametrize("side", [600, 1200, 2400])
@pytest.mark.parametrize("share", [1 / 300, 1 / 120, 1 / 60])
def test_the_width_of_strokes_is_found_at_any_size(side: int, share: float) -> None:
    wanted = round(side * share)
    found = stroke_width(circles(wanted, side))
    assert found == pytest.approx(wanted, rel=0.45, abs=2 * side / 800)


def test_nothing_has_no_width() -> None:
    for shape in ((1, 1), (1, 3000), (50, 40)):
        assert stroke_width(np.full((*shape, 3), 255, np.uint8)) == 0
        assert stroke_width(np.zeros((*shape, 3), np.float32)) == 0


def test_broad_strokes_are_read_as_broad_at_every_size() -> None:
    seen = []
    for side in (1200, 2400):
        prepared = Manner().prepared(circles(side // 60, side))
        assert prepared.resized
        seen.append(stroke_width(prepared.picture))
    assert seen == pytest.approx([6, 6], abs=2)


def test_thin_strokes_are_read_at_their_own_size() -> None:
    for side in (400, 900, 2400):
        prepared = Manner().prepared(circles(5, side))
        assert not prepared.resized
        assert prepared.picture.shape == (side, side, 3)


def test_fine_lines_beside_broad_ones_are_not_lost() -> None:
    page = circles(24)
    for row in range(20, 220, 12):
        cv2.line(page, (20, row), (880, row), (0, 0, 0), 3)
    assert not Manner().prepared(page).resized


@pytest.mark.parametrize(
    ("read_at", "shape"),
    [("90", (60, 90)), ("0.5x", (100, 150)), ("1x", (200, 300)), (".1x", (20, 30)), ("2x", (400, 600))],
)  # fmt: skip
def test_a_size_is_pixels_of_the_longer_side_or_a_factor(
    read_at: str, shape: tuple[int, int]
) -> None:
    if min(shape) == 20:
        with pytest.raises(InputError, match="cannot be read at 30 x 20; wanted are 32 to"):
            Manner(read_at=read_at).prepared(np.zeros((200, 300, 3), np.uint8))
        return
    for kind in (np.uint8, np.float32):
        prepared = Manner(read_at=read_at).prepared(np.ones((200, 300, 3), kind))
        assert prepared.picture.shape[:2] == shape
        assert prepared.picture.dtype == kind
        ink = prepared.back(np.ones(shape, np.float32))
        assert (ink.shape, ink.dtype) == ((200, 300), np.float32)
        assert ink.min() == pytest.approx(1)


@pytest.mark.parametrize(
    "read_at", ["", "big", "0", "0x", "-5", "1.5", "1e3", "nan", "x", "5 x", "9" * 40]
)
def test_a_size_that_is_none_is_said(read_at: str) -> None:
    with pytest.raises(InputError, match="is no size to read at; wanted are the pixels"):
        Manner(read_at=read_at)


def test_an_input_that_is_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError, match="Did you mean 'dark-on-light'"):
        Manner("dark-on-lite")


def test_light_ink_is_inverted_where_it_is_asked_for_or_sure() -> None:
    page = 255 - circles(4, 400)
    page[page.max(axis=2) < 255] = 0  # white rings and blue discs: in doubt
    rings = np.repeat(page.min(axis=2)[..., None], 3, axis=2)
    for manner, light in ((Manner(), True), (Manner("light-on-dark"), True), (AS_IT_IS, False)):
        prepared = manner.prepared(rings)
        assert prepared.inverted == light
        assert (np.median(prepared.picture) == 255) == light
    assert Manner().steady == AS_IT_IS
    assert Manner("light-on-dark", "0.5x").steady == Manner("light-on-dark", "0.5x")


def bar(width: float, dark: float = 1) -> Picture:
    """A bar across a page of 60 rows, with soft edges."""
    away = np.abs(np.arange(60) - 29.5)
    ink = np.clip(width / 2 - away + 0.5, 0, 1) * dark
    return np.repeat(ink[:, None], 40, axis=1).astype(np.float32)


@pytest.mark.parametrize("dark", [1, 0.3])
def test_ink_enlarged_is_as_wide_sharp_and_dark_as_it_was_drawn(dark: float) -> None:
    """A bar of 4 pixels becomes one of 12 whose edges take a pixel or two, as those of the page."""
    large = brought(bar(4, dark), (180, 120))[:, 60]
    assert large.max() == pytest.approx(dark, abs=0.02)
    assert large.sum() == pytest.approx(12 * dark, rel=0.1)
    assert ((large > 0.1 * dark) & (large < 0.9 * dark)).sum() <= 4


def test_ink_reduced_keeps_its_darkness_on_average() -> None:
    assert brought(bar(6), (30, 20)).mean() == pytest.approx(bar(6).mean(), abs=1e-3)
