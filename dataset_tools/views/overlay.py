"""A pair in one picture, with a fault marked: for the eyes of whoever reviews it."""

from __future__ import annotations

import numpy as np

from lineart.errors import InputError
from lineart.pictures.images import Picture, luminance
from lineart.pictures.masks import Mask, grown

RED, YELLOW, BLUE = (0.85, 0.1, 0.1), (1.0, 0.82, 0.0), (0.0, 0.35, 0.9)
FADED = 0.45  # how much of the render's contrast is left
TINT = 0.75  # how much a fault's pixels take on its colour
# of the longer side: how far the ring is from a fault, how broad it is
RING, BROAD = 1 / 80, 1 / 250


def overlay(render: Picture, line: Picture, where: Mask | None = None) -> Picture:
    """The line art in red on the render, greyed and light; a fault in yellow with a blue ring around it.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink 1.
        where: ``(H, W)``, 1 where the fault is; None or all 0 if there is none.

    Returns:
        ``(H, W, 3)`` in [0, 1].

    Raises:
        InputError: if the three differ in size.
    """
    shapes = {render.shape[:2], line.shape, line.shape if where is None else where.shape}
    if len(shapes) > 1:
        sizes = ", ".join(f"{width} x {height}" for height, width in sorted(shapes))
        raise InputError(f"Pictures of {sizes} pixels cannot be laid over each other.")
    grey = 1 - FADED * (1 - luminance(render))
    picture = np.repeat(grey[..., None], 3, axis=2)
    picture = _mixed(picture, line, RED)
    if where is None or not where.any():
        return picture
    inner = max(2, round(RING * max(where.shape)))
    outer = inner + max(1, round(BROAD * max(where.shape)))
    ring = grown(where, 2 * outer + 1) - grown(where, 2 * inner + 1)
    picture = _mixed(picture, TINT * where, YELLOW)
    return _mixed(picture, ring, BLUE)


def _mixed(picture: Picture, share: Picture | Mask, colour: tuple[float, float, float]) -> Picture:
    cover = share.astype(np.float32)[..., None]
    return np.asarray(picture * (1 - cover) + cover * np.array(colour, np.float32), np.float32)
