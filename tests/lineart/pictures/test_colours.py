"""Colours as they look, against scikit-image's CIE Lab where no light of a room falls on the screen."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from lineart.pictures import colours
from lineart.pictures.colours import apart, colour_of, lab


def test_lab_is_that_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colours, "FLARE", 0.0)
    some = np.random.default_rng(0).integers(60, 256, (50, 3), np.uint8)
    assert np.abs(lab(some) - rgb2lab(some / 255)).max() < 0.2


def test_blacks_that_nobody_can_tell_are_alike() -> None:
    """By CIE Lab in the dark #000020 is 29 from black, and yellow 97 from white."""
    assert apart(colour_of("#000020"), colour_of("black")) < 6
    assert apart(colour_of("yellow"), colour_of("white")) > 80
    assert apart(colour_of("navy"), colour_of("white")) > 60
    assert apart((7, 7, 7), (7, 7, 7)) == 0
