"""Which file becomes which: names of results, what is done already, and what must not be touched."""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lineart.errors import InputError
from lineart.extract.animation import WRITTEN, several_in
from lineart.extract.outputs import FORMATS
from lineart.extract.video import VIDEO_ENDINGS, ending_of
from lineart.pictures.decoding import shown
from lineart.pictures.inputs import VIDEOS, is_known
from lineart.search import MARK, Failure, Found

STILL, ANIMATION, VIDEO, FRAMES = "still", "animation", "video", "frames"
PAGES = "pages"


@dataclass(frozen=True)
class Job:
    """A picture to read and the file, or the folder of frames, to write."""

    source: Path
    target: Path
    kind: str  # what is written: STILL, ANIMATION, VIDEO, or FRAMES
    moving: str = ""  # what is read: ANIMATION, PAGES or VIDEO; empty for a single picture


@dataclass(frozen=True)
class Plan:
    """What is to be done."""

    jobs: tuple[Job, ...]
    there: tuple[Job, ...]  # the result exists
    failures: tuple[Failure, ...]  # a result would lie on top of another file


@dataclass(frozen=True)
class Wish:
    """Where results go and in what form."""

    format: str = "png"  # a name of FORMATS
    out: Path | None = None  # a folder, or a file where one picture is named; None for beside it
    frames: bool = (
        False  # whether the frames of what moves become a folder of pictures, as pages do
    )
    overwrite: bool = False  # whether results that are there are made anew


def plan(found: Sequence[Found], wish: Wish) -> Plan:
    """Decide for each picture what becomes of it; nothing is read but headers, nothing is written.

    A result is called as its picture, with another ending; two that would be called the same keep the
    ending of their pictures, too (``cat.jpg.png``).
    """
    single = is_file(wish.out, found)
    jobs = [_job(one, wish, single, full=False) for one in found]
    names = Counter(_place(job.target) for job in jobs)
    jobs = [
        _job(one, wish, single, full=names[_place(job.target)] > 1)
        for one, job in zip(found, jobs, strict=True)
    ]
    taken = Taken(found, jobs)
    todo, made, failures = [], [], []
    for job in jobs:
        try:
            taken.check(job)
            exists = is_there(job.target)
        except InputError as error:
            failures.append(Failure(str(job.source), str(error)))
            continue
        if exists and not wish.overwrite and job.kind != FRAMES:
            made.append(job)
        else:
            todo.append(job)
    return Plan(tuple(todo), tuple(made), tuple(failures))


class Taken:
    """The files that are read and written, so that none is written twice, or read and written."""

    def __init__(self, found: Sequence[Found], jobs: Sequence[Job]):
        self._sources = {_place(one.path) for one in found}
        self._writers: defaultdict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            self._writers[_place(job.target)].append(job)

    def check(self, job: Job) -> None:
        """Look for what speaks against a job.

        Raises:
            InputError: saying why it must not be done.
        """
        place, target = _place(job.target), shown(job.target)
        frames = [
            one for one in self._writers.get(str(Path(place).parent), ()) if one.kind == FRAMES
        ]
        sharing = [*self._writers[place], *frames]
        if len(sharing) > 1:
            pair = " and ".join(shown(one.source) for one in sharing[:2])
            raise InputError(
                f"{pair} would both be written to {target}; run them apart, each with its own -o."
            )
        if place in self._sources:
            raise InputError(
                f"{target} is a picture to be read, and is not overwritten; name another with -o."
            )
        if job.kind == FRAMES and any(str(Path(one).parent) == place for one in self._sources):
            raise InputError(
                f"{target} holds pictures to be read; name another place for the frames with -o."
            )
        if is_there(job.target) and job.target.is_dir() != (job.kind == FRAMES):
            other = "a folder" if job.target.is_dir() else "a file"
            raise InputError(f"{target} is {other} already; name another place with -o.")


def _place(path: Path) -> str:
    """One text for all the names of a file; on macOS and Windows capitals make no other file."""
    real = os.path.realpath(path)
    return real.casefold() if sys.platform in ("darwin", "win32") else real


def is_there(path: Path) -> bool:
    """Whether a file or folder of this name exists.

    Raises:
        InputError: if that cannot be known: a name that is too long, a folder that may not be opened.
    """
    try:
        return path.exists()
    except OSError as error:
        raise InputError(
            f"{shown(path)} cannot be written ({error.strerror}); name another place with -o."
        ) from error


def _job(one: Found, wish: Wish, single: bool, full: bool) -> Job:
    kind, moving, ending = _form(one.path, wish)
    if wish.out is not None and single:
        check_ending(wish.out, kind, wish.format)
        return Job(one.path, wish.out, kind, moving)
    stem = one.name.stem if is_known(one.path) and not full else one.name.name
    if wish.out is not None:
        target = wish.out / one.name.parent / f"{stem}{ending}"
    elif one.folder is not None:
        folder = Path(os.path.realpath(one.folder))
        if not folder.name:
            raise InputError(f"Nothing lies beside {shown(folder)}; name a folder with -o.")
        target = folder.with_name(folder.name + MARK) / one.name.parent / f"{stem}{ending}"
    else:
        target = one.path.with_name(f"{stem}{MARK}{ending}")
    return Job(one.path, target, kind, moving)


def _form(path: Path, wish: Wish) -> tuple[str, str, str]:
    """What is written, what moves, and the ending of the result."""
    if path.suffix.lower() in VIDEOS:
        if wish.frames or wish.format != "png":
            return FRAMES, VIDEO, ""
        return VIDEO, VIDEO, ending_of(path)
    kind = several_in(path)
    if not kind:
        return STILL, "", FORMATS[wish.format].ending
    ending = WRITTEN.get(wish.format, {}).get(kind)  # of pages there is none
    if wish.frames or ending is None:
        return FRAMES, PAGES if kind == "TIFF" else ANIMATION, ""
    return ANIMATION, ANIMATION, ending


def check_ending(out: Path, kind: str, format: str) -> None:
    """Refuse a file name whose ending is of no file that can be written.

    Raises:
        InputError: naming those that can.
    """
    if kind == FRAMES:
        raise InputError(
            f"{shown(out)} is a file's name; name a folder for the frames or pages with -o."
        )
    endings = {
        STILL: [FORMATS[format].ending, *FORMATS[format].others],
        ANIMATION: sorted(set(WRITTEN.get(format, {}).values())),
        VIDEO: list(VIDEO_ENDINGS),
    }[kind]
    if out.suffix.lower() not in endings:
        raise InputError(
            f"{shown(out)} cannot be written as {format}; let its name end in {' or '.join(endings)}."
        )


def is_file(out: Path | None, found: Sequence[Found]) -> bool:
    """Whether ``-o`` names the file of a single picture, and not a folder.

    Raises:
        InputError: if it names a file, and more than one is to be written.
    """
    if out is None or (is_there(out) and out.is_dir()):
        return False
    if not is_there(out) and not is_known(out) and out.suffix.lower() != ".svg":
        return False
    if len(found) > 1 or any(one.folder is not None for one in found):
        raise InputError(
            f"{shown(out)} is a file, or called like one; for several pictures name a folder with -o."
        )
    return True
