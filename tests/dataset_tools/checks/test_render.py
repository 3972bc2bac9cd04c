import cv2
import numpy as np
import pytest

from dataset_tools.checks import CHECKS, CheckSettings, View

SETTINGS = CheckSettings()


def found(name, render):
    return CHECKS[name](View(render, np.zeros(render.shape[:2], np.float32)), SETTINGS)


@pytest.mark.parametrize(("light", "level"), [(1.0, "accept"), (0.4, "doubt"), (0.1, "quarantine")])
def test_dark(box, light, level):
    render, _ = box()
    dark = found("dark", render * np.float32(light))
    assert dark.level == level
    if light == 0.4:
        assert dark.reason == "the render is dark: hardly anything in it is lighter than 40%"
        assert dark.score == pytest.approx(1 / (1 + 0.6 / 0.85), abs=0.001)


def test_bright(box):
    render, _ = box(fill=(0.9, 0.5, 0.2))
    assert found("bright", render).level == "accept"
    veiled = np.clip(0.3 + 1.2 * render, 0, 1)  # black is 0.3, the red of the fill is burnt
    bright = found("bright", veiled)
    assert bright.level == "doubt"
    assert bright.reason == (
        "the render is bright: hardly anything in it is darker than 30%, and 100% of its colours are burnt "
        "out"
    )


def test_light_ink_and_pure_yellow_are_no_fault(box):
    render, line = box(fill=(0.9, 0.8, 0.3))
    render[line > 0] = (0.3, 0.3, 0.3)
    assert found("bright", render).level == "accept"
    assert found("bright", box(fill=(1, 1, 0))[0]).level == "accept"


def test_flat(box):
    render, _ = box()
    flat = found("flat", 0.5 + 0.3 * (render - 0.5))
    assert flat.level == "doubt"
    assert flat.reason == "the render is flat: its grey values go from 35% to 65%"
    assert found("flat", np.full_like(render, 0.5)).level == "quarantine"


@pytest.mark.parametrize("contrast", [1.0, 0.5])
def test_blur_is_measured_in_pixels_whatever_the_contrast(contrast):
    step = np.zeros((64, 64), np.float32)
    step[:, 32:] = 1
    render = np.repeat(cv2.GaussianBlur(step, (0, 0), 1.6)[..., None], 3, axis=2)
    blur = found("blur", 0.2 + contrast * 0.8 * render)
    assert blur.level == "doubt"
    assert blur.reason.startswith("the render is blurred by about 1.")
    measured = 4 * (1 / blur.score - 1)  # from a score of 1 / (1 + measure / 4)
    assert measured == pytest.approx(1.6, rel=0.15)


def test_sharp_and_smooth_edges_are_no_blur(box):
    render, _ = box()
    assert found("blur", render).level == "accept"
    half = cv2.resize(render, (73, 73), interpolation=cv2.INTER_AREA)
    assert found("blur", half).level == "accept"
    assert found("blur", np.ones_like(render)).score == 1
