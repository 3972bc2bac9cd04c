import numpy as np
import pytest

from dataset_tools import light
from dataset_tools.backgrounds import Sheet
from dataset_tools.fields import coordinates
from lineart.images import luminance

EMPTY = Sheet(np.zeros((64, 64), np.float32), np.ones((64, 64), np.float32))


def test_hue_keeps_the_luminance():
    rng = np.random.default_rng(0)
    render = rng.uniform(0.4, 0.6, (64, 64, 3)).astype(np.float32)  # far from clipping
    for seed in range(10):
        changed, notes = light.hue(render, EMPTY, np.random.default_rng(seed), 1.0)
        assert luminance(changed) == pytest.approx(luminance(render), abs=2e-3)
        assert abs(notes["turn"]) <= 0.6


def test_greys_have_no_hue_to_turn():
    render = np.full((64, 64, 3), 0.3, np.float32)
    changed, _ = light.hue(render, EMPTY, np.random.default_rng(0), 1.0)
    assert changed == pytest.approx(render, abs=2e-3)


def test_exposure_keeps_the_order_of_greys():
    greys = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None, :, None], 64, axis=0)
    render = np.repeat(greys, 3, axis=2)
    for seed in range(20):
        changed, _ = light.exposure(render, EMPTY, np.random.default_rng(seed), 1.0)
        assert np.all(np.diff(changed, axis=1) >= -1e-6)
        assert changed[:, 0].max() <= 0.12 + 1e-6  # black is lifted by haze alone


def test_noise_has_the_deviation_it_notes():
    render = np.full((64, 64, 3), 0.5, np.float32)
    for seed in range(5):
        changed, notes = light.noise(render, EMPTY, np.random.default_rng(seed), 1.0)
        assert (changed - render).std() == pytest.approx(notes["deviation"], rel=0.1)


def test_jpeg_gets_worse_with_strength():
    rng = np.random.default_rng(0)
    render = rng.uniform(0, 1, (64, 64, 3)).astype(np.float32)
    losses = []
    for strength in (0.0, 0.5, 1.0):
        changed, notes = light.jpeg(render, EMPTY, np.random.default_rng(1), strength)
        assert 35 <= notes["quality"] <= 90
        losses.append(float(np.abs(changed - render).mean()))
    assert losses == sorted(losses)


def test_blur_of_a_dot_keeps_its_light():
    render = np.zeros((64, 64, 3), np.float32)
    render[32, 32] = 1
    changed, notes = light.blur(render, EMPTY, np.random.default_rng(0), 1.0)
    assert changed.sum() == pytest.approx(3, abs=1e-3)
    # The peak of a Gaussian is 1 / (2 pi sigma^2); pixels are not points, hence the tolerance.
    assert changed.max() == pytest.approx(1 / (2 * np.pi * notes["sigma"] ** 2), rel=0.1)


def test_capsule_is_a_distance():
    u = np.array([[0.5, 0.5, -1.0, 0.5]], np.float32)
    v = np.array([[0.0, 0.3, 0.0, 0.1]], np.float32)
    # On the axis, 0.3 beside it, 1 behind its end, on its rim; radius 0.1, from (0, 0) to (1, 0).
    distance = light._capsule(u, v, (0.0, 0.0), (1.0, 0.0), 0.1)
    assert distance[0] == pytest.approx([-0.1, 0.2, 0.9, 0], abs=1e-6)


def test_leaf_is_thickest_in_its_middle():
    u = np.array([[0.5, 0.5, 0.0, 1.0]], np.float32)
    v = np.array([[0.0, 0.2, 0.0, 0.0]], np.float32)
    distance = light._leaf(u, v, (0.0, 0.0), (1.0, 0.0), 0.2)
    assert distance[0] == pytest.approx([-0.2, 0, 0, 0], abs=1e-5)


@pytest.mark.parametrize("kind", light.CASTERS)
def test_every_caster_casts_and_leaves_light(kind):
    x, y = coordinates((96, 96))
    along, across = np.broadcast_to(x, (96, 96)), np.broadcast_to(y, (96, 96))
    parts = [
        float((light.CASTERS[kind](np.random.default_rng(seed), along, across) < 0).mean())
        for seed in range(10)
    ]
    assert 0.005 < np.mean(parts) < 0.9
    assert max(parts) < 1
