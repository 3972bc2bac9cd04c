"""The layers of a layered file, from the lowest up: the render, flats, and the ink above them."""

from __future__ import annotations

from typing import NamedTuple

from lineart.extract.flats import flats
from lineart.extract.pixels import Inks, laid_over, transparent
from lineart.pictures.images import Bytes, Picture


class Layer(NamedTuple):
    """A layer as large as the page."""

    name: str
    pixels: Bytes  # (H, W, 3) RGB if it is opaque, else (H, W, 4) RGBA


def layers_of(ink: Picture, inks: Inks, render: Bytes) -> list[Layer]:
    """The layers of a picture, the lowest first.

    Args:
        ink: ``(H, W)`` in [0, 1].
        inks: the colour of the ink, or those of each pixel.
        render: ``(H, W, 3)`` uint8.
    """
    return [
        Layer("render", render),
        Layer("flats", flats(ink, render)),
        Layer("ink", transparent(ink, inks)),
    ]


def merged(layers: list[Layer]) -> Bytes:
    """What the layers show together, ``(H, W, 3)`` uint8; the lowest is opaque."""
    shown = layers[0].pixels
    for _, pixels in layers[1:]:
        shown = laid_over(pixels, shown)
    return shown
