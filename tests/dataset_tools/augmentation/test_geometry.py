import numpy as np
import pytest

from dataset_tools.augmentation.geometry import (
    CORNER,
    GeometrySettings,
    Motion,
    draw_motion,
    draw_strength,
    elastic,
    ink_centre,
    perspective,
)

PLAIN = GeometrySettings(perspective=(0, 0), elastic=(0, 0))


def dot(height, width, x, y, sigma=2.5):
    """A soft dot whose centre of mass is (x, y)."""
    columns = np.exp(-((np.arange(width) - x) ** 2) / (2 * sigma**2))
    rows = np.exp(-((np.arange(height) - y) ** 2) / (2 * sigma**2))
    return (rows[:, None] * columns).astype(np.float32)


def test_settings_bound_what_is_drawn():
    settings = GeometrySettings(flip=0, rotation=5, scale=(0.9, 1.1), shift=0.02)
    line = dot(96, 96, 48, 48)
    for seed in range(50):
        _, notes = draw_motion(np.random.default_rng(seed), line, settings)
        assert not notes["flip"]
        assert abs(notes["rotation"]) <= 5
        assert 0.9 <= notes["scale"] <= 1.1
        assert max(map(abs, notes["shift"])) <= 96 * (0.02 + 0.05)
        if "perspective" in notes:
            assert np.abs(notes["perspective"]["corners"]).max() <= CORNER * 96


def test_perspective_and_bending_come_as_often_as_asked():
    line = dot(40, 40, 20, 20)
    settings = GeometrySettings(perspective=(0.3, 1), elastic=(0.6, 1))
    made = [draw_motion(np.random.default_rng(seed), line, settings)[0] for seed in range(300)]
    assert sum(m.corners is not None for m in made) == pytest.approx(90, abs=30)
    assert sum(m.bend is not None for m in made) == pytest.approx(180, abs=34)


def test_a_setting_of_perspective_moves_nothing_else():
    line = dot(40, 40, 20, 20)
    for seed in range(10):
        one, _ = draw_motion(np.random.default_rng(seed), line, GeometrySettings())
        other, _ = draw_motion(np.random.default_rng(seed), line, PLAIN)
        assert np.array_equal(one.matrix, other.matrix)
        assert other.corners is None
        assert other.bend is None


def test_strengths_by_hand():
    rng = np.random.default_rng(0)
    draws = [draw_strength(rng, (1.0, 0.8)) for _ in range(200)]
    assert 0.8 * 0.35 <= min(draws) < 0.32
    assert 0.76 < max(draws) <= 0.8
    assert draw_strength(rng, (0.0, 1.0)) == 0


def test_perspective_moves_the_corners_by_the_shifts():
    shifts = np.array([[1.0, 2], [-3, 4], [5, -6], [7, 8]])
    matrix = perspective((30, 50), shifts)
    frame = [(-0.5, -0.5), (49.5, -0.5), (-0.5, 29.5), (49.5, 29.5)]
    for corner, shift in zip(frame, shifts, strict=True):
        x, y, w = matrix @ [*corner, 1]
        assert (x / w, y / w) == pytest.approx(np.array(corner) + shift, abs=1e-3)


def test_slow_bending_reaches_further():
    assert elastic(1.0, 100, 0).amount == 2 * elastic(1.0, 50, 0).amount
    assert elastic(0.5, 100, 0).amount == elastic(1.0, 50, 0).amount


def test_scale_of_a_motion():
    assert Motion(np.array([[0.0, -2, 7], [3, 0, 1]])).scale == pytest.approx(6**0.5)


def test_ink_in_a_corner_is_brought_no_further_out():
    line = dot(60, 60, 52, 8)
    for seed in range(50):
        motion, _ = draw_motion(np.random.default_rng(seed), line, PLAIN)
        x, y = motion.matrix @ [*ink_centre(line), 1]
        centre, out = 29.5, 0.5 + np.abs(ink_centre(line) - 29.5)
        assert abs(x - centre) <= max(15, out[0])
        assert abs(y - centre) <= max(15, out[1])


def test_the_centre_of_a_blank_picture_is_its_middle():
    assert ink_centre(np.zeros((11, 21), np.float32)).tolist() == [10, 5]
