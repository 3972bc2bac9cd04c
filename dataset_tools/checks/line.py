"""Is the line art what a line art should be: ink on a clean sheet, and nothing but the drawing?"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dataset_tools.checks.finding import Finding, graded, require_limits, yes_or_no
from dataset_tools.checks.view import FAINT, INK, View
from lineart.pictures.masks import Mask
from lineart.settings import require

MARGIN = 0.12  # of the shorter side: what lies in it alone is no part of the drawing
SHORTEST = 0.025  # of the shorter side: anything shorter is no mark
EDGE = 0.06  # of the side: a frame runs within
ALONG = 0.8  # of the side: how much of it a frame covers


@dataclass(frozen=True)
class LineLimits:
    """What a line art must be like."""

    min_ink: float = 0.001  # share of the picture that is ink, below which a line art is blank
    max_ink: float = 0.45  # and above which it is flooded
    border: float = 0.5  # share of ink along the border above which black and white are swapped
    specks_doubt: int = (
        10  # specks smaller than half a square of a stroke's width, not in the render
    )
    specks: int = 150
    texture_doubt: float = 0.025  # root mean square of the ink on bare paper
    texture: float = 0.15
    margin_doubt: float = 0.04  # sides: how far ink in the margin extends that the render lacks
    margin: float = 0.8

    def __post_init__(self) -> None:
        for name in ("min_ink", "max_ink", "border"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"qa.checks.line.{name}", value, "0 to 1")
        require_limits(self, "qa.checks.line", ("specks", "texture", "margin"))


def polarity(view: View, limits: LineLimits) -> Finding:
    """The line art is black on white, not white on black."""
    line = view.line
    edge = np.concatenate([line[0], line[-1], line[:, 0], line[:, -1]])
    share = float((edge > INK).mean())
    swapped = share > limits.border and view.share > 0.5
    reason = f"white on black: {share:.0%} of the border is ink"
    return yes_or_no("polarity", not swapped, reason, "invert the line art")


def blank(view: View, limits: LineLimits) -> Finding:
    """The line art has ink at all."""
    least = limits.min_ink
    reason = f"the line art is blank: {view.share:.3%} of it is ink"
    score = round(min(1.0, view.share / (2 * least)), 4) if least else 1.0
    if view.share >= least:
        return Finding("blank", score)
    return Finding("blank", score, reason, "quarantine", fix="deliver the layer that has the ink")


def flooded(view: View, limits: LineLimits) -> Finding:
    """The line art is lines, not areas."""
    most = limits.max_ink
    reason = f"the line art is flooded: {view.share:.0%} of it is ink"
    return graded("flooded", view.share, most, most, reason)


def dirt(view: View, limits: LineLimits) -> Finding:
    """The paper has no specks. What the render shows as well, freckles or a dotted line, is drawn."""
    pieces = view.pieces
    specks = pieces.unseen & (pieces.areas <= max(4.0, 0.5 * view.stroke_width**2))
    count = int(specks.sum())
    reason = f"{count} specks on the paper of the line art are not in the render"
    where = pieces.mask(specks)
    return graded("dirt", count, limits.specks, limits.specks_doubt, reason, where, "erase them")


def texture(view: View, limits: LineLimits) -> Finding:
    """The paper of the line art is white: no grain, no shadow of a scan."""
    paper = 1 - view.halo
    if not paper.any():
        return Finding("texture", 1.0)
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(view.line, mask=paper))
    ink = (mean**2 + deviation**2) ** 0.5
    reason = (
        f"the paper of the line art is not white: grey by {mean:.1%}, uneven by {deviation:.1%}"
    )
    fix = "scan again, or raise the white point"
    return graded("texture", ink, limits.texture, limits.texture_doubt, reason, fix=fix)


def border(view: View, limits: LineLimits) -> Finding:
    """The margin has no frame, crop marks or signature that the render lacks.

    The measure is how far such ink extends, in sides of the picture: a frame along all four has 4.
    """
    frame, sides = _frame(view)
    marks, extent = _marks(view)
    reason = (
        f"a frame runs along {sides} of the four sides of the line art"
        if sides
        else f"marks or a signature in the margin of the line art, {extent:.0%} of its side in all"
    )
    measure, where = sides + extent, frame | marks
    return graded("border", measure, limits.margin, limits.margin_doubt, reason, where, "erase it")


def _frame(view: View) -> tuple[Mask, int]:
    """Lines along the sides of the line art that the render has not; where, and how many."""
    where, sides = np.zeros_like(view.inked), 0
    for turns in range(4):
        ink, ridges = np.rot90(view.inked, turns), np.rot90(view.ridges, turns)
        depth = max(1, round(EDGE * len(ink)))
        covered = ink[:depth].mean(axis=1)
        row = int(covered.argmax())
        there = ink[row] > 0
        if covered[row] >= ALONG and ridges[row][there].mean() < FAINT / 2:
            np.rot90(where, turns)[:depth][covered >= ALONG] = 1
            sides += 1
    return where & view.inked, sides


def _marks(view: View) -> tuple[Mask, float]:
    """Pieces of ink that lie in the margin alone, and how far they extend in sides of the picture."""
    height, width = view.line.shape
    side, pieces = min(height, width), view.pieces
    left, top, across, down = pieces.boxes.T
    reach = MARGIN * side
    outside = (left + across <= reach) | (left >= width - reach)
    outside |= (top + down <= reach) | (top >= height - reach)
    lengths = np.maximum(across, down)
    # What is about as short as a stroke is wide is a speck, and what runs along a side a frame.
    long = lengths > max(1.2 * view.stroke_width, SHORTEST * side)
    chosen = pieces.unseen & outside & long & (lengths < ALONG * side)
    return pieces.mask(chosen), float(lengths[chosen].sum()) / side
