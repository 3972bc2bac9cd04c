"""MLflow's database where it is a SQLite file: its address, its age, and the place of what it points to.

MLflow writes into it where each file lies, from the root of the file system on, so a project that is copied
or moved would go on writing into the old place. :func:`bring_home` mends that before MLflow is asked.
Nothing here imports MLflow, which takes seconds.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

FILE = "mlflow.db"
ARTIFACTS = "mlruns"  # the folder beside it
# Each column that says where something lies.
PLACES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
RUNS = """SELECT model.value, runs.artifact_uri FROM runs
JOIN experiments USING (experiment_id)
JOIN tags AS model ON model.run_uuid = runs.run_uuid AND model.key = 'model'
JOIN tags AS record ON record.run_uuid = runs.run_uuid AND record.key = 'record'
WHERE experiments.name = ? AND experiments.lifecycle_stage = 'active' AND runs.lifecycle_stage = 'active'"""


def address_of(file: Path, driver: str = "pysqlite") -> str:
    """The address of a SQLite file as SQLAlchemy reads it.

    A ``?`` would begin its settings and a ``%`` a character in hexadecimal, so they are written that way; and
    then the driver is named, for MLflow makes the folder of an address that begins with ``sqlite:///`` as it
    is written.

    >>> address_of(Path("/a b/mlflow.db")), address_of(Path("/why?/mlflow.db"))
    ('sqlite:////a b/mlflow.db', 'sqlite+pysqlite:////why%3F/mlflow.db')
    """
    plain = str(file)
    quoted = plain.replace("%", "%25").replace("?", "%3F")
    named = quoted != plain or driver != "pysqlite"
    return f"{f'sqlite+{driver}' if named else 'sqlite'}:///{quoted}"


def file_of(address: str) -> Path | None:
    """The SQLite file of an address; None for a server, another database, or one in memory.

    >>> file_of("sqlite+pysqlite:////why%3F/mlflow.db?timeout=5"), file_of("sqlite://"), file_of("http://a")
    (PosixPath('/why?/mlflow.db'), None, None)
    """
    found = re.fullmatch(r"sqlite(\+\w+)?:///(?P<path>[^?]+)(\?.*)?", address, re.DOTALL)
    if found is None or found["path"].startswith((":memory:", "file:")):
        return None
    return Path(unquote(found["path"])).absolute()


def shown(address: str) -> str:
    """An address for people: without the password in it.

    >>> shown("postgresql://me:secret@host/mlflow"), shown("http://127.0.0.1:5000")
    ('postgresql://me:***@host/mlflow', 'http://127.0.0.1:5000')
    """
    return re.sub(r"(://[^/:@]*:)[^/]*@", r"\1***@", address)


@contextlib.contextmanager
def turn(file: Path | None) -> Iterator[None]:
    """A turn at a SQLite file, for two processes that create it at once break it."""
    if file is None:
        yield
        return
    from filelock import FileLock  # whoever asks for an address has it not, before `make install`

    with FileLock(f"{file}.lock"):
        yield


def bring_home(file: Path) -> None:
    """Let a database that was copied or moved point to the files beside it.

    Files that were left in the old place are copied from there; nothing is written there. To be called in a
    :func:`turn`.

    Args:
        file: of the database; need not exist.
    """
    if not file.exists():
        return
    home = file.parent / ARTIFACTS
    with contextlib.closing(sqlite3.connect(file)) as base, base:
        try:
            known = base.execute("SELECT name, artifact_location FROM experiments").fetchall()
        except sqlite3.DatabaseError:  # empty, or none at all: MLflow's to make, or to refuse
            return
        away = {root for name, place in known if (root := _root(place, name)) is not None}
        for root in (root for root in sorted(away) if not _same(root, home)):
            for table, column in PLACES:
                _rewrite(base, table, column, root, home)


def _root(place: str | None, experiment: str) -> Path | None:
    """The folder of artifacts of an experiment that :class:`pipelines.tracking.board.Board` has made."""
    path = path_of(place)
    fits = path is not None and path.name == experiment and path.parent.name == ARTIFACTS
    return path.parent if path is not None and fits else None


def path_of(place: str | None) -> Path | None:
    """A file's place, as MLflow has it, as a path; None for what is no file of this machine.

    >>> path_of("file:///a%20b/mlruns"), path_of("mlflow-artifacts:/1")
    (PosixPath('/a b/mlruns'), None)
    """
    if place is None or not place.startswith(("file:///", "/")):
        return None
    return Path(url2pathname(urlsplit(place).path) if place.startswith("file:") else place)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one folder, by whatever links they lead there."""
    return one.resolve() == other.resolve() or (
        one.exists() and other.exists() and one.samefile(other)
    )


def _rewrite(base: sqlite3.Connection, table: str, column: str, root: Path, home: Path) -> None:
    try:
        rows = base.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()
    except sqlite3.OperationalError:  # a table that came with a later MLflow
        return
    for (place,) in rows:
        path = path_of(place)
        if path is None or not path.is_relative_to(root):
            continue
        here = home / path.relative_to(root)
        if table != "experiments" and path.is_dir() and not here.exists():
            with contextlib.suppress(OSError):  # of files that may not be read there is no copy
                shutil.copytree(path, here)
        found = here.as_uri() if place.startswith("file:") else str(here)
        base.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (found, place))


def revision_of(file: Path) -> str | None:
    """The revision of a database's tables; None if it has none yet."""
    if not file.exists():
        return None
    with contextlib.closing(sqlite3.connect(file)) as base:
        try:
            row = base.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError:
            return None
    return None if row is None else str(row[0])


def refused(words: str) -> str | None:
    """The revision that MLflow found in a database and would not take; None if it says something else.

    >>> refused("Detected out-of-date database schema (found version 7ac7, but expected 1bd4). Take a")
    '7ac7'
    >>> refused("Can't locate revision identified by '1bd4'")
    '1bd4'
    """
    found = re.search(r"\(found version (\w+), but|Can't locate revision \D* '(\w+)'", words)
    return found and (found.group(1) or found.group(2))


def revisions() -> list[str]:
    """What this MLflow knows, the newest last: read from its files, for to ask it takes seconds."""
    spec = importlib.util.find_spec("mlflow")
    assert spec is not None, "no MLflow"
    folder = Path(str(spec.origin)).parent / "store" / "db_migrations" / "versions"
    after: dict[str | None, str] = {}
    for path in folder.glob("*.py"):
        said = dict(re.findall(r"^(\w*revision)\b.*?= *(.*?) *$", path.read_text("utf-8"), re.M))
        if "revision" in said:
            before = said["down_revision"].strip("\"'")
            after[None if before == "None" else before] = said["revision"].strip("\"'")
    known: list[str] = []
    while (following := after.get(known[-1] if known else None)) is not None:
        known.append(following)
    return known


def upgrade(file: Path, address: str, revision: str) -> Path:
    """Bring a database to this MLflow's schema; returns the copy of it as it was.

    Args:
        file: of the database.
        address: the same for MLflow.
        revision: that it has now.

    Raises:
        OSError: if it does not come to pass; the database is then as it was.
    """
    copy = file.with_name(f"{file.name}.{revision}")
    with (
        contextlib.closing(sqlite3.connect(file)) as now,
        contextlib.closing(sqlite3.connect(copy)) as kept,
    ):
        now.backup(kept)
    done = subprocess.run(
        [sys.executable, "-m", "mlflow", "db", "upgrade", address],
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        with (
            contextlib.closing(sqlite3.connect(copy)) as kept,
            contextlib.closing(sqlite3.connect(file)) as now,
        ):
            kept.backup(now)
        said = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        raise OSError(
            f"the database is of an older MLflow and could not be upgraded ({said}); it is as it was"
        )
    return copy


def lacks(file: Path, experiment: str, models: Iterable[str]) -> bool:
    """Whether a database has not one complete run, with its files, of each of some models in an experiment.

    Args:
        file: of the database; if it does not exist, it lacks everything.
        experiment: by name.
        models: by name.
    """
    if not file.exists():
        return True
    try:
        with contextlib.closing(sqlite3.connect(file)) as base:
            places = base.execute(RUNS, (experiment,)).fetchall()
    except sqlite3.DatabaseError:  # MLflow's to say what is wrong with it
        return True
    found = {model for model, place in places if is_there(place)}
    return not set(models) <= found


def is_there(place: str | None) -> bool:
    """Whether the files of a run are there, as far as this machine can tell."""
    path = path_of(place)
    return path is None or path.is_dir()
