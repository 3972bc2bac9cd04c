"""What is known of a model on one version of the data, as files: the record behind a leaderboard row.

A record is two folders, what training left (`models/M`) and what evaluation left (`evaluation/M`), with the
version of the data and the circumstances. MLflow gets it from here and never gives it back. A record that
MLflow would not take is copied to `VERSION/MODEL/` in an outbox, and waits there for the next run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from lineart.errors import InputError
from lineart.metrics.scored import Scored, read_scored
from lineart.pictures.clutter import without_clutter
from lineart.pictures.images import write_bytes, write_text
from lineart.runs import WEIGHTS, read_json
from lineart.sets.pairs import read_table

SMALL = (
    *("settings.json", "summary.json", "history.csv", "validation.csv"),
    *("scores.json", "pictures.csv", "counts.npz"),
)
ABOUT = "record.json"
SETTINGS = ("arguments", "train", "recipe")  # the tables of settings.json that are shown


@dataclass(frozen=True)
class Record:
    """One model on one version of the data."""

    model: str
    version: str  # of the data, see :func:`data_version`
    run: Path  # what training left
    scored: Path  # what evaluation left
    facts: Mapping[str, str]  # circumstances: commit, names of stage and experiment

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What training says of itself."""
        return read_json(self.run / "summary.json")

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What training was asked for."""
        return read_json(self.run / "settings.json")

    @cached_property
    def scores(self) -> dict[str, Any]:
        """What evaluation found, in the mean."""
        return read_json(self.scored / "scores.json")

    @cached_property
    def pictures(self) -> pd.DataFrame:
        """What evaluation found, a row a picture."""
        return read_table(self.scored / "pictures.csv")

    @cached_property
    def evaluated(self) -> Scored:
        """What evaluation counted and found, as the bootstrap wants it."""
        return read_scored(self.scored)

    @cached_property
    def history(self) -> pd.DataFrame | None:
        """The learning curve, a row an epoch; None for a classical method."""
        path = self.run / "history.csv"
        return read_table(path) if path.exists() else None

    @property
    def weights(self) -> Path | None:
        """The file of the weights; None for a classical method, or where it was not kept."""
        path = self.run / WEIGHTS
        return path if path.exists() else None

    @cached_property
    def digest(self) -> str:
        """Equal for equal settings, curves and scores. The weights follow from them."""
        sums = hashlib.sha256(f"{self.model} {self.version}".encode())
        for folder in (self.run, self.scored):
            for name in SMALL:
                if (folder / name).exists():
                    sums.update(name.encode())
                    sums.update((folder / name).read_bytes())
        return sums.hexdigest()[:16]

    def copy_to(self, outbox: Path) -> None:
        """Keep everything but weights and pictures until MLflow can be reached."""
        folder = outbox / self.version / self.model
        shutil.rmtree(folder, ignore_errors=True)
        for source, name in ((self.run, "run"), (self.scored, "scored")):
            for file in SMALL:
                if (source / file).exists():
                    write_bytes(folder / name / file, (source / file).read_bytes())
        about = {**dataclasses.asdict(self), "run": "run", "scored": "scored"}
        write_text(folder / ABOUT, json.dumps(about, indent=2) + "\n")


def check_versions(records: Iterable[Record], digest: str) -> None:
    """Refuse to rank models that did not see the same data, or were not scored on the test split.

    Args:
        records: the rows.
        digest: of the table of children that lies there now, as training notes it.

    Raises:
        InputError: naming the model that saw other data, or other pictures.
    """
    for record in records:
        seen = str(record.summary["data"])
        if seen != digest:
            raise InputError(
                f"The model {record.model} was made from data {seen}, but the data is now {digest}; "
                f"run `dvc repro` so that all rows stand on the same data."
            )
        split = record.scores.get("split", "test")
        if split != "test":
            raise InputError(
                f"The model {record.model} was scored on the split {split}, on which models are made, and "
                f"not on test; set `evaluate.split: test` and run `dvc repro`."
            )


def numbers(record: Record) -> dict[str, float]:
    """The results of a record by name: ``originals/mae``, ``speed/pictures_per_second``, ``steps``..."""
    found = {
        f"{part}/{name}": value
        for part in ("originals", "children", "speed")
        for name, value in record.scores[part].items()
    }
    found |= {f"validation/{name}": value for name, value in record.summary["validation"].items()}
    found |= {
        name: value
        for name, value in record.summary.items()
        if name not in ("tau", "precision_since")
    }
    found["multiply_adds"] = record.scores.get("multiply_adds")
    return {
        name: float(value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }


def parameters(record: Record) -> dict[str, str]:
    """The settings of a record, flat: ``train.loss.gamma`` and the like."""

    def flatten(content: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
        for key, value in content.items():
            if isinstance(value, Mapping):
                yield from flatten(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", str(value)

    settings = record.settings
    return dict(flatten({key: settings[key] for key in SETTINGS if key in settings}, ""))


def in_outbox(outbox: Path) -> dict[Path, Record]:
    """The records that wait, by their folder, in a fixed order."""
    waiting = {}
    for path in sorted(outbox.glob(f"*/*/{ABOUT}")):
        about, folder = read_json(path), path.parent
        folders = {name: folder / about.pop(name) for name in ("run", "scored")}
        waiting[folder] = Record(**about, **folders)
    return waiting


def remove(folder: Path, outbox: Path) -> None:
    """Take a record out of the outbox, and what is left empty with it."""
    shutil.rmtree(folder)
    for place in (folder.parent, outbox):
        if not any(place.iterdir()):
            place.rmdir()


def circumstances(commit: str) -> dict[str, str]:
    """The facts of a record: the commit, and the names DVC gave to what is running."""
    names = {"DVC_STAGE": "dvc_stage", "DVC_EXP_NAME": "dvc_experiment"}
    found = {tag: os.environ[name] for name, tag in names.items() if os.environ.get(name)}
    return {"git_commit": commit, **found}


def data_version(folder: Path) -> str:
    """The version of a data folder: the digest that `dvc.lock` has for it, without the ending `.dir`.

    Worked out from the files, so that it is true whether or not DVC has seen them yet: the MD5 of a JSON
    list of their MD5s and names. What DVC passes over (`.dvcignore`) counts for nothing here, too.
    """
    files = (path for path in without_clutter(folder.rglob("*"), folder) if path.is_file())
    listing = []
    for name, path in sorted((path.relative_to(folder).as_posix(), path) for path in files):
        with path.open("rb") as file:
            listing.append({"md5": hashlib.file_digest(file, "md5").hexdigest(), "relpath": name})
    return hashlib.md5(json.dumps(listing, sort_keys=True).encode()).hexdigest()
