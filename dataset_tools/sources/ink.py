"""Which width and which colour the ink of a vector drawing gets."""

from __future__ import annotations

from dataset_tools.sources.drawing import stable_fraction
from dataset_tools.sources.strokes import INKS, OpenmojiSettings

BLACK = "#000000"


def changes(size: int, settings: OpenmojiSettings, weight: float = 1.0) -> list[str]:
    """What drawing a vector changes in it, for people who have to be told.

    Args:
        size: pixels of the longer side.
        settings: how its ink varies.
        weight: factor of all stroke widths besides.
    """
    told = [f"rasterised at {size} pixels"]
    low, high = (factor * weight for factor in settings.stroke)
    if (low, high) != (1.0, 1.0):
        told.append(f"stroke widths of the ink multiplied by {low:g} to {high:g}")
    if settings.recolour:
        told.append(f"the ink of {settings.recolour:.0%} of the drawings recoloured")
    return told


def ink_for(name: str, settings: OpenmojiSettings) -> tuple[float, str]:
    """The factor of the stroke width and the colour of the ink of a drawing; both hang on its name alone.

    >>> ink_for("1F600", OpenmojiSettings())
    (1.0, '#000000')
    """
    low, high = settings.stroke
    factor = round(low + (high - low) * stable_fraction(f"stroke:{name}"), 3)
    if stable_fraction(f"recolour:{name}") >= settings.recolour:
        return factor, BLACK
    return factor, INKS[int(stable_fraction(f"ink:{name}") * len(INKS))]
