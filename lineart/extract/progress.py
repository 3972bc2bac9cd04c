"""A progress bar over the pictures where somebody is looking, silence in a log."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from lineart.extract.batch import Watch
from lineart.extract.plan import Job


@contextlib.contextmanager
def bar(total: int) -> Iterator[Watch]:
    """A bar that counts jobs, parts of them too; yields the function to be told."""
    if not sys.stderr.isatty():
        yield lambda job, share: None
        return
    # Only for those who look: importing it takes a tenth of a second.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.fields[whole]}/{task.total} {task.fields[name]}", markup=False)
    shown = Progress(
        BarColumn(), text, TimeRemainingColumn(), console=Console(stderr=True), transient=True
    )
    shares: dict[Job, float] = {}
    with shown:
        number = shown.add_task("", total=total, whole=0, name="")

        def watch(job: Job, share: float) -> None:
            shares[job] = share
            done = list(shares.values())
            shown.update(
                number, completed=sum(done), whole=sum(map(int, done)), name=job.source.name
            )

        yield watch
