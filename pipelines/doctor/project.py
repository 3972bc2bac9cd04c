"""The doctor's look at the project: Git, the state of the clone, and where DVC shares data."""

from __future__ import annotations

import configparser
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from dataset_tools.advice import Advice
from pipelines.doctor.network import answers
from pipelines.doctor.place import Place, ask, masked_address

NEEDED = ("dvc.yaml", "params.yaml", "pyproject.toml", "constraints.txt", ".dvc/config")
UNDER_WAY = {
    "MERGE_HEAD": "git merge --abort",
    "rebase-merge": "git rebase --abort",
    "rebase-apply": "git rebase --abort",
    "CHERRY_PICK_HEAD": "git cherry-pick --abort",
}


def look(place: Place) -> Iterator[Advice]:
    """Everything of this file."""
    yield from files(place)
    if place.root.is_dir():
        yield from git(place)
        yield from remote(place)
        yield from at_work(place)


def files(place: Place) -> Iterator[Advice]:
    """Files without which nothing runs."""
    if not place.root.is_dir():
        where = (
            "DVC_ROOT names it; unset DVC_ROOT" if "DVC_ROOT" in place.environment else "clone it"
        )
        yield Advice("files", False, f"there is no folder {place.root}; {where}.")
        return
    missing = [name for name in NEEDED if not (place.root / name).is_file()]
    if missing:
        words = f"{place.root} lacks {', '.join(missing)}; git checkout {' '.join(missing)}"
        yield Advice("files", False, words)


def git(place: Place) -> Iterator[Advice]:
    """Git itself, whose clone this is, and in what state."""
    version = ask(["git", "--version"], place)
    if not version.ok:
        words = f"{version.words}; install it, or no run will know its commit."
        yield Advice("git", False, words, stops=False)
        if not (place.root / ".git").exists():
            yield _no_clone(place, "")
        return
    yield Advice("git", True, version.words)
    head = ask(["git", "rev-parse", "--short", "HEAD"], place)
    if not head.ok:
        yield _no_clone(place, head.words)
        return
    branch = ask(["git", "branch", "--show-current"], place).words or "no branch"
    changed = ask(["git", "status", "--porcelain", "--untracked-files=no"], place)
    lines = changed.words.splitlines() if changed.ok else []
    state = f"{len(lines)} tracked files changed" if lines else "nothing changed"
    yield Advice("clone", True, f"commit {head.words}, {branch}, {state}")
    yield from _under_way(place)
    yield from _settings(place)
    yield from _line_endings(place)


def _no_clone(place: Place, why: str) -> Advice:
    if not (place.root / ".git").exists():
        words = f"{place.root} is no clone, which DVC wants; git clone it, an archive will not do."
        return Advice("clone", False, words)
    if "dubious ownership" in why or "safe.directory" in why:
        words = (
            f"it belongs to another user; git config --global --add safe.directory '{place.root}'"
        )
    else:
        words = f"Git cannot read it ({why}); commit something, or clone it anew."
    return Advice("clone", False, words, stops=False)


def _under_way(place: Place) -> Iterator[Advice]:
    for name, remedy in UNDER_WAY.items():
        path = ask(["git", "rev-parse", "--git-path", name], place)
        if path.ok and (place.root / path.words).exists():
            words = f"{name} is there, half done; finish it, or {remedy}"
            yield Advice("clone", False, words, stops=False)


def _settings(place: Place) -> Iterator[Advice]:
    for name in ("user.name", "user.email"):
        if not _setting(name, place):
            words = (
                f"{name} is not set, so nothing can be committed; git config --global {name} ..."
            )
            yield Advice("settings", False, words, stops=False)
    shallow = ask(["git", "rev-parse", "--is-shallow-repository"], place)
    if shallow.words == "true":
        words = "the clone is shallow, older data versions are unknown; git fetch --unshallow"
        yield Advice("settings", False, words, stops=False)


def _setting(name: str, place: Place) -> str:
    """A setting of Git, empty if it is not set."""
    answer = ask(["git", "config", name], place)
    return answer.words if answer.ok else ""


def _line_endings(place: Place) -> Iterator[Advice]:
    """`core.autocrlf`, and files it has changed: DVC takes them for new, and runs their stages again."""
    listed = ask(["git", "ls-files", "--eol"], place)
    turned = [
        line.partition("\t")[2]
        for line in listed.words.splitlines()
        if line.startswith("i/lf") and " w/crlf" in line.partition("\t")[0]
    ]
    setting = _setting("core.autocrlf", place)
    if turned:
        words = f"core.autocrlf is {setting or 'not set'} and {len(turned)} files end lines as Windows does, "
        words += "so DVC runs their stages again; git config core.autocrlf input, then "
        words += "git rm -rq --cached . && git reset --hard -q (after committing your changes)"
        yield Advice("lines", False, words, stops=False)
    elif setting:
        yield Advice("lines", True, f"core.autocrlf is {setting}; the files are as they should be")


def remote(place: Place) -> Iterator[Advice]:
    """Where `dvc push` and `dvc pull` go, and whether that can be reached; the road runs without."""
    folder = place.root / ".dvc"
    config = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        config.read([folder / "config", folder / "config.local"], encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        words = f"DVC's settings cannot be read ({type(error).__name__}); git checkout .dvc/config"
        yield Advice("dvc", False, words)
        return
    name = config.get("core", "remote", fallback="")
    if not name:
        words = "no remote is set; to share data: dvc remote add --default NAME URL"
        yield Advice("dvc", False, words, stops=False)
        return
    section = f"'remote \"{name}\"'"
    url = config.get(section, "url", fallback="")
    shown = f"remote {name}, {masked_address(url)}"
    if not url:
        words = f"the remote {name} has no url; dvc remote modify {name} url URL"
        yield Advice("dvc", False, words, stops=False)
    elif "://" in url:
        yield _far(url, shown)
    else:
        yield _near(folder / url, shown)


def _far(url: str, shown: str) -> Advice:
    scheme = url.partition("://")[0]
    if scheme in ("http", "https", "ssh", "webdav", "webdavs"):
        plain = scheme.replace("webdav", "http").replace("httpss", "https")
        if not answers(url.replace(scheme, plain, 1)):
            words = f"{shown} does not answer; check the address and the network."
            return Advice("dvc", False, words, stops=False)
    elif importlib.util.find_spec(f"dvc_{scheme}") is None:
        words = f"{shown} wants the package dvc-{scheme}: .venv/bin/pip install 'dvc[{scheme}]'"
        return Advice("dvc", False, words, stops=False)
    return Advice("dvc", True, shown)


def _near(folder: Path, shown: str) -> Advice:
    if folder.is_dir():
        return Advice("dvc", True, shown)
    if folder.exists():
        return Advice("dvc", False, f"{shown} is no folder; move that file away.", stops=False)
    return Advice("dvc", True, f"{shown}, which `dvc push` will make")


def at_work(place: Place) -> Iterator[Advice]:
    """Whether a road runs in this folder already."""
    try:
        import fcntl

        with (place.root / ".dvc/tmp/repro.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        words = "another run is at work in this folder; wait for it, or use a second clone."
        yield Advice("at work", False, words, stops=False)
    except (ImportError, OSError):
        return  # nothing was run here yet
