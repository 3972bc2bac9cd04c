"""The boundaries in a MATLAB file of BSDS500, read with an eye on every length that the file claims.

They are laid out so::

    groundTruth    a cell for each person, a structure with the field
        Boundaries     (H, W), not 0 on a boundary

Of the format ("MAT-File Format", level 5, which MATLAB writes up to version 7) only that much is read.
SciPy reads all of it, but takes a damaged file's word: one ended Python where memory was limited, another
took a minute and a half.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lineart.errors import InputError
from lineart.pictures.decoding import MAX_PIXELS, shown
from lineart.pictures.images import MAX_BYTES, Picture, read_file

NAME, FIELD = "groundTruth", "Boundaries"
LAYOUT = f"wanted is a cell array '{NAME}' of structures with '{FIELD}', as in BSDS500"
HEADER = 128  # bytes before the first element
NUMBERS = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
MATRIX, COMPRESSED = 14, 15  # kinds of elements, beside those of numbers
CELL, STRUCTURE, NUMERIC = 1, 2, range(6, 16)  # classes of matrices
MOST = 1000  # people


class _DamagedError(ValueError):
    """A length or a kind that cannot be."""


class _OtherwiseError(ValueError):
    """A whole file with something else in it."""


@dataclass(frozen=True)
class _Matrix:
    """The head of a matrix, and the elements that follow it."""

    kind: int
    shape: tuple[int, ...]
    name: str
    rest: Iterator[tuple[int, memoryview]]


def read_boundaries(path: Path) -> list[Picture]:
    """The boundaries that people have drawn of one picture.

    Args:
        path: a MATLAB file up to version 7.

    Returns:
        ``(H, W)`` float32 each, 1 on a boundary and 0 elsewhere.

    Raises:
        InputError: if it cannot be read, or is laid out otherwise.
    """
    data = memoryview(read_file(path))
    order = {b"IM": "<", b"MI": ">"}.get(bytes(data[126:HEADER]), "")
    if order and data[125 if order == "<" else 124] == 2:
        raise InputError(
            f"{shown(path)} is a MATLAB file of version 7.3; save it in MATLAB with '-v7'."
        )
    try:
        if not order:
            raise _DamagedError
        found = [_pixels(matrix, order) for matrix in _people(data[HEADER:], order)]
    except (_DamagedError, struct.error, zlib.error) as error:
        raise InputError(
            f"{shown(path)} cannot be read as a MATLAB file; copy it again, or save it with '-v7'."
        ) from error
    except _OtherwiseError as error:
        raise InputError(f"{shown(path)} holds no boundaries; {LAYOUT}.") from error
    return [(mask != 0).astype(np.float32) for mask in found]


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """The elements in some bytes, each its kind and its content."""
    at = 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from(f"{order}II", data, at)
        if kind >> 16:  # up to four bytes lie in the second half of the head itself
            kind, size, start, end = kind & 0xFFFF, kind >> 16, at + 4, at + 8
            if size > 4:
                raise _DamagedError
        else:
            start = at + 8
            end = start + size + (0 if kind == COMPRESSED else -size % 8)
        if start + size > len(data):
            raise _DamagedError
        yield kind, data[start : start + size]
        at = end


def _matrix(data: memoryview, order: str) -> _Matrix:
    elements = _elements(data, order)
    head = [content for _, content in (next(elements, (0, data[:0])) for _ in range(3))]
    flags, dimensions, name = head
    if len(flags) < 4 or len(dimensions) < 8 or len(dimensions) % 4:
        raise _DamagedError
    (kind,) = struct.unpack_from(f"{order}I", flags)
    shape = struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions)
    if min(shape) < 0:
        raise _DamagedError
    return _Matrix(kind & 0xFF, shape, bytes(name).decode("latin-1"), elements)


def _people(data: memoryview, order: str) -> Iterator[_Matrix]:
    """The field of each person's structure, in the order of the file."""
    for kind, content in _elements(data, order):
        if kind == COMPRESSED:
            whole = zlib.decompressobj().decompress(content, MAX_BYTES)
            kind, content = next(_elements(memoryview(whole), order), (0, content))
        if kind != MATRIX:
            continue
        matrix = _matrix(content, order)
        if matrix.name == NAME:
            yield from _fields(matrix, order)
            return
    raise _OtherwiseError


def _fields(matrix: _Matrix, order: str) -> Iterator[_Matrix]:
    count = math.prod(matrix.shape)
    if matrix.kind not in (CELL, STRUCTURE) or not 0 < count <= MOST:
        raise _OtherwiseError
    if matrix.kind == CELL:
        for _ in range(count):
            person = _matrix(_next(matrix.rest, MATRIX), order)
            if person.kind != STRUCTURE:
                raise _OtherwiseError
            yield from _fields(person, order)
        return
    _, width = next(matrix.rest, (0, b""))
    _, names = next(matrix.rest, (0, b""))
    (longest,) = struct.unpack(f"{order}i", width)
    if longest <= 0 or len(names) % longest:
        raise _DamagedError
    fields = [
        bytes(names[at : at + longest]).partition(b"\0")[0] for at in range(0, len(names), longest)
    ]
    if FIELD.encode() not in fields:
        raise _OtherwiseError
    for _ in range(count):
        for field in fields:
            content = _next(matrix.rest, MATRIX)
            if field == FIELD.encode():
                yield _matrix(content, order)


def _next(elements: Iterator[tuple[int, memoryview]], wanted: int) -> memoryview:
    kind, content = next(elements, (0, memoryview(b"")))
    if kind != wanted:
        raise _DamagedError
    return content


def _pixels(matrix: _Matrix, order: str) -> NDArray[Any]:
    """The numbers of a matrix as ``(H, W)``; they may be stored in fewer bytes than its class has."""
    size = math.prod(matrix.shape)
    if matrix.kind not in NUMERIC or len(matrix.shape) != 2 or not 0 < size <= MAX_PIXELS:
        raise _OtherwiseError
    kind, content = next(matrix.rest, (0, memoryview(b"")))
    dtype = np.dtype(order + NUMBERS.get(kind, "u1"))
    if kind not in NUMBERS or len(content) != size * dtype.itemsize:
        raise _DamagedError
    return np.frombuffer(content, dtype).reshape(matrix.shape, order="F")
