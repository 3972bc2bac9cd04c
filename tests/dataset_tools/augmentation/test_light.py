import numpy as np
import pytest

from dataset_tools.augmentation import light
from dataset_tools.augmentation.sheet import Sheet
from lineart.pictures.images import luminance

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


def test_by_night_all_is_darker_by_one_factor_but_for_the_lamps():
    render = np.full((64, 64, 3), 0.9, np.float32)
    render[:32] = 0.3  # a third of the light
    nights = [light.night(render, EMPTY, np.random.default_rng(s), 1.0) for s in range(40)]
    for night, notes in nights:
        assert 0.08 <= notes["gain"] <= 0.35
        if not notes["lamps"]:
            above, below = (luminance(night[half]).mean() for half in (np.s_[:32], np.s_[32:]))
            assert below <= 0.9 * notes["gain"] * 1.48  # brightest paint of the uneven ones
            assert above / below == pytest.approx(1 / 3, rel=0.3)  # where paint is uneven
    dark = np.mean([night.mean() for night, notes in nights if not notes["lamps"]])
    assert dark < np.mean([night.mean() for night, notes in nights if notes["lamps"] == 3])


def test_a_dim_room_is_darker_and_noisier():
    render = np.full((64, 64, 3), 0.9, np.float32)
    means, deviations = [], []
    for strength in (0.0, 0.5, 1.0):
        changed, notes = light.lowlight(render, EMPTY, np.random.default_rng(3), strength)
        means.append(float(changed.mean()))
        deviations.append(float(changed.std(axis=(0, 1)).mean()))
        assert 0.35 <= notes["gain"] <= 1
    assert means[0] > means[1] > means[2]
    assert deviations[0] == pytest.approx(0, abs=1e-4)
    assert deviations[0] < deviations[1] < deviations[2]


def test_the_noise_of_light_grows_with_the_root_of_the_signal():
    render = np.full((128, 128, 3), 0.08, np.float32)
    render[64:] = 0.98  # with the floor of 0.02: ten times the signal
    spread = []
    for seed in range(6):
        changed, notes = light.lowlight(render, EMPTY, np.random.default_rng(seed), 0.4)
        gain, haze = notes["gain"], notes["haze"]
        dark, bright = (changed[half, :, 0].std() for half in (np.s_[8:56], np.s_[72:120]))
        expected = np.sqrt((0.98 * gain + haze + 0.02) / (0.08 * gain + haze + 0.02))
        spread.append(bright / dark / expected)
    assert np.mean(spread) == pytest.approx(1, abs=0.1)
