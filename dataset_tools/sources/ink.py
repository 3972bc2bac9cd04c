"""Which width and which colour the ink of a vector drawing gets."""

from __future__ import annotations

from dataset_tools.sources.drawing import stable_fraction
from dataset_tools.sources.strokes import INKS, OpenmojiSettings

BLACK = "#000000"


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
