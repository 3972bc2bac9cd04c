"""A progress bar where somebody is looking, a line now and then in a log."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY = 60.0  # seconds between two lines in a log


@contextlib.contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, a line a minute in a log; yields a function to be told (done, all)."""
    if not sys.stderr.isatty():
        yield log_lines(label)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        number = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(number, completed=done, total=total)


def log_lines(
    label: str, clock: Callable[[], float] = time.monotonic
) -> Callable[[int, int], None]:
    """A function to be told (done, all) that prints a line a minute, with the time left.

    What is done in less says nothing. The time left is reckoned from where it stood when it was first told,
    for what goes on from a checkpoint has its beginning behind it.
    """
    first: tuple[int, float] | None = None
    said = began = clock()

    def tell(done: int, total: int) -> None:
        nonlocal first, said
        now = clock()
        first = first or (done, began)
        if now - said < EVERY or done >= total:
            return
        said = now
        done_here, seconds = done - first[0], now - first[1]
        left = ""
        if done_here > 0:
            minutes = seconds / done_here * (total - done) / 60
            left = f", about {max(1, round(minutes))} min left"
        print(f"{label}: {done:,} of {total:,}{left}", file=sys.stderr, flush=True)

    return tell
