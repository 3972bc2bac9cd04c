"""A picture of any size, read in tiles, as if it had been read in one piece.

**Where tiles lie.** A picture is cut into *cores*, which cover it once; a *tile* is a core and ``OVERLAP``
pixels around it, as far as the picture goes. Only what is read in the core is kept. All edges lie on
multiples of 32, for networks pool five times: so a tile's pooling windows are those of the whole picture.
Where a picture ends in between, its last row and column are repeated up to the next multiple, as CLEAR-Net
itself does.

**What is not local.** CLEAR-Net weighs its side maps by their means over the whole picture. Tiles that took
their own would show where they meet. So all get the same: those of the picture, reduced by a whole factor to
``SEEN`` pixels if it has more. That is what the means of a larger picture *are* here, whether it is read in
tiles or in one piece, so the size of tiles changes nothing; a page of 8,000 x 8,000 pixels costs one reading
of itself and 1.5 % for the means.

**What is left** is that a pixel does not see what lies further away than the overlap. How large the overlap
has to be was measured: docs/decisions/0017-tiles.md.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from lineart.inference.backend import GRID, Backend, Core, Means, Planes, Progress
from lineart.pictures.images import Bytes, Picture, to_bytes
from lineart.settings import require

OVERLAP = 160  # pixels on each side of a core
ROOM = 1.6  # tiles; a picture of no more pixels is read in one piece, in a third of the time
MEANS_OVERLAP = 64  # likewise where only means are wanted, in which a blurred rim weighs little
SEEN = 1_100_000  # pixels; of a picture that has more the means are taken over the picture reduced to these


@dataclass(frozen=True)
class Span:
    """A tile along one axis, in pixels of the picture: what is read and, within it, what is kept."""

    start: int
    stop: int
    first: int
    last: int

    @property
    def core(self) -> slice:
        """What is kept, counted from the start of the tile."""
        return slice(self.first - self.start, self.last - self.start)


@dataclass(frozen=True)
class Tile:
    """A tile: its rows and its columns."""

    rows: Span
    columns: Span

    @property
    def core(self) -> Core:
        """Rows and columns that are kept, counted from the corner of the tile."""
        return self.rows.core, self.columns.core


def shortest(length: int, tile: int, overlap: int) -> int:
    """How long the tiles of an axis have to be, if there are no more of them than tiles of ``tile`` pixels.

    >>> shortest(1000, 832, 160)
    672
    """
    blocks, most, around = -(-length // GRID), tile // GRID, overlap // GRID
    if blocks <= most:
        return blocks * GRID
    inner = blocks - 2 * around  # what the middles share; the outer two reach to the edges
    count = -(-inner // (most - 2 * around))
    return (2 * around - (-inner // count)) * GRID


def spans(length: int, tile: int, overlap: int) -> list[Span]:
    """Cut one axis into tiles of one length, for memory is used again only where it fits.

    Args:
        length: of the axis; it is rounded up to a multiple of ``GRID``.
        tile: a multiple of ``GRID``, more than twice the overlap; a shorter axis is one tile.
        overlap: a multiple of ``GRID``; tiles at the edges of the picture have more on the other side.

    >>> [(span.start, span.stop, span.first, span.last) for span in spans(256, 192, 32)]
    [(0, 192, 0, 128), (64, 256, 128, 256)]
    """
    blocks, most, around = -(-length // GRID), tile // GRID, overlap // GRID
    if blocks <= most:
        return [Span(0, blocks * GRID, 0, blocks * GRID)]
    inner = blocks - 2 * around
    count = -(-inner // (most - 2 * around))
    edges = [0, *(around + inner * index // count for index in range(1, count)), blocks]
    starts = [min(max(first - around, 0), blocks - most) for first in edges[:-1]]
    return [
        Span(start * GRID, (start + most) * GRID, first * GRID, last * GRID)
        for start, (first, last) in zip(starts, itertools.pairwise(edges), strict=True)
    ]


def plan(height: int, width: int, sides: tuple[int, int], overlap: int) -> list[Tile]:
    """The tiles of a picture, row by row; their cores cover it once.

    Args:
        height: of the picture, in pixels.
        width: likewise.
        sides: height and width of the tiles.
        overlap: see :func:`spans`.
    """
    across = spans(width, sides[1], overlap)
    return [Tile(rows, columns) for rows in spans(height, sides[0], overlap) for columns in across]


def check_tile(tile: int, overlap: int = OVERLAP) -> None:
    """Refuse a tile that cannot be.

    Raises:
        InputError: if it is no multiple of ``GRID``, or has no room beside its overlap.
    """
    fits = tile % GRID == 0 and tile > 2 * overlap
    require(fits, "tile", tile, f"a multiple of {GRID} of at least {2 * overlap + GRID} pixels")


def planes_of(picture: Picture | Bytes) -> Planes:
    """``(H, W, 3)`` uint8 or float in [0, 1] to ``(1, 3, H, W)`` float32 in [0, 1]."""
    planes = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
    return np.divide(planes, np.float32(255), out=planes) if picture.dtype == np.uint8 else planes


def read_in_tiles(
    backend: Backend,
    picture: Picture | Bytes,
    tile: int | None = None,
    overlap: int = OVERLAP,
    means_overlap: int = MEANS_OVERLAP,
    dtype: DTypeLike = np.float32,
    progress: Progress | None = None,
) -> NDArray[Any]:
    """Read a picture: in one piece if it has not many more pixels than a tile, else tile by tile.

    Beside the picture and the result, memory holds what the network needs for one tile.

    Args:
        backend: what reads; one that must see a picture in one piece gets it so.
        picture: ``(H, W, 3)`` RGB, uint8 or float in [0, 1].
        tile: side of a tile in pixels, the overlap included; a multiple of ``GRID``; the backend's own if not
            given.
        overlap: pixels read on each side of what is kept; a multiple of ``GRID``.
        means_overlap: likewise where only the means are wanted.
        dtype: of the result; float32, float16, or uint8, for which 255 is ink.
        progress: called with (done, all) after each tile.

    Returns:
        ``(H, W)``, ink 1 (or 255) and paper 0.

    Raises:
        InputError: for a tile that leaves no room beside its overlap.
    """
    tile = backend.tile if tile is None else tile
    check_tile(tile, overlap)
    height, width = picture.shape[:2]
    tell = progress or (lambda done, of: None)
    tiles = layout(height, width, tile, overlap)
    if backend.whole or (len(tiles) == 1 and reduction(height, width) == 1):
        ink = as_dtype(backend.ink(planes_of(picture)), dtype)
        tell(1, 1)
        return ink
    means = means_of(backend, picture, tile, means_overlap)
    ink = np.empty((height, width), dtype)
    for done, part in enumerate(tiles, start=1):
        kept = ink[part.rows.first : part.rows.last, part.columns.first : part.columns.last]
        read = backend.ink(_cut(picture, part), means)[part.core]
        kept[:] = as_dtype(read[: kept.shape[0], : kept.shape[1]], dtype)
        tell(done, len(tiles))
    return ink


def layout(height: int, width: int, tile: int, overlap: int) -> list[Tile]:
    """The tiles of a picture: one, if it has not many more pixels than a tile; arguments as above."""
    sides = -(-height // GRID) * GRID, -(-width // GRID) * GRID
    if sides[0] * sides[1] > ROOM * tile**2:
        sides = shortest(height, tile, overlap), shortest(width, tile, overlap)
    return plan(height, width, sides, overlap)


def reduction(height: int, width: int) -> int:
    """By how much a picture is reduced for its means: the least whole number that leaves ``SEEN`` pixels.

    >>> [reduction(side, side) for side in (1000, 1100, 3000)]
    [1, 2, 3]
    """
    return math.ceil(math.sqrt(height * width / SEEN))


def means_of(
    backend: Backend, picture: Picture | Bytes, tile: int, overlap: int = MEANS_OVERLAP
) -> Means | None:
    """The means that weigh a picture's features, None for a network without; arguments as above.

    They are those of the picture, reduced by :func:`reduction` and continued to multiples of ``GRID``.
    """
    height, width = picture.shape[:2]
    factor, seen = reduction(height, width), picture
    if factor > 1:
        height, width = -(-height // factor), -(-width // factor)
        seen = cast(Bytes, cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))
    total, pixels = np.zeros(1), 0
    for part in layout(height, width, tile, overlap):
        means = backend.means(_cut(seen, part), part.core)
        if means is None:
            return None
        rows, columns = part.core
        area = (rows.stop - rows.start) * (columns.stop - columns.start)
        total, pixels = total + means.astype(np.float64) * area, pixels + area
    return (total / pixels).astype(np.float32)


def _cut(picture: Picture | Bytes, part: Tile) -> Planes:
    """A tile of a picture, whose last row and column are repeated where the tile goes on."""
    rows, columns = part.rows, part.columns
    planes = planes_of(picture[rows.start : rows.stop, columns.start : columns.stop])
    below = rows.stop - rows.start - planes.shape[2]
    right = columns.stop - columns.start - planes.shape[3]
    if below or right:
        planes = np.pad(planes, ((0, 0), (0, 0), (0, below), (0, right)), mode="edge")
    return planes


def as_dtype(ink: Picture, dtype: DTypeLike) -> NDArray[Any]:
    """Ink in [0, 1] as float32, float16, or uint8, for which 255 is ink."""
    return to_bytes(ink) if np.dtype(dtype) == np.uint8 else ink.astype(dtype, copy=False)
