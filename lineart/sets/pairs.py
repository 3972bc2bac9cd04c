"""A pair: one drawing's render and its line art. Its table is a CSV file, one row a pair, sorted by id."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lineart.errors import InputError
from lineart.pictures.images import Picture, read_line, read_render, write_text


@dataclass(frozen=True)
class Pair:
    """One row of a pair table. ``render`` and ``line`` are relative to the folder of the pictures."""

    id: str  # unique, a file name without its ending
    render: str
    line: str
    group: str  # variants of one drawing share it; no group is ever in two splits
    source: str  # name of the source that made the pair
    artist: str  # who is to be named with every copy
    license: str  # as an SPDX name where there is one
    width: int  # of the render, in pixels
    height: int
    render_sha256: str  # of the file's bytes
    line_sha256: str

    def pictures(self, folder: Path) -> tuple[Picture, Picture]:
        """Read both pictures: ``(H, W, 3)`` and ``(H, W)``, as :mod:`lineart.pictures.images` has them."""
        return read_render(folder / self.render), read_line(folder / self.line)


TEXT_COLUMNS = (
    *(field.name for field in dataclasses.fields(Pair) if field.type in (str, "str")),
    *("cluster", "key", "parent", "sha256", "recipe", "check", "reason"),
    *("verdict", "defects", "regions", "note", "reviewer", "time"),
    *("name", "one", "other", "role", "file", "format", "mode", "profile"),
)


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_pairs(table: Path) -> list[Pair]:
    """Read a pair table; columns beyond those of :class:`Pair` are left alone.

    Raises:
        InputError: if the table is missing, lacks a column, or has a size that is no whole number.
    """
    frame = read_table(table)
    fields = dataclasses.fields(Pair)
    missing = [field.name for field in fields if field.name not in frame.columns]
    if missing:
        raise InputError(f"{table} is no pair table: it lacks the columns {', '.join(missing)}.")
    try:
        columns = [
            frame[field.name].astype(int if field.type in (int, "int") else str).tolist()
            for field in fields
        ]
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{table} is no pair table: width and height must be whole numbers."
        ) from error
    return [Pair(*row) for row in zip(*columns, strict=True)]


def write_pairs(table: Path, pairs: Iterable[Pair]) -> None:
    """Write a pair table, sorted by id.

    Raises:
        InputError: if two pairs share an id.
    """
    rows = sorted(pairs, key=lambda pair: pair.id)
    for one, other in itertools.pairwise(rows):
        if one.id == other.id:
            raise InputError(f"Two pairs are called '{one.id}'; give each drawing its own name.")
    columns = [field.name for field in dataclasses.fields(Pair)]
    write_table(table, pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=columns))


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV table of this project. Names stay text ("0031" and "NA" are names).

    Raises:
        InputError: if there is none, or it cannot be read.
    """
    try:
        return pd.read_csv(
            path,
            keep_default_na=False,
            dtype=dict.fromkeys(TEXT_COLUMNS, str),
            encoding="utf-8-sig",  # spreadsheets put a mark before the first name
        )
    except FileNotFoundError as error:
        raise InputError(f"There is no table {path}; run the stage that makes it first.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be opened ({error.strerror}).") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path} cannot be read as a table ({reason}).") from error


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a CSV table, whole or not at all."""
    write_text(path, frame.to_csv(index=False, lineterminator="\n"))
