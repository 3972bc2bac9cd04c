"""What reads pictures, whoever does the arithmetic: a network in torch or in ONNX Runtime.

Both take one picture, or one tile of a picture, as planes, and answer ink. Nothing here needs either library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lineart.pictures.images import Picture

GRID = 32  # edges of tiles and cores lie on multiples of it: networks pool five times

Planes = NDArray[np.float32]
Means = NDArray[np.float32]
Core = tuple[slice, slice]

Predictor = Callable[[Picture], Picture]  # (H, W, 3) in [0, 1] to ink, (H, W)
Progress = Callable[[int, int], None]  # called with (done, all)


def mean_over(blocks: NDArray[np.float32], core: Core) -> Means:
    """The means over a tile's core, of those of its blocks.

    Args:
        blocks: ``(1, K, h, w)``, a block of ``GRID`` x ``GRID`` pixels each.
        core: see :meth:`Backend.means`.

    Returns:
        ``(1, K)``.
    """
    rows, columns = (slice(edge.start // GRID, -(-edge.stop // GRID)) for edge in core)
    means: Means = blocks[:, :, rows, columns].mean(axis=(2, 3))
    return means


class Backend(Protocol):
    """A network, ready to read."""

    @property
    def whole(self) -> bool:
        """Whether it must see a picture in one piece, since it stretches each answer by what is in it."""

    @property
    def tile(self) -> int:
        """Side in pixels of the parts a larger picture is read in, if nothing else is asked for."""

    def means(self, planes: Planes, core: Core) -> Means | None:
        """The features whose mean over the whole picture the network needs, averaged over a tile's core.

        CLEAR-Net weighs its side maps by their means over the whole picture (squeeze-and-excitation). A mean
        over the picture is that of the means over equal blocks, so tiles can work it out one by one.

        Args:
            planes: ``(1, 3, h, w)`` in [0, 1]; h and w are multiples of ``GRID``.
            core: rows and columns of the tile that count, from and to multiples of ``GRID``.

        Returns:
            ``(1, K)``, or None for a network without such features.
        """

    def ink(self, planes: Planes, means: Means | None = None) -> Picture:
        """Read a picture, or a tile.

        Args:
            planes: ``(1, 3, h, w)`` in [0, 1], any size.
            means: ``(1, K)``, those of the whole picture, of which this is a tile; its own if not given.

        Returns:
            ``(h, w)`` float32 in [0, 1], ink 1.
        """
