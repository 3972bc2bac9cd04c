"""One map moves render, line art and paper: to where it says, and alike to a tenth of a pixel."""

import math

import cv2
import numpy as np
import pytest
from skimage.registration import phase_cross_correlation

from dataset_tools.augmentation.geometry import (
    Bend,
    GeometrySettings,
    Motion,
    draw_motion,
    elastic,
    ink_centre,
    perspective,
    turning,
)
from dataset_tools.augmentation.warp import (
    STEP,
    fill,
    layers_of,
    move,
    origins,
    reached,
    reached_by,
    warp,
)

IDENTITY = Motion(np.array([[1.0, 0, 0], [0, 1, 0]]))
PLAIN = GeometrySettings(perspective=(0, 0), elastic=(0, 0))
ALL = GeometrySettings(perspective=(1, 1), elastic=(1, 1))


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


def layers(line):
    return layers_of(as_render(line), line, 1 - line)


@pytest.mark.parametrize("seed", range(20))
def test_render_and_line_go_together_to_where_the_matrix_says(seed):
    line = dot(80, 120, 70.3, 33.6)
    motion, _ = draw_motion(np.random.default_rng(seed), line, PLAIN)
    render, moved, _ = move(layers(line), motion)
    expected = motion.matrix @ [70.3, 33.6, 1]
    away = min(*expected, 119 - expected[0], 79 - expected[1])
    if away > 12:  # else the dot is cut by the frame
        assert ink_centre(moved) == pytest.approx(expected, abs=0.1)
    assert ink_centre(1 - render[..., 1]) == pytest.approx(ink_centre(moved), abs=0.02)


@pytest.mark.parametrize("seed", range(12))
def test_registration_finds_no_shift_between_render_and_line(seed):
    canvas = np.zeros((192, 192), np.uint8)
    cv2.circle(canvas, (90, 80), 48, (255,), 3, cv2.LINE_AA)
    cv2.polylines(
        canvas, [np.array([[30, 160], [80, 120], [165, 150]])], False, (255,), 2, cv2.LINE_AA
    )
    line = canvas.astype(np.float32) / 255
    render = 1 - 0.9 * line[..., None] * np.float32([1, 0.8, 0.9])  # brownish ink
    motion, notes = draw_motion(np.random.default_rng(seed), line, ALL)
    assert {"perspective", "elastic"} <= set(notes)
    moved_render, moved, _ = move(layers_of(render, line, 1 - line), motion)
    ink = 1 - moved_render[..., 1]
    whole, _, _ = phase_cross_correlation(moved, ink, upsample_factor=100)
    assert np.abs(whole).max() <= 0.1
    for tile in (np.s_[:96, :96], np.s_[:96, 96:], np.s_[96:, :96], np.s_[96:, 96:]):
        if moved[tile].sum() > 100:
            shift, _, _ = phase_cross_correlation(moved[tile], ink[tile], upsample_factor=100)
            assert np.abs(shift).max() <= 0.1


def test_a_map_by_hand():
    # Half a turn, twice the size, and two pixels to the right and one down.
    linear = turning(180, 2.0)
    centre = np.array([59.5, 39.5])
    motion = Motion(np.column_stack([linear, centre - linear @ centre + [2, 1]]))
    _, moved, _ = move(layers(dot(80, 120, 66.5, 44.5)), motion)
    assert ink_centre(moved) == pytest.approx([59.5 - 14 + 2, 39.5 - 10 + 1], abs=0.05)


@pytest.mark.parametrize("seed", range(6))
def test_dots_go_where_perspective_says(seed):
    rng = np.random.default_rng(seed)
    corners = perspective((128, 160), rng.uniform(-14, 14, (4, 2)))
    motion = Motion(np.array([[0.9, 0.1, 4], [-0.1, 0.9, 8.0]]), corners)
    for x, y in ((60.0, 40.0), (90.5, 80.25), (75.0, 64.0)):
        _, moved, _ = move(layers(dot(128, 160, x, y, 2.0)), motion)
        u, v, w = corners @ [*(motion.matrix @ [x, y, 1]), 1]
        assert ink_centre(moved) == pytest.approx([u / w, v / w], abs=0.1)


@pytest.mark.parametrize("seed", range(6))
def test_dots_go_where_the_map_of_bending_says(seed):
    motion = Motion(IDENTITY.matrix, bend=elastic(1.0, 60.0, seed))
    nodes = origins(motion, (128, 160))
    x, y = fill(nodes, (0, 0, 160, 128))
    assert np.abs(x - np.arange(160)).max() > 2  # it does bend
    for column, row in ((60, 40), (90, 80), (75, 64)):
        # A dot drawn where this pixel comes from must arrive at the pixel.
        spot = dot(128, 160, float(x[row, column]), float(y[row, column]), 1.2)
        render, moved, _ = move(layers(spot), motion)
        peak = np.unravel_index(moved.argmax(), moved.shape)
        assert peak == (row, column)
        assert ink_centre(1 - render[..., 0]) == pytest.approx(ink_centre(moved), abs=0.02)


def test_bending_never_folds_a_line():
    for seed in range(40):
        for cell in (30.0, 60.0, 90.0):
            motion = Motion(IDENTITY.matrix, bend=elastic(1.0, cell, seed))
            x, y = fill(origins(motion, (256, 256)), (0, 0, 256, 256))
            grown = np.diff(x, axis=1)[:-1] * np.diff(y, axis=0)[:, :-1]
            turned = np.diff(x, axis=0)[:, :-1] * np.diff(y, axis=1)[:-1]
            assert (grown - turned).min() > 0.1  # areas keep their orientation


def test_the_way_through_the_nodes_agrees_with_the_matrix():
    matrix = np.array([[1.2, 0.3, -9.5], [-0.3, 1.2, 14.25]])
    nodes = origins(Motion(matrix), (70, 101))
    x, y = fill(nodes, (0, 0, 101, 70))
    back = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
    for column, row in ((0, 0), (100, 69), (0, 69), (100, 0), (33, 41)):
        assert (x[row, column], y[row, column]) == pytest.approx(
            (back @ [column, row, 1])[:2], abs=0.01
        )
    line = hair_line()
    motion = Motion(matrix)
    _, straight, _ = move(layers(line), motion)
    _, around, _ = move(layers(line), Motion(matrix, bend=Bend(0.0, 30.0, 0)))
    assert np.abs(straight - around).max() < 0.09  # both round positions to 1/32 pixel


@pytest.mark.parametrize("seed", range(10))
def test_a_hair_line_keeps_its_ink_and_its_place(seed):
    line = hair_line()
    settings = GeometrySettings(scale=(0.7, 1.0), shift=0, perspective=(0, 0), elastic=(0, 0))
    motion, notes = draw_motion(np.random.default_rng(seed), line, settings)
    render, moved, _ = move(layers(line), motion)
    # Areas grow with the square of the scale. Nothing is lost by skipping; the little that is won is what
    # the kernel would have put below zero beside the stroke.
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
    render, moved, bare = move(layers(line), IDENTITY)
    assert moved == pytest.approx(line, abs=1e-6)
    assert render == pytest.approx(as_render(line), abs=1e-6)
    assert bare == pytest.approx(1 - line, abs=1e-6)


def test_a_flip_is_exact():
    line = dot(20, 31, 8, 7)
    line = np.round(line * 255).astype(np.float32) / 255
    mirror = np.array([[-1.0, 0, 30], [0, 1, 0]])
    _, moved, _ = move(layers(line), Motion(mirror))
    assert moved == pytest.approx(line[:, ::-1], abs=1e-6)


def test_outside_is_white_paper_without_ink():
    line = np.ones((40, 40), np.float32)
    render = np.zeros((40, 40, 3), np.float32)
    far = np.array([[1.0, 0, 20], [0, 1, 0]])
    moved_render, moved, bare = move(layers_of(render, line, 1 - line), Motion(far))
    assert np.all(moved_render[:, :16] == 1)
    assert not moved[:, :16].any()
    assert np.all(bare[:, :16] == 1)
    assert np.all(moved[:, 24:] == 1)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_off_the_box_need_not_be_computed(seed):
    line = hair_line(64)
    motion, _ = draw_motion(np.random.default_rng(seed), line, PLAIN)
    pixels = np.round(255 * (1 - line)).astype(np.uint8)
    extent, shape = layers(line).extent, (64, 64)
    in_box = warp(pixels, motion.matrix, reached(extent, motion, shape), shape).astype(int)
    whole = warp(pixels, motion.matrix, (0, 0, 64, 64), shape).astype(int)
    # OpenCV rounds positions to 1/32 pixel, from the corner of what it draws: 8 of 255 on a full edge.
    assert np.abs(in_box - whole).max() <= 12


@pytest.mark.parametrize("seed", range(8))
def test_the_box_of_a_bent_map_holds_all_ink(seed):
    line = np.zeros((96, 128), np.float32)
    line[30:50, 40:80] = 1
    motion, _ = draw_motion(np.random.default_rng(seed), line, ALL)
    nodes = origins(motion, line.shape)
    box = reached_by(nodes, layers(line).extent, line.shape)
    x, y = fill(nodes, (0, 0, 128, 96))
    inked = np.argwhere((x > 38.5) & (x < 80.5) & (y > 28.5) & (y < 50.5))
    assert box[0] <= inked[:, 1].min()
    assert box[1] <= inked[:, 0].min()
    assert box[2] > inked[:, 1].max()
    assert box[3] > inked[:, 0].max()


def test_a_drawing_out_of_the_frame_leaves_white_paper():
    line = hair_line(64)
    far = Motion(np.array([[1.0, 0, 500], [0, 1, 0]]), bend=Bend(3.0, 30.0, 1))
    for motion in (far, Motion(far.matrix)):
        render, moved, bare = move(layers(line), motion)
        assert render.min() == 1
        assert moved.max() == 0
        assert bare.min() == 1


def test_blank_pictures_and_other_frames():
    blank = layers(np.zeros((9, 9), np.float32))
    for motion in (IDENTITY, Motion(IDENTITY.matrix, bend=Bend(1.0, 5.0, 0))):
        render, moved, bare = move(blank, motion, shape=(STEP + 3, 20))
        assert render.shape == (STEP + 3, 20, 3)
        assert moved.shape == bare.shape == (STEP + 3, 20)
        assert render.min() == bare.min() == 1
        assert not moved.any()


def test_threads_of_opencv_change_nothing():
    before = cv2.getNumThreads()
    line = hair_line(200)
    made = []
    for threads in (1, 4):
        cv2.setNumThreads(threads)
        motions = [draw_motion(np.random.default_rng(n), line, ALL)[0] for n in range(4)]
        made.append([move(layers(line), motion)[0] for motion in motions])
    cv2.setNumThreads(before)
    assert np.array_equal(*map(np.array, made))
