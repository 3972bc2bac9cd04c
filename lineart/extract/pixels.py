"""Ink as pixels of a colour, or of many: on paper, or alone with its darkness as alpha."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np

from lineart.pictures.colours import WHITE, Colour
from lineart.pictures.images import PNG_OPTIONS, Bytes, Picture, to_bytes

Inks: TypeAlias = Colour | Bytes  # one colour, or that of each pixel: (H, W, 3) RGB

STRIP = 256  # rows laid over others at a time


def on_paper(ink: Picture, colour: Inks, paper: Colour = WHITE) -> Bytes:
    """Ink on paper: ``(H, W)`` for black on white or white on black, else ``(H, W, 3)`` RGB; uint8."""
    if not isinstance(colour, tuple):
        return laid_over(
            transparent(ink, colour), np.broadcast_to(np.array(paper, np.uint8), colour.shape)
        )
    pale = to_bytes(ink)
    shades = np.arange(256) / 255  # of ink
    tables = [
        np.round(below + shades * (channel - below)).astype(np.uint8)
        for channel, below in zip(colour, paper, strict=True)
    ]
    if {colour, paper} == {(0, 0, 0), WHITE}:
        return tables[0][pale]
    return np.stack([table[pale] for table in tables], axis=-1)


def laid_over(ink: Bytes, below: Bytes) -> Bytes:
    """What ink, ``(H, W, 4)`` RGBA, and a picture below it show together: ``(H, W, 3)`` uint8."""
    merged = np.empty(below.shape, np.uint8)
    for top in range(0, len(below), STRIP):
        rows = slice(top, top + STRIP)
        alpha = ink[rows, :, 3:] / np.float32(255)
        under = below[rows].astype(np.float32)
        merged[rows] = np.round(under + (ink[rows, :, :3] - under) * alpha)
    return merged


def transparent(ink: Picture, colour: Inks) -> Bytes:
    """Ink as the alpha of its colours: ``(H, W, 4)`` RGBA, uint8."""
    pixels = np.empty((*ink.shape, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = to_bytes(ink)
    return pixels


def encode_rgba(pixels: Bytes) -> bytes:
    """PNG bytes of an RGBA picture, ``(H, W, 4)`` uint8."""
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA), PNG_OPTIONS)
    assert done, "OpenCV could not encode a PNG"
    return data.tobytes()
