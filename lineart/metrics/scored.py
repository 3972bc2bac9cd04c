"""What a model was given on a split: a table with a row a picture, and the counts behind ODS and the like.

Two files, from which every figure of the model can be worked out again:

    pictures.csv    key, parent, child, and a column a metric of ``PICTURE_METRICS``
    counts.npz      for each of ``COUNTS`` an array ``(pictures, 99, 4)``, in the order of the rows
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lineart.errors import InputError
from lineart.metrics.boundary import Counts
from lineart.metrics.pixels.metric import DIGITS
from lineart.metrics.table import COUNTS, PICTURE_METRICS, SCORES, set_figures
from lineart.pictures.images import write_bytes
from lineart.sets.pairs import read_table, write_table

PICTURES, ARRAYS = "pictures.csv", "counts.npz"
PARTS = ("originals", "children")  # averaged apart: they answer different questions


@dataclass(frozen=True)
class Scored:
    """The scores of a model on the pictures of a split."""

    pictures: pd.DataFrame  # key, parent, child, a column a metric; six digits
    counts: Mapping[str, Counts]  # (pictures, thresholds, 4) each, in the same order

    def part(self, name: str) -> Scored:
        """Its originals or its children alone.

        Args:
            name: one of :data:`PARTS`.
        """
        assert name in PARTS, name
        chosen = (self.pictures["child"] == 0).to_numpy() == (name == "originals")
        counts = {array: values[chosen] for array, values in self.counts.items()}
        return Scored(self.pictures[chosen].reset_index(drop=True), counts)

    def figures(self) -> dict[str, float]:
        """The figures of all its pictures together, by the names of ``SCORES``; six digits.

        Means over pictures, and of the edge benchmark those of the set. Empty without a picture.
        """
        if not len(self.pictures):
            return {}
        found = {name: float(self.pictures[name].mean()) for name in PICTURE_METRICS}
        found |= set_figures(self.counts)
        return {name: round(found[name], DIGITS) for name in SCORES}


def write_scored(folder: Path, scored: Scored) -> None:
    """Write both files; the same scores, the same bytes."""
    buffer = io.BytesIO()
    arrays = {name: scored.counts[name].astype(np.int32) for name in COUNTS}
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # the stubs mistake a name
    write_bytes(folder / ARRAYS, buffer.getvalue())
    write_table(folder / PICTURES, scored.pictures)


def read_scored(folder: Path) -> Scored:
    """Read what :func:`write_scored` has written.

    Raises:
        InputError: if a file is missing, damaged or of an older version, or the two do not belong together.
    """
    pictures = read_table(folder / PICTURES)
    missing = [name for name in PICTURE_METRICS if name not in pictures.columns]
    if missing:
        raise InputError(
            f"{folder / PICTURES} lacks the columns {', '.join(missing)}; evaluate the model again."
        )
    # The parser may be off by the last bit; a number of six digits is then the same again.
    pictures = pictures.round(DIGITS)
    try:
        with np.load(folder / ARRAYS) as file:
            counts = {name: file[name].astype(np.int64) for name in COUNTS}
    except FileNotFoundError as error:
        raise InputError(f"There is no {folder / ARRAYS}; evaluate the model again.") from error
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{folder / ARRAYS} is damaged; evaluate the model again.") from error
    for name, values in counts.items():
        if values.shape[0] != len(pictures):
            raise InputError(
                f"{folder / ARRAYS} counts {len(values)} pictures under {name} and {PICTURES} has "
                f"{len(pictures)} rows; evaluate the model again."
            )
    return Scored(pictures, counts)
