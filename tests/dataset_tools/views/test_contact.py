import numpy as np
import pytest

from dataset_tools.views.contact import CAPTION, GAP, GROUND, Tile, contact_sheet

RED = np.zeros((20, 20, 3), np.float32)
RED[..., 0] = 1


def test_size_of_a_sheet():
    sheet = contact_sheet([[Tile(RED)] * 3, [Tile(RED)]], cell=20)
    assert sheet.shape == (GAP + 2 * (20 + GAP), GAP + 3 * (20 + GAP), 3)
    captioned = contact_sheet([[Tile(RED, "a")] * 3, [Tile(RED)]], cell=20)
    assert captioned.shape[0] == sheet.shape[0] + CAPTION  # the row without captions has no room


def test_pictures_are_where_they_belong():
    sheet = contact_sheet([[Tile(None), Tile(RED)]], cell=20)
    left = GAP + 20 + GAP
    assert np.array_equal(sheet[GAP : GAP + 20, left : left + 20], RED)
    assert sheet[:, : left - 1] == pytest.approx(GROUND)


def test_line_art_is_shown_as_black_ink():
    line = np.zeros((10, 10), np.float32)
    line[5] = 1
    for picture in (line, (line * 255).astype(np.uint8)):
        shown = contact_sheet([[Tile(picture)]], cell=10)[GAP : GAP + 10, GAP : GAP + 10]
        assert np.all(shown[5] == 0)
        assert np.all(shown[:5] == 1)


def test_large_pictures_shrink_and_small_ones_are_centred():
    wide = np.zeros((20, 40, 3), np.float32)
    cell = contact_sheet([[Tile(wide)]], cell=20)[GAP:-GAP, GAP:-GAP]
    assert np.all(cell[5:15] == 0)
    assert cell[:5] == pytest.approx(GROUND)
    assert cell[15:] == pytest.approx(GROUND)


def test_captions_are_written_and_cut():
    short = contact_sheet([[Tile(RED, "stains")]], cell=60)
    strip = short[GAP + 60 : GAP + 60 + CAPTION]
    assert strip.min() < 0.5
    long = contact_sheet([[Tile(RED, "stains " * 40), Tile(RED, "")]], cell=60)
    between = long[GAP + 60 :, GAP + 60 :]
    assert between == pytest.approx(GROUND)  # nothing runs into the next cell


def test_an_empty_sheet():
    assert contact_sheet([]).shape == (GAP, GAP, 3)
