import math

import cv2
import numpy as np
import pytest

from dataset_tools.geometry import (
    GeometrySettings,
    draw_geometry,
    ink_centre,
    layers_of,
    move,
    reached,
    warp,
)

IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])


def dot(height, width, x, y, sigma=2.5):
    """A soft dot whose centre of mass is (x, y)."""
    columns = np.exp(-((np.arange(width) - x) ** 2) / (2 * sigma**2))
    rows = np.exp(-((np.arange(height) - y) ** 2) / (2 * sigma**2))
    return (rows[:, None] * columns).astype(np.float32)


def hair_line(size=96):
    """A circle one pixel wide."""
    canvas = np.zeros((size, size), np.uint8)
    cv2.circle(canvas, (size // 2, size // 2), size // 4, (255,), 1, cv2.LINE_AA)
    return canvas.astype(np.float32) / 255


def as_render(line):
    return np.repeat(1 - line[..., None], 3, axis=2)


@pytest.mark.parametrize("seed", range(20))
def test_render_and_line_go_together_to_where_the_matrix_says(seed):
    line = dot(80, 120, 70.3, 33.6)
    matrix, _ = draw_geometry(np.random.default_rng(seed), line, GeometrySettings())
    render, moved, _ = move(layers_of(as_render(line), line, 1 - line), matrix)
    expected = matrix @ [70.3, 33.6, 1]
    away = min(*expected, 119 - expected[0], 79 - expected[1])
    if away > 12:  # else the dot is cut by the frame
        assert ink_centre(moved) == pytest.approx(expected, abs=0.1)
    assert ink_centre(1 - render[..., 1]) == pytest.approx(ink_centre(moved), abs=0.02)


@pytest.mark.parametrize("seed", range(10))
def test_a_hair_line_keeps_its_ink_and_its_place(seed):
    line = hair_line()
    matrix, notes = draw_geometry(
        np.random.default_rng(seed), line, GeometrySettings(scale=(0.7, 1.0), shift=0)
    )
    render, moved, _ = move(layers_of(as_render(line), line, 1 - line), matrix)
    # Areas grow with the square of the scale. Nothing is lost by skipping; the little that is won is what
    # Lanczos would have put below zero beside the stroke.
    assert 0.98 < moved.sum() / (line.sum() * notes["scale"] ** 2) < 1.06
    assert np.abs(render[..., 0] - (1 - moved)).max() < 0.01
    # Every part of the stroke is still there: its darkest along each of 64 bearings.
    centre = ink_centre(moved)
    radius = 24 * notes["scale"]
    for bearing in np.linspace(0, 2 * math.pi, 64):
        x, y = centre + radius * np.array([math.cos(bearing), math.sin(bearing)])
        around = moved[int(y) - 1 : int(y) + 3, int(x) - 1 : int(x) + 3]
        assert around.max() > 0.25


def test_the_identity_changes_nothing():
    line = hair_line()
    render, moved, bare = move(layers_of(as_render(line), line, 1 - line), IDENTITY)
    assert moved == pytest.approx(line, abs=1e-6)
    assert render == pytest.approx(as_render(line), abs=1e-6)
    assert bare == pytest.approx(1 - line, abs=1e-6)


def test_a_flip_is_exact():
    line = dot(20, 31, 8, 7)
    line = np.round(line * 255).astype(np.float32) / 255
    mirror = np.array([[-1.0, 0, 30], [0, 1, 0]])
    _, moved, _ = move(layers_of(as_render(line), line, 1 - line), mirror)
    assert moved == pytest.approx(line[:, ::-1], abs=1e-6)


def test_outside_is_white_paper_without_ink():
    line = np.ones((40, 40), np.float32)
    render = np.zeros((40, 40, 3), np.float32)
    far = np.array([[1.0, 0, 20], [0, 1, 0]])
    moved_render, moved, bare = move(layers_of(render, line, 1 - line), far)
    assert np.all(moved_render[:, :16] == 1)
    assert not moved[:, :16].any()
    assert np.all(bare[:, :16] == 1)
    assert np.all(moved[:, 24:] == 1)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_off_the_box_need_not_be_computed(seed):
    line = hair_line(64)
    matrix, _ = draw_geometry(np.random.default_rng(seed), line, GeometrySettings())
    pixels = np.round(255 * (1 - line)).astype(np.uint8)
    in_box = warp(pixels, matrix, reached(pixels, matrix)).astype(int)
    whole = warp(pixels, matrix, (0, 0, 64, 64)).astype(int)
    # OpenCV rounds positions to 1/32 pixel, from the corner of what it draws: 8 of 255 on a full edge.
    assert np.abs(in_box - whole).max() <= 9


def test_a_blank_picture_reaches_nothing():
    left, _, right, _ = reached(np.full((9, 9), 255, np.uint8), IDENTITY)
    assert np.all(warp(np.full((9, 9), 255, np.uint8), IDENTITY, (left, 0, right, 9)) == 255)


def test_settings_bound_what_is_drawn():
    settings = GeometrySettings(flip=0, rotation=5, scale=(0.9, 1.1), shift=0.02)
    for seed in range(50):
        _, notes = draw_geometry(np.random.default_rng(seed), hair_line(), settings)
        assert not notes["flip"]
        assert abs(notes["rotation"]) <= 5
        assert 0.9 <= notes["scale"] <= 1.1
        assert max(map(abs, notes["shift"])) <= 96 * (0.02 + 0.05)


def test_ink_in_a_corner_is_brought_no_further_out():
    line = dot(60, 60, 52, 8)
    for seed in range(50):
        matrix, _ = draw_geometry(np.random.default_rng(seed), line, GeometrySettings())
        x, y = matrix @ [*ink_centre(line), 1]
        centre, out = 29.5, 0.5 + np.abs(ink_centre(line) - 29.5)
        assert abs(x - centre) <= max(15, out[0])
        assert abs(y - centre) <= max(15, out[1])


def test_the_centre_of_a_blank_picture_is_its_middle():
    assert ink_centre(np.zeros((11, 21), np.float32)).tolist() == [10, 5]
