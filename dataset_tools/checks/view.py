"""A pair as the checks see it: its two pictures, and everything that is measured of them, once.

Lengths follow the width of the drawing's own strokes, so that hair-thin and bold drawings, small and
large, are held to the same rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.pictures.images import Bytes, Picture, luminance, to_bytes
from lineart.pictures.masks import Mask, depth, grown, ridges, shrunk

if TYPE_CHECKING:
    from dataset_tools.sources.files import FileFacts

T = TypeVar("T")

FAINT = 0.3  # from here on a pixel of a line art is no clean paper
INK = 0.5  # from here on a pixel of a line art is counted as ink
SOLID = 0.9  # from here on it is no rim, which is a blend of ink and paper
WIDEST = 1 / 32  # strokes wider than this part of the longer side are areas
HALO = 8  # pixels around ink to which the traces of a JPEG reach: the side of its blocks
# ridges fainter than this, or lighter than ink by more, are no sign of a piece of ink
UNSEEN = 0.15


@dataclass(frozen=True)
class Pieces:
    """The connected pieces of ink, faint ink included; row 0 is the paper."""

    labels: NDArray[np.int32]  # (H, W), the number of the piece, 0 on paper
    boxes: NDArray[np.int32]  # (N, 4), left, top, width, height in pixels
    areas: NDArray[np.int32]  # (N,), in pixels
    unseen: NDArray[np.bool_]  # (N,), pieces that the render has nothing of

    def mask(self, chosen: NDArray[np.bool_]) -> Mask:
        """Where the ``chosen`` pieces are, ``(N,)`` to ``(H, W)``."""
        if not chosen.any():
            return np.zeros(self.labels.shape, np.uint8)
        return np.asarray(chosen[self.labels], np.uint8)


class View:
    """What the checks look at.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink 1; of the render's size for all checks but ``sizes``.
        render_file: facts of the file that was delivered, if there was a raster file.
        line_file: likewise of the line art.
    """

    def __init__(
        self,
        render: Picture,
        line: Picture,
        render_file: FileFacts | None = None,
        line_file: FileFacts | None = None,
    ):
        self.render, self.line = render, line
        self.render_file, self.line_file = render_file, line_file
        self._measured: dict[object, object] = {}

    def once(self, measure: Callable[[View], T]) -> T:
        """What ``measure`` says of this view, measured once however many checks ask."""
        if measure not in self._measured:
            self._measured[measure] = measure(self)
        return cast(T, self._measured[measure])

    @cached_property
    def grey(self) -> Picture:
        """The lightness of the render, ``(H, W)`` in [0, 1]."""
        return luminance(self.render)

    @cached_property
    def tones(self) -> NDArray[np.float64]:
        """The share of the render that is no lighter than each of the 256 grey values, ``(256,)``."""
        counts = cv2.calcHist([self.grey_bytes], [0], None, [256], [0, 256])
        return np.cumsum(counts, dtype=np.float64) / self.grey_bytes.size

    @cached_property
    def grey_bytes(self) -> Bytes:
        """The same in 0..255."""
        return to_bytes(self.grey)

    @cached_property
    def line_bytes(self) -> Bytes:
        """The line art as it is on disk: ``(H, W)`` in 0..255, ink 0 and paper 255."""
        return to_bytes(1 - self.line)

    @cached_property
    def inked(self) -> Mask:
        """Where the line art is no clean paper."""
        return np.asarray(self.line > FAINT, np.uint8)

    @cached_property
    def halo(self) -> Mask:
        """Ink and what is near it, so near that a JPEG leaves traces there."""
        return grown(self.inked, 2 * HALO + 1)

    @cached_property
    def pieces(self) -> Pieces:
        """The connected pieces of ink; the render has one if it has ridges there, or is as dark as ink."""
        count, found, stats, _ = cv2.connectedComponentsWithStats(self.inked, connectivity=8)
        labels, table = np.asarray(found, np.int32), np.asarray(stats, np.int32)
        areas = table[:, cv2.CC_STAT_AREA]
        there = np.flatnonzero(self.inked)
        piece, grey = labels.ravel()[there], self.grey.ravel()[there]
        ridge = np.bincount(piece, grown(self.ridges, 3).ravel()[there], count)
        light = np.bincount(piece, grey, count)
        ink = float(np.median(grey)) if len(grey) else 1.0
        unseen = (ridge < UNSEEN * areas) & (light > (ink + UNSEEN) * areas)
        unseen[0] = False
        return Pieces(labels, table[:, :4], areas, unseen)

    @cached_property
    def ink(self) -> Mask:
        """Where the line art has ink."""
        return np.asarray(self.line > INK, np.uint8)

    @cached_property
    def core(self) -> Mask:
        """The solid inside of the ink, a pixel from any rim."""
        return shrunk(np.asarray(self.line > SOLID, np.uint8), 3)

    @cached_property
    def share(self) -> float:
        """The share of the line art that is ink, in [0, 1]."""
        return float(self.ink.mean())

    @cached_property
    def distance(self) -> Picture:
        """The distance of every pixel of ink to the nearest paper in pixels, 0 on paper."""
        return depth(self.ink)

    @cached_property
    def middle(self) -> NDArray[np.bool_]:
        """The middle of the strokes: ink that no neighbour has further to the paper, ``(H, W)``."""
        return (self.distance >= grown(self.distance, 3)) & (self.ink > 0)

    @cached_property
    def stroke_width(self) -> float:
        """The median width of the strokes in pixels, from 1 to a 32nd of the longer side; 1 without ink.

        Twice the distance to the nearest paper, at the pixels where it is a local maximum: the middle of
        the strokes.
        """
        widest = max(1.0, WIDEST * max(self.line.shape))
        if not self.middle.any():
            return 1.0
        # A pixel's distance is counted to the paper's first pixel, half of it beyond the rim on either side.
        width = 2 * float(np.median(self.distance[self.middle])) - 1
        return float(np.clip(width, 1, widest))

    @cached_property
    def ridges(self) -> Picture:
        """Dark thin structures of the render, about as wide as the strokes, as bright in [0, 1]."""
        return ridges(self.grey_bytes, max(2, round(self.stroke_width)))

    @cached_property
    def line_ridges(self) -> Picture:
        """Likewise of the line art."""
        return ridges(self.line_bytes, max(2, round(self.stroke_width)))
