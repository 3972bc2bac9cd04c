"""Areas that a bucket tool cannot fill: a flood fill from inside runs out of them through a gap in the ink.

What counts are areas a person would fill, given as a map of labels, or those that the true line art shuts in.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.errors import InputError
from lineart.metrics.pixels.pixel import INK
from lineart.pictures.images import Picture

Labels = NDArray[np.int32]

MARGIN = 2.0  # pixels; nearer to the border of an area ink that is a little aside decides nothing
FILLED = 12  # pixels; smaller pieces of paper nobody fills


def areas_of(line: Picture) -> Labels:
    """The areas of a line art: pieces of paper, corners not touching, and the ground round the drawing.

    Args:
        line: ``(H, W)`` in [0, 1]; ink at 0.5 and above.

    Returns:
        ``(H, W)``, 1 and above for areas, 0 for ink and for pieces of fewer than ``FILLED`` pixels.
    """
    paper = np.ascontiguousarray(line < INK).view(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= FILLED
    kept[0] = False  # the ink
    return np.asarray(np.where(kept, np.cumsum(kept), 0)[pieces], np.int32)


def leaking(ink: Picture, areas: Labels) -> dict[int, bool]:
    """Which areas leak.

    An area leaks if one flood fill (four neighbours, paper alone) covers a part of its inside and a part of
    the inside of another area. The inside is what lies more than ``MARGIN`` pixels from all that is not the
    area, or its deepest pixels if it has no more. The rest of the page, label 0, is no area: a fill that runs
    only there has not leaked. An area that ink covers or divides does not leak.

    Args:
        ink: ``(H, W)`` in [0, 1]; ink at 0.5 and above.
        areas: ``(H, W)`` whole numbers, one number an area, 0 for none.

    Returns:
        For the number of each area whether it leaks.

    Raises:
        InputError: for two that differ in size.
    """
    if ink.shape != areas.shape:
        raise InputError(f"The ink is {ink.shape} and the areas {areas.shape}; they must be equal.")
    paper = np.ascontiguousarray(ink < INK).view(np.uint8)
    _, fills = cv2.connectedComponents(paper, connectivity=4)
    inside = _insides(areas)
    # Each fill with each area that it is in: a fill with several of them leaks.
    both = np.unique(np.stack([fills[inside], areas[inside]]), axis=1)
    both = both[:, both[0] > 0]
    several = np.bincount(both[0])[both[0]] > 1
    leaky = set(both[1, several].tolist())
    return {area: area in leaky for area in np.unique(areas[areas > 0]).tolist()}


def leak_share(ink: Picture, areas: Labels, weighted: bool = False) -> float:
    """The share of areas that leak, see :func:`leaking`; 0 if there are none.

    Args:
        ink: as there.
        areas: as there.
        weighted: by their pixels, and not each as one.
    """
    leaky = leaking(ink, areas)
    if not leaky:
        return 0.0
    weights = np.bincount(areas[areas > 0])[list(leaky)] if weighted else np.ones(len(leaky))
    return float(np.average(list(leaky.values()), weights=weights))


def _insides(areas: Labels) -> NDArray[np.bool_]:
    """The pixels of each area that lie more than ``MARGIN`` from its border, or its deepest ones."""
    around = np.pad(areas, 1, mode="edge")
    beside = (around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:])
    border = np.any([one != areas for one in beside], axis=0)
    # A pixel at the border is at 1 from what is not the area.
    depth = np.asarray(
        cv2.distanceTransform((~border).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    )
    depth = np.where(areas > 0, depth + 1, 0)
    deepest = np.zeros(int(areas.max(initial=0)) + 1, np.float32)
    np.maximum.at(deepest, areas, depth)
    return (areas > 0) & ((depth > MARGIN) | (depth >= deepest[areas]))
