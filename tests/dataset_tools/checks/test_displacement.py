import cv2
import numpy as np
import pytest

from dataset_tools.checks.displacement import displacement, whole_shift

RING = np.zeros((128, 128), np.float32)
cv2.circle(RING, (64, 64), 40, 1, 5, cv2.LINE_AA)


def moved(picture, dx, dy):
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    return cv2.warpAffine(picture, matrix, picture.shape[::-1], flags=cv2.INTER_CUBIC)


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (7, -3), (-12, 20)])
def test_whole_pixels_are_found(dx, dy):
    assert whole_shift(RING, moved(RING, dx, dy)) == (dx, dy)


@pytest.mark.parametrize(("dx", "dy"), [(0.0, 0.0), (0.5, -0.25), (1.3, 2.1), (-12.6, 5.4)])
@pytest.mark.parametrize("faint", [1.0, 0.3])
def test_parts_of_pixels_are_found_in_faint_strokes_too(dx, dy, faint):
    start = float(round(dx)), float(round(dy))
    found = displacement(faint * RING, moved(RING, dx, dy), start, 1)
    assert found.dx.item() == pytest.approx(dx, abs=0.1)
    assert found.dy.item() == pytest.approx(dy, abs=0.1)
    assert found.fit.item() > 0.98
    assert found.fit.item() >= found.before.item()


def test_level_strokes_tell_nothing_of_a_shift_along_them():
    level = np.zeros((96, 96), np.float32)
    level[20:24] = level[60:64] = 1
    found = displacement(level, np.roll(level, 2, axis=0), (5.0, 0.0), 1)
    assert found.dx.item() == pytest.approx(5.0, abs=0.1)  # as it was told
    assert found.dy.item() == pytest.approx(2.0, abs=0.1)


def test_a_bent_corner_is_found_where_it_is():
    grid = np.zeros((120, 120), np.float32)
    for at in range(10, 120, 20):
        grid[at : at + 4] = 1
        grid[:, at : at + 4] = 1
    bent = grid.copy()
    bent[:60, :60] = np.roll(grid, 2, axis=1)[:60, :60]
    found = displacement(grid, bent, (0.0, 0.0), 6)
    assert found.dx[:2, :2] == pytest.approx(2.0, abs=0.2)
    assert found.dx[4:, :] == pytest.approx(0.0, abs=0.2)
    assert found.dx[:, 4:] == pytest.approx(0.0, abs=0.2)
    assert found.dy == pytest.approx(0.0, abs=0.2)


def test_without_strokes_nothing_is_claimed():
    found = displacement(np.zeros((33, 20), np.float32), np.zeros((33, 20), np.float32), (0, 0), 6)
    assert found.dx.shape == (6, 6)
    assert not found.fit.any()
    assert not found.dx.any()
    assert not found.weight.any()
