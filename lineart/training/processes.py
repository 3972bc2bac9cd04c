"""Several processes that train one network together; the calling process is the first of them.

Fabric joins processes that find their place in the environment. Its own launchers start the whole program
again or fork it; here only the training starts again, so that the caller's console, signals and open
connections stay with the one process that has them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def helpers(count: int, function: Callable[..., Any], *arguments: Any) -> Iterator[None]:
    """Run ``function(*arguments)`` in ``count - 1`` further processes while the body does the same here.

    Args:
        count: processes in all; with 1 nothing happens.
        function: of a module, so that another process finds it.
        arguments: what can be pickled.
    """
    if count == 1:
        yield
        return
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port())}
    context = multiprocessing.get_context("spawn")
    started = [
        context.Process(
            target=_help, args=({**place, "LOCAL_RANK": str(rank)}, function, arguments)
        )
        for rank in range(1, count)
    ]
    for process in started:
        process.start()
    os.environ.update(place, LOCAL_RANK="0")
    try:
        yield
        for process in started:
            process.join(timeout=30)
    finally:
        for name in (*place, "LOCAL_RANK"):
            del os.environ[name]
        for process in started:
            process.kill()
            process.join()


def _help(place: dict[str, str], function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    # A Ctrl-C reaches all processes of a terminal; the first one answers it, for all.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.environ.update(place)
    function(*arguments)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
