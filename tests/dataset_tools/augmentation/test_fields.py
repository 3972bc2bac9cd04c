import math

import numpy as np
import pytest

from dataset_tools.augmentation.fields import (
    cloud,
    coordinates,
    emboss,
    fine_noise,
    glaze,
    grain,
    ramp,
    shade,
    smooth_noise,
)

SHAPES = [(1, 1), (1, 70), (70, 1), (40, 56), (1100, 3)]


@pytest.mark.parametrize("shape", SHAPES)
def test_fields_have_the_shape_and_are_finite(shape):
    rng = np.random.default_rng(0)
    for field in (
        smooth_noise(rng, shape, 8),
        cloud(rng, shape, 20),
        cloud(rng, shape, 1),
        fine_noise(rng, shape),
        grain(rng, shape, 3),
    ):
        assert field.shape == shape
        assert field.dtype == np.float32
        assert np.isfinite(field).all()


def test_clouds_fill_zero_to_one():
    field = cloud(np.random.default_rng(0), (200, 200), 80)
    assert field.min() == pytest.approx(0, abs=0.02)
    assert field.max() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("width", [2.0, 3.0, 5.0])
def test_grain_has_deviation_one(width):
    field = grain(np.random.default_rng(0), (600, 600), width)
    assert field.std() == pytest.approx(1, rel=0.05)


def test_emboss_is_the_slope_towards_the_light():
    height = np.tile(3 * np.arange(9, dtype=np.float32), (9, 1))  # rises 3 a pixel to the right
    assert emboss(height, 0.0)[4, 4] == pytest.approx(3)
    assert emboss(height, math.pi)[4, 4] == pytest.approx(-3)
    assert emboss(height, math.pi / 2)[4, 4] == pytest.approx(0, abs=1e-6)


def test_coordinates_are_centred_and_in_longer_sides():
    x, y = coordinates((3, 5))
    assert x[0] == pytest.approx([-0.4, -0.2, 0, 0.2, 0.4])
    assert y[:, 0] == pytest.approx([-0.2, 0, 0.2])


def test_ramp_by_hand():
    field = np.array([[-1, 0, 0.25, 0.5, 1, 2]], np.float32)
    # 3 t^2 - 2 t^3 at t = 1/4 is 3/16 - 2/64.
    assert ramp(field, 0, 1)[0] == pytest.approx([0, 0, 0.15625, 0.5, 1, 1])
    assert ramp(field, 1, 0)[0] == pytest.approx([1, 1, 0.84375, 0.5, 0, 0])


def test_glaze_and_shade_by_hand():
    render = np.array([[[1, 1, 1], [0.5, 0.5, 0.5], [0, 0, 0]]], np.float32)
    amount = np.array([[0.5, 1, 1]], np.float32)
    glazed = glaze(render, amount, (0.5, 1.0, 0.0))
    assert glazed[0] == pytest.approx(np.array([[0.75, 1, 0.5], [0.25, 0.5, 0], [0, 0, 0]]))
    assert shade(render, amount)[0, :, 0] == pytest.approx([0.5, 0.5, 0])
