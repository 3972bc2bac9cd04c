"""Which workers a flow gets: processes of this machine, or those of a cluster."""

from __future__ import annotations

import sys
from typing import Any, TypeVar

from prefect import Flow

from lineart.errors import InputError
from pipelines.params import PipelinesSettings

Result = TypeVar("Result")


def with_runner(flow: Flow[..., Result], settings: PipelinesSettings) -> Flow[..., Result]:
    """The flow as it is, or with the task runner of a Dask cluster, as the settings have it.

    Raises:
        InputError: if the packages for it are missing, or a worker could not reach Prefect.
    """
    if settings.runner == "process":
        return flow
    try:
        from pipelines.workers.dask import cluster
    except ModuleNotFoundError as error:
        raise InputError(
            f"The setting pipelines.runner is 'dask', and {sys.executable} has no module {error.name}: "
            f"{sys.executable} -m pip install -c constraints.txt -e '.[dask]'"
        ) from error
    runner: Any = cluster(settings.workers, settings.dask)
    return flow.with_options(task_runner=runner)
