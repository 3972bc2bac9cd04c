"""The doctor's look at Python: its version, its environment, where packages come from, its letters."""

from __future__ import annotations

import json
import locale
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dataset_tools.advice import Advice
from pipelines.doctor.place import Place, ask, host_of

MEND = "rm -rf .venv && make install"
SOURCES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")
ROAD = "<3.14"  # as the Makefile: the client of Label Studio ends there (docs/decisions/0020-pythons.md)
OURS = ("PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX", "VIRTUAL_ENV", "LD_PRELOAD", "LD_LIBRARY_PATH")


def look(place: Place) -> Iterator[Advice]:
    """Everything of this file."""
    yield version(place)
    yield from environment(place)
    yield from sources(place)
    yield letters()


def version(place: Place) -> Advice:
    """The interpreter, and whether the project runs on it."""
    words = f"{platform.python_implementation()} {platform.python_version()}, {sys.executable}"
    wanted = wanted_version(place)
    if wanted and not fits(sys.version_info[:2], wanted):
        words += (
            f", and {wanted} is wanted; install one that fits, and: make PYTHON=python3.11 install"
        )
        return Advice("python", False, words)
    return Advice("python", True, words)


def wanted_version(place: Place) -> str:
    """`requires-python` of the project within the bounds of the road, empty if it does not say."""
    try:
        text = (place.root / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    found = re.search(r'^requires-python\s*=\s*["\']([^"\']+)', text, re.MULTILINE)
    return f"{found[1]},{ROAD}" if found else ""


def fits(version: tuple[int, ...], wanted: str) -> bool:
    """Whether major and minor version lie within bounds such as ``>=3.11,<3.14``.

    >>> [fits((3, minor), ">=3.11,<3.14") for minor in (10, 11, 13, 14)]
    [False, True, True, False]
    """
    for bound in wanted.split(","):
        found = re.match(r"\s*(>=|<=|<|>)\s*(\d+)\.(\d+)", bound)
        if found is None:
            continue
        edge = (int(found[2]), int(found[3]))
        holds = {
            ">=": version >= edge,
            "<=": version <= edge,
            "<": version < edge,
            ">": version > edge,
        }
        if not holds[found[1]]:
            return False
    return True


def environment(place: Place) -> Iterator[Advice]:
    """Whether the project's environment is there, whole, and the one that runs."""
    folder = place.root / ".venv"
    there = (folder / "bin/python").exists()
    if there:
        yield _whole(folder)
    elif folder.exists():
        yield Advice("venv", False, f"{folder} has no Python that runs; {MEND}")
    elif find_spec("ensurepip") is None:
        words = (
            "this Python cannot make an environment; on Debian and Ubuntu: apt install python3-venv"
        )
        yield Advice("venv", False, words)
    elif sys.prefix == sys.base_prefix:
        yield Advice("venv", False, "there is none yet; make install", stops=False)
    if sys.prefix != sys.base_prefix and Path(sys.prefix) != folder:
        yield Advice("venv", True, f"{sys.prefix} runs, not the project's own")
    home = home_of_lineart()
    if home is not None and home.resolve() != place.root.resolve():
        remedy = MEND if Path(sys.prefix) == folder else f"{sys.executable} -m pip install -e ."
        words = f"the package lineart is the one of {home}, not of {place.root}; {remedy}"
        yield Advice("lineart", False, words, stops=False)


def _whole(folder: Path) -> Advice:
    """An environment names its own path in its programs, so one that was moved is broken."""
    try:
        first = (folder / "bin/pip").read_bytes().partition(b"\n")[0]
    except OSError:
        return Advice("venv", False, f"{folder} has no pip, so it is not whole; {MEND}")
    interpreter = Path(first.decode(errors="replace").removeprefix("#!").strip())
    if first.startswith(b"#!/") and interpreter.parent.parent != folder:
        words = f"{folder} was moved or copied, its programs ask for {interpreter}; {MEND}"
        return Advice("venv", False, words, stops=not interpreter.exists())
    if not (folder / ".installed").exists():
        return Advice("venv", False, f"{folder} is not whole; make install", stops=False)
    return Advice("venv", True, str(folder))


def home_of_lineart() -> Path | None:
    """The checkout that the package `lineart` is installed from, if it is."""
    try:
        about = metadata.distribution("lineart").read_text("direct_url.json")
        url = urlsplit(json.loads(about or "{}").get("url", ""))
    except (metadata.PackageNotFoundError, ValueError, AttributeError, OSError):
        return None
    return Path(unquote(url.path)) if url.scheme == "file" else None


def sources(place: Place) -> Iterator[Advice]:
    """Where packages come from, and what the environment mixes in."""
    for name in SOURCES:
        if place.environment.get(name):
            shown = " ".join(map(host_of, place.environment[name].split()))
            yield Advice("packages", True, f"{name}={shown}")
    yield from _of_pip(place)
    for name in OURS:
        value = place.environment.get(name, "")
        if not value:
            continue
        if name == "PYTHONHOME":
            yield Advice("variables", False, f"{name}={value} leads Python astray; unset {name}.")
        else:
            yield Advice("variables", True, f"{name}={value}")


def _of_pip(place: Place) -> Iterator[Advice]:
    """What the settings of pip name as its sources."""
    if find_spec("pip") is None:
        return
    answer = ask([sys.executable, "-m", "pip", "config", "list"], place)
    for line in answer.words.splitlines() if answer.ok else ():
        name, _, value = line.partition("=")
        if name.endswith("index-url") and not name.startswith(":env:"):  # those are said already
            shown = " ".join(map(host_of, value.strip("'\"").replace("\\n", " ").split()))
            yield Advice("packages", True, f"pip: {name}={shown}")


def letters() -> Advice:
    """Whether files and the terminal take every letter."""
    found = {
        "files": locale.getpreferredencoding(False),
        "names": sys.getfilesystemencoding(),
        "output": getattr(sys.stdout, "encoding", None) or "none",
    }
    words = ", ".join(f"{what} {name}" for what, name in found.items())
    plain = {name.lower().replace("-", "").replace("_", "") for name in found.values()}
    if plain <= {"utf8", "none"}:
        return Advice("letters", True, words)
    return Advice("letters", False, f"{words}; export PYTHONUTF8=1, and unset PYTHONIOENCODING.")
