"""Colours as people write them, of ink, paper, and what lies under transparency; and as they look."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from lineart.errors import InputError, unknown_name

Colour = tuple[int, int, int]  # red, green and blue, 0 to 255

WHITE: Colour = (255, 255, 255)
FLARE = (
    0.05  # of white: what a lit room adds to whatever a screen shows (as in the contrast of WCAG 2)
)
# Linear red, green and blue of sRGB to CIE XYZ, each in shares of white (IEC 61966-2-1).
TO_XYZ = np.array([[0.4338, 0.3762, 0.1900], [0.2126, 0.7152, 0.0722], [0.0177, 0.1095, 0.8728]])


def colour_of(text: str) -> Colour:
    """Red, green and blue, 0 to 255, of a colour as people write it.

    Raises:
        InputError: for a name that is none (with the nearest right one), or one with an alpha.

    >>> colour_of("navy"), colour_of("#f00")
    ((0, 0, 128), (255, 0, 0))
    """
    try:
        values = ImageColor.getrgb(text)
    except ValueError as error:
        if text.isalpha():
            close = unknown_name("colour", text, ImageColor.colormap)
            hint = str(close).split(" Known:")[0]  # there are 148
            raise InputError(f"{hint} A colour is a CSS name, #rrggbb or rgb(r, g, b).") from error
        raise InputError(
            f"{text!r} is no colour; wanted is a CSS name, #rrggbb or rgb(r, g, b)."
        ) from error
    if len(values) != 3:
        raise InputError(
            f"The colour {text!r} has an alpha; what is wanted is opaque, so write #rrggbb."
        )
    red, green, blue = values[:3]
    if not 0 <= min(values) <= max(values) <= 255:
        raise InputError(f"The colour {text!r} is out of range; write rgb(r, g, b) from 0 to 255.")
    return red, green, blue


def lab(colours: Colour | NDArray[Any]) -> NDArray[np.floating[Any]]:
    """sRGB ``(..., 3)``, 0 to 255, in CIE Lab, as a screen in a lit room shows it.

    Without the light of the room, blacks that nobody can tell from one another lie far apart.

    >>> lab((255, 255, 255)).round().tolist(), lab((0, 0, 0)).round().tolist()
    ([100.0, 0.0, 0.0], [26.0, 0.0, 0.0])
    """
    share = np.asarray(colours, np.float32) / np.float32(255)
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(np.moveaxis((linear @ TO_XYZ.T + FLARE) / (1 + FLARE), -1, 0))
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def apart(one: Colour, other: Colour) -> float:
    """How far two colours look apart: their distance in :func:`lab`, where about 2 can just be seen."""
    return float(np.linalg.norm(lab(one) - lab(other)))
