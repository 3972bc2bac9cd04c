"""What DVC says of its graph: which stages are out of date, what hangs on what, and a run of them.

DVC is asked by its command line. Nothing of the graph is kept or drawn a second time.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from types import FrameType

from lineart.errors import InputError
from pipelines import runtime
from pipelines.plan import mend

EDGE = re.compile(r'^"([^"]+)"(?: -> "([^"]+)")?;$')  # of Graphviz, as `dvc dag --dot` prints it


@dataclass(frozen=True)
class Plan:
    """What a run has to do."""

    # those out of date and all that follows from them, no stage before its causes
    stages: tuple[str, ...]
    # stage -> all it hangs on, directly or not; of the whole graph
    causes: Mapping[str, frozenset[str]]


def plan(root: Path, file: str) -> Plan:
    """Ask DVC what it would do for the stages of a file. An empty plan takes a second, another two.

    A stage that follows may turn out to be up to date after all, if what it reads comes out as it was.

    Raises:
        InputError: if DVC cannot read the project.
    """
    stale = json.loads(ask(root, "status", "--json", "--with-deps", file))
    if not stale:
        return Plan((), {})
    return planned(stale, ask(root, "dag", "--dot", file))


def planned(stale: Sequence[str] | Mapping[str, object], dot: str) -> Plan:
    """The plan for what is out of date in a graph of Graphviz.

    >>> planned(["b"], '"a" -> "b";\\n"b" -> "c";\\n"a" -> "d";').stages
    ('b', 'c')
    """
    parents: dict[str, list[str]] = {}
    for line in dot.splitlines():
        if edge := EDGE.match(line.strip()):
            before, after = edge.groups()
            parents.setdefault(before, [])
            if after is not None:
                parents.setdefault(after, []).append(before)
    causes: dict[str, frozenset[str]] = {}
    order = tuple(TopologicalSorter(parents).static_order())
    for stage in order:
        direct = parents[stage]
        causes[stage] = frozenset(direct).union(*(causes[cause] for cause in direct))
    wanted = tuple(stage for stage in order if stage in stale or causes[stage] & set(stale))
    return Plan(wanted, causes)


def ask(root: Path, *arguments: str) -> str:
    """What a command of DVC's prints; what a kill left broken is mended first, where it can be.

    Raises:
        InputError: if it fails; says what DVC said, and what to do where that is known.
    """
    command = [sys.executable, "-m", "dvc", *arguments]
    mend.rwlock(root)
    for attempt in (1, 2):
        done = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True)
        if not done.returncode:
            return done.stdout
        if attempt == 2 or not mend.state(root, done.stderr):
            break
    raise InputError(mend.advice(root, done.stderr))


def environment() -> dict[str, str]:
    """The stages are called `python`: it must be this one, also without an activated environment."""
    here = os.path.dirname(sys.executable)
    return {
        **os.environ,
        "PATH": here + os.pathsep + os.environ.get("PATH", ""),
        runtime.INSIDE_REPRO: "1",
    }


def run(
    root: Path,
    file: str,
    hear: Callable[[str], None],
    reasons: Path,
    lifeline: Sequence[int] = (),
) -> int:
    """Let DVC do what is out of date for a file, and go on after a failure with what does not hang on it.

    Args:
        root: of the project.
        file: with the stages.
        hear: told every line that DVC says. What the stages say goes where our own words go.
        reasons: a folder in which a stage that fails leaves its reason (:mod:`pipelines.failed`).
        lifeline: file descriptors that a stage's helpers need to inherit.

    Returns:
        DVC's exit status.

    Raises:
        KeyboardInterrupt: if it was stopped.
    """
    process: subprocess.Popen[str] | None = None
    asked = False

    def pass_on(number: int = 0, frame: FrameType | None = None) -> None:
        nonlocal asked
        asked = True
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()  # DVC is told to begin nothing more, ...
                os.killpg(process.pid, signal.SIGINT)  # ... and what runs to stop

    source, sink = os.pipe()
    before = {number: signal.signal(number, pass_on) for number in runtime.stop_signals()}
    try:
        # A process group of its own: a Ctrl-C on the terminal reaches us alone, and we pass it on.
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pipelines.plan.listen",
                str(sink),
                "repro",
                "--keep-going",
                file,
            ],
            cwd=root,
            env={**environment(), runtime.REASONS: str(reasons)},
            process_group=0,
            pass_fds=[*lifeline, sink],
            text=True,
        )
        os.close(sink)
        if asked:
            pass_on()
        for line in _lines(source):
            hear(line)
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt
    return status


def _lines(source: int) -> Iterator[str]:
    with os.fdopen(source, encoding="utf-8", errors="replace") as words:
        for line in words:
            yield line.rstrip("\n")
