"""Many drawings through one function: chunks as Prefect tasks, workers behind them.

A task a drawing would cost more in bookkeeping (80 ms) than the drawing itself, so a task is a chunk. The
workers are processes of this machine or, if the flow's task runner says so, those of a Dask cluster; what
comes out is the same. Nothing is cached by Prefect: DVC is the one keeper of results, and deletes the
outputs of a stage before it runs again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from lineart.errors import InputError
from lineart.progress import progress
from pipelines.workers import processes
from pipelines.workers.cluster import DIED, Cluster

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
    """The workers of a stage; a context manager.

    Args:
        count: how many processes, unless the flow runs on a cluster; results do not depend on it.
    """

    def __init__(self, count: int):
        self.count = count

    def __enter__(self) -> Workers:
        context = FlowRunContext.get()
        runner = None if context is None else context.task_runner
        self._cluster = runner if isinstance(runner, Cluster) else None
        if self._cluster is None:
            self._pool = processes.start(self.count)
        else:
            self.count = self._cluster.threads()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._cluster is not None:
            return  # it is the flow's
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

        Raises:
            InputError: if a worker died.
        """
        with progress(label) as tell:
            tell(0, sum(sizes))
            ready: set[int] = set()

            def done(number: int) -> None:
                ready.add(number)
                tell(sum(sizes[each] for each in list(ready)), sum(sizes))

            run = self._in_processes if self._cluster is None else self._cluster.jobs
            return run(label, function, jobs, done)

    def _in_processes(
        self,
        label: str,
        function: Callable[..., Result],
        jobs: Sequence[tuple[Any, ...]],
        done: Callable[[int], None],
    ) -> list[Result]:
        futures = [self._pool.submit(function, *job) for job in jobs]
        for number, future in enumerate(futures):
            future.add_done_callback(lambda _, number=number: done(number))  # type: ignore[misc]

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
        except BrokenProcessPool as error:
            processes.stop(self._pool)
            raise InputError(DIED.format(label)) from error
        except BaseException:
            processes.stop(self._pool)  # the flow ends when its tasks end
            raise
