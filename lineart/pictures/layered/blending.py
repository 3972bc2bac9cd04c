"""Blend modes: what one picture drawn over another gives.

The arithmetic is that of W3C *Compositing and Blending Level 1* on sRGB values, which OpenRaster names
its operators after; the modes that it lacks are those of Photoshop and Krita.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.floating[Any]]  # float32
Blend = Callable[[Float, Float], Float]  # (below, above), both (..., 3) in [0, 1]

LUMA = np.array([0.3, 0.59, 0.11], np.float32)


def _dodge(below: Float, above: Float) -> Float:
    bright = np.minimum(1, below / np.maximum(1 - above, 1e-6))
    return np.where(below <= 0, 0, bright)


def _burn(below: Float, above: Float) -> Float:
    dark = 1 - np.minimum(1, (1 - below) / np.maximum(above, 1e-6))
    return np.where(below >= 1, 1, dark)


def _hard_light(below: Float, above: Float) -> Float:
    return np.where(above <= 0.5, 2 * below * above, 1 - 2 * (1 - below) * (1 - above))


def _soft_light(below: Float, above: Float) -> Float:
    low = below <= 0.25
    root = np.where(low, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    darker = below - (1 - 2 * above) * below * (1 - below)
    return np.where(above <= 0.5, darker, below + (2 * above - 1) * (root - below))


def _soft_light_root(below: Float, above: Float) -> Float:
    darker = below - (1 - 2 * above) * below * (1 - below)
    return np.where(above <= 0.5, darker, below + (2 * above - 1) * (np.sqrt(below) - below))


def _vivid_light(below: Float, above: Float) -> Float:
    return np.where(above <= 0.5, _burn(below, 2 * above), _dodge(below, 2 * above - 1))


def _pin_light(below: Float, above: Float) -> Float:
    return np.where(above <= 0.5, np.minimum(below, 2 * above), np.maximum(below, 2 * above - 1))


def _divide(below: Float, above: Float) -> Float:
    share = np.minimum(1, below / np.maximum(above, 1e-6))
    return np.where(above <= 0, np.where(below <= 0, 0, 1), share)


def _with_luma(colour: Float, luma: Float) -> Float:
    """A colour moved to another luma, clipped along the way to grey (W3C SetLum)."""
    colour = colour + (luma - colour @ LUMA)[..., None]
    grey = (colour @ LUMA)[..., None]
    low, high = colour.min(-1, keepdims=True), colour.max(-1, keepdims=True)
    under = grey + (colour - grey) * grey / np.maximum(grey - low, 1e-6)
    colour = np.where(low < 0, under, colour)
    over = grey + (colour - grey) * (1 - grey) / np.maximum(high - grey, 1e-6)
    return np.where(high > 1, over, colour)


def _with_saturation(colour: Float, saturation: Float) -> Float:
    """A colour stretched to another spread between its channels (W3C SetSat)."""
    low, spread = colour.min(-1, keepdims=True), np.ptp(colour, axis=-1, keepdims=True)
    return np.where(spread > 0, (colour - low) / np.maximum(spread, 1e-6), 0) * saturation


def _hue(below: Float, above: Float) -> Float:
    spread = np.ptp(below, axis=-1, keepdims=True)
    return _with_luma(_with_saturation(above, spread), below @ LUMA)


def _saturation(below: Float, above: Float) -> Float:
    spread = np.ptp(above, axis=-1, keepdims=True)
    return _with_luma(_with_saturation(below, spread), below @ LUMA)


MODES: dict[str, Blend | None] = {
    "normal": None,
    "erase": None,
    "multiply": lambda below, above: below * above,
    "screen": lambda below, above: below + above - below * above,
    "overlay": lambda below, above: _hard_light(above, below),
    "darken": np.minimum,
    "lighten": np.maximum,
    "color-dodge": _dodge,
    "color-burn": _burn,
    "hard-light": _hard_light,
    "soft-light": _soft_light,
    "soft-light-root": _soft_light_root,
    "difference": lambda below, above: np.abs(below - above),
    "exclusion": lambda below, above: below + above - 2 * below * above,
    "add": lambda below, above: np.minimum(1, below + above),
    "subtract": lambda below, above: np.maximum(0, below - above),
    "divide": _divide,
    "linear-burn": lambda below, above: np.maximum(0, below + above - 1),
    "linear-light": lambda below, above: np.clip(below + 2 * above - 1, 0, 1),
    "vivid-light": _vivid_light,
    "pin-light": _pin_light,
    "hue": _hue,
    "saturation": _saturation,
    "color": lambda below, above: _with_luma(above, below @ LUMA),
    "luminosity": lambda below, above: _with_luma(below, above @ LUMA),
}


def blend(below: Float, above: Float, mode: str = "normal", atop: bool = False) -> Float:
    """Draw one picture over another.

    Args:
        below: ``(..., 4)``, colours multiplied by alpha.
        above: the same.
        mode: a name in :data:`MODES`; ``erase`` takes away what is below.
        atop: whether ``above`` shows only where ``below`` is.

    Returns:
        ``(..., 4)``, colours multiplied by alpha.
    """
    cover, under = above[..., 3:], below[..., 3:]
    if mode == "erase":
        return below * (1 - cover)
    formula = MODES[mode]
    if formula is None:
        shown_above = above * under if atop else above
    else:
        mixed = formula(colours(below), colours(above)) * (cover * under)
        alone = 0 if atop else above[..., :3] * (1 - under)
        shown_above = np.concatenate([mixed + alone, cover * under if atop else cover], axis=-1)
    return shown_above + below * (1 - cover)


def colours(picture: Float) -> Float:
    """Colours no longer multiplied by alpha; black where there is nothing."""
    return np.clip(picture[..., :3] / np.maximum(picture[..., 3:], 1e-6), 0, 1)
