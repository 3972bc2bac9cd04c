import cv2
import numpy as np

from dataset_tools.augmentation.sheet import bare_paper, cells_of, within
from dataset_tools.augmentation.solids import LIGHTER, blacken, pupils
from dataset_tools.augmentation.weight import Drawn

INK, FILL = np.float32([0.05, 0.05, 0.05]), np.float32([0.9, 0.5, 0.2])


def two_cells(size=96):
    """A filled disc, cut in two by a stroke, on white paper."""
    line = np.zeros((size, size), np.float32)
    middle = size // 2
    cv2.circle(line, (middle, middle), size // 5, 1.0, 3, cv2.LINE_AA)
    inside = np.zeros((size, size), np.uint8)
    cv2.circle(inside, (middle, middle), size // 5, 1, -1)
    line[:, middle - 1 : middle + 2] = np.maximum(
        line[:, middle - 1 : middle + 2], inside[:, middle - 1 : middle + 2]
    )
    below = np.where(inside[..., None] > 0, FILL, np.float32(1))
    render = ((1 - line[..., None]) * below + line[..., None] * INK).astype(np.float32)
    return Drawn(render, line, bare_paper(render, line)), inside


def test_cells_are_what_ink_encloses():
    drawn, inside = two_cells()
    cells, areas = cells_of(drawn.line, drawn.bare)
    assert len(areas) == 2
    assert cells[48, 40] != cells[48, 56]
    assert {cells[48, 40], cells[48, 56]} == {1, 2}
    assert cells[5, 5] == 0  # paper
    assert cells[48, 48] == 0  # ink
    assert areas.sum() == ((drawn.line < 0.5) & (inside > 0)).sum()
    mask = within(cells, [int(cells[48, 40])], drawn.line)
    assert mask[48, 40] == 1
    assert mask[48, 56] == 0


def test_a_black_is_ink_in_both_pictures_and_leaves_the_rest_alone():
    drawn, _ = two_cells()
    found = set()
    for seed in range(30):
        black, notes = blacken(drawn, np.random.default_rng(seed), 1.0)
        assert notes["cells"] == 1  # half of the two are tried
        gained = black.line - drawn.line
        assert gained.min() >= 0
        assert np.array_equal(black.render[gained == 0], drawn.render[gained == 0])
        solid = black.line > 0.99
        assert np.abs(black.render[solid] - INK).max() < 0.02
        # What is not ink is still what it was: ink over what is below.
        rest = (black.line < 0.99) & (drawn.line < 0.99)
        share = ((1 - black.line) / (1 - np.minimum(drawn.line, 0.99)))[rest, None]
        expected = INK + share * (drawn.render[rest] - INK)
        assert np.abs(black.render[rest] - expected).max() < 0.02
        if not notes["cut"]:  # whole: one side is solid, the other as it was
            assert black.line[48, 40] + black.line[48, 56] == 1
            found.add(black.line[48, 40] == 1)
    assert found == {True, False}


def test_in_ink_of_another_colour_spots_alone_are_filled():
    drawn, _ = two_cells()
    blue = drawn.render + drawn.line[..., None] * (np.float32([0.1, 0.15, 0.4]) - INK)
    same, notes = blacken(Drawn(blue, drawn.line, drawn.bare), np.random.default_rng(0), 1.0)
    assert same.line is drawn.line
    assert notes == {"cells": 0}  # either half of the disc is a thirtieth of the picture
    line = drawn.line.copy()
    cv2.circle(line, (40, 48), 4, 1.0, 2, cv2.LINE_AA)  # a ring around some thirty pixels
    render = ((1 - line[..., None]) * FILL + line[..., None] * (0.1, 0.15, 0.4)).astype(np.float32)
    render[drawn.bare > 0] = 1
    for seed in range(30):
        spotted, notes = blacken(Drawn(render, line, drawn.bare), np.random.default_rng(seed), 1.0)
        if notes["cells"]:
            break
    gained = spotted.line - line
    assert gained[48, 40] == 1
    assert 20 < gained.sum() < 96 * 96 / 250
    assert np.abs(spotted.render[48, 40] - (0.1, 0.15, 0.4)).max() < 0.01


def test_ink_of_several_colours_and_a_page_without_cells_stay():
    drawn, _ = two_cells()
    render = drawn.render.copy()
    render[:48][drawn.line[:48] > 0.5] = (0.8, 0.1, 0.1)
    mixed = Drawn(render, drawn.line, drawn.bare)
    assert blacken(mixed, np.random.default_rng(0), 1.0)[0] is mixed
    blank = Drawn(
        np.ones((32, 32, 3), np.float32),
        np.zeros((32, 32), np.float32),
        np.ones((32, 32), np.float32),
    )
    same, notes = blacken(blank, np.random.default_rng(0), 1.0)
    assert same is blank
    assert notes == {"cells": 0}


def test_pupils_have_the_colour_of_the_ink_and_stand_out():
    drawn, _ = two_cells()
    navy = np.float32([0.07, 0.1, 0.3])
    render = drawn.render + drawn.line[..., None] * (navy - INK)
    before = Drawn(render, drawn.line, drawn.bare)
    kept = render.copy()
    numbers = []
    for seed in range(20):
        after, notes = pupils(before, np.random.default_rng(seed), 1.0)
        numbers.append(notes["number"])
        assert np.abs(after.render[after.line > 0.99] - navy).max() < 0.02
        assert after.line.min() >= 0
        assert after.line.max() <= 1
        assert (after.bare <= drawn.bare).all()  # what was drawn on is paper no longer
        assert (after.bare + after.line).max() <= 1 + 1e-6
        gained = after.line > np.maximum(drawn.line, 0.9)
        if notes["number"]:
            assert gained.sum() > 0
    assert np.array_equal(before.render, kept)
    assert max(numbers) == 8


def test_no_pupil_is_drawn_where_it_could_not_be_seen():
    ink = np.float32([0.05, 0.05, 0.05])
    line = np.zeros((96, 96), np.float32)
    line[40:44, 10:80] = 1
    night = np.float32(0.05 + LIGHTER / 2)  # all is lighter than ink, but not by enough
    render = np.where(line[..., None] > 0, ink, night).astype(np.float32)
    for seed in range(10):
        same, notes = pupils(
            Drawn(render, line, np.zeros_like(line)), np.random.default_rng(seed), 1.0
        )
        assert notes == {"number": 0}
        assert np.array_equal(same.render, render)
        assert np.array_equal(same.line, line)


def test_ink_of_several_colours_gets_no_pupils():
    line = np.zeros((64, 64), np.float32)
    line[10:20], line[40:50] = 1, 1
    render = np.ones((64, 64, 3), np.float32)
    render[10:20], render[40:50] = (0.6, 0.1, 0.1), (0.1, 0.1, 0.6)
    mixed = Drawn(render, line, np.zeros_like(line))
    assert pupils(mixed, np.random.default_rng(0), 1.0) == (mixed, {"number": 0})
