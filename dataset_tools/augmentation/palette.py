"""Colours by hue, saturation and luminance."""

from __future__ import annotations

import colorsys

import numpy as np

from dataset_tools.augmentation.sheet import Colour
from lineart.pictures.images import luminance


def colour_of(hue: float, saturation: float, light: float) -> Colour:
    """The colour of a hue and saturation (HSV) made as light as ``light`` (luminance)."""
    rgb = np.array(colorsys.hsv_to_rgb(hue % 1, saturation, 1), np.float32)
    full = float(luminance(rgb))
    rgb = rgb * light / full if light < full else 1 - (1 - rgb) * (1 - light) / max(1 - full, 1e-6)
    red, green, blue = (round(float(v), 4) for v in np.clip(rgb, 0, 1))
    return red, green, blue
