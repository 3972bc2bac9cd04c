"""What failed on the road, and why: from the stage that failed, or from how its process ended."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.images import write_text
from lineart.runs import read_json
from pipelines import runtime

PUBLISHED = "published"  # the stages of which each makes the row NAME-published
ROWS = ("train", "evaluate", PUBLISHED)  # the stages of which each belongs to one row


@dataclass(frozen=True)
class Failed:
    """A stage that failed."""

    stage: str  # as DVC calls it
    reason: str  # a sentence

    @property
    def row(self) -> str:
        """The row of the leaderboard it belongs to; empty if it is no row's.

        >>> Failed("train@teed", "").row, Failed("published@teed", "").row, Failed("qa", "").row
        ('teed', 'teed-published', '')
        """
        kind, _, name = self.stage.partition("@")
        if kind not in ROWS:
            return ""
        return f"{name}-published" if kind == PUBLISHED else name

    @property
    def sentence(self) -> str:
        """What is said of its row.

        >>> Failed("train@dark_threshold", "It is dark.").sentence
        'dark threshold has no figures, for its stage train failed: It is dark.'
        """
        name, work = self.row.replace("_", " "), self.stage.partition("@")[0]
        return f"{name} has no figures, for its stage {work} failed: {self.reason}"


def leave(reason: str) -> None:
    """Leave a reason for whoever runs this stage, if it is run by :func:`pipelines.road.repro.repro`."""
    folder, stage = os.environ.get(runtime.REASONS), os.environ.get("DVC_STAGE")
    if folder and stage:
        with contextlib.suppress(
            InputError
        ):  # the disk may be what failed; the words are printed, too
            write_text(_place(Path(folder), stage), reason)


def of(stages: Iterable[str], folder: Path, said: Mapping[str, str]) -> list[Failed]:
    """What some stages failed of.

    Args:
        stages: their names.
        folder: where they left their reasons, if they could.
        said: by stage, what DVC said of the failure; under "" of one that could not even begin.
    """
    found = []
    for stage in stages:
        path = _place(folder, stage)
        heard = said.get(stage) or said.get("", "")
        reason = path.read_text(encoding="utf-8") if path.exists() else ended(heard)
        found.append(Failed(stage, " ".join(reason.split())))
    return found


def ended(said: str) -> str:
    """A sentence for a process that left no word, from what DVC said of it.

    >>> ended("failed to run: python -m pipelines train teed, exited with -11")
    'Its process died of SIGSEGV, a fault in a library it uses.'
    """
    found = re.search(r"exited with (-?\d+)", said)
    if found is None:
        return said or "Its process ended without a word."
    status = int(found.group(1))
    number = -status if status < 0 else status - 128  # as the system says it, or as a shell does
    if number <= 0:
        return f"Its process ended with the status {status} and without a word."
    if number == signal.SIGKILL:
        return "Its process was killed (SIGKILL), most likely for want of memory."
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"Its process ended with the status {status} and without a word."
    fault = number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGABRT, signal.SIGFPE)
    return f"Its process died of {name}{', a fault in a library it uses' if fault else ''}."


def write(path: Path, failed: Iterable[Failed]) -> None:
    """Write down what failed."""
    content = {"failed": [asdict(each) for each in failed]}
    write_text(path, json.dumps(content, indent=1) + "\n")


def read(path: Path) -> list[Failed]:
    """Read what :func:`write` wrote.

    Raises:
        InputError: if there is no such file, or it is damaged.
    """
    return [Failed(**each) for each in read_json(path)["failed"]]


def _place(folder: Path, stage: str) -> Path:
    return folder / f"{re.sub(r'[^A-Za-z0-9._@-]', '_', stage)}.txt"
