"""Is the render fit to be looked at: exposed, of some contrast, in focus?"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dataset_tools.checks.finding import Finding, graded, require_limits
from dataset_tools.checks.view import View
from lineart.pictures.masks import grown, shrunk

DARKEST, LIGHTEST = 0.002, 0.99  # shares of the picture below the ends of its range of grey values
BURNT = 0.996  # a channel from here on holds nothing any more
COLOURED = 0.06  # how far the channels of a colour lie apart
UNCOLOURED = 0.005  # share of colour in a picture that has none
DOUBTFUL = 0.65  # how much of its colour is counted as burnt then
SAMPLED = 4  # every fourth pixel of every fourth row tells enough of colours
RANGE = 9  # pixels a side of the neighbourhood that an edge lies in


@dataclass(frozen=True)
class RenderLimits:
    """What a render must be like."""

    dark_doubt: float = 0.5  # what the lightest hundredth lacks of white
    dark: float = 0.85
    bright_doubt: float = 0.2  # lightness of the darkest, times the share of colours burnt out
    bright: float = 0.6
    flat_doubt: float = 0.6  # what the range of grey values lacks of the whole
    flat: float = 0.9
    blur_doubt: float = 1.2  # pixels: deviation of the Gaussian that would make its edges of steps
    blur: float = 4.0

    def __post_init__(self) -> None:
        require_limits(self, "qa.checks.render", ("dark", "bright", "flat", "blur"))


def dark(view: View, limits: RenderLimits) -> Finding:
    """The render has something light in it."""
    _, lightest = _range(view)
    reason = f"the render is dark: hardly anything in it is lighter than {lightest:.0%}"
    return graded("dark", 1 - lightest, limits.dark, limits.dark_doubt, reason, fix="expose longer")


def bright(view: View, limits: RenderLimits) -> Finding:
    """The render has something dark in it, and its colours are not burnt out.

    Light ink alone is no fault, nor is pure yellow: the measure is the product of both.
    """
    darkest, _ = _range(view)
    red, green, blue = np.moveaxis(view.render[::SAMPLED, ::SAMPLED], 2, 0)
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    coloured = most - least > COLOURED
    # Where there is no colour it may have burnt, or never been there.
    burnt = float((most[coloured] >= BURNT).mean()) if coloured.mean() > UNCOLOURED else DOUBTFUL
    reason = (
        f"the render is bright: hardly anything in it is darker than {darkest:.0%}, and {burnt:.0%} of its "
        f"colours are burnt out"
    )
    measure = darkest * burnt
    return graded("bright", measure, limits.bright, limits.bright_doubt, reason, fix="expose less")


def flat(view: View, limits: RenderLimits) -> Finding:
    """The render has contrast."""
    darkest, lightest = _range(view)
    reason = f"the render is flat: its grey values go from {darkest:.0%} to {lightest:.0%}"
    return graded("flat", 1 - (lightest - darkest), limits.flat, limits.flat_doubt, reason)


def blur(view: View, limits: RenderLimits) -> Finding:
    """The render's strongest edges are sharp.

    A step blurred by a Gaussian is steepest in its middle, by its height over sqrt(2 pi) deviations: the
    range of grey values around an edge against the largest difference of two pixels there gives the
    deviation, whatever the contrast. The median is taken of all places with half of the greatest range.
    """
    grey = view.grey_bytes
    across, down = (
        cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones(two, np.uint8))
        for two in ((1, 2), (2, 1))
    )
    steps = np.maximum(across, down)
    ranges = cv2.subtract(grown(grey, RANGE), shrunk(grey, RANGE))
    strong = ranges >= max(1, int(ranges.max()) // 2)
    if not strong.any():
        return Finding("blur", 1.0)
    steepest = np.maximum(grown(steps, RANGE)[strong], 1)
    deviation = float(np.median(ranges[strong] / steepest)) / (2 * np.pi) ** 0.5
    reason = f"the render is blurred by about {deviation:.1f} pixels"
    fix = "deliver the render in focus, or smaller"
    return graded("blur", deviation, limits.blur, limits.blur_doubt, reason, fix=fix)


def _range(view: View) -> tuple[float, float]:
    """The lightness of the darkest and of the lightest pixels, but for a few."""
    ends = np.searchsorted(view.tones, (DARKEST, LIGHTEST))
    return float(ends[0]) / 255, float(min(ends[1], 255)) / 255
