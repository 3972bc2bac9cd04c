"""What the sections of the doctor share: where they look, how they ask a program, what they hide."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120.0  # seconds for a program; on a busy machine torch alone takes many
HIDDEN = "***"


@dataclass(frozen=True)
class Place:
    """Where the doctor looks."""

    root: Path  # of the checkout
    environment: Mapping[str, str]
    system: Path = Path("/")  # where proc, sys and etc are

    def read(self, path: str) -> str:
        """The text of a file of the system, empty where there is none or it may not be read."""
        try:
            return (self.system / path).read_text(errors="replace")
        except OSError:
            return ""


@dataclass(frozen=True)
class Answer:
    """What a program said."""

    ok: bool
    words: str  # its output; if not ok, the last line of its complaint, or why there is none
    missing: bool = False  # whether there is no such program


def ask(command: Sequence[str], place: Place, patience: float = PATIENCE) -> Answer:
    """Run a program in the checkout, in English and without a question back; nothing is raised."""
    if not place.root.is_dir():
        return Answer(False, f"there is no folder {place.root}")
    environment = {**place.environment, "LC_ALL": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            command,
            cwd=place.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience,
        )
    except FileNotFoundError:
        return Answer(False, f"{command[0]} is not there", missing=True)
    except OSError as error:
        return Answer(False, f"{command[0]}: {error.strerror}", missing=True)
    except subprocess.TimeoutExpired:
        return Answer(False, f"no answer in {patience:.0f} s")
    if done.returncode < 0:
        return Answer(False, f"killed by {signal.Signals(-done.returncode).name}")
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        return Answer(False, said[-1][:300] if said else f"exit status {done.returncode}")
    return Answer(True, done.stdout.strip())


def masked(text: str) -> str:
    """A text without the users, passwords and tokens in its addresses.

    >>> masked("http://me:pass@proxy:3128 and https://host/simple?token=abc")
    'http://***@proxy:3128 and https://host/simple?***'
    """
    text = re.sub(r"(?<=://)[^\s'\"]*@", f"{HIDDEN}@", text)
    return re.sub(r"(://[^\s?#'\"]*[?#])[^\s'\"]+", rf"\1{HIDDEN}", text)


def masked_address(value: str) -> str:
    """A single address without its user and password, also where it does not say ``http://``.

    >>> masked_address("me:pass@proxy:3128"), masked_address("proxy:3128")
    ('***@proxy:3128', 'proxy:3128')
    """
    if "@" in value:
        scheme, mark, rest = value.partition("://") if "://" in value else ("", "", value)
        value = f"{scheme}{mark}{HIDDEN}@{rest.rpartition('@')[2]}"
    return masked(value)


def host_of(address: str) -> str:
    """Where an address leads, without its path, which may hold a token, too.

    >>> host_of("https://me:pass@host:8080/token/simple"), host_of("/a/folder")
    ('https://***@host:8080', '/a/folder')
    """
    found = re.match(r"\w+://[^/?]+", masked_address(address))
    return found[0] if found else masked_address(address)
