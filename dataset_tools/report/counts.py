"""What the tables of a data set add up to, each a pure function of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from dataset_tools.report.tables import DataSet
from dataset_tools.splits.strata import STRATA, limits_of, strata_of


@dataclass(frozen=True)
class Step:
    """One outcome of all that was delivered."""

    name: str  # accepted, doubted, quarantined or refused
    count: int
    share: float  # of what was delivered, in [0, 1]
    meaning: str


def funnel(data: DataSet) -> list[Step]:
    """What became of everything that was delivered; the counts add up to it."""
    verdicts = Counter(data.verdicts.values())
    counts = {
        "accepted": (verdicts["accept"], "nothing is held against them; they train"),
        "doubted": (verdicts["doubt"], "they train, and a person should look at them"),
        "quarantined": (verdicts["quarantine"], "kept on record, in no split"),
        "refused": (len(data.refused), "could not be read as a drawing"),
    }
    delivered = sum(count for count, _ in counts.values())
    return [
        Step(name, count, count / max(1, delivered), meaning)
        for name, (count, meaning) in counts.items()
    ]


def reasons(data: DataSet) -> list[tuple[str, int]]:
    """Checks and how many pairs each put into quarantine: those it was the first to refuse."""
    counts = data.quarantine["check"].value_counts()
    return sorted(((str(k), int(v)) for k, v in counts.items()), key=lambda item: (-item[1], item))


@dataclass(frozen=True)
class Origin:
    """The pairs of one artist under one licence."""

    source: str
    artist: str
    license: str
    pairs: int
    kept: int


def origins(data: DataSet) -> list[Origin]:
    """Who made what and under which licence, most pairs first."""
    kept = set(data.kept["id"])
    found = [
        Origin(str(source), str(artist), str(license), len(rows), int(rows["id"].isin(kept).sum()))
        for (source, artist, license), rows in data.pairs.groupby(["source", "artist", "license"])
    ]
    return sorted(found, key=lambda item: (-item.pairs, item.source, item.artist, item.license))


@dataclass(frozen=True)
class Format:
    """The delivered files of one kind."""

    role: str  # render or line
    format: str
    mode: str
    bits: str  # a channel
    files: int
    bytes: int
    sizes: str  # of the smallest and of the largest
    notes: str  # what is unusual about some of them


def formats(data: DataSet) -> list[Format]:
    """The raster files as they were delivered, by what they are."""
    found = []
    for kind, rows in data.files.groupby(["role", "format", "mode", "bits"]):
        role, name, mode, bits = map(str, kind)
        unusual = {
            "lossy": rows["lossy"].astype(str) == "True",
            "with transparency": rows["alpha"].astype(str) == "True",
            "with a colour profile": rows["profile"] != "",
            "turned by EXIF": rows["orientation"] > 1,
            "with several frames": rows["frames"] > 1,
        }
        notes = [f"{int(some.sum())} {words}" for words, some in unusual.items() if some.any()]
        sizes = sorted(
            zip(rows["width"], rows["height"], strict=True), key=lambda side: side[0] * side[1]
        )
        ends = dict.fromkeys(f"{width} × {height}" for width, height in (sizes[0], sizes[-1]))
        total = int(rows["bytes"].sum())
        row = Format(role, name, mode, bits, len(rows), total, " to ".join(ends), ", ".join(notes))
        found.append(row)
    return found


@dataclass(frozen=True)
class CheckCount:
    """How often one check found something."""

    name: str
    examined: int  # pairs that the check saw; after a size that does not fit it sees none
    doubt: int
    quarantine: int
    noted: int  # pairs it accepts with a word

    @property
    def share(self) -> float:
        """Of the pairs it saw, those it doubts or refuses; in [0, 1]."""
        return (self.doubt + self.quarantine) / max(1, self.examined)


def check_counts(data: DataSet) -> list[CheckCount]:
    """All checks, in the order of the catalogue."""
    counts = []
    for name in data.checks:
        levels = data.summary["checks"].get(name, {})
        counts.append(
            CheckCount(
                name,
                int(pd.to_numeric(data.findings[name], errors="coerce").notna().sum()),
                int(levels.get("doubt", 0)),
                int(levels.get("quarantine", 0)),
                len(found_by(data, name, noted=True)),
            )
        )
    return counts


def found_by(data: DataSet, check: str, noted: bool = False) -> pd.DataFrame:
    """What a check doubts or refuses, the worst first; or only notes, which it accepts with a word.

    Columns ``id``, ``verdict``, ``score``, ``reason``, ``where``, ``fix``.
    """
    frame = data.findings
    columns = {
        "score": pd.to_numeric(frame[check], errors="coerce"),
        **{name: _text(frame, f"{check}.{name}") for name in ("reason", "where", "fix")},
    }
    found = frame[["id"]].assign(verdict=frame["id"].map(data.verdicts), **columns)
    said = found[(found["reason"] != "") & ((found["score"] == 1) == noted)]
    return said.sort_values(["score", "id"], kind="stable")


def _text(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column].astype(str) if column in frame else pd.Series("", index=frame.index)


@dataclass(frozen=True)
class Stratum:
    """The kept drawings that are alike in stroke width and coverage, and where they went."""

    name: str
    drawings: int
    counts: dict[str, int]  # by split
    shares: dict[str, float]  # of the stratum


def balance(data: DataSet) -> list[Stratum]:
    """How each stratum of :mod:`dataset_tools.splits.strata` was divided among the splits, then all of them.

    Strata without drawings are left out.
    """
    placed = data.kept[data.kept["id"].isin(data.split_of.keys())]
    split = placed["id"].map(data.split_of)
    strata = strata_of(placed, limits_of(placed)).tolist() if len(placed) else []
    found = []
    for place, name in enumerate(STRATA):
        inside = split[[stratum == place for stratum in strata]]
        if len(inside):
            found.append(_stratum(name, inside, data))
    return [*found, _stratum("all", split, data)]


def _stratum(name: str, splits: pd.Series, data: DataSet) -> Stratum:
    counts = {split: int((splits == split).sum()) for split in data.splits}
    shares = {split: count / max(1, len(splits)) for split, count in counts.items()}
    return Stratum(name, len(splits), counts, shares)
