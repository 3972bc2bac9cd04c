"""The workers of a Dask cluster, through Prefect's DaskTaskRunner: two of this machine, or two hundred.

A worker needs this project in its environment, and the project's folder under the same path as here. What is
sent to it are small descriptions (rows, settings, paths); pictures go through the folder. How to set that up:
docs/scale-out.md. Needs the extra ``dask``.
"""

from __future__ import annotations

import functools
import logging
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import distributed
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect_dask import DaskTaskRunner

from lineart.errors import InputError
from pipelines.workers.cluster import DIED

Result = TypeVar("Result")
START_SECONDS = 60  # a scheduler must answer, and a worker be there
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def cluster(workers: int, address: str | None) -> DaskCluster:
    """The task runner for the cluster at ``address``, or for one on this machine while the flow runs.

    Raises:
        InputError: if the workers are elsewhere, and Prefect's server answers on this machine only.
    """
    _quieten()
    if address is None:
        return DaskCluster(cluster_kwargs=local(workers))
    prefect = urlsplit(os.environ.get("PREFECT_API_URL", "http://127.0.0.1"))
    scheduler = urlsplit(address if "://" in address else f"tcp://{address}")
    if scheduler.hostname not in LOOPBACK and prefect.hostname in LOOPBACK:
        raise InputError(
            f"The setting pipelines.dask is {address!r}, whose workers cannot reach the Prefect server of "
            f"this machine; set PREFECT_API_URL to one that they reach (docs/scale-out.md)."
        )
    return DaskCluster(address=address, client_kwargs={"timeout": START_SECONDS})


def local(workers: int) -> dict[str, Any]:
    """What a :class:`distributed.LocalCluster` of so many workers is made with."""
    return {
        "n_workers": workers,
        "threads_per_worker": 1,
        "dashboard_address": "127.0.0.1:0",  # not the port of another cluster
        "preload": [__name__],
    }


def dask_setup(worker: distributed.Worker) -> None:
    """Called by a local worker at its start: deaf to Ctrl-C, for its parent decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _quieten()


def _quieten() -> None:
    """What went wrong is said once, by our command line."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)


class DaskCluster(DaskTaskRunner):
    """A :class:`pipelines.workers.cluster.Cluster`."""

    def threads(self) -> int:
        """See :meth:`pipelines.workers.cluster.Cluster.threads`."""
        try:
            self.client.wait_for_workers(1, timeout=START_SECONDS)
        except OSError as error:  # a time-out is one
            raise InputError(
                f"No Dask scheduler with workers answers at {self.address}; start them, or set "
                f"pipelines.dask to null for workers of this machine (docs/scale-out.md)."
            ) from error
        return sum(self.client.nthreads().values())

    def jobs(
        self,
        label: str,
        function: Callable[..., Result],
        jobs: Sequence[tuple[Any, ...]],
        done: Callable[[int], None],
    ) -> list[Result]:
        """See :meth:`pipelines.workers.cluster.Cluster.jobs`."""

        @task(name=label, cache_policy=NO_CACHE, persist_result=False)
        def chunk(call: Callable[[], Result], folder: str) -> Result:
            return work(call, folder)

        # Prefect looks through the arguments of a task for futures; in a partial there are none.
        calls = [functools.partial(function, *job) for job in jobs]
        futures: list[Any] = [chunk.submit(call, os.getcwd()) for call in calls]
        numbers = {future.wrapped_future: number for number, future in enumerate(futures)}
        results: dict[int, Result] = {}
        try:
            for ready in distributed.as_completed(numbers, loop=self.client.loop):
                number = numbers[ready]
                results[number] = futures[number].result()
                done(number)
        except distributed.KilledWorker as error:
            raise InputError(DIED.format(label)) from error
        finally:
            if len(results) < len(jobs):
                self.client.cancel(list(numbers), force=True)
        return [results[number] for number in range(len(jobs))]


def work(call: Callable[[], Result], folder: str) -> Result:
    """Make a call in a worker, from the folder of whoever asks, on one thread.

    Raises:
        InputError: if the worker has no such folder.
    """
    import cv2

    cv2.setNumThreads(1)
    try:
        os.chdir(folder)
    except OSError as error:
        raise InputError(
            f"A Dask worker on {os.uname().nodename} has no folder {folder}; make the project's folder "
            f"visible there under the same path (docs/scale-out.md)."
        ) from error
    return call()
