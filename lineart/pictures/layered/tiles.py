"""The pixels of a Krita paint layer: tiles of 64 by 64 pixels, each compressed by LZF.

A text header of five lines says how large and how many the tiles are; each tile follows with a line
``left,top,LZF,bytes``, one byte that is 1 if it is compressed, and its data. A compressed tile holds
plane after plane (all first bytes of its pixels, then all second ones), an uncompressed one pixel after
pixel. LZF: http://oldhome.schmorp.de/marc/liblzf.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from lineart.errors import InputError
from lineart.pictures.layered.tree import Pixels

HEADER = re.compile(
    rb"VERSION 2\nTILEWIDTH (\d{1,4})\nTILEHEIGHT (\d{1,4})\nPIXELSIZE (\d{1,2})\nDATA (\d{1,7})\n"
)
TILE = re.compile(rb"(-?\d{1,8}),(-?\d{1,8}),LZF,(\d{1,8})\n")
MAX_TILE = 1024  # pixels a side; Krita writes 64


@dataclass(frozen=True)
class Space:
    """How a pixel is stored: bytes a channel, and which channel is red, green, blue and alpha."""

    width: int
    order: tuple[int, int, int, int]


SPACES = {
    "RGBA": Space(1, (2, 1, 0, 3)),
    "RGBA16": Space(2, (2, 1, 0, 3)),
    "GRAYA": Space(1, (0, 0, 0, 1)),
    "GRAYA16": Space(2, (0, 0, 0, 1)),
}


@dataclass(frozen=True)
class Tiles:
    """The tiles of a layer, still compressed."""

    shape: tuple[int, int, int]  # height and width in pixels, bytes a pixel
    places: tuple[tuple[int, int, int, int], ...]  # left, top, first byte in the data, the last + 1

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of all of them; without any, nothing."""
        if not self.places:
            return 0, 0, 0, 0
        lefts, tops, _, _ = zip(*self.places, strict=True)
        return min(lefts), min(tops), max(lefts) + self.shape[1], max(tops) + self.shape[0]


def find_tiles(data: bytes, name: str) -> Tiles:
    """Where the tiles are in the file of a layer; nothing is unpacked.

    Raises:
        InputError: if the file is damaged.
    """
    header = HEADER.match(data)
    if header is None:
        raise InputError(f"{name} does not begin as Krita's tiles do; save the file again.")
    tile_width, tile_height, pixel, count = map(int, header.groups())
    if not (0 < tile_width <= MAX_TILE and 0 < tile_height <= MAX_TILE and pixel > 0):
        raise InputError(f"{name} has tiles of {tile_width} x {tile_height} pixels; wanted are 64.")
    places, place = [], header.end()
    for _ in range(count):
        line = TILE.match(data, place)
        if line is None:
            raise InputError(f"{name} is cut off or damaged among its tiles; save the file again.")
        left, top, size = map(int, line.groups())
        places.append((left, top, line.end(), line.end() + size))
        place = line.end() + size
    return Tiles((tile_height, tile_width, pixel), tuple(places))


def read_tiles(
    data: bytes, space: Space, box: tuple[int, int, int, int], empty: bytes, name: str
) -> Pixels:
    """The pixels of a layer within a box of its own: ``(height, width, 4)``.

    Args:
        data: the file of the layer.
        space: how a pixel is stored.
        box: left, top, right, bottom; tiles beside it are not unpacked.
        empty: the bytes of a pixel where there is no tile.
        name: for messages.

    Raises:
        InputError: if the data are damaged.
    """
    tiles = find_tiles(data, name)
    height, width, pixel = tiles.shape
    wanted = space.width * (max(space.order) + 1)
    if pixel != wanted:
        raise InputError(
            f"{name} has {pixel} bytes a pixel where {wanted} are wanted; save it again."
        )
    left, top, right, bottom = box
    raw = np.zeros((bottom - top, right - left, pixel), np.uint8)
    if len(empty) == pixel:
        raw[:] = np.frombuffer(empty, np.uint8)
    for x, y, start, end in tiles.places:
        if x < right and y < bottom and x + width > left and y + height > top:
            _put(raw, _tile(data[start:end], tiles.shape, name), x - left, y - top)
    channels = raw.reshape(*raw.shape[:2], -1, space.width)[..., -1]  # the high byte comes last
    return np.ascontiguousarray(channels[..., list(space.order)])


def _put(raw: Pixels, tile: Pixels, left: int, top: int) -> None:
    """Copy a tile to its place, as far as it lies on the canvas."""
    x, y = max(0, -left), max(0, -top)
    target = raw[max(0, top) : top + tile.shape[0], max(0, left) : left + tile.shape[1]]
    target[:] = tile[y : y + target.shape[0], x : x + target.shape[1]]


def _tile(data: bytes, shape: tuple[int, int, int], name: str) -> Pixels:
    """One tile, ``shape``, from its bytes with the flag before them."""
    length = shape[0] * shape[1] * shape[2]
    compressed = data[:1] == b"\1"
    body = unpack_lzf(data[1:], length, name) if compressed else data[1:]
    if len(body) != length:
        raise InputError(f"{name} has a tile of {len(body)} bytes where {length} are wanted.")
    pixels = np.frombuffer(body, np.uint8)
    if compressed:
        return pixels.reshape(shape[2], shape[0], shape[1]).transpose(1, 2, 0)
    return pixels.reshape(shape)


def unpack_lzf(data: bytes, length: int, name: str = "the tile") -> bytes:
    """Undo LZF compression.

    A control byte below 32 is followed by one byte more than it says, taken as they are. Any other
    one holds a length less two in its upper three bits (7: a byte with more follows) and the upper
    five bits of how far back to copy from, less one; the lower eight follow.

    Raises:
        InputError: if the data are damaged, or would be longer than ``length`` bytes.

    >>> unpack_lzf(bytes([1, 65, 66, 0b00100000, 1]), 5)
    b'ABABA'
    """
    out = bytearray()
    place, end = 0, len(data)
    try:
        while place < end and len(out) <= length:
            control = data[place]
            place += 1
            if control < 32:
                out += data[place : place + control + 1]
                place += control + 1
                continue
            run = control >> 5
            if run == 7:
                run += data[place]
                place += 1
            run += 2
            start = len(out) - ((control & 31) << 8) - data[place] - 1
            place += 1
            if start < 0:
                raise IndexError
            piece = out[start : start + run]
            out += (piece * (run // len(piece) + 1))[:run]  # it may run into what it writes
    except IndexError as error:
        raise InputError(f"{name} holds damaged LZF data; save the file again.") from error
    if len(out) > length:
        raise InputError(f"{name} holds more than the {length} bytes of a tile; save it again.")
    return bytes(out)
