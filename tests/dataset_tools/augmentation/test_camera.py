import numpy as np
import pytest

from dataset_tools.augmentation import camera
from dataset_tools.augmentation.sheet import Sheet

EMPTY = Sheet(np.zeros((64, 64), np.float32), np.ones((64, 64), np.float32))


def test_noise_has_the_deviation_it_notes():
    render = np.full((64, 64, 3), 0.5, np.float32)
    for seed in range(5):
        changed, notes = camera.noise(render, EMPTY, np.random.default_rng(seed), 1.0)
        assert (changed - render).std() == pytest.approx(notes["deviation"], rel=0.1)


def test_jpeg_gets_worse_with_strength():
    rng = np.random.default_rng(0)
    render = rng.uniform(0, 1, (64, 64, 3)).astype(np.float32)
    losses = []
    for strength in (0.0, 0.5, 1.0):
        changed, notes = camera.jpeg(render, EMPTY, np.random.default_rng(1), strength)
        assert 35 <= notes["quality"] <= 90
        losses.append(float(np.abs(changed - render).mean()))
    assert losses == sorted(losses)


def test_blur_of_a_dot_keeps_its_light():
    render = np.zeros((64, 64, 3), np.float32)
    render[32, 32] = 1
    changed, notes = camera.blur(render, EMPTY, np.random.default_rng(0), 1.0)
    assert changed.sum() == pytest.approx(3, abs=1e-3)
    # The peak of a Gaussian is 1 / (2 pi sigma^2); pixels are not points, hence the tolerance.
    assert changed.max() == pytest.approx(1 / (2 * np.pi * notes["sigma"] ** 2), rel=0.1)


def test_webp_gets_worse_with_strength():
    ramp = np.linspace(0, 1, 64, dtype=np.float32)
    render = np.stack([*np.meshgrid(ramp, ramp), np.tile(ramp[::-1], (64, 1))], axis=2)
    render[::4, ::4] = 0
    losses = []
    for strength in (0.0, 0.5, 1.0):
        changed, notes = camera.webp(render, EMPTY, np.random.default_rng(1), strength)
        assert 15 <= notes["quality"] <= 85
        losses.append(float(np.abs(changed - render).mean()))
    assert losses == sorted(losses)
    assert losses[0] < losses[2]


@pytest.mark.parametrize("seed", range(12))
def test_rescaling_shifts_nothing(seed):
    away = np.hypot(*(np.mgrid[:64, :64] - np.array([30.0, 33.0])[:, None, None]))
    dot = np.exp(-(away**2) / 32).astype(np.float32)
    render = np.repeat(1 - dot[..., None], 3, axis=2)
    changed, notes = camera.rescale(render, EMPTY, np.random.default_rng(seed), 1.0)
    ink = 1 - changed[..., 1]
    rows, columns = np.mgrid[:64, :64]
    limit = 0.1 if "nearest" not in (notes["down"], notes["up"]) else 0.5
    assert (ink * rows).sum() / ink.sum() == pytest.approx(30, abs=limit)
    assert (ink * columns).sum() / ink.sum() == pytest.approx(33, abs=limit)
    assert 0.45 <= notes["part"] <= 0.8


def test_rescaling_blurs_fine_stripes_and_keeps_their_mean():
    render = np.zeros((64, 64, 3), np.float32)
    render[:, ::2] = 1
    changed, _ = camera.rescale(render, EMPTY, np.random.default_rng(4), 1.0)
    assert changed.std() < 0.9 * render.std()
    assert changed.mean() == pytest.approx(0.5, abs=0.02)
