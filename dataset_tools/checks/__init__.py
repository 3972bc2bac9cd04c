"""The catalogue of checks: what can be wrong with one pair, each a pure function of a :class:`View` of it.

A check takes (view, settings) and returns one :class:`Finding`: a score, a level, a reason in words and,
where the fault has a place, a picture of it. It measures one thing, and a measure at its limit scores 0.5
in every check, so that scores of different checks can be ranked against each other. A check never fails:
where there is nothing to measure it finds nothing. A finding that is accepted and has a reason is a note.
To add a check, write the function beside its limits, its line in :data:`CHECKS`, and its title in
:data:`TITLES`.
"""

from __future__ import annotations

from collections.abc import Callable

from dataset_tools.checks import agreement, files, line, registration, render, strokes
from dataset_tools.checks.finding import (
    LEVELS,
    Box,
    Finding,
    Level,
    Mask,
    boxes_of,
    graded,
    note,
    yes_or_no,
)
from dataset_tools.checks.settings import CheckSettings
from dataset_tools.checks.view import View

__all__ = [
    "CHECKS", "LEVELS", "TITLES", "Box", "Check", "CheckSettings", "Finding", "Level", "Mask", "View",
    "boxes_of", "graded", "note", "yes_or_no",
]  # fmt: skip

Check = Callable[[View, CheckSettings], Finding]

# Checks of one pair.
CHECKS: dict[str, Check] = {
    "sizes": files.sizes,
    "polarity": line.polarity,
    "blank": line.blank,
    "flooded": line.flooded,
    "flat": render.flat,
    "dark": render.dark,
    "bright": render.bright,
    "blur": render.blur,
    "grey_coded": files.grey_coded,
    "lossy": files.lossy,
    "alpha": files.alpha,
    "profile": files.profile,
    "texture": line.texture,
    "dirt": line.dirt,
    "border": line.border,
    "shift": registration.shift,
    "drift": registration.drift,
    "weight": strokes.weight,
    "broken": strokes.broken,
    "visible": agreement.visible,
    "extra": agreement.extra,
    "missing": agreement.missing,
}

# All kinds of faults, those between pairs, too, in the order in which the first reason of a pair is looked
# up: causes before what follows from them.
TITLES: dict[str, str] = {
    "decodes": "A file cannot be read",
    "sizes": "Sizes differ, or are too small",
    "polarity": "Line art is white on black",
    "blank": "Line art is blank",
    "flooded": "Line art is flooded with ink",
    "partner": "Line art of another drawing",
    "flat": "Render without contrast",
    "dark": "Render too dark",
    "bright": "Render too bright",
    "blur": "Render out of focus",
    "grey_coded": "Ink grey, coloured or blurred",
    "lossy": "Traces of lossy compression",
    "alpha": "A file was transparent",
    "profile": "Colour profile, orientation or frames",
    "texture": "Texture or shadow of paper",
    "dirt": "Specks of dirt",
    "border": "Frame, crop marks or signature",
    "shift": "Line art shifted",
    "drift": "Line art bent, turned or scaled in places",
    "weight": "Strokes too bold or too thin",
    "broken": "Strokes broken",
    "visible": "Ink that the render does not show",
    "extra": "Strokes that the render lacks",
    "missing": "Ink missing that the render shows",
    "duplicate": "The same render again",
    "near": "Nearly the same drawing again",
}
