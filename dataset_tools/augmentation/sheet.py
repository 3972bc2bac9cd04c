"""What is ink and what is paper: the sheet that every op may look at, and laying something on its bare paper.

A pair has no transparency, so the paper is found: the near-white region that touches the border of the
whole drawing. At its edge a pixel is a mixture of paper and drawing. The line art says how much of it is
ink, the colour of the rest how much is paper (alpha matting with known foreground; A. Smith and J. Blinn,
"Blue screen matting", SIGGRAPH 1996), so a new background comes up to the ink without a white fringe and
does not creep over it into the drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.augmentation.fields import as_bytes, as_floats, merge
from lineart.pictures.images import Bytes, Picture, luminance

Colour = tuple[float, float, float]
Notes = dict[str, Any]  # what an op chose, for the recipe

NEAR_WHITE = 0.08  # paper is at most this far from white in every channel
FRINGE = 5  # pixels across the neighbourhood in which paper and drawing mix
STROKES = 24  # a stroke is at most this part of the longer side
FAINTEST_FILL = 0.12  # a fill paler than this cannot be told from paper along its edge
SMALLEST_CELL = 1 / 2000  # part of the picture; what is smaller is no cell
# part of the picture: as small as a pupil or a button, which artists fill with any ink
SPOT = 1 / 250
ENOUGH = 4096  # pixels of ink whose median is the colour of all


@dataclass(frozen=True)
class Sheet:
    """What an op may look at and never changes: where the ink and where the bare paper of a render are."""

    line: Picture  # (H, W), ink is 1
    bare: Picture  # (H, W), share of bare paper in each pixel, in [0, 1]


# (render, sheet, rng, strength in [0, 1]) -> (render, notes); the render comes and goes in [0, 1].
Op = Callable[[Picture, Sheet, Generator, float], tuple[Picture, Notes]]


def bare_paper(render: Picture, line: Picture) -> Picture:
    """The share of bare outer paper in each pixel of a drawing.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink is 1.

    Returns:
        ``(H, W)`` in [0, 1]; zero everywhere if nothing near white touches the border.
    """
    lightest = cv2.min(cv2.min(render[..., 0], render[..., 1]), render[..., 2])
    lightest = np.asarray(lightest, np.float32)
    outside = _flood(lightest > 1 - NEAR_WHITE)
    x, y, width, height = cv2.boundingRect((lightest < 1).astype(np.uint8))
    box = np.s_[max(y - FRINGE, 0) : y + height + FRINGE, max(x - FRINGE, 0) : x + width + FRINGE]
    bare = np.ones(line.shape, np.float32)  # outside of the box all is white
    ink = ink_colour(render, line)
    bare[box] = _matte(
        np.float32(1) - lightest[box], line[box], outside[box], min(ink), max(line.shape)
    )
    return bare


def _matte(darkness: Picture, line: Picture, outside: Bytes, ink: float, side: int) -> Picture:
    """The share of paper in each pixel ``(H, W)`` of a part of a drawing.

    Args:
        darkness: how far the darkest channel is from white.
        line: the line art.
        outside: 1 where the near-white region that touches the border is.
        ink: the darkest channel of the ink's colour.
        side: the longer side of the whole drawing, in pixels.
    """
    white = darkness < NEAR_WHITE
    # No more ink than the render is dark: where the line art claims ink on white paper, it is paper.
    inked = np.minimum(line, darkness / np.float32(1 - ink))
    rest = np.maximum(1 - inked, np.float32(1e-3))
    # Darkness of what is not ink, and the darkest of it around: that is the fill, the rest is paper.
    # A fill that ends below a stroke is seen whole on the other side of the stroke only.
    darkness = np.clip((darkness - inked * np.float32(1 - ink)) / rest, 0, 1)
    square = np.ones((FRINGE, FRINGE), np.uint8)
    across = np.ones((2 * (side // STROKES) + 1,) * 2, np.uint8)
    seen = as_bytes(np.where(inked < 0.5, darkness, np.float32(0)))
    fill = as_floats(np.where(inked > 0, cv2.dilate(seen, across), cv2.dilate(seen, square)))
    paper = 1 - np.minimum(darkness / np.maximum(fill, np.float32(FAINTEST_FILL)), 1)
    paper = np.where(white, outside, paper)  # white on the other side of a hair line is no paper
    near = cv2.dilate(outside, square)
    return np.asarray((1 - inked) * paper * near, np.float32)


def _flood(white: NDArray[np.bool_]) -> Bytes:
    """The white region that touches the border, ``(H, W)`` uint8, 1 inside."""
    framed = cv2.copyMakeBorder(white.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    cv2.floodFill(framed, None, (0, 0), 2)
    return (framed[1:-1, 1:-1] == 2).astype(np.uint8)


def ink_colour(render: Picture, line: Picture) -> Colour:
    """The median colour of the render where the line art is solid ink; black if there is none."""
    solid = np.flatnonzero(line > 0.9)
    if not solid.size:
        return 0.0, 0.0, 0.0
    some = render.reshape(-1, 3)[solid[:: 1 + solid.size // ENOUGH]]
    red, green, blue = (float(channel) for channel in np.median(some, axis=0))
    # White lettering over a black ink layer is no ink to learn from.
    return (red, green, blue) if min(red, green, blue) < 0.6 else (0.0, 0.0, 0.0)


def lay_behind(render: Picture, bare: Picture, behind: Picture) -> Picture:
    """Put something where the paper is bare: a background, or another drawing.

    Exact for white paper: where only ink lies on it this multiplies the render by what is behind.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        bare: ``(H, W)`` of :func:`bare_paper`.
        behind: ``(H, W, 3)`` in [0, 1].
    """
    laid = 1 - behind
    laid *= merge([bare] * 3)
    np.subtract(render, laid, out=laid)
    return np.maximum(laid, 0, out=laid)


def darkest_beside(render: Picture, line: Picture) -> float:
    """The luminance of the darkest fills beside ink (their fifth percentile); 1 if there is no ink."""
    around = cv2.dilate(line, np.ones((5, 5), np.uint8))
    every_other = np.s_[::2, ::2]
    beside = ((around > 0.5) & (line < 0.02))[every_other]
    lights = luminance(render[every_other][beside])
    return float(np.quantile(lights, 0.05)) if lights.size else 1.0


def cells_of(line: Picture, bare: Picture) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The areas that ink encloses and that are no bare paper, largest dust left out.

    Args:
        line: ``(H, W)``, ink is 1.
        bare: ``(H, W)``, share of bare paper.

    Returns:
        Which cell each pixel belongs to, ``(H, W)``, from 1, and 0 for none; and the cells' areas in pixels.
    """
    free = ((line < 0.5) & (bare < 0.5)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= SMALLEST_CELL * line.size
    large[0] = False
    number = np.where(large, np.cumsum(large), 0).astype(np.int32)
    return number[labels], stats[large, cv2.CC_STAT_AREA]


def within(cells: NDArray[np.int32], chosen: list[int], line: Picture) -> Picture:
    """Some cells as a mask ``(H, W)``, 1 inside, and where their edge mixes with ink."""
    inside = np.isin(cells, chosen).astype(np.float32)
    return np.maximum(inside, cv2.dilate(inside, np.ones((3, 3), np.uint8)) * (line > 0))
