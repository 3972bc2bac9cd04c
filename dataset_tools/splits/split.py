"""Train, validation and test, by whole clusters and before any augmentation.

A new cluster goes where its strata lack drawings (:mod:`dataset_tools.splits.strata`); what was decided once
stays decided (:mod:`dataset_tools.splits.record`; why a memory is needed:
docs/decisions/0013-splits-remember.md). What weights that one may begin with were trained on, by the record
of another size, is not dealt to test. A leak check that trusts neither looks at groups and pictures again,
and fails the stage if the same drawing is on two sides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataset_tools.sources.drawing import stable_fraction
from dataset_tools.splits.duplicates import DuplicateSettings, Fingerprint, check_no_leak
from dataset_tools.splits.record import COLUMNS, read_record, recall
from dataset_tools.splits.strata import STRATA, deal, limits_of, strata_of
from lineart.errors import InputError
from lineart.pictures.images import write_text
from lineart.sets.pairs import write_table
from lineart.sets.shards import SPLITS
from lineart.settings import require

NONE = [0] * len(SPLITS)  # no bias, see :func:`dataset_tools.splits.strata.deal`


@dataclass(frozen=True)
class SplitSettings:
    """The settings of the stage split. Others than those of the record decide everything anew."""

    ratios: tuple[float, ...] = (6.0, 3.0, 1.0)  # train, val, test; any positive numbers
    seed: int = 0  # another seed, another split
    record: str = "record.csv"  # in the folder of the splits: what was decided, and stays so
    # another record there, of what weights that one begins with were trained on: what is in train by it is
    # not dealt to test, and what is in test by it goes there first
    trained: str | None = None

    def __post_init__(self) -> None:
        fine = len(self.ratios) == len(SPLITS) and all(ratio > 0 for ratio in self.ratios)
        require(fine, "split.ratios", self.ratios, "three numbers above 0 (train, val, test)")
        for name in ("record", "trained"):
            value = getattr(self, name)
            named = value is None or re.fullmatch(r"record[\w.-]*\.csv", value) is not None
            require(
                named, f"split.{name}", value, "a file name such as record.csv or record-mine.csv"
            )
        require(
            self.trained != self.record, "split.trained", self.trained, "another than the record"
        )

    @property
    def rule(self) -> str:
        """The settings in words, as the record names them.

        >>> SplitSettings().rule
        '0.6 : 0.3 : 0.1, seed 0'
        """
        shares = [f"{ratio / sum(self.ratios):.4g}" for ratio in self.ratios]
        return f"{' : '.join(shares)}, seed {self.seed}"


@dataclass(frozen=True)
class Division:
    """Pairs divided."""

    splits: dict[str, pd.DataFrame]  # train, val, test: rows of the table of checked pairs, by id
    left_out: pd.DataFrame  # rows that fit in no split without a leak, and ``reason``
    record: pd.DataFrame  # the record as it is now
    summary: dict[str, Any]  # counts by split and stratum


def split_pairs(
    frame: pd.DataFrame,
    settings: SplitSettings,
    record: pd.DataFrame | None = None,
    links: Iterable[tuple[str, str]] = (),
    trained: pd.DataFrame | None = None,
) -> Division:
    """Divide a table of checked pairs; the same whatever the order of its rows.

    Args:
        frame: columns of Pair, ``cluster``, ``stroke_width`` and ``coverage``.
        settings: shares and seed.
        record: of earlier runs (:func:`dataset_tools.splits.record.read_record`); None to decide everything.
        links: pairs of ids that are duplicates; asked only about a cluster that was in two splits.
        trained: another record, whose train drawings are not dealt to test, nor new ones of their groups;
            its test drawings are the first that are.

    Raises:
        InputError: if the table lacks a column, or a split comes out empty.
    """
    if "cluster" not in frame.columns:
        raise InputError("The table of pairs has no column cluster; run the stage qa first.")
    if frame.empty:
        raise InputError("The table of pairs is empty; add drawings and run the stage qa again.")
    frame = frame.sort_values("id", kind="stable").reset_index(drop=True)
    limits = limits_of(frame)
    record = pd.DataFrame(columns=list(COLUMNS)) if record is None else record
    record = record[record["rule"] == settings.rule]
    recalled = recall(frame, record, links)
    frame["cluster"] = [
        recalled.clusters.get(id, cluster)
        for id, cluster in zip(frame["id"], frame["cluster"], strict=True)
    ]
    out = frame["id"].isin(recalled.left_out)
    left_out = frame[out].assign(reason=frame.loc[out, "id"].map(recalled.left_out))
    frame = frame[~out].reset_index(drop=True)
    bias = {} if trained is None else _bias(frame, trained)
    names = _decide(frame, strata_of(frame, limits), recalled.splits, settings, bias)
    splits = {name: frame[names == name].reset_index(drop=True) for name in SPLITS}
    for name, part in splits.items():
        if part.empty:
            raise InputError(
                f"The split '{name}' is empty: {len(frame)} pairs in {frame['cluster'].nunique()} clusters "
                f"are too few for the ratios {list(settings.ratios)}; add drawings or change `split`."
            )
    remembered = int(frame["id"].isin(record["id"]).sum())
    summary = {
        **_summary(splits, limits),
        "remembered": remembered,
        "new": len(frame) - remembered,
        "left_out": len(left_out),
    }
    return Division(splits, left_out, _extend(record, splits, settings.rule), summary)


def _decide(
    frame: pd.DataFrame,
    strata: np.ndarray,
    known: dict[str, str],
    settings: SplitSettings,
    bias: dict[str, list[int]],
) -> pd.Series:
    """The split of every row, which ``known`` may have by id already; ``bias`` is by cluster."""
    clusters = sorted(
        set(frame["cluster"]), key=lambda name: (stable_fraction(f"{settings.seed}:{name}"), name)
    )
    numbers = frame["cluster"].map({name: number for number, name in enumerate(clusters)})
    sources, source = np.unique(frame["source"].to_numpy(str), return_inverse=True)
    kinds = len(sources) * len(STRATA)  # each source has strata of its own
    counts = np.zeros((len(clusters), kinds), np.int64)
    np.add.at(counts, (numbers.to_numpy(int), len(STRATA) * source + strata), 1)
    decided = dict(zip(numbers, frame["id"].map(known), strict=True))  # a cluster is in one split
    have = np.zeros((len(SPLITS), kinds), np.int64)
    new = []
    for number in range(len(clusters)):
        if isinstance(decided[number], str):
            have[SPLITS.index(decided[number])] += counts[number]
        else:
            new.append(number)
    leaning = np.array([bias.get(clusters[number], NONE) for number in new]).reshape(
        -1, len(SPLITS)
    )
    dealt = deal(counts[new], have, settings.ratios, leaning)
    decided.update({number: SPLITS[place] for number, place in zip(new, dealt, strict=True)})
    return numbers.map(decided)


def _bias(frame: pd.DataFrame, trained: pd.DataFrame) -> dict[str, list[int]]:
    """What another record means for each cluster, by split, as ``strata.deal`` takes it."""
    by_id = dict(zip(trained["id"], trained["split"], strict=True))
    groups = set(trained.loc[trained["split"] == "train", "group"])
    bias = {}
    for cluster, rows in frame.groupby("cluster"):
        says = [
            by_id.get(id, "train" if group in groups else "")
            for id, group in zip(rows["id"], rows["group"], strict=True)
        ]
        test = -1 if "train" in says else int(set(says) == {"test"})
        bias[str(cluster)] = [test if name == "test" else 0 for name in SPLITS]
    return bias


def _extend(record: pd.DataFrame, splits: dict[str, pd.DataFrame], rule: str) -> pd.DataFrame:
    now = [
        part[["id", "group"]].assign(split=name, rule=rule).astype(str)
        for name, part in splits.items()
    ]
    ids = {id for part in now for id in part["id"]}
    whole = pd.concat([record[~record["id"].isin(ids)].astype(str), *now])
    return whole[list(COLUMNS)].sort_values("id", kind="stable").reset_index(drop=True)


def _summary(splits: dict[str, pd.DataFrame], limits: dict[str, list[float]]) -> dict[str, Any]:
    total = sum(len(part) for part in splits.values())
    counts = {
        name: np.bincount(strata_of(part, limits), minlength=len(STRATA))
        for name, part in splits.items()
    }
    return {
        **{
            name: {
                "pairs": len(part),
                "clusters": int(part["cluster"].nunique()),
                "share": round(len(part) / total, 4),
            }
            for name, part in splits.items()
        },
        "strata": {
            stratum: {name: int(counts[name][place]) for name in SPLITS}
            for place, stratum in enumerate(STRATA)
        },
        **_by_source(splits),
        "limits": {name: [round(value, 4) for value in pair] for name, pair in limits.items()},
    }


def _by_source(splits: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """How many drawings of each source are in each split; nothing where there is one source."""
    counts = pd.DataFrame({name: part["source"].value_counts() for name, part in splits.items()})
    if len(counts) < 2:
        return {}
    whole = counts.fillna(0).astype(int).sort_index()
    return {"sources": {str(name): row.to_dict() for name, row in whole.iterrows()}}


def check_leaks(
    splits: dict[str, pd.DataFrame],
    prints: Sequence[Fingerprint],
    settings: DuplicateSettings,
) -> None:
    """Refuse splits in which a group, an exact or a near duplicate is on two sides.

    Args:
        splits: tables of pairs by the name of their split.
        prints: fingerprints of all these pairs, made from the pictures anew
            (:func:`dataset_tools.splits.duplicates.fingerprint_pairs`); the column ``cluster`` is not asked.
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


def recorded(out: Path, settings: SplitSettings) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The record in a folder of splits, an empty one if there is none, and the one of what was trained on.

    Raises:
        InputError: if one is there and cannot be read, or ``settings.trained`` is not there.
    """
    if settings.trained is None:
        return read_record(out / settings.record), None
    path = out / settings.trained
    if not path.exists():
        raise InputError(
            f"There is no {path}, which `split.trained` names; restore it with `git checkout {path}`, or "
            f"set `split.trained: null` if no weights are begun with."
        )
    return read_record(out / settings.record), read_record(path)


def write_splits(out: Path, division: Division, record: str) -> None:
    """Write the record, ``left_out.csv``, ``summary.json`` and ``train.csv``, ``val.csv``, ``test.csv``."""
    write_table(out / record, division.record)
    write_table(out / "left_out.csv", division.left_out)
    write_text(out / "summary.json", json.dumps(division.summary, indent=2) + "\n")
    for name, part in division.splits.items():
        write_table(out / f"{name}.csv", part)
