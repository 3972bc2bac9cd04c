"""The doctor's look at the disks: where the road writes, is there room, and may it?"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dataset_tools.advice import Advice
from pipelines.doctor.place import Place

ROAD = 1.0  # GB that `make repro` writes: data, cache, models, reports
ENVIRONMENT = 7.0  # GB; 2.7 with the CPU build of torch, 6.4 with that for CUDA
SCRATCH = 0.5  # GB for temporary files
NETWORKS = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "lustre", "vboxsf")


def look(place: Place) -> Iterator[Advice]:
    """Free room and the right to write, in the project, DVC's cache and the folder of temporary files."""
    wanted = ROAD + (0 if (place.root / ".venv/.installed").exists() else ENVIRONMENT)
    yield room("project", place.root, wanted)
    cache = cache_of(place)
    if cache != place.root / ".dvc/cache":
        yield room("cache", cache, ROAD)
    try:
        yield room("tmp", Path(tempfile.gettempdir()), SCRATCH)
    except FileNotFoundError:
        yield Advice(
            "tmp",
            False,
            "no folder for temporary files can be written; set TMPDIR to one that can.",
        )
    kind = kind_of(place.root, place)
    if kind in NETWORKS:
        words = f"the project lies on {kind}, where SQLite and locks may fail; clone it to a local disk."
        yield Advice("kind", False, words, stops=False)


def room(what: str, folder: Path, wanted: float) -> Advice:
    """Whether a folder, or the first above it that exists, has so many GB free and can be written."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        words = f"{there} cannot be written ({error.strerror}); make it yours with chown, or free some space."
        return Advice(what, False, words)
    free = shutil.disk_usage(there).free / 2**30
    words = f"{free:.1f} GB free at {folder}"
    if free < wanted:
        return Advice(what, False, f"{words}, and {wanted:g} GB are wanted; free some space.")
    if hasattr(os, "statvfs"):
        about = os.statvfs(there)
        if about.f_files and about.f_favail < 50_000:
            words = f"{about.f_favail} more files fit at {folder}; delete some, for the road makes many."
            return Advice(what, False, words, stops=False)
    return Advice(what, True, words)


def cache_of(place: Place) -> Path:
    """Where DVC keeps what it has made: `cache.dir` of its settings, or its own folder."""
    folder = place.root / ".dvc"
    for name in ("config.local", "config"):
        config = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            config.read(folder / name)
        except (configparser.Error, UnicodeDecodeError):
            continue  # the project's section says so
        if config.has_option("cache", "dir"):
            return folder / config.get("cache", "dir")
    return folder / "cache"


def kind_of(folder: Path, place: Place) -> str:
    """The kind of file system that a folder lies on, empty where that is not told."""
    best, kind = "", ""
    for line in place.read("proc/mounts").splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), parts[1])
        inside = folder.as_posix() == point or folder.as_posix().startswith(f"{point.rstrip('/')}/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind
