"""What the artist could have done otherwise: the colour of the ink, and texture in the fills.

Each op is ``(render, sheet, rng, strength) -> (render, notes)`` with the strength in [0, 1].
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator

from dataset_tools.backgrounds import Colour, Notes, Sheet, colour_of, ink_colour
from dataset_tools.fields import cloud, coordinates, frame, ramp, shade, smooth_noise
from lineart.images import Picture, luminance

DARKER = 0.6  # ink has at most this part of the luminance of the darkest fill beside it

INKS: dict[str, Colour] = {
    "navy": (0.07, 0.12, 0.38),
    "sepia": (0.36, 0.23, 0.12),
    "grey": (0.36, 0.36, 0.37),
    "umber": (0.26, 0.16, 0.12),
}


def recolour(render: Picture, line: Picture, old: Colour, new: Colour) -> Picture:
    """Change the colour of the ink: ``render + line * (new - old)``, exact on anti-aliased edges.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink is 1.
        old: the ink's colour in the render.
        new: the colour it gets.
    """
    change = np.array(new, np.float32) - np.array(old, np.float32)
    return np.clip(render + line[..., None] * change, 0, 1)


def ink(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Draw the lines in dark blue, sepia, grey, or any dark colour instead of black."""
    kind = str(rng.choice([*INKS, "dark"]))
    full = INKS.get(kind) or colour_of(rng.uniform(0, 1), 0.85, rng.uniform(0.06, 0.2))
    old = ink_colour(render, sheet.line)
    # In a dark fill an ink must be darker still.
    room = DARKER * _darkest_beside(render, sheet.line) / float(luminance(np.array(full)))
    red, green, blue = (
        round(o + strength * (n * min(1.0, room) - o), 4) for o, n in zip(old, full, strict=True)
    )
    new = (red, green, blue)
    return recolour(render, sheet.line, old, new), {"kind": kind, "colour": new}


def _darkest_beside(render: Picture, line: Picture) -> float:
    """The luminance of the darkest fills beside ink (their fifth percentile); 1 if there is no ink."""
    around = cv2.dilate(line, np.ones((5, 5), np.uint8))
    every_other = np.s_[::2, ::2]
    beside = ((around > 0.5) & (line < 0.02))[every_other]
    lights = luminance(render[every_other][beside])
    return float(np.quantile(lights, 0.05)) if lights.size else 1.0


def fills(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Hatching, painted mottling, a screen of dots or a soft gradient in the fills, of low contrast."""
    shape = frame(render)
    side = max(shape)
    kind = str(rng.choice(("hatching", "paint", "dots", "gradient")))
    field: Picture
    x, y = coordinates(shape)
    angle = rng.uniform(0, math.pi)
    u = (x * math.cos(angle) + y * math.sin(angle)) * side
    v = (y * math.cos(angle) - x * math.sin(angle)) * side
    period = rng.uniform(6, 12) * max(1.0, side / 512)
    if kind == "hatching":
        wobble = smooth_noise(rng, shape, 0.08 * side) * np.float32(period / 3)
        hatching = ramp(np.cos((u + wobble) * np.float32(2 * math.pi / period)), 0.1, 0.9)
        field = hatching * ramp(cloud(rng, shape, 0.2 * side, 3), 0.3, 0.6)
    elif kind == "dots":
        turn = np.float32(2 * math.pi / period)
        dots = ramp(np.cos(u * turn) + np.cos(v * turn), 0.4, 1.2)
        field = dots * ramp(cloud(rng, shape, 0.3 * side, 2), 0.25, 0.6)
    elif kind == "paint":
        field = cloud(rng, shape, 0.12 * side)
    else:
        field = ramp(u, -0.5 * side, 0.5 * side)
    depth = strength * rng.uniform(0.5, 1) * (0.3 if kind in ("paint", "gradient") else 0.16)
    filled = (1 - sheet.bare) * (1 - sheet.line)
    factor = 1 - np.float32(depth) * field * filled
    return shade(render, factor), {"kind": kind, "depth": depth}
