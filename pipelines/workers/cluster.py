"""What a cluster is to those who map over drawings, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

Result = TypeVar("Result")
DIED = (
    "A worker died while it was busy with '{}', most likely for want of memory; "
    "lower pipelines.workers or give the machine more memory, and run again."
)


@runtime_checkable
class Cluster(Protocol):
    """A task runner with workers of its own (:class:`pipelines.workers.dask.DaskCluster`)."""

    def threads(self) -> int:
        """How many jobs it does at a time; connects to the cluster, or starts it.

        Raises:
            InputError: if there is none.
        """

    def jobs(
        self,
        label: str,
        function: Callable[..., Result],
        jobs: Sequence[tuple[Any, ...]],
        done: Callable[[int], None],
    ) -> list[Result]:
        """As :meth:`Workers.run`; tells ``done`` the number of each job that is done."""
