"""Ink as pixels of a colour: on white paper, or alone with its darkness as alpha."""

from __future__ import annotations

import cv2
import numpy as np

from lineart.pictures.colours import Colour
from lineart.pictures.images import PNG_OPTIONS, Bytes, Picture, to_bytes


def on_paper(ink: Picture, colour: Colour) -> Bytes:
    """Ink of a colour on white paper: ``(H, W)`` for black, else ``(H, W, 3)`` RGB; uint8."""
    pale = to_bytes(ink)
    if colour == (0, 0, 0):
        return 255 - pale
    shades = np.arange(256) / 255  # of ink
    tables = [np.round(255 + shades * (channel - 255)).astype(np.uint8) for channel in colour]
    return np.stack([table[pale] for table in tables], axis=-1)


def transparent(ink: Picture, colour: Colour) -> Bytes:
    """Ink as the alpha of a colour: ``(H, W, 4)`` RGBA, uint8."""
    pixels = np.empty((*ink.shape, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = to_bytes(ink)
    return pixels


def encode_rgba(pixels: Bytes) -> bytes:
    """PNG bytes of an RGBA picture, ``(H, W, 4)`` uint8."""
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA), PNG_OPTIONS)
    assert done, "OpenCV could not encode a PNG"
    return data.tobytes()
