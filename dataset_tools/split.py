"""Train, validation and test: a stable hash of a pair's cluster says which, before any augmentation.

The hash knows only the seed and the cluster's name, so a split does not depend on what else is in the
data set: adding drawings moves none of the old ones. A leak check that trusts neither hash nor cluster
looks at groups and pictures again, and fails the stage if the same drawing is on two sides.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pandas as pd

from dataset_tools.duplicates import DuplicateSettings, Fingerprint, check_no_leak
from dataset_tools.sources.drawing import stable_fraction
from lineart.errors import InputError
from lineart.images import write_text
from lineart.pairs import write_table
from lineart.settings import require
from lineart.shards import SPLITS


@dataclass(frozen=True)
class SplitSettings:
    """The settings of the stage split."""

    ratios: tuple[float, ...] = (6.0, 3.0, 1.0)  # train, val, test; any positive numbers
    seed: int = 0  # another seed, another split

    def __post_init__(self) -> None:
        fine = len(self.ratios) == len(SPLITS) and all(ratio > 0 for ratio in self.ratios)
        require(fine, "split.ratios", self.ratios, "three numbers above 0 (train, val, test)")


def split_of(cluster: str, settings: SplitSettings) -> str:
    """The split of a cluster: ``train``, ``val`` or ``test``.

    SHA-256 of ``SEED:CLUSTER`` is read as a number in [0, 1); the ratios divide that range in order.
    """
    position = stable_fraction(f"{settings.seed}:{cluster}")
    total = sum(settings.ratios)
    for name, limit in zip(SPLITS, accumulate(settings.ratios), strict=True):
        if position < limit / total:
            return name
    return SPLITS[-1]  # rounding may leave the last limit a hair below 1


def split_pairs(frame: pd.DataFrame, settings: SplitSettings) -> dict[str, pd.DataFrame]:
    """Divide a table of checked pairs (columns of Pair and ``cluster``), each part sorted by id.

    Raises:
        InputError: if the table has no clusters, or a split comes out empty.
    """
    if "cluster" not in frame.columns:
        raise InputError("The table of pairs has no column cluster; run the stage qa first.")
    frame = frame.sort_values("id", kind="stable").reset_index(drop=True)
    names = frame["cluster"].map(lambda cluster: split_of(str(cluster), settings))
    splits = {name: frame[names == name].reset_index(drop=True) for name in SPLITS}
    for name, part in splits.items():
        if part.empty:
            raise InputError(
                f"The split '{name}' is empty: {len(frame)} pairs in {frame['cluster'].nunique()} clusters "
                f"are too few for the ratios {list(settings.ratios)}; add drawings or change `split`."
            )
    return splits


def check_leaks(
    splits: dict[str, pd.DataFrame],
    prints: Sequence[Fingerprint],
    settings: DuplicateSettings,
) -> None:
    """Refuse splits in which a group, an exact or a near duplicate is on two sides.

    Args:
        splits: tables of pairs by the name of their split.
        prints: fingerprints of all these pairs, made from the pictures anew
            (:func:`dataset_tools.duplicates.fingerprint_pairs`); the column ``cluster`` is not asked.
        settings: when two drawings are taken for one.

    Raises:
        InputError: naming two pairs, what they share, and both splits.
    """
    split_by_id: dict[str, str] = {}
    for name, part in splits.items():
        for id in part["id"]:
            if id in split_by_id:
                raise InputError(f"The drawing '{id}' is in {split_by_id[id]} and in {name}.")
            split_by_id[id] = name
    missing = split_by_id.keys() - {item.id for item in prints}
    if missing:
        raise InputError(
            f"'{min(missing)}' and {len(missing) - 1} more pairs were not looked at for leaks; "
            f"run the stage split again."
        )
    known = [item for item in prints if item.id in split_by_id]
    check_no_leak(split_by_id, known, settings)


def write_splits(out: Path, splits: dict[str, pd.DataFrame]) -> None:
    """Write ``summary.json`` and ``train.csv``, ``val.csv``, ``test.csv``."""
    total = sum(len(part) for part in splits.values())
    summary = {
        name: {
            "pairs": len(part),
            "clusters": int(part["cluster"].nunique()),
            "share": round(len(part) / total, 4),
        }
        for name, part in splits.items()
    }
    write_text(out / "summary.json", json.dumps(summary, indent=2) + "\n")
    for name, part in splits.items():
        write_table(out / f"{name}.csv", part)
