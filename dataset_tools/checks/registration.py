"""Does the line art lie on the lines of the render: as a whole, and everywhere?

Both are registered by their ridges, dark thin structures, at a size at which a stroke of a bold drawing is
a few pixels wide; where :mod:`.displacement` finds them apart, it is told in pixels of the original.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dataset_tools.checks.displacement import Displacement, displacement, whole_shift
from dataset_tools.checks.finding import Finding, graded
from dataset_tools.checks.view import View
from lineart.pictures.images import Picture, fit
from lineart.pictures.masks import Mask
from lineart.settings import require

REGISTERED = 256  # longer side, in pixels, of what is registered
SMALLEST = 8  # pixels a side, below which nothing is registered
DRIFT_CELLS = 6  # a side, in which drift is looked for
FAINT = 0.1  # ridges fainter than this everywhere are none
LITTLE = 0.1  # of the most ink a cell has; a cell with less is not asked
NEAR = 0.5  # pixels by which a line art may lie off and still be compared pixel by pixel
MENDED = 0.9  # of what does not fit may be left after moving it, to believe that it lies off
EXPLAINED = 0.8  # of the displacements' squares, by which a turn or another scale is named


@dataclass(frozen=True)
class RegistrationLimits:
    """How far a line art may lie from its render."""

    shift_doubt: float = 0.75  # pixels between line art and render as a whole
    shift: float = 2.0
    fit: float = 0.6  # how well the moved line art must fit to believe in a shift, in [0, 1]
    drift_doubt: float = 0.6  # pixels by which part of the ink lies off, once the whole is moved
    drift: float = 1.5
    drift_share: float = 0.08  # how much of the ink that part is
    drift_fit: float = 0.7  # how well a moved cell must fit to believe that it lies off, in [0, 1]
    # And how much of what does not fit may be left by moving it: dark areas beside a stroke pull at it,
    # too, but moving it does not mend them.
    drift_left: float = 0.9

    def __post_init__(self) -> None:
        for name in ("shift_doubt", "shift", "drift_doubt", "drift"):
            value = getattr(self, name)
            require(value > 0, f"qa.checks.registration.{name}", value, "above 0")
        for name in ("fit", "drift_share", "drift_fit", "drift_left"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"qa.checks.registration.{name}", value, "0 to 1")
        for name in ("shift", "drift"):
            value = getattr(self, f"{name}_doubt")
            require(
                value <= getattr(self, name),
                f"qa.checks.registration.{name}_doubt",
                value,
                f"at most the setting qa.checks.registration.{name}",
            )


class Offset(NamedTuple):
    """Where a line art lies; all 0 where nothing can be told."""

    dx: float  # pixels to the right of the render's lines
    dy: float  # pixels below them
    fit: float  # the correlation of the ridges once it is moved back, in [0, 1]
    before: float = 0.0  # and as it is


def shift(view: View, limits: RegistrationLimits) -> Finding:
    """The line art lies on the lines of the render, not beside them."""
    dx, dy, likeness, _ = view.once(offset_of)
    if likeness < limits.fit:
        return Finding("shift", 1.0)
    distance = math.hypot(dx, dy)
    reason = f"the line art is shifted by {distance:.1f} pixels ({dx:+.1f} across, {dy:+.1f} down)"
    fix = f"move it by {-dx:+.1f} pixels across and {-dy:+.1f} down: python -m dataset_tools align"
    return graded("shift", distance, limits.shift, limits.shift_doubt, reason, fix=fix)


def drift(view: View, limits: RegistrationLimits) -> Finding:
    """The line art lies on the render everywhere, not bent, turned or scaled away from it in places."""
    cells = drift_of(view, limits)
    if cells is None:
        return Finding("drift", 1.0)
    distance = np.hypot(cells.dx, cells.dy)
    pixels = _exceeded(distance, cells.weight, limits.drift_share)
    off = (distance >= min(pixels, limits.drift)) & (distance > 0)
    share = cells.weight[off].sum() / cells.weight.sum()
    reason = (
        f"{share:.0%} of the line art lies {pixels:.1f} pixels or more off{_as_if(cells, view)}"
    )
    where = _mask(off, view) if pixels >= limits.drift_doubt else None
    fix = "line it up with the render again where it is marked"
    return graded("drift", pixels, limits.drift, limits.drift_doubt, reason, where, fix)


def offset_of(view: View) -> Offset:
    """How far the line art as a whole lies from the lines of the render."""
    ridges = view.once(_small_ridges)
    if ridges is None:
        return Offset(0.0, 0.0, 0.0)
    drawn, ink, scale = ridges
    found = displacement(drawn, ink, whole_shift(drawn, ink), 1)
    dx, dy = found.dx.item() * scale, found.dy.item() * scale
    before = float(np.vdot(drawn, ink)) / max(cv2.norm(drawn) * cv2.norm(ink), FAINT)
    return Offset(dx, dy, found.fit.item(), before)


def registered(view: View) -> View:
    """The pair with its line art moved onto the render's lines; itself if it lies there, or none can tell.

    For checks that compare the pictures pixel by pixel: a shift is one fault, not three.
    """
    offset = view.once(offset_of)
    mended = 1 - offset.fit <= MENDED * (1 - offset.before)
    if math.hypot(offset.dx, offset.dy) < NEAR or not mended:
        return view
    return View(view.render, moved(view.line, -offset.dx, -offset.dy))


def moved(line: Picture, dx: float, dy: float) -> Picture:
    """A line art ``(H, W)`` moved to the right and down by parts of pixels; paper comes in at the border."""
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    there = cv2.warpAffine(line, matrix, line.shape[::-1], flags=cv2.INTER_CUBIC)
    return np.clip(np.asarray(there, np.float32), 0, 1)


def drift_of(view: View, limits: RegistrationLimits) -> Displacement | None:
    """How far each cell of the line art lies off, in pixels, apart from the shift of the whole.

    Returns:
        ``(6, 6)`` cells, 0 where there is too little ink to tell, or where moving it does not mend what
        does not fit; None if there is nothing to register.
    """
    ridges = view.once(_small_ridges)
    if ridges is None:
        return None
    drawn, ink, scale = ridges
    offset = view.once(offset_of)
    found = displacement(drawn, ink, (offset.dx / scale, offset.dy / scale), DRIFT_CELLS)
    asked = found.weight > LITTLE * found.weight.max()
    mended = 1 - found.fit <= limits.drift_left * (1 - found.before)
    believed = asked & mended & (found.fit >= limits.drift_fit)
    # The whole is where most cells are; its own estimate leans towards those that are off.
    whole_x, whole_y = np.median(found.dx[asked]), np.median(found.dy[asked])
    return dataclasses.replace(
        found,
        dx=np.where(believed, found.dx - whole_x, 0) * scale,
        dy=np.where(believed, found.dy - whole_y, 0) * scale,
        weight=np.where(asked, found.weight, 0),
    )


def _small_ridges(view: View) -> tuple[Picture, Picture, float] | None:
    """Ridges of render and line art, and how many pixels of the original one of theirs is."""
    drawn, ink = fit(view.ridges, REGISTERED), fit(view.line_ridges, REGISTERED)
    if min(drawn.shape) < SMALLEST or drawn.max() < FAINT or ink.max() < FAINT:
        return None
    return drawn, ink, max(view.line.shape) / max(drawn.shape)


def _exceeded(distance: NDArray[np.float64], weight: NDArray[np.float64], share: float) -> float:
    """The distance that ``share`` of the weight has or exceeds."""
    order = np.argsort(-distance, axis=None, kind="stable")
    reached = np.cumsum(weight.flat[order]) >= share * weight.sum()
    return float(distance.flat[order][int(reached.argmax())])


def _as_if(cells: Displacement, view: View) -> str:
    """Whether a turn or another scale explains the displacements, in words."""
    height, width = view.line.shape
    y, x = np.mgrid[: cells.dx.shape[0], : cells.dx.shape[1]] + 0.5
    x, y = x.ravel() * width / cells.dx.shape[1], y.ravel() * height / cells.dx.shape[0]
    weight = np.sqrt(cells.weight.ravel())
    zero, one = np.zeros_like(x), np.ones_like(x)
    # A similarity: growing by s and turning by t moves (x, y) by (s x - t y, t x + s y) and a shift.
    equations = np.concatenate([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)])
    moved = np.concatenate([cells.dx.ravel(), cells.dy.ravel()])
    twice = np.concatenate([weight, weight])
    solved = np.linalg.lstsq(equations * twice[:, None], moved * twice)[0]
    left = (((equations @ solved - moved) * twice) ** 2).sum()
    if left > (1 - EXPLAINED) * ((moved * twice) ** 2).sum():
        return ""
    grown, turned = abs(float(solved[0])), abs(float(solved[1]))
    words = ["turned"] * (turned > grown / 4) + ["of another size"] * (grown > turned / 4)
    return f", as if {' and '.join(words)}"


def _mask(off: NDArray[np.bool_], view: View) -> Mask:
    """The cells that lie off, as far as there is ink: ``(H, W)``."""
    height, width = view.line.shape
    rows, columns = (np.arange(length) * DRIFT_CELLS // length for length in (height, width))
    return np.asarray(off[np.ix_(rows, columns)], np.uint8) & view.ink
