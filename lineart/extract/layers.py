"""The layers of a layered file, from the lowest up: the render, flats, and the ink above them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lineart.extract.flats import flats
from lineart.extract.pixels import transparent
from lineart.pictures.colours import Colour
from lineart.pictures.images import Bytes, Picture

STRIP = 256  # rows merged at a time


class Layer(NamedTuple):
    """A layer as large as the page."""

    name: str
    pixels: Bytes  # (H, W, 3) RGB if it is opaque, else (H, W, 4) RGBA


def layers_of(ink: Picture, colour: Colour, render: Bytes) -> list[Layer]:
    """The layers of a picture, the lowest first.

    Args:
        ink: ``(H, W)`` in [0, 1].
        colour: of the ink.
        render: ``(H, W, 3)`` uint8.
    """
    return [
        Layer("render", render),
        Layer("flats", flats(ink, render)),
        Layer("ink", transparent(ink, colour)),
    ]


def merged(layers: list[Layer]) -> Bytes:
    """What the layers show together, ``(H, W, 3)`` uint8; the lowest is opaque."""
    shown = layers[0].pixels.copy()
    for _, pixels in layers[1:]:
        for top in range(0, len(shown), STRIP):
            rows = slice(top, top + STRIP)
            alpha = pixels[rows, :, 3:] / np.float32(255)
            below = shown[rows].astype(np.float32)
            shown[rows] = np.round(below + (pixels[rows, :, :3] - below) * alpha)
    return shown
