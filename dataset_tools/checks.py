"""The catalogue of checks: what can be wrong with one pair, each a pure function of its two pictures.

A check takes (render, line, settings) and returns one :class:`Finding`: a score, a level and a reason in
words. It measures one thing, and a measure at its limit scores 0.5 in every check, so that scores of
different checks can be ranked against each other. A check never fails: where there is nothing to measure
it finds nothing. To add one, write the function, its settings, and its line in :data:`CHECKS`. The
measures themselves are in :mod:`dataset_tools.measures`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dataset_tools.measures import (
    absent_ink,
    border_ink,
    hidden_ink,
    ink_share,
    offset_of,
    stroke_width,
)
from lineart.images import Picture
from lineart.settings import require

Level = Literal["accept", "doubt", "quarantine"]
LEVELS: tuple[Level, ...] = ("accept", "doubt", "quarantine")  # from best to worst


@dataclass(frozen=True)
class Finding:
    """What one check says of one pair."""

    check: str  # its name
    score: float  # in [0, 1]; 1 is fine, 0.5 is where quarantine begins
    reason: str = ""  # in words, empty if fine
    level: Level = "accept"


@dataclass(frozen=True)
class CheckSettings:
    """The limits of all checks, calibrated on the 2,091 drawings of OpenMoji at 256 pixels."""

    min_side: int = 16  # pixels; a smaller picture is of no use
    min_ink: float = 0.001  # share of the picture that is ink, below which a line art is blank
    max_ink: float = 0.45  # and above which it is flooded
    border: float = 0.5  # share of ink along the border above which black and white are swapped
    shift_doubt: float = 0.75  # pixels between line art and render
    shift: float = 2.5
    shift_fit: float = 0.6  # how well the moved line art must fit to believe in a shift, in [0, 1]
    # Ink that the render does not show, or lacks: so many squares of a stroke's width, or that share of
    # all ink if it is more, is the limit; half of it is the doubt.
    faults_strokes: float = 6.0
    faults_share: float = 0.01
    faults_doubt: float = 0.5
    # Ink must stand out from what surrounds it by this much, a unit of its lightness.
    contrast: float = 0.5
    # Colours that differ less from the ink's, in any channel, are taken for ink.
    likeness: float = 0.1

    def __post_init__(self) -> None:
        require(self.min_side >= 1, "qa.checks.min_side", self.min_side, "1 or more")
        for name in (
            "min_ink",
            "max_ink",
            "border",
            "shift_fit",
            "faults_share",
            "faults_doubt",
            "contrast",
            "likeness",
        ):
            value = getattr(self, name)
            require(0 <= value <= 1, f"qa.checks.{name}", value, "0 to 1")
        for name in ("shift_doubt", "shift", "faults_strokes"):
            value = getattr(self, name)
            require(value > 0, f"qa.checks.{name}", value, "above 0")
        require(
            self.shift_doubt <= self.shift,
            "qa.checks.shift_doubt",
            self.shift_doubt,
            "at most the setting qa.checks.shift",
        )


Check = Callable[[Picture, Picture, CheckSettings], Finding]


def graded(check: str, measure: float, limit: float, doubt: float, reason: str) -> Finding:
    """A finding from a measure that is 0 when all is well: 0.5 at ``limit``, doubt from ``doubt`` on."""
    score = 1 / (1 + measure / limit)
    level: Level = "quarantine" if measure >= limit else "doubt" if measure >= doubt else "accept"
    return Finding(check, round(score, 4), reason if level != "accept" else "", level)


def yes_or_no(check: str, fine: bool, reason: str) -> Finding:
    """A finding without degrees."""
    return Finding(check, 1.0) if fine else Finding(check, 0.0, reason, "quarantine")


def sizes(render: Picture, line: Picture, settings: CheckSettings) -> Finding:
    """Render and line art have one size, and it is large enough."""
    (height, width), (h, w) = render.shape[:2], line.shape
    if (height, width) != (h, w):
        reason = f"the render is {width} x {height} pixels, the line art {w} x {h}"
        return yes_or_no("sizes", False, reason)
    reason = f"{width} x {height} pixels; at least {settings.min_side} a side are wanted"
    return yes_or_no("sizes", min(height, width) >= settings.min_side, reason)


def polarity(render: Picture, line: Picture, settings: CheckSettings) -> Finding:
    """The line art is black on white, not white on black."""
    share = border_ink(line)
    swapped = share > settings.border and ink_share(line) > 0.5
    reason = f"white on black: {share:.0%} of the border is ink; invert the line art"
    return yes_or_no("polarity", not swapped, reason)


def blank(render: Picture, line: Picture, settings: CheckSettings) -> Finding:
    """The line art has ink at all."""
    share = ink_share(line)
    reason = f"the line art is blank: {share:.3%} of it is ink"
    score = min(1.0, share / (2 * settings.min_ink)) if settings.min_ink else 1.0
    if share >= settings.min_ink:
        return Finding("blank", round(score, 4))
    return Finding("blank", round(score, 4), reason, "quarantine")


def flooded(render: Picture, line: Picture, settings: CheckSettings) -> Finding:
    """The line art is lines, not areas."""
    share = ink_share(line)
    reason = f"the line art is flooded: {share:.0%} of it is ink"
    return graded("flooded", share, settings.max_ink, settings.max_ink, reason)


def shift(render: Picture, line: Picture, settings: CheckSettings) -> Finding:
    """The line art lies on the lines of the render, not beside them."""
    dx, dy, fit = offset_of(render, line)
    if fit < settings.shift_fit:
        return Finding("shift", 1.0)
    distance = (dx**2 + dy**2) ** 0.5
    reason = f"the line art is shifted by {distance:.1f} pixels ({dx:+.1f} across, {dy:+.1f} down)"
    return graded("shift", distance, settings.shift, settings.shift_doubt, reason)


def visible(render: Picture, line: Picture, settings: CheckSettings) -> Finding:
    """Every stroke of the line art is seen as ink in the render."""
    hidden = hidden_ink(render, line, settings.contrast)
    return _faults(
        "visible", float(hidden.sum()), line, settings, "does not show as ink in the render"
    )


def missing(render: Picture, line: Picture, settings: CheckSettings) -> Finding:
    """Every stroke and area that the render draws like ink is in the line art."""
    absent = absent_ink(render, line, settings.likeness)
    text = "is missing: the render has areas in the colour of ink that are not in it"
    return _faults("missing", float(absent.sum()), line, settings, text)


def _faults(name: str, area: float, line: Picture, settings: CheckSettings, text: str) -> Finding:
    total = float((line > 0.5).sum())
    if not total:
        return Finding(name, 1.0)
    limit = max(settings.faults_strokes * stroke_width(line) ** 2, settings.faults_share * total)
    reason = f"ink of {area / total:.1%} of the line art {text}"
    return graded(name, area, limit, settings.faults_doubt * limit, reason)


CHECKS: dict[str, Check] = {
    "sizes": sizes,
    "polarity": polarity,
    "blank": blank,
    "flooded": flooded,
    "shift": shift,
    "visible": visible,
    "missing": missing,
}
