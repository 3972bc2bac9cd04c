"""One Prefect server around a run: started on a free port, stopped with it, whatever ends the run.

Left alone, Prefect starts a server for each flow (10 seconds each) in the process group of the flow, so
that Ctrl-C kills the server before the flow could say goodbye. Ours is one for all stages, in a session
of its own, and lives no longer than the pipe it reads from: when the last holder of the other end is
gone, killed or not, so is the server.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from lineart.errors import InputError

START_SECONDS = 180


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str  # of its API
    lifeline: tuple[int, ...]  # file descriptors that keep it alive in a child that inherits them


@contextlib.contextmanager
def prefect_server() -> Iterator[Server]:
    """Run a Prefect server for the length of the block, and point ``PREFECT_API_URL`` at it.

    A server named in the environment is used as it is.

    Raises:
        InputError: if the server does not answer.
    """
    if url := os.environ.get("PREFECT_API_URL"):
        yield Server(url, ())
        return
    # The port is ours from here on, and a client that is early waits in its queue.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.road.server", str(listener.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    assert process.stdin is not None
    try:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=START_SECONDS):
                pass
        except (urllib.error.URLError, OSError) as error:
            home = os.environ.get("PREFECT_HOME", ".prefect")
            raise InputError(
                f"Prefect's server for this run did not start ({error}). What it remembers may be torn, and "
                f"nothing hangs on it: delete {home}, and run again."
            ) from error
        os.environ["PREFECT_API_URL"] = url
        yield Server(url, (process.stdin.fileno(),))
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        process.stdin.close()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    """Serve on the socket whose descriptor is the argument, until standard input ends."""
    import uvicorn

    os.environ["PREFECT__SERVER_EPHEMERAL"] = "1"  # without the services of a lasting server
    config = uvicorn.Config(
        "prefect.server.api.server:create_app",
        factory=True,
        log_level="critical",
        lifespan="on",
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)

    def follow_the_parent() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=follow_the_parent, daemon=True).start()
    server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
