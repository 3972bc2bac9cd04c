"""Colours as people write them: of ink, and of what lies under transparency."""

from __future__ import annotations

from PIL import ImageColor

from lineart.errors import InputError, unknown_name

Colour = tuple[int, int, int]  # red, green and blue, 0 to 255

WHITE: Colour = (255, 255, 255)


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
