"""The tables of a data set, read once: what the stages before left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from lineart.errors import InputError
from lineart.sets.pairs import read_table, sha256
from lineart.sets.shards import SPLITS, TABLE, data_digest

BETWEEN = ("duplicate", "near")  # findings between pairs, which have a section of their own
UNREAD = "decodes"  # the check that a drawing fails which could not be read


@dataclass(frozen=True)
class Folders:
    """Where the stages before left their tables and pictures."""

    pairs: Path
    checked: Path
    splits: Path
    augmented: Path
    curated: Path | None = None  # of the stage curate, where people have the last word
    doubts: Path | None = None  # of the stage disagree, if it was run
    results: Path | None = None  # what was measured of the checks, if it was

    @classmethod
    def below(cls, data: Path, results: Path | None = None) -> Folders:
        """The folders of a data set whose stages wrote below ``data``."""
        curated = data / "curated"
        return cls(
            pairs=data / "pairs",
            checked=data / "checked",
            splits=data / "splits",
            augmented=data / "augmented",
            curated=curated if curated.exists() else None,
            doubts=data / "doubts",
            results=results,
        )

    @property
    def judged(self) -> Path:
        """Where the last word on each pair is: of people if they were asked, else of the checks."""
        return self.curated or self.checked

    def tables(self) -> dict[str, Path]:
        """The tables that say what the data set is, by folder and name."""
        paths = [
            self.pairs / "pairs.csv",
            self.judged / "pairs.csv",
            *(self.splits / f"{split}.csv" for split in SPLITS),
            self.augmented / TABLE,
        ]
        return {f"{path.parent.name}/{path.name}": path for path in paths}


@dataclass(frozen=True, eq=False)
class DataSet:
    """All of them. Rows are sorted as they lie in the files, by id."""

    folders: Folders
    pairs: pd.DataFrame  # every pair that ingest made
    refused: pd.DataFrame  # id, reason: what was delivered and could not be read
    files: pd.DataFrame  # one row a delivered raster file; none for vector sources
    attribution: str
    # the pairs that train, accepted or doubted, with cluster, stroke_width, coverage
    kept: pd.DataFrame
    quarantine: pd.DataFrame  # the pairs that do not, with check and reason
    findings: pd.DataFrame  # of every pair: verdict, and score, reason, where, fix of each check
    duplicates: pd.DataFrame  # one, other, kind, difference
    summary: dict[str, Any]  # of the checks
    splits: dict[str, pd.DataFrame]
    left_out: pd.DataFrame  # kept drawings that fit in no split without a leak, with reason
    children: pd.DataFrame
    doubts: pd.DataFrame  # empty if no model was asked
    planted: pd.DataFrame  # recall of the checks; empty if nothing was planted
    alarms: pd.DataFrame  # false alarms of the checks; likewise

    @cached_property
    def checks(self) -> list[str]:
        """The names of the checks in the order of the table."""
        return [
            name.removesuffix(".reason")
            for name in map(str, self.findings.columns)
            if name.endswith(".reason")
        ]

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """The verdict on every pair, by id: accept, doubt or quarantine."""
        said = dict(zip(self.findings["id"], self.findings["verdict"], strict=True))
        # A pair that people took back from quarantine is accepted.
        kept = {id: "doubt" if said.get(id) == "doubt" else "accept" for id in self.kept["id"]}
        return {**said, **dict.fromkeys(self.quarantine["id"], "quarantine"), **kept}

    @cached_property
    def split_of(self) -> dict[str, str]:
        """The split of every kept pair, by id."""
        return {id: name for name, part in self.splits.items() for id in part["id"]}

    @cached_property
    def version(self) -> str:
        """What models are said to be trained on, see :func:`lineart.sets.shards.data_digest`."""
        return data_digest(self.folders.augmented)

    @cached_property
    def digests(self) -> dict[str, str]:
        """What tells one version of each table from another, 12 hexadecimal digits."""
        return {
            name: sha256(path.read_bytes())[:12] for name, path in self.folders.tables().items()
        }


def read_dataset(folders: Folders) -> DataSet:
    """Read all tables.

    Raises:
        InputError: if a table is missing or lacks a column.
    """
    pairs = read_table(folders.pairs / "pairs.csv")
    quarantine = read_table(folders.judged / "quarantine.csv")
    # A drawing that could not be read is in this table too, so that nobody misses it; it is no pair.
    quarantine = quarantine[quarantine["render"] != ""].reset_index(drop=True)
    findings = read_table(folders.checked / "findings.csv")
    findings = findings[findings["id"].isin(pairs["id"])].reset_index(drop=True)
    summary = folders.checked / "summary.json"
    try:
        judged = json.loads(summary.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"There is no {summary}; run the stage qa first.") from error
    return DataSet(
        folders=folders,
        pairs=pairs,
        refused=read_table(folders.pairs / "refused.csv"),
        files=read_table(folders.pairs / "files.csv"),
        attribution=(folders.pairs / "ATTRIBUTION.txt").read_text(encoding="utf-8").strip(),
        kept=_measured(read_table(folders.judged / "pairs.csv"), folders.judged / "pairs.csv"),
        quarantine=quarantine,
        findings=_measured(findings, folders.checked / "findings.csv"),
        duplicates=read_table(folders.checked / "duplicates.csv"),
        summary=judged,
        splits={split: read_table(folders.splits / f"{split}.csv") for split in SPLITS},
        left_out=read_table(folders.splits / "left_out.csv"),
        children=read_table(folders.augmented / TABLE),
        doubts=_optional(folders.doubts, "doubts.csv"),
        planted=_optional(folders.results, "planted_defects.csv"),
        alarms=_optional(folders.results, "false_alarms.csv"),
    )


def _measured(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The frame with its measures as numbers, NaN where there is none."""
    for column in ("stroke_width", "coverage"):
        if column not in frame:
            raise InputError(f"{path} lacks the column {column}; run the stage qa again.")
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    return frame


def _optional(folder: Path | None, name: str) -> pd.DataFrame:
    if folder is None or not (folder / name).exists():
        return pd.DataFrame()
    return read_table(folder / name)
