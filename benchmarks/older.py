"""An older checkout beside this one: each side reads in a process of its own, and they take turns.

A :class:`Reader` is a process with the code of one checkout, ``PYTHONPATH`` leading there, in this
interpreter with these libraries. Both sides of a comparison are such, so that they differ in nothing but the
code. Where no model is named each reads the network that ships with its own checkout.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

READER = Path(__file__).resolve().with_name("older_reader.py")
SHIPPED = Path("lineart/weights/clearnet/settings.json")  # what a checkout is known by
OPEN = (None, "auto")  # values of options that leave the choice to the code that reads
TILE = 832  # pixels a side; what is no larger is read in one piece whatever the tile
AGAINST = ("as before", "times as fast")  # heads of the columns
GRID = 64  # sides of tiles are multiples of it, to be on the safe side

Name = TypeVar("Name")
Answer = TypeVar("Answer")


class RefusedError(Exception):
    """A side cannot do what it was asked for: its code is too old for it, or a library is not there."""


class Reading(NamedTuple):
    """What a reading took."""

    seconds: float
    tiles: int  # read, as far as the side tells
    whole: bool  # not stopped before its end


class Reader:
    """A process that reads pictures with the code of a checkout, on the processor.

    Args:
        checkout: whose code it is; :func:`here` for this one's.
        model: a run folder or a file; the one that ships with the checkout if not given.
        **options: of ``Extractor``: ``backend``, ``precision``, ``tile``. What leaves the choice to the code
            is not passed on, for older code may choose and not know the word.

    Raises:
        RefusedError: if this code cannot read this model so.
    """

    def __init__(self, checkout: Path, model: Path | None = None, **options: Any):
        asked = {name: value for name, value in options.items() if value not in OPEN}
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(READER)],  # -P: nothing is taken from the script's folder
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment(checkout),
        )
        try:
            named = None if model is None else str(model.resolve())
            told = self._ask({"model": named, "options": {"device": "cpu", **asked}})
            if not Path(told["code"]).resolve().is_relative_to(checkout.resolve()):
                raise RefusedError(f"the code came from {told['code']} and not from {checkout}")
        except BaseException:
            self.close()
            raise
        self.opened: float = told["seconds"]

    def read(self, picture: Path | tuple[int, int], tiles: int = 0) -> Reading:
        """Read a picture.

        Args:
            picture: a file, or height and width of noise that lies in memory.
            tiles: stop after so many; 0 for never.

        Raises:
            RefusedError: if it cannot.
        """
        what = str(picture.resolve()) if isinstance(picture, Path) else picture
        return Reading(**self._ask({"picture": what, "tiles": tiles}))

    def timed(self, size: int) -> Callable[[], float]:
        """A call that reads noise of ``size`` x ``size`` pixels, and answers the seconds."""
        return lambda: self.read((size, size)).seconds

    def close(self) -> float:
        """End the process; returns the most memory it had, in megabytes (0 if it had died)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it is dead
            self._process.stdin.close()
        line = self._process.stdout.readline()
        self._process.stdout.close()
        self._process.wait()
        return float(json.loads(line)["megabytes"]) if line else 0.0

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            print(json.dumps(question), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RefusedError(f"its process ended with status {self._process.wait()}")
        told: dict[str, Any] = json.loads(line)
        if "refused" in told:
            raise RefusedError(told["refused"])
        return told


def checkout(text: str) -> Path:
    """A checkout named on the command line.

    Raises:
        argparse.ArgumentTypeError: if the folder is none.
    """
    folder = Path(text).expanduser().resolve()
    if not (folder / SHIPPED).is_file() or not (folder / "lineart/__init__.py").is_file():
        raise argparse.ArgumentTypeError(
            f"{text} is no checkout of this project: wanted is a folder with {SHIPPED.parent}"
        )
    return folder


def add_against(parser: argparse.ArgumentParser) -> None:
    """The option of all benchmarks that can be compared with older code."""
    parser.add_argument(
        "--against",
        type=checkout,
        metavar="FOLDER",
        help="an older checkout, which does the same in turns",
    )


def here() -> Path:
    """The checkout whose code this process runs."""
    spec = importlib.util.find_spec("lineart")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).resolve().parents[1]


def environment(folder: Path) -> dict[str, str]:
    """The variables of a process that runs the code of a checkout."""
    path = [str(folder), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}


def command_seconds(folder: Path, *arguments: object) -> float:
    """Seconds of the whole command ``lineart`` of a checkout, as a process.

    Raises:
        RefusedError: if it ends with an error, in its last words.
    """
    command = [sys.executable, "-P", "-m", "lineart", *map(str, arguments)]
    start = time.perf_counter()
    done = subprocess.run(command, env=environment(folder), capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
        raise RefusedError(said[-1])
    return seconds


def warmed_up(
    who: str, checkout: Path, model: Path | None, size: int, **options: Any
) -> Reader | None:
    """A reader that has read noise of a size once, in one piece; None where it cannot, and why is said."""
    tile = (
        -(-size // GRID) * GRID if size > TILE else None
    )  # else that of Extractor, which has room

    def opened() -> Reader:
        reader = Reader(checkout, model, tile=tile, **options)
        try:
            reader.read((size, size))
        except RefusedError:
            reader.close()
            raise
        return reader

    return answer_or_none(who, opened)


def answer_or_none(who: str, call: Callable[[], Answer]) -> Answer | None:
    """What a call answers; None where it is refused, and why is said."""
    try:
        return call()
    except RefusedError as error:
        print(f"{who}: {error}", file=sys.stderr)
        return None


def take_turns(
    sides: Mapping[Name, Callable[[], float]], rounds: tuple[int, int], seconds: float = 0.0
) -> dict[Name, list[float]]:
    """Call each side once, and all of them again and again.

    Args:
        sides: each answers how long it took.
        rounds: the least and the most.
        seconds: of all together, after which no round more than the least is begun.

    Returns:
        The seconds of each call, by side.
    """
    least, most = rounds
    taken: dict[Name, list[float]] = {name: [] for name in sides}
    for done in range(most):
        if done >= least and sum(map(sum, taken.values())) >= seconds:
            break
        for name, call in sides.items():
            taken[name].append(call())
    return taken


def in_words(seconds: float | None) -> str:
    """Seconds as a cell, with three digits; a dash for a side that has none.

    >>> in_words(0.51234), in_words(1199.4), in_words(None)
    ('0.512 s', '1199 s', '–')
    """
    if seconds is None:
        return "–"
    return f"{seconds:.0f} s" if seconds >= 100 else f"{seconds:.3g} s"


def compared(now: float | None, before: float | None) -> tuple[str, str]:
    """The cells "as before" and "times as fast".

    >>> compared(0.5, 2.0), compared(0.5, None)
    (('2 s', '4.00'), ('–', '–'))
    """
    ratio = f"{before / now:.2f}" if now and before else "–"
    return in_words(before), ratio
