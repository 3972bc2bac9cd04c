"""Versions of a data set, wherever they are: a folder, a table of pairs, or a Git revision of the project.

Only tables are read. Those of a revision come through DVC from its cache or, if they are not there, from its
remote storage; nothing in the working tree is touched.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lineart.errors import InputError
from lineart.sets.pairs import read_table
from lineart.sets.shards import SPLITS

# Every table that is asked, below the folder of the data. Of the first group one is enough.
PICTURES = ("pairs/pairs.csv", "checked/pairs.csv", "checked/quarantine.csv")
FINDINGS = "checked/findings.csv"
QUARANTINE = "checked/quarantine.csv"
CURATED, HELD = "curated/pairs.csv", "curated/quarantine.csv"  # after review
SPLIT_TABLES = {name: f"splits/{name}.csv" for name in SPLITS}
TABLES = (*PICTURES, FINDINGS, CURATED, HELD, *SPLIT_TABLES.values())
DATA = "data"  # the folder of the data in a project


@dataclass(frozen=True)
class Version:
    """What a version says about each drawing, by id. None: it has no table that would tell."""

    name: str
    pictures: dict[str, tuple[str, str]] | None  # SHA-256 of render and line art, as files
    verdicts: dict[str, tuple[str, str]] | None  # accept, doubt or quarantine, and why
    splits: dict[str, str] | None  # train, val or test

    @property
    def ids(self) -> set[str]:
        """All drawings."""
        return {id for table in (self.pictures, self.verdicts, self.splits) for id in table or ()}


def read_version(where: str) -> Version:
    """Read a version.

    Args:
        where: a project's folder, its folder ``data`` or one of those in it, a table of pairs (CSV), or,
            if there is no such path, a Git revision such as ``HEAD~1``.

    Raises:
        InputError: if nothing is there, or it holds none of the tables.
    """
    path = Path(where)
    if path.is_file():
        frame = read_table(path)
        if not {"id", "render_sha256", "line_sha256"} <= set(frame.columns):
            raise InputError(
                f"{path} is no table of pairs: it lacks id, render_sha256 or line_sha256."
            )
        return Version(where, _pictures([frame]), None, None)
    if path.is_dir():
        return _read(where, lambda name: _in_folder(path, name))
    with tempfile.TemporaryDirectory() as folder:
        _fetch(where, Path(folder))
        return _read(where, lambda name: _in_folder(Path(folder), name))


def _in_folder(folder: Path, name: str) -> Path | None:
    places = (folder / DATA / name, folder / name, folder / Path(name).name)
    return next((place for place in places if place.is_file()), None)


def _read(where: str, find: Callable[[str], Path | None]) -> Version:
    found = {name: read_table(path) for name in TABLES if (path := find(name)) is not None}
    if not found:
        raise InputError(
            f"{where} holds no data set: looked for {', '.join(TABLES)}, there and below {DATA}/; name a "
            f"folder with some of them, a table of pairs, or a Git revision."
        )
    splits = {name: found[table] for name, table in SPLIT_TABLES.items() if table in found}
    pictures = [found[name] for name in PICTURES if name in found] or list(splits.values())
    return Version(
        name=where,
        pictures=_pictures([frame for frame in pictures if "render_sha256" in frame.columns]),
        verdicts=_verdicts(found),
        splits={id: name for name, frame in splits.items() for id in frame["id"]} or None,
    )


def _pictures(frames: list[pd.DataFrame]) -> dict[str, tuple[str, str]] | None:
    """The first table that names a drawing counts."""
    found: dict[str, tuple[str, str]] = {}
    for frame in reversed(frames):
        digests = zip(frame["render_sha256"], frame["line_sha256"], strict=True)
        found.update(zip(frame["id"], digests, strict=True))
    return found or None


def _verdicts(found: dict[str, pd.DataFrame]) -> dict[str, tuple[str, str]] | None:
    """Those of the checks, overruled by those of people."""
    verdicts: dict[str, tuple[str, str]] = {}
    if FINDINGS in found:
        verdicts = {
            id: (verdict, "") for id, verdict in found[FINDINGS][["id", "verdict"]].to_numpy()
        }
    for name in (QUARANTINE, HELD):
        if name in found:
            for id, check, reason in found[name][["id", "check", "reason"]].to_numpy():
                verdicts[id] = ("quarantine", f"{check}: {reason}")
    if CURATED in found:
        returned = [id for id in found[CURATED]["id"] if verdicts.get(id, ("",))[0] == "quarantine"]
        verdicts |= {id: ("accept", "review") for id in returned}
    return verdicts or None


def _fetch(revision: str, folder: Path) -> None:
    """Copy the tables of a Git revision into a folder.

    Raises:
        InputError: if there is no such revision, or DVC has not got what it names.
    """
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException

    try:
        files = DVCFileSystem(rev=revision)
        _ = files.repo  # raises where `exists` would call an unknown revision an empty one
        for name in (f"{DATA}/{table}" for table in TABLES):
            if files.exists(name):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(files.read_bytes(name))
    except DvcException as error:
        raise InputError(
            f"There is no folder or table {revision}, and as a Git revision it cannot be read ({error})."
        ) from error
    except FileNotFoundError as error:
        raise InputError(
            f"The revision {revision} names {name}, which DVC has neither in its cache nor in its remote "
            f"storage; run `dvc fetch` where it was made, or `dvc push` there first."
        ) from error
