"""The catalogue of checks: what can be wrong with one pair, each a pure function of a :class:`View` of it.

A check takes (view, limits) and returns one :class:`Finding`: a score, a level, a reason in words and, where
the fault has a place, a picture of it; the limits are those of its own module. It measures one thing, and a
measure at its limit scores 0.5 in every check, so that scores of different checks can be ranked against each
other. A check never fails: where there is nothing to measure it finds nothing. A finding that is accepted and
has a reason is a note. To add a check, write the function beside its limits, its line in :data:`CHECKS`, and
its title in :data:`TITLES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dataset_tools.checks import agreement, files, line, registration, render, strokes
from dataset_tools.checks.finding import LEVELS, Finding, Level, graded, note, yes_or_no
from dataset_tools.checks.settings import CheckSettings
from dataset_tools.checks.view import View

__all__ = [
    "CHECKS", "LEVELS", "TITLES", "Check", "CheckSettings", "Finding", "Level", "View", "graded", "note",
    "yes_or_no",
]  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A check with its limits: the field of :class:`CheckSettings` that has them."""

    find: Callable[[View, Any], Finding]
    limits: str

    def __call__(self, view: View, settings: CheckSettings) -> Finding:
        """What the check says of a pair."""
        return self.find(view, getattr(settings, self.limits))


# Checks of one pair.
CHECKS: dict[str, Check] = {
    "sizes": Check(files.sizes, "files"),
    "polarity": Check(line.polarity, "line"),
    "blank": Check(line.blank, "line"),
    "flooded": Check(line.flooded, "line"),
    "flat": Check(render.flat, "render"),
    "dark": Check(render.dark, "render"),
    "bright": Check(render.bright, "render"),
    "blur": Check(render.blur, "render"),
    "grey_coded": Check(files.grey_coded, "files"),
    "lossy": Check(files.lossy, "files"),
    "alpha": Check(files.alpha, "files"),
    "profile": Check(files.profile, "files"),
    "texture": Check(line.texture, "line"),
    "dirt": Check(line.dirt, "line"),
    "border": Check(line.border, "line"),
    "shift": Check(registration.shift, "registration"),
    "drift": Check(registration.drift, "registration"),
    "weight": Check(strokes.weight, "strokes"),
    "broken": Check(strokes.broken, "strokes"),
    "visible": Check(agreement.visible, "agreement"),
    "extra": Check(agreement.extra, "agreement"),
    "missing": Check(agreement.missing, "agreement"),
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
