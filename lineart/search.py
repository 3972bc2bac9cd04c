"""What the command line names, to the pictures it means: files, folders with all below them, patterns."""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lineart.errors import InputError
from lineart.pictures.clutter import is_clutter
from lineart.pictures.decoding import shown
from lineart.pictures.inputs import SUCH, is_known

MARK = ".lines"  # what is put after a name where the result lies beside its picture
# The endings of such results: of formats, animations and videos that :mod:`lineart.extract` writes.
ENDINGS = (
    *(".png", ".svg", ".ora", ".psd", ".jpg"),
    *(".gif", ".webp", ".mp4", ".m4v", ".mov", ".avi", ".mkv"),
)


@dataclass(frozen=True)
class Found:
    """A picture or video that was asked for."""

    path: Path
    name: Path  # what it is called below the folder, or below the fixed part of the pattern
    folder: Path | None = None  # the folder that was named and has it somewhere below


@dataclass(frozen=True)
class Failure:
    """Something that could not be done, and why."""

    what: str
    why: str  # a sentence


class Search(NamedTuple):
    """What the command line means."""

    found: list[Found]
    results: list[Found]  # named, and left out as results of an earlier run
    others: list[Path]  # files of a folder or a pattern that are neither pictures nor videos
    failures: list[Failure]  # what was not found


def find(arguments: Sequence[str], out: Path | None) -> Search:
    """The pictures and videos that are meant, each once, in the order they were named.

    Of a folder all files with a known ending are taken, in the order of their names, but nothing hidden, and
    no result of an earlier run: what lies below ``out``, and ``NAME.lines.png`` or a folder ``NAME.lines``
    beside ``NAME`` or ``NAME.*``, also where NAME has kept an ending (``cat.jpg.lines.png``). Such files and
    folders are left out, too, where a shell's pattern names them beside their pictures.

    Args:
        arguments: paths of files and folders, or patterns with ``*``, ``?``, ``[a-z]`` or ``**``.
        out: where results go, if that is known.
    """
    found: dict[str, Found] = {}
    search = Search([], [], [], [])
    for argument in arguments:
        if _is_named_beside(Path(argument), arguments):
            search.results.append(Found(Path(argument), Path(Path(argument).name)))
            continue
        try:
            for one in _meant(argument, out, search):
                found.setdefault(_place(one.path), one)
        except InputError as error:
            search.failures.append(Failure(argument, str(error)))
        except OSError as error:
            why = f"{shown(argument)} cannot be read ({error.strerror})."
            search.failures.append(Failure(argument, why))
    others = {_place(path): path for path in search.others}
    every = list(found.values())
    results = _results([one.path for one in every], list(others.values()))
    named = [one for one in every if one.path in results and one.folder is None]
    return Search(
        [one for one in every if one.path not in results],
        [*search.results, *named],
        [path for place, path in others.items() if place not in found and path not in results],
        search.failures,
    )


def _place(path: Path) -> str:
    """One name for one place, however it is written; a link is a picture of its own."""
    return os.path.join(os.path.realpath(path.parent), path.name)


def _meant(argument: str, out: Path | None, search: Search) -> list[Found]:
    """What an argument means; what is left out, and what cannot be read, is noted in ``search``."""
    path = Path(argument)
    if path.is_dir():
        return _in_folder(path, out, search)
    if path.exists() or not glob.has_magic(argument):
        return [Found(path, Path(path.name))]  # of a missing one is said so when it is read
    fixed, matches = _matches(path)
    if not matches:
        raise InputError(f"Nothing fits the pattern {shown(argument)}; check it.")
    files = [Path(match) for match in matches if not os.path.isdir(match)]
    files = [file for file in files if not _among_results(file, fixed, out)]
    if not files:
        raise InputError(f"Only folders and results fit the pattern {shown(argument)}; check it.")
    known = [path for path in files if is_known(path)]
    if known:
        search.others.extend(_others(files))
    return [Found(path, path.relative_to(fixed)) for path in known or files]


def _others(files: Iterable[Path]) -> list[Path]:
    """Those that are neither called like pictures or videos nor left there by a program."""
    return [path for path in files if not is_known(path) and not is_clutter(path.name)]


def _matches(pattern: Path) -> tuple[Path, list[str]]:
    """The part of a pattern that is fixed, and what fits the pattern, in the order of the names.

    Names have brackets of their own, ``[Artist] Book/*.png``: what exists as it stands is no pattern, and
    where nothing fits, brackets stand for themselves.
    """
    parts, fixed = list(pattern.parts), Path()
    while parts and ((fixed / parts[0]).exists() or not glob.has_magic(parts[0])):
        fixed /= parts.pop(0)
    beginning = glob.escape(str(fixed))
    plain = [part.replace("[", "[[]") for part in parts]
    matches: list[str] = []
    for rest in (parts, plain) if plain != parts else (parts,):
        matches = matches or glob.glob(os.path.join(beginning, *rest), recursive=True)
    return fixed, sorted(matches)


def _among_results(file: Path, fixed: Path, out: Path | None) -> bool:
    """Whether a pattern came upon a file in a folder of results below the part of it that is fixed."""
    folders = itertools.takewhile(lambda folder: folder != fixed, file.parents)
    return any(_holds_results(folder, out) for folder in folders)


def _holds_results(folder: Path, out: Path | None) -> bool:
    """Whether it is ``out``, or is called ``NAME.lines`` and lies beside ``NAME`` or ``NAME.*``."""
    if out is not None and os.path.realpath(folder) == os.path.realpath(out):
        return True
    return _belongs_to(folder, set(os.listdir(folder.parent)) - {folder.name})


def _is_named_beside(folder: Path, arguments: Sequence[str]) -> bool:
    """Whether it is a folder of results, ``NAME.lines``, and its picture beside it is named, too."""
    others = [Path(argument) for argument in arguments if Path(argument) != folder]
    beside = [other.name for other in others if other.parent == folder.parent]
    return _belongs_to(folder, beside) and folder.is_dir()


def _belongs_to(folder: Path, names: Iterable[str]) -> bool:
    """Whether it is called ``NAME.lines``, and ``NAME`` or ``NAME.*`` is among the names."""
    name = folder.name.removesuffix(MARK)
    if not name or name == folder.name:
        return False
    return any(name in (other, Path(other).stem) for other in names)


def _in_folder(folder: Path, out: Path | None, search: Search) -> list[Found]:
    if out is not None and os.path.realpath(out) == os.path.realpath(folder):
        raise InputError(
            f"The results would lie among the pictures of {shown(folder)}; name another folder with -o."
        )
    problems: list[OSError] = []
    files = list(_walk(folder, out, problems))
    search.others.extend(_others(files))
    found = [Found(path, path.relative_to(folder), folder) for path in files if is_known(path)]
    for problem in problems:
        where = str(problem.filename or folder)
        why = f"The folder {shown(where)} cannot be read ({problem.strerror})."
        search.failures.append(Failure(where, why))
    if not found and not problems:
        raise InputError(
            f"The folder {shown(folder)} holds no picture and no video; wanted are {SUCH}, or videos."
        )
    return found


def _walk(folder: Path, out: Path | None, problems: list[OSError]) -> Iterator[Path]:
    """The files of a folder that are not hidden, and of those below it, but for folders of results."""
    for where, folders, names in os.walk(folder, onerror=problems.append):
        here = Path(where)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not _holds_results(here / name, out)
        )
        for name in sorted(names):
            if not name.startswith("."):
                yield here / name


def _results(pictures: list[Path], others: list[Path]) -> set[Path]:
    """Those called ``NAME.lines.png``, or with another ending of results, beside ``NAME`` or ``NAME.*``."""
    names = [(path, path.stem) for path in pictures]
    names += [(path, path.name) for path in (*pictures, *others)]
    there = {(os.path.realpath(path.parent), name) for path, name in names}
    return {
        path
        for path in (*pictures, *others)
        if path.stem.endswith(MARK)
        and path.suffix.lower() in ENDINGS
        and (os.path.realpath(path.parent), path.stem.removesuffix(MARK)) in there
    }
