"""Do render and line art show the same ink? Each of three checks has one question.

``visible``: is what the line art has as ink seen as *ink* in the render, or is it white lettering, say?
``extra``: does the render have *anything* where the line art has a stroke?
``missing``: does the line art have all that the render draws like ink?

A line art that lies beside its render is first moved onto it: a shift is another check's business. The
last two look at pictures in which a stroke is at most four pixels wide: what is a stroke's width large is
seen there as well, in a tenth of the time. Hair-thin drawings are looked at as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dataset_tools.checks.finding import Finding, graded
from dataset_tools.checks.registration import registered
from dataset_tools.checks.view import INK, SOLID, View
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.masks import Mask, grown, shrunk, without_specks
from lineart.settings import require

DARK = 0.1  # a pixel this much lighter than the darkest ink, or less, is ink
LIGHTEST = 0.5  # ink this light is not taken as the measure of what is dark
STROKE = 4.0  # pixels: wider strokes are looked at smaller
RIM = 0.1  # ink this faint is the rim of a stroke, and what is beside it is near ink
FLAT = 0.06  # differences within the render below this are none, however faint its lines


@dataclass(frozen=True)
class AgreementLimits:
    """How much ink may be in one picture and not in the other."""

    # So many squares of a stroke's width, or that share of all ink if it is more, are the limit of each
    # check; half of it is the doubt.
    visible: float = 6.0
    missing: float = 3.0
    extra: float = 4.0
    share: float = 0.01
    doubt: float = 0.5
    contrast: float = 0.5  # seen ink stands out from its surroundings by this part of its lightness
    likeness: float = 0.1  # colours that differ less from the ink's, in any channel, are like ink
    ridge: float = 0.75  # dark ridges this strong, a part of the ink's usual strength, are strokes
    support: float = 0.35  # ink has support where the render varies by this part of what is usual

    def __post_init__(self) -> None:
        for name in ("share", "doubt", "contrast", "likeness", "ridge", "support"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"qa.checks.agreement.{name}", value, "0 to 1")
        for name in ("visible", "missing", "extra"):
            value = getattr(self, name)
            require(value > 0, f"qa.checks.agreement.{name}", value, "above 0")


@dataclass(frozen=True, eq=False)
class Reduced:
    """A pair at the size at which its strokes are at most four pixels wide."""

    render: Bytes  # (h, w, 3)
    grey: Bytes  # (h, w), the lightness of the render
    line: Picture  # (h, w), ink 1
    width: float  # of the strokes, in its own pixels


def visible(view: View, limits: AgreementLimits) -> Finding:
    """Every stroke of the line art is seen as ink in the render."""
    view = view.once(registered)
    hidden = hidden_ink(view, limits.contrast)
    area = float(hidden.sum()) / view.stroke_width**2
    text = "does not show as ink in the render"
    return _faults("visible", area, hidden, view, limits, text, "erase it, or ink it in the render")


def extra(view: View, limits: AgreementLimits) -> Finding:
    """No stroke of the line art is where the render has nothing."""
    view = view.once(registered)
    added = extra_ink(view, limits.support)
    area = float(added.sum()) / view.once(reduced).width ** 2
    text = "is extra: the render has nothing there"
    return _faults("extra", area, _enlarged(added, view), view, limits, text, "erase it")


def missing(view: View, limits: AgreementLimits) -> Finding:
    """Every stroke and area that the render draws like ink is in the line art."""
    view = view.once(registered)
    absent = absent_ink(view, limits.likeness, limits.ridge)
    area = float(absent.sum()) / view.once(reduced).width ** 2
    text = "is missing: the render has strokes or areas like ink that are not in it"
    return _faults("missing", area, _enlarged(absent, view), view, limits, text, "draw it")


def reduced(view: View) -> Reduced:
    """The pair at the size at which its strokes are at most four pixels wide."""
    scale = min(1.0, STROKE / view.stroke_width)
    size = tuple(max(1, round(length * scale)) for length in view.line.shape[::-1])
    render, line = view.render, view.line
    if scale < 1:
        render = np.asarray(cv2.resize(render, size, interpolation=cv2.INTER_AREA), np.float32)
        line = np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_AREA), np.float32)
    pixels = np.asarray(cv2.convertScaleAbs(render, alpha=255), np.uint8)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return Reduced(pixels, grey, line, max(1.0, view.stroke_width * scale))


def hidden_ink(view: View, contrast: float) -> Mask:
    """Where the line art has ink and the render shows none: white or coloured lettering, areas.

    A pixel of ink is seen if it is nearly as dark as the darkest ink of the drawing, or if it stands out
    from the paper around it, within a stroke's width, by ``contrast`` times its own lightness above that
    ink. So black, brown and dark blue lines pass on what is lighter, and a white letter on a dark sign,
    or a grey area that the line art fills with black, does not. Specks below a square of the stroke's
    width are left out.

    Returns:
        ``(H, W)``, 1 where ink is hidden.
    """
    width, grey, core = view.stroke_width, view.grey, view.core
    if not core.any():
        return core
    darkest = min(float(np.percentile(grey[core > 0], 5)), LIGHTEST)
    # One pixel of tolerance.
    lighter = shrunk(grey, 3) - darkest
    suspect = np.asarray((lighter > DARK) & (core > 0), np.uint8)
    if not suspect.any():
        return suspect
    paper = (grown(view.line, 3) < RIM).astype(np.float32)
    # As far as a stroke is wide, and two pixels for the rims of its own side and of the paper's.
    side = 2 * round(width + 2) + 1
    count = cv2.boxFilter(paper, -1, (side, side), normalize=False)
    around = cv2.boxFilter(grey * paper, -1, (side, side), normalize=False) / np.maximum(count, 1)
    stands_out = (count > 0) & (around - darkest - lighter >= contrast * lighter)
    return without_specks(suspect & ~stands_out, max(width**2, 4))


def extra_ink(view: View, support: float) -> Mask:
    """Where the line art has a stroke and the render is flat: nothing darker, lighter or of another colour.

    A pixel of ink has support if the render varies around it, as far as half a stroke and a pixel, by
    ``support`` times what is usual along this drawing's ink, or if it is as dark as the drawing's ink.
    Only strokes are looked at, and the rims of areas, for inside an area everything is flat.

    Returns:
        ``(h, w)`` of the reduced pair, 1 where ink is extra; specks below half a square of the stroke's
        width are left out.
    """
    small = view.once(reduced)
    ink = np.asarray(small.line > INK, np.uint8)
    if not ink.any():
        return ink
    kernel = np.ones((2 * round(small.width / 2 + 1) + 1,) * 2, np.uint8)
    varies = (cv2.dilate(small.render, kernel) - cv2.erode(small.render, kernel)).max(axis=2)
    flat = varies < max(support * float(np.median(varies[ink > 0])), 255 * FLAT)
    darkest = min(float(np.percentile(small.grey[ink > 0], 5)), 255 * LIGHTEST)
    light = shrunk(small.grey, 3) > darkest + 255 * DARK
    depth = np.asarray(cv2.distanceTransform(ink, cv2.DIST_L2, 5), np.float32)
    added = (ink > 0) & flat & light & (depth <= small.width / 2 + 1)
    return _without_specks(added.astype(np.uint8), small)


def absent_ink(view: View, likeness: float, ridge: float) -> Mask:
    """Where the render has what looks like the drawing's ink and the line art has none near.

    Areas, and strokes, in the very colour of the ink; and dark ridges of any colour that are as strong as
    ``ridge`` times the ink's usual ones and as dark as most of the ink.

    Returns:
        ``(h, w)`` of the reduced pair, 1 where ink is absent, more than a pixel from any ink; specks below
        half a square of the stroke's width are left out.
    """
    small = view.once(reduced)
    ink = _inside_of_ink(small)
    if not ink.any():
        return ink
    tones = small.grey[ink > 0]
    strength = _ridges(small)
    usual = float(np.median(strength[ink > 0]))
    like = (strength >= max(ridge * usual, 255 * DARK)) & (
        small.grey <= np.percentile(tones, 75) + 255 * DARK
    )
    absent = like.astype(np.uint8)
    darkest = float(np.percentile(tones, 5))
    if darkest <= 255 * LIGHTEST:
        chosen = (ink > 0) & (small.grey <= darkest + 255 * DARK)
        colour, reach = np.median(small.render[chosen], axis=0), 255 * likeness
        alike = cv2.inRange(small.render, colour - reach, colour + reach)
        absent |= np.asarray(alike, np.uint8) // 255
    near = grown(np.asarray(small.line > RIM, np.uint8), 3)
    return _without_specks(absent & (1 - near), small)


def _faults(
    name: str, area: float, where: Mask, view: View, limits: AgreementLimits, text: str, fix: str
) -> Finding:
    """A finding from an area in squares of a stroke's width."""
    total = float(view.ink.sum()) / view.stroke_width**2
    if not total:
        return Finding(name, 1.0)
    limit = max(getattr(limits, name), limits.share * total)
    reason = f"ink of {area / total:.1%} of the line art {text}"
    return graded(name, area, limit, limits.doubt * limit, reason, where, fix)


def _inside_of_ink(small: Reduced) -> Mask:
    """The ink without its rims, as far as the strokes are wide enough to have an inside."""
    solid = np.asarray(small.line > SOLID, np.uint8)
    inside = shrunk(solid, 3) if small.width >= STROKE - 0.5 else solid
    return inside if inside.any() else np.asarray(small.line > INK, np.uint8)


def _ridges(small: Reduced) -> Bytes:
    side = 2 * max(2, round(small.width)) + 1
    kernel = np.ones((side, side), np.uint8)
    return np.asarray(cv2.morphologyEx(small.grey, cv2.MORPH_BLACKHAT, kernel), np.uint8)


def _without_specks(mask: Mask, small: Reduced) -> Mask:
    return without_specks(mask, max(small.width**2 / 2, 3)) if mask.any() else mask


def _enlarged(mask: Mask, view: View) -> Mask:
    """A mask of the reduced pair at the size of the pair."""
    if mask.shape == view.line.shape:
        return mask
    size = view.line.shape[::-1]
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)
