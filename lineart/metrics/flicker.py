"""Flicker: how much the ink of a film changes where nothing in the picture does.

For two frames that follow one another, a pixel stands still if the renders, as they were drawn and before any
compression, have the same colour there. The flicker of a film is the mean over all such pixels of all
neighbouring frames of ``|ink of the later - ink of the earlier|``. Line art drawn by hand over those renders
changes only where they do, and so has 0. With a margin, what lies that near to a change does not count
either: there a network, which sees a neighbourhood, may change its mind rightly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import cv2
import numpy as np

from lineart.errors import InputError
from lineart.pictures.images import Bytes, Picture


def flicker(inks: Iterable[Picture], renders: Iterable[Bytes], margin: int = 0) -> float:
    """The mean absolute change of ink where the render stands still, in [0, 1].

    Args:
        inks: ``(H, W)`` in [0, 1] each, in their order.
        renders: ``(H, W, 3)`` uint8 each, as many, without the noise of compression.
        margin: pixels around a change, up, down and to the sides, that do not count.

    Returns:
        0 for a single frame, and for a film in which no pixel stands still.

    Raises:
        InputError: if there are not as many renders as inks, or one has another size.

    >>> flicker([np.zeros((2, 2)), np.full((2, 2), 0.5)], [np.zeros((2, 2, 3), np.uint8)] * 2)
    0.5
    """
    total, pixels = 0.0, 0
    around = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    try:
        pairs = zip(inks, renders, strict=True)
        for (ink, render), (later, next_render) in itertools.pairwise(pairs):
            moved = (render != next_render).any(axis=2).astype(np.uint8)
            still = cv2.dilate(moved, around) == 0
            total += float(abs(later - ink)[still].sum())
            pixels += int(still.sum())
    except (ValueError, IndexError) as error:
        raise InputError(
            "Ink and renders of a film do not go together; wanted are as many of one as of the other, all "
            "of one size."
        ) from error
    return total / pixels if pixels else 0.0
