"""A Label Studio of one's own: a real server on this machine alone, in an environment of its own.

It lives in one folder (by default ``.label-studio``): its environment, its SQLite database, and the file
``env`` with its address and the token of its first user, for the shell (``source .label-studio/env``). User
and token are drawn at random the first time. It listens on 127.0.0.1 and reports to nobody.
"""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dataset_tools.review.client import TOKEN, URL
from lineart.errors import InputError
from lineart.local import ask_directly
from lineart.pictures.images import write_text

FOLDER = Path(".label-studio")
HOST = "127.0.0.1"
PORT = 8080
PICTURES = Path("data/review")  # what it may show
# seconds for the first start, which makes the database: one when idle, minutes when busy
PATIENCE = 900
EMAIL = "reviewer@localhost.example"

# Everything a server would otherwise send home, or ask the world for.
QUIET = {
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class Account:
    """The first user of a server."""

    password: str
    token: str  # of the legacy kind: the only one that can be set before a server runs


def account_of(folder: Path) -> Account:
    """The account of the server in a folder; drawn and kept there, for its owner alone, the first time."""
    file = folder / "account"
    if not file.exists():
        write_text(file, f"{secrets.token_urlsafe(12)}\n{secrets.token_hex(20)}\n")
        file.chmod(0o600)
    password, token = file.read_text().split()
    return Account(password, token)


def environment_of(folder: Path, account: Account, pictures: Path) -> dict[str, str]:
    """What the server is told; the account counts when its database is made."""
    return {
        **os.environ,
        **QUIET,
        "LABEL_STUDIO_BASE_DATA_DIR": str((folder / "data").resolve()),
        "LABEL_STUDIO_USERNAME": EMAIL,
        "LABEL_STUDIO_PASSWORD": account.password,
        "LABEL_STUDIO_USER_TOKEN": account.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
        "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(pictures.resolve().parent),
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    }


class LocalServer:
    """A server for the length of a block.

    Args:
        folder: that holds its environment (``venv``), database and account.
        port: to listen on; 0 for any free one.
        program: of the command ``label-studio``; default: the one in ``folder/venv``.
        pictures: the folder it may show pictures of.

    Raises:
        InputError: if it is not installed, the port is taken, or it does not come up.
    """

    def __init__(
        self,
        folder: Path = FOLDER,
        port: int = PORT,
        program: Path | None = None,
        pictures: Path = PICTURES,
    ):
        self.folder, self.pictures = folder, pictures
        self.program = (program or folder / "venv/bin/label-studio").absolute()
        if not self.program.exists():
            raise InputError(f"There is no {self.program}; `make label-studio` installs it.")
        self.port = port or _free_port()
        self.url = f"http://{HOST}:{self.port}"

    def __enter__(self) -> LocalServer:
        ask_directly()
        if _answers(f"{self.url}/health"):
            raise InputError(
                f"Something answers at {self.url} already; stop it, or take another port: PORT=8081."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.account = account_of(self.folder)
        self._log = (self.folder / "server.log").open("wb")
        self._process = subprocess.Popen(
            [
                self.program,
                "start",
                "--no-browser",
                "--internal-host",
                HOST,
                "--port",
                str(self.port),
            ],
            env=environment_of(self.folder, self.account, self.pictures),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        lines = [f"export {name}={shlex.quote(value)}" for name, value in self.environment.items()]
        write_text(self.folder / "env", "\n".join([*lines, ""]))
        (self.folder / "env").chmod(0o600)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    @property
    def environment(self) -> Mapping[str, str]:
        """What the commands of review want to know."""
        return {URL: self.url, TOKEN: self.account.token}

    def wait(self) -> int:
        """Wait until the server ends; its exit status."""
        return self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not _answers(f"{self.url}/health"):
            log = self.folder / "server.log"
            if self._process.poll() is not None:
                raise InputError(f"Label Studio did not start; see the end of {log}.")
            if time.monotonic() > deadline:
                raise InputError(f"Label Studio did not start in {PATIENCE} seconds; see {log}.")
            time.sleep(0.5)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
