"""Are the strokes of the line art whole, and as wide as those of the render?

Both are asked of the render: a dashed line and a brush stroke of many widths are the artist's business, as
long as the render has them, too. Where it shows no strokes nothing is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from dataset_tools.checks.finding import Finding, graded, require_limits
from dataset_tools.checks.view import FAINT, View
from lineart.pictures.images import Picture
from lineart.pictures.masks import Mask, depth, grown

THINNED = 4  # pixels: strokes are shrunk to this width before they are thinned
BACK = 5  # pixels of the thinned stroke that its direction at the end is taken from
# half strokes beyond the end at which the render is asked whether the stroke goes on
AHEAD = 1.1, 1.7
TURNS = (0, -25, 25, -50, 50)  # degrees by which it may turn there
RIM = 0.25  # of the way from ink to white: where a stroke of the render ends
HAIR = 3  # pixels: strokes up to this width are hairlines
AROUND = 1 / 64  # of the longer side: so much further paper may be from the middle of a stroke
DARKER, LIGHTER = 0.1, 0.15  # what is still as dark as the stroke, and what is beside it
ROWS, COLUMNS = np.array([(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]).T

Points = NDArray[np.float64]  # (N, 2), row and column in pixels


@dataclass(frozen=True)
class StrokeLimits:
    """What strokes must be like."""

    cuts_doubt: int = 1  # ends of strokes that go on in the render
    cuts: int = 8
    weight_doubt: float = 0.8  # octaves between the widths in both pictures: 1 is twice or half
    weight: float = 2.5

    def __post_init__(self) -> None:
        require_limits(self, "qa.checks.strokes", ("cuts", "weight"))


def broken(view: View, limits: StrokeLimits) -> Finding:
    """No stroke of the line art ends where it goes on in the render."""
    cuts = cut_ends(view)
    reason = f"ends of strokes in the line art that go on in the render: {len(cuts)}"
    where = np.zeros(view.line.shape, np.uint8)
    for row, column in np.round(cuts).astype(int):
        cv2.circle(where, (column, row), round(view.stroke_width) + 1, 1, -1)
    fix = "close the gaps"
    return graded("broken", len(cuts), limits.cuts, limits.cuts_doubt, reason, where, fix)


def weight(view: View, limits: StrokeLimits) -> Finding:
    """The strokes are as wide as the render's, in the middle of which they run."""
    widths = widths_of(view)
    if widths is None:
        return Finding("weight", 1.0)
    own, drawn = widths
    # Widths are known to a pixel on either side: of two hairlines none can be called the wider.
    octaves = abs(float(np.log2(own / drawn))) if max(own, drawn) > HAIR else 0.0
    reason = f"the strokes are {own:.1f} pixels wide, those of the render {drawn:.1f}"
    return graded("weight", octaves, limits.weight, limits.weight_doubt, reason)


def widths_of(view: View) -> tuple[float, float] | None:
    """The typical width of the strokes in the line art, and of what is dark below them in the render.

    Returns:
        Both in pixels; None where less than half of the strokes stand out from what is around them in the
        render.
    """
    middle = view.middle
    if not middle.any():
        return None
    own = 2 * view.distance[middle] - 1
    reach = 2 * round(2 * view.stroke_width + AROUND * max(view.line.shape)) + 1
    around, grey = grown(view.grey_bytes, reach)[middle], view.grey_bytes[middle]
    if (around >= grey + 255.0 * LIGHTER).mean() < 0.5:
        return None
    ink = float(np.median(grey)) / 255
    dark = np.asarray(view.grey < ink + RIM * (1 - ink), np.uint8)
    drawn = 2 * depth(dark)[middle] - 1
    return max(_typical(own), 1.0), max(_typical(drawn), 1.0)


def _typical(values: Picture) -> float:
    """The mean of the middle half: finer than a median of few different values, and as unmoved by areas."""
    ordered, quarter = np.sort(values), len(values) // 4
    return float(ordered[quarter : len(values) - quarter].mean())


def cut_ends(view: View) -> Points:
    """Ends of strokes beyond which the render goes on: dark, thin, and with no ink in the line art."""
    tips, ways = ends_of(view)
    half, grey = view.stroke_width / 2 + 1.5, view.grey
    dark = _at(grey, tips - ways * half / 2) + DARKER
    cut = np.zeros(len(tips), bool)
    for turn in np.deg2rad(TURNS):
        way = ways @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        goes_on = np.ones(len(tips), bool)
        for far in AHEAD:
            ahead = tips + way * far * half
            goes_on &= (_at(grey, ahead) <= dark) & (_at(view.line, ahead) < FAINT)
        aside = way[:, ::-1] * (1, -1)
        for side in (aside, -aside):
            around = [_at(grey, ahead + side * far * half) for far in (1.3, 1.9)]
            goes_on &= np.maximum(*around) > dark - DARKER + LIGHTER
        cut |= goes_on
    return tips[cut]


def ends_of(view: View) -> tuple[Points, Points]:
    """The ends of the strokes, and the directions, of length 1, in which they run out.

    Strokes are thinned at a size at which they are a few pixels wide: quick, and free of the spurs that
    the rims of wide strokes grow. Spurs that are left, shorter than :data:`BACK`, are no strokes.
    """
    height, width = view.line.shape
    scale = min(1.0, THINNED / view.stroke_width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(view.line, size, interpolation=cv2.INTER_AREA) if scale < 1 else view.line
    thin: Mask = np.pad(skeletonize(small > 0.5), 1).astype(np.uint8)
    around = cv2.boxFilter(thin, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    tips = np.argwhere((thin > 0) & (around == 2))
    at, before, number = tips, tips, np.arange(len(tips))
    whole = np.ones(len(tips), bool)
    for _ in range(BACK):
        rows, columns = at[:, :1] + ROWS, at[:, 1:] + COLUMNS
        further = thin[rows, columns] > 0
        further &= (rows != before[:, :1]) | (columns != before[:, 1:])
        whole &= further.any(axis=1)
        chosen = further.argmax(axis=1)
        step = np.stack([rows[number, chosen], columns[number, chosen]], axis=1)
        before, at = at, np.where(whole[:, None], step, at)
        whole &= around[at[:, 0], at[:, 1]] <= 3  # more neighbours are a junction
    tips, back = tips[whole].astype(np.float64), at[whole]
    ways = tips - back
    ways /= np.maximum(np.hypot(*ways.T), 1e-6)[:, None]
    return (tips - 0.5) * (height / size[1], width / size[0]) - 0.5, ways


def _at(picture: NDArray[np.floating], points: Points) -> NDArray[np.floating]:
    """The values of a picture at points, or at the border where they lie beyond."""
    rows, columns = np.round(points).astype(int).T
    return picture[rows.clip(0, len(picture) - 1), columns.clip(0, picture.shape[1] - 1)]
