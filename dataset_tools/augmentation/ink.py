"""Ink of another colour: dark blue, sepia, grey, or any dark colour instead of black."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import clamp, merge
from dataset_tools.augmentation.palette import colour_of
from dataset_tools.augmentation.sheet import Colour, Notes, Sheet, darkest_beside, ink_colour
from lineart.pictures.images import Picture, luminance

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
    changes = [line * np.float32(n - o) for n, o in zip(new, old, strict=True)]
    return clamp(render + merge(changes))


def ink(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Draw the lines in dark blue, sepia, grey, or any dark colour instead of black."""
    kind = str(rng.choice([*INKS, "dark"]))
    full = INKS.get(kind) or colour_of(rng.uniform(0, 1), 0.85, rng.uniform(0.06, 0.2))
    old = ink_colour(render, sheet.line)
    # In a dark fill an ink must be darker still.
    room = DARKER * darkest_beside(render, sheet.line) / float(luminance(np.array(full)))
    red, green, blue = (
        round(o + strength * (n * min(1.0, room) - o), 4) for o, n in zip(old, full, strict=True)
    )
    new = (red, green, blue)
    return recolour(render, sheet.line, old, new), {"kind": kind, "colour": new}
