"""Ink of other kinds: its colour is a shade of what it borders, and what is no ink stays."""

import cv2
import numpy as np
import pytest

from dataset_tools.augmentation.media import bleed, coloured, dry, ink_below
from dataset_tools.augmentation.plan import ink_kept
from dataset_tools.augmentation.sheet import Sheet

FILL = np.array([0.8, 0.6, 0.4], np.float32)


def ring_on_fill(ink=(0, 0, 0), fill=FILL, side=192):
    """A soft-edged ring of ink on a page of one colour, of which nothing is paper."""
    big = np.zeros((4 * side, 4 * side), np.uint8)
    cv2.circle(big, (2 * side, 2 * side), int(1.2 * side), 255, 16)
    line = cv2.resize(big, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    render = (1 - line[..., None]) * fill + line[..., None] * np.array(ink, np.float32)
    return render.astype(np.float32), Sheet(line, np.zeros_like(line))


def seeds_of_kind(kind, count):
    found = []
    for seed in range(200):
        notes = coloured(*ring_on_fill(), np.random.default_rng(seed), 1.0)[1]
        if notes["kind"] == kind:
            found.append(seed)
    return found[:count]


def test_coloured_ink_is_one_darker_shade_and_its_edges_are_exact():
    render, sheet = ring_on_fill()
    for seed in seeds_of_kind("all", 6):
        drawn, notes = coloured(render, sheet, np.random.default_rng(seed), 1.0)
        ink = drawn[sheet.line == 1].mean(axis=0)
        assert np.all(ink < FILL)
        assert np.all(ink <= 0.86 * FILL + 0.01)
        assert float(ink.mean()) > 0.15
        again = (1 - sheet.line[..., None]) * FILL + sheet.line[..., None] * ink
        assert np.abs(drawn - again).max() < 3 / 255
        assert 0.35 <= notes["shade"] <= 0.8


def test_coloured_ink_takes_the_darker_of_both_sides():
    line = np.zeros((64, 64), np.float32)
    line[:, 30:34] = 1
    render = np.ones((64, 64, 3), np.float32)
    render[:, 34:] = (0.2, 0.3, 0.6)
    render *= 1 - line[..., None]
    for seed in seeds_of_kind("all", 4):
        drawn, _ = coloured(
            render, Sheet(line, np.zeros_like(line)), np.random.default_rng(seed), 1.0
        )
        assert np.all(drawn[32, 31:33] < [0.2, 0.3, 0.6])


def test_solid_blacks_stay_when_lines_are_coloured():
    render, sheet = ring_on_fill(side=192)
    line = sheet.line.copy()
    line[60:130, 60:130] = 1
    render = (render * (1 - line[..., None])).astype(np.float32)
    for seed in seeds_of_kind("all", 3):
        drawn, _ = coloured(
            render, Sheet(line, np.zeros_like(line)), np.random.default_rng(seed), 1.0
        )
        assert drawn[95, 95].max() < 0.02


@pytest.mark.parametrize("op", [coloured, dry, bleed])
def test_without_strength_nothing_changes(op):
    render, sheet = ring_on_fill()
    for seed in range(6):
        drawn, _ = op(render, sheet, np.random.default_rng(seed), 0.0)
        assert np.abs(drawn - render).max() < 0.02


def test_dry_strokes_let_through_what_lies_below_them_and_no_more():
    render, sheet = ring_on_fill()
    for seed in range(12):
        drawn, notes = dry(render, sheet, np.random.default_rng(seed), 1.0)
        solid = drawn[sheet.line == 1]
        assert solid.min() >= 0
        assert np.all(solid.max(axis=0) <= FILL + 0.02)
        assert solid.mean() > 0.02  # broken
        if notes["kind"] in ("graphite", "dry brush"):
            assert np.array_equal(drawn[sheet.line == 0], render[sheet.line == 0])


def test_the_ink_s_own_colour_is_found_where_two_drawings_meet():
    left, sheet = ring_on_fill((0.5, 0.1, 0.1))
    right, _ = ring_on_fill((0.1, 0.1, 0.5))
    found = ink_below(np.hstack([left, right]), np.hstack([sheet.line, sheet.line]))
    inked = np.hstack([sheet.line, sheet.line]) == 1
    columns = np.broadcast_to(np.arange(384), inked.shape)
    assert np.allclose(found[inked & (columns < 170)], (0.5, 0.1, 0.1), atol=0.03)
    assert np.allclose(found[inked & (columns > 214)], (0.1, 0.1, 0.5), atol=0.03)


def test_ink_with_gaps_of_grain_is_kept_and_a_stroke_that_is_gone_is_not():
    render, sheet = ring_on_fill(fill=np.ones(3, np.float32), side=256)
    holes = render.copy()
    holes[::5] = 1
    gone = render.copy()
    gone[:, :128] = 1
    assert ink_kept(render, holes, sheet.line, broken=True) == 1
    assert ink_kept(render, gone, sheet.line, broken=True) < 0.6
