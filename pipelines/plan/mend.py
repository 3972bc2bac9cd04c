"""What a kill may leave broken for DVC: put right where nothing can be lost, else said with the way out.

To be called by whoever holds `.dvc/tmp/repro.lock` alone (:mod:`pipelines.alone`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import yaml
import zc.lockfile

BROKEN = ("file is not a database", "database disk image is malformed", "disk I/O error")
LOCK = (
    "dvc.lock cannot be read: it is torn, or holds the marks of a merge. Restore it (`git checkout -- "
    "dvc.lock`), or delete it: what DVC's cache knows is taken from there. Then run again."
)
BARE = (
    "{} is no Git repository, which DVC asks for: clone the project instead of unpacking an archive of "
    "it, or run `git init` there."
)


def rwlock(root: Path) -> bool:
    """Take out of DVC's list of who reads and writes what is no process of DVC's any more.

    A list that was torn while it was written stops DVC, and so does a number that the system has given to
    another process since. Whoever else runs DVC here right now is left alone.

    Returns:
        Whether there was something to mend.
    """
    path = root / ".dvc" / "tmp" / "rwlock"
    if not path.exists():
        return False
    try:
        guard = zc.lockfile.LockFile(str(path.with_name("rwlock.lock")))
    except zc.lockfile.LockError:
        return False  # it is being written
    try:
        try:
            known: Any = json.loads(path.read_text())
            kept = {mode: _living(known[mode]) for mode in ("write", "read") if mode in known}
        except (ValueError, TypeError, KeyError, AttributeError):
            kept = {}
        else:
            if kept == known:
                return False
        path.write_text(json.dumps(kept))
    finally:
        guard.close()
    return True


def _living(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Of one list, the entries whose process is there and is DVC; a path has one writer or many readers."""
    kept: dict[str, Any] = {}
    for path, holders in entries.items():
        if isinstance(holders, list):
            if some := [holder for holder in holders if _is_dvc(int(holder["pid"]))]:
                kept[path] = some
        elif _is_dvc(int(holders["pid"])):
            kept[path] = holders
    return kept


def _is_dvc(pid: int) -> bool:
    try:
        words = [Path(word).name for word in psutil.Process(pid).cmdline()[:4]]
        return "pipelines.plan.listen" in words or any(word.startswith("dvc") for word in words)
    except psutil.AccessDenied:
        return True  # of another user: who knows
    except psutil.Error:
        return False


def state(root: Path, said: str) -> bool:
    """Make DVC forget what it has read before, if the database it remembers that in is broken.

    It holds nothing that DVC would not work out again from the files, and lies outside the project, in a
    folder named after the project's place and the time of `.dvc/tmp/btime`: without that file DVC makes one
    anew, and so a database, too.

    Args:
        root: of the project.
        said: what DVC said when it failed.

    Returns:
        Whether there was something to mend.
    """
    birth = root / ".dvc" / "tmp" / "btime"
    if not any(words in said for words in BROKEN) or not birth.exists():
        return False
    birth.unlink()
    return True


def advice(root: Path, said: str) -> str:
    """A sentence for what DVC said, with the way out where it is known."""
    said = said.strip()
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return "The disk is full; free some space and run again."
    if "is not a git repository" in said:
        return BARE.format(root)
    if "dvc.lock' is invalid" in said or "dvc.lock' validation failed" in said:
        return LOCK
    if "unexpected error" in said and not _is_lock(root / "dvc.lock"):
        return LOCK
    return said or "DVC cannot read this project; try `dvc status`."


def _is_lock(path: Path) -> bool:
    """Whether a lock file is whole, as far as its shape tells; none is, too."""
    if not path.exists():
        return True
    try:
        stages = yaml.safe_load(path.read_text())["stages"].values()
        files = [
            file for stage in stages for part in ("deps", "outs") for file in stage.get(part, [])
        ]
        return all("path" in file and "md5" in file for file in files)
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return False
