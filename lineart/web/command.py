"""``lineart demo``: open the page, on this machine alone unless told otherwise, until Ctrl-C.

Nothing leaves the machine: no telemetry, no look for newer versions, no share link, no fonts or scripts from
elsewhere. What visitors upload lies in one temporary folder, which goes when the page ends.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import signal
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

from lineart.catalogue.obstacle import installed, obstacle
from lineart.catalogue.store import DEFAULT, find_model
from lineart.errors import InputError
from lineart.local import ask_directly
from lineart.settings import require
from lineart.web.desk import Desk
from lineart.web.uploads import Limits

LOCAL = ("127.0.0.1", "localhost")
SILENT = {  # read by Gradio, and by the libraries it brings, when they are imported
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    # The page calls nobody but itself, once, to see that it is there: never through a proxy.
    "NO_PROXY": "*",
    "no_proxy": "*",
}


def main(argv: list[str] | None = None) -> None:
    """Read the arguments and show the page until it is interrupted.

    Raises:
        InputError: if Gradio is missing, or the address, the model or a limit cannot be used.
    """
    given = arguments(argv)
    require(0 <= given.port <= 65535, "--port", given.port, "from 0 (any free one) to 65535")
    limits = Limits(megabytes=given.megabytes, megapixels=given.megapixels)
    card = find_model(given.model)
    if obstacle(card):
        raise InputError(f"The model {card.name} cannot be read here: it {obstacle(card)}.")
    if not installed("gradio"):
        raise InputError("The page needs Gradio; install it with: pip install 'lineart[web]'.")
    port = free_port(given.host, given.port)
    for name in ("SIGTERM", "SIGHUP"):  # so that the folder goes in any case
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="lineart-demo-", ignore_cleanup_errors=True) as folder,
    ):
        os.environ.update(SILENT, GRADIO_TEMP_DIR=folder)
        desk = Desk(Path(folder), limits)
        serve(desk, given.model, given.host, port)
    if desk.busy:  # a network cannot be stopped half way, and nobody waits for its answer any more
        os._exit(0)


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("lineart demo", description="Open the tool in the browser.")
    parser.add_argument(
        "--host", default="127.0.0.1", help="0.0.0.0 lets the whole network in (default: only you)"
    )
    parser.add_argument("--port", type=int, default=7860, help="0 takes any that is free")
    parser.add_argument("--model", default=DEFAULT, help="chosen at first: a name or a path")
    parser.add_argument("--megabytes", type=float, default=Limits.megabytes, help="of an upload")
    parser.add_argument("--megapixels", type=float, default=Limits.megapixels, help="of a picture")
    return parser.parse_args(argv)


def free_port(host: str, port: int) -> int:
    """The port itself, or any that is free for 0.

    Raises:
        InputError: if it is taken, may not be used, or the host is not an address of this machine.
    """
    try:
        with socket.socket() as trial:  # IPv4, as all of Gradio speaks
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            return int(trial.getsockname()[1])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"Port {port} of {host} is taken, perhaps by a page that is open already; "
                f"choose another with --port {port + 1}, or --port 0 for any."
            ) from error
        if error.errno == errno.EACCES:
            raise InputError(
                f"Port {port} may not be used by an ordinary user; take one above 1023."
            ) from error
        raise InputError(
            f"{host} is no IPv4 address of this machine ({error.strerror}); "
            f"127.0.0.1 serves this machine, 0.0.0.0 the whole network."
        ) from error


class NothingFromElsewhere:
    """Shut Gradio's routes ``file=ADDRESS`` and ``proxy=ADDRESS``, which fetch for whoever asks.

    Args:
        app: what answers every other request (ASGI).
    """

    def __init__(self, app: Any):
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a path with an address in it with 403."""
        from starlette.responses import PlainTextResponse

        answer = self._app
        if scope["type"] == "http" and "://" in scope["path"]:
            answer = PlainTextResponse("This page fetches nothing from elsewhere.\n", 403)
        await answer(scope, receive, send)


def serve(desk: Desk, model: str, host: str, port: int) -> None:
    """Show the page until Ctrl-C, which it passes on.

    Raises:
        InputError: if the port was taken by another in the meantime.
    """
    import gradio as gr
    from starlette.middleware import Middleware

    from lineart.web.page import EXAMPLES, LOOK, build

    ask_directly()  # as Gradio asks whether its own page is up
    # Who asks past the page has no session, so what was kept for it would never be forgotten.
    page = build(desk, model).queue(api_open=False)
    try:
        _, url, _ = page.launch(
            server_name=host,
            server_port=port,
            allowed_paths=[str(EXAMPLES)],
            max_file_size=desk.limits.bytes,
            theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
            css=LOOK,
            footer_links=[],
            quiet=True,
            prevent_thread_lock=True,
            share=False,
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            app_kwargs={"middleware": [Middleware(NothingFromElsewhere)]},
        )
    except OSError as error:
        raise InputError(f"Port {port} of {host} was taken this moment; try again.") from error
    try:
        seen = "" if host in LOCAL else ", for everyone who can reach this machine"
        print(f"The page is at {url}{seen}; Ctrl-C ends it.", flush=True)
        threading.Event().wait()
    finally:
        page.close(verbose=False)
