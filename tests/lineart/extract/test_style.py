"""Strokes of known width, made wider and thinner; specks of known area."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from lineart.errors import InputError
from lineart.extract.style import Style, apply
from lineart.pictures.colours import colour_of
from lineart.pictures.images import Picture


def bar(width: int) -> Picture:
    """A bar that runs across the page from edge to edge, so that only its width can change."""
    ink = np.zeros((64, 40), np.float32)
    ink[20 : 20 + width] = 1
    return ink


def width_of(ink: Picture) -> float:
    """Ink in the middle column."""
    return float(ink[:, 20].sum())


@pytest.mark.parametrize("weight", [4, 2, 1, 0.5, -0.5, -1, -2, -5])
def test_weight_changes_the_width_by_so_many_pixels(weight: float) -> None:
    """A ring has edges in all directions; its ink over its length is its width."""
    ring = np.zeros((200, 200), np.uint8)
    cv2.circle(ring, (100, 100), 70, 255, 8, cv2.LINE_AA)
    before = ring / np.float32(255)
    change = (apply(before, Style(weight=weight)).sum() - before.sum()) / (2 * math.pi * 70)
    assert change == pytest.approx(weight, abs=0.15 + 0.05 * abs(weight))


def test_a_part_of_a_pixel_shows() -> None:
    """A disc of one pixel reaches 0.9 on average over all directions, and one along an axis."""
    widths = [width_of(apply(bar(4), Style(weight=weight))) for weight in (0.2, 0.4, 0.6, 0.8)]
    assert widths == pytest.approx([4.22, 4.44, 4.67, 4.89], abs=0.03)


@pytest.mark.parametrize("drawn", [1, 2, 3, 6])
def test_strokes_made_thinner_stay_whole_and_end_as_a_hairline(drawn: int) -> None:
    ink = apply(bar(drawn), Style(weight=-20))
    assert (ink.max(axis=0) == 1).all()
    assert width_of(ink) <= 1.35


def test_a_black_area_made_thinner_stays_filled() -> None:
    ink = np.zeros((60, 60), np.float32)
    ink[10:50, 10:50] = 1
    thinner = apply(ink, Style(weight=-4))
    assert (thinner[13:47, 13:47] == 1).all()
    assert thinner[:, 30].sum() == pytest.approx(36, abs=0.5)


def test_detail_moves_the_logit() -> None:
    ink = np.array([[0, 0.2, 0.5, 1]], np.float32)
    assert apply(ink, Style(detail=math.log(4)))[0] == pytest.approx([0, 0.5, 0.8, 1])
    assert apply(ink, Style(detail=-math.log(4)))[0] == pytest.approx([0, 1 / 17, 0.2, 1])


def test_specks_go_with_their_rim_and_strokes_stay() -> None:
    ink = bar(2)
    ink[40:42, 5:8] = 0.6  # six pixels
    ink[40:42, 8] = 0.05  # too pale to be a part of it
    ink[50:54, 30:34] = 1  # sixteen
    ink[22, 30] = 0.05  # the soft rim of the bar
    cleaned = apply(ink, Style(clean=7))
    assert not cleaned[40:42].any()
    assert np.array_equal(np.delete(cleaned, [40, 41], axis=0), np.delete(ink, [40, 41], axis=0))
    assert np.array_equal(apply(ink, Style(clean=6)), ink)


def test_binary_is_ink_or_paper() -> None:
    ink = np.array([[0, 0.49, 0.5, 1]], np.float32)
    assert apply(ink, Style(binary=True)).tolist() == [[0, 0, 1, 1]]


def test_the_default_leaves_ink_alone_and_no_style_changes_what_came() -> None:
    ink = bar(3)
    assert apply(ink, Style()) is ink
    before = ink.copy()
    apply(ink, Style(weight=1.5, detail=1, clean=500, binary=True))
    assert np.array_equal(ink, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1)])
def test_dots_and_threads(shape: tuple[int, int]) -> None:
    for style in (Style(weight=3), Style(weight=-3), Style(clean=1), Style(binary=True, detail=2)):
        assert apply(np.ones(shape, np.float32), style).min() == 1
    assert not apply(np.ones((1, 1), np.float32), Style(clean=2)).any()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("weight", 33), ("weight", math.nan), ("detail", -11), ("detail", math.inf), ("clean", -1)],
)
def test_a_setting_out_of_range_is_refused(setting: str, value: float) -> None:
    with pytest.raises(InputError, match=f"The setting {setting} is"):
        Style(**{setting: value})


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("navy", (0, 0, 128)),
        ("#0af", (0, 170, 255)),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("RED", (255, 0, 0)),
    ],
)
def test_colours_as_people_write_them(text: str, colour: tuple[int, int, int]) -> None:
    assert colour_of(text) == colour


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("navi", "Did you mean 'navy'?"),
        ("#12345", "'#12345' is no colour"),
        ("rgb(256, 0, 0)", "out of range"),
        ("hsl(0, 300%, 10%)", "out of range"),
        ("rgb(0%, 150%, 0%)", "out of range"),
        ("", "'' is no colour"),
        ("#11223344", "has an alpha"),
    ],
)
def test_a_wrong_colour_ends_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        Style(ink=text)
    assert said in str(caught.value)
