"""Many drawings through one function: chunks as Prefect tasks, worker processes behind them.

A task a drawing would cost more in bookkeeping (80 ms) than the drawing itself, so a task is a chunk.
Nothing is cached by Prefect: DVC is the one keeper of results, and deletes the outputs of a stage before
it runs again.
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, wait
from types import TracebackType
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pipelines import processes

Item = TypeVar("Item")
Result = TypeVar("Result")
SMALLEST, LARGEST = 64, 256  # drawings a task


def chunk_size(count: int, workers: int) -> int:
    """Drawings a task: about four tasks a worker, within bounds.

    >>> chunk_size(400, 2), chunk_size(1200, 2), chunk_size(100_000, 2)
    (64, 150, 256)
    """
    return min(max(math.ceil(count / (4 * workers)), SMALLEST), LARGEST)


class Workers:
    """The processes of a stage; a context manager.

    Args:
        count: how many; results do not depend on it.
    """

    def __init__(self, count: int):
        self.count = count

    def __enter__(self) -> Workers:
        self._pool = processes.start(self.count)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._pool.shutdown()
        else:
            processes.stop(self._pool)

    def map(
        self,
        label: str,
        function: Callable[..., Sequence[Result]],
        items: Sequence[Item],
        *arguments: Any,
    ) -> list[Result]:
        """Call ``function(chunk, *arguments)`` for chunks of ``items``; all results, in order.

        Args:
            label: what is being done, for the progress bar and the names of the tasks.
            function: of a module, picklable; a chunk in, one result an item out.
        """
        size = chunk_size(len(items), self.count)
        chunks = [list(items[start : start + size]) for start in range(0, len(items), size)]
        jobs = [(chunk, *arguments) for chunk in chunks]
        results = self.run(label, function, jobs, [len(chunk) for chunk in chunks])
        return [result for part in results for result in part]

    def run(
        self,
        label: str,
        function: Callable[..., Result],
        jobs: Sequence[tuple[Any, ...]],
        sizes: Sequence[int],
    ) -> list[Result]:
        """Call ``function(*job)`` for each job, one Prefect task a job; the results, in order.

        Outside a flow the jobs run without Prefect.

        Args:
            label: as for :meth:`map`.
            function: of a module, picklable.
            jobs: the arguments of each call.
            sizes: drawings in each job, for the progress bar.
        """
        with progress(label) as tell:
            tell(0, sum(sizes))
            futures = [self._pool.submit(function, *job) for job in jobs]

            def count(_: Any) -> None:
                done = [size for future, size in zip(futures, sizes, strict=True) if future.done()]
                tell(sum(done), sum(sizes))

            for future in futures:
                future.add_done_callback(count)

            @task(name=label, cache_policy=NO_CACHE)
            def chunk(number: int) -> Result:
                return futures[number].result()

            try:
                tasks: Sequence[Any] = futures
                if FlowRunContext.get() is not None:
                    tasks = [chunk.submit(number) for number in range(len(jobs))]
                for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                    future.result()  # an error of the last chunk must not wait for the first
                return [waiting.result() for waiting in tasks]
            except BaseException:
                processes.stop(self._pool)  # the flow ends when its tasks end
                raise


@contextlib.contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, nothing in a log; yields a function to be told (done, all)."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        number = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(number, completed=done, total=total)
