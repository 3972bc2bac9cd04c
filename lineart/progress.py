"""A progress bar where somebody is looking, a line now and then in a log."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Protocol

EVERY = 60.0  # seconds between two lines in a log


class Tell(Protocol):
    """What is told how far the work is."""

    def __call__(self, done: float, total: int, now: str = "", whole: int | None = None) -> None:
        """Take note.

        Args:
            done: of ``total``, parts of one too.
            total: what there is to do.
            now: what is being done, for a bar to show.
            whole: how many are done to the end, if that is not ``done`` without its fraction.
        """


@contextlib.contextmanager
def progress(label: str, log: bool = True) -> Iterator[Tell]:
    """A progress bar on a terminal, a line a minute in a log; yields a function to be told.

    Args:
        label: what is being done.
        log: whether a log gets its lines; else nothing is said there.
    """
    if not sys.stderr.isatty():
        yield log_lines(label) if log else _silence
        return
    # Only for those who look: importing it takes a tenth of a second.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[count]} {task.fields[now]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        number = bar.add_task(label, total=None, count="", now="")

        def tell(done: float, total: int, now: str = "", whole: int | None = None) -> None:
            count = f"{int(done) if whole is None else whole:,}/{total:,}"
            bar.update(number, completed=done, total=total, count=count, now=now)

        yield tell


def _silence(done: float, total: int, now: str = "", whole: int | None = None) -> None:
    """Nothing is said."""


def log_lines(label: str, clock: Callable[[], float] = time.monotonic) -> Tell:
    """A function to be told (done, all) that prints a line a minute, with the time left.

    What is done in less says nothing. The time left is reckoned from where it stood when it was first told,
    for what goes on from a checkpoint has its beginning behind it.
    """
    first: tuple[float, float] | None = None
    said = began = clock()

    def tell(done: float, total: int, now: str = "", whole: int | None = None) -> None:
        nonlocal first, said
        time_now = clock()
        first = first or (done, began)
        if time_now - said < EVERY or done >= total:
            return
        said = time_now
        done_here, seconds = done - first[0], time_now - first[1]
        left = ""
        if done_here > 0:
            minutes = seconds / done_here * (total - done) / 60
            left = f", about {max(1, round(minutes))} min left"
        print(f"{label}: {int(done):,} of {total:,}{left}", file=sys.stderr, flush=True)

    return tell
