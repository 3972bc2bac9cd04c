"""Ink that does not flicker: where the picture of a film stands still, its ink stays.

The noise of a film's compression changes from frame to frame, and the ink read from it with it. So a frame is
compared with the render at which the ink was made, pixel by pixel, not with the frame before, for then what
changes slowly would add up unseen. Where the two are the same but for noise the ink is kept; around what
changed it is read anew, as far as that can be seen in the ink. After a cut everything is.

What it brings is measured by ``benchmarks/steady.py``; figures in docs/extract.md.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.pictures.images import Bytes, Picture

BLUR = 1.2  # pixels, standard deviation: noise is averaged away, and a line one pixel wide is not
NOISE = 6  # of 255; less than a line one pixel wide changes when it is 19 darker than its ground
REACH = 8  # pixels; ink further away from a change moves by less than 0.03
CUT = 0.4  # share of the pixels that change; from here on it is another picture


class Steady:
    """Reads the frames of a film in their order.

    Args:
        extract: reads one frame, ``(H, W, 3)`` uint8 to ``(H, W)`` in [0, 1], as an
            :class:`lineart.inference.extractor.Extractor` does; not called for a frame in which nothing
            changed.
    """

    def __init__(self, extract: Callable[[Bytes], Picture]):
        self._extract = extract
        self._render: Bytes | None = None  # at each pixel that at which its ink was made
        self._ink: Picture = np.zeros((0, 0), np.float32)

    def __call__(self, render: Bytes) -> Picture:
        """The ink of the next frame, ``(H, W)`` in [0, 1]; not to be written to.

        It is the same array as before if nothing changed.
        """
        if self._render is None or self._render.shape != render.shape:
            return self._anew(render)
        changed = changes(self._render, render)
        share = changed.mean()
        if share == 0:
            return self._ink
        if share > CUT:
            return self._anew(render)
        around = cv2.dilate(changed, np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)) > 0
        self._ink = np.where(around, self._extract(render), self._ink)
        self._render = np.where(around[..., None], render, self._render)
        return self._ink

    def _anew(self, render: Bytes) -> Picture:
        self._render, self._ink = render, self._extract(render)
        return self._ink


def changes(before: Bytes, after: Bytes) -> NDArray[np.uint8]:
    """Where two renders differ by more than noise, ``(H, W)``, 1 there and 0 elsewhere.

    >>> before = np.zeros((9, 9, 3), np.uint8)
    >>> [int(changes(before, before + np.uint8(by)).sum()) for by in (5, 6)]
    [0, 81]
    """
    difference = cv2.subtract(after, before, dtype=cv2.CV_16S)
    smooth = cv2.GaussianBlur(difference, (0, 0), BLUR)
    return (np.abs(smooth).max(axis=2) >= NOISE).view(np.uint8)
