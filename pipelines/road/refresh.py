"""The flow `refresh`: verdicts come home, the road is brought up to date, the data goes to its remote.

The parent flow of a night: `review pull`, `dvc repro`, `dvc push`, and the leaderboard beside the run. It is
what `prefect.yaml` deploys, and `python -m pipelines refresh` runs it once by hand. Each step does nothing if
nothing is new, so that a step which failed, or the whole flow, can be run again.

A Label Studio that is away keeps nobody waiting: the road goes on with the verdicts of `data/reviews.csv`,
and the flow fails when everything else is done, so that somebody hears of it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from dataset_tools.review.client import URL, Server, need_client
from dataset_tools.review.pull import pull
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from dataset_tools.review.verdicts import FILE as REVIEWS
from lineart.errors import InputError
from lineart.settings import read_section
from pipelines import runtime
from pipelines.params import FILE
from pipelines.report import tables
from pipelines.report.markdown import short
from pipelines.road.show import results

RETRIES = 2
WAIT = 60  # seconds before a step is tried again
GRACE = 60  # seconds that a step has to stop in; a training keeps its last checkpoint
NO_SERVER = f"{URL} is not set; the verdicts are those of {REVIEWS}."


@flow(name="refresh")
def refresh(push: bool = True) -> str:
    """Bring everything up to date; returns what came of it, in a line.

    Args:
        push: whether the results go to the DVC remote.

    Raises:
        InputError: naming the step that failed, after its last retry; or, at once, an extra that is missing.
    """
    root = runtime.root()
    missed = ""
    if os.environ.get(URL):
        need_client()  # what is not installed will not be there at the next try either
        try:
            print(f"review pull: {reviews(root)}", flush=True)
        except InputError as error:
            missed = str(error)
            print(f"The verdicts did not come home: {missed}", file=sys.stderr, flush=True)
    else:
        print(NO_SERVER, flush=True)
    step("repro", ["-m", "pipelines", "repro"], root)
    if push:
        step("push", ["-m", "dvc", "push"], root)
    leaderboard(root)
    done = "everything is up to date" + (", and pushed" if push else "")
    if missed:
        raise InputError(f"The verdicts did not come home; but for them {done}. {missed}")
    return done


def again(name: str) -> None:
    """Say that a step is tried once more, if it is."""
    if (task_run.run_count or 0) <= RETRIES:
        print(f"'{name}' failed; it is tried again in {WAIT} seconds.", file=sys.stderr, flush=True)


@task(name="pull", retries=RETRIES, retry_delay_seconds=WAIT, cache_policy=NO_CACHE)
def reviews(root: Path) -> str:
    """Bring the verdicts home; returns what came, in a line.

    Raises:
        InputError: if Label Studio fails; the table is then as it was.
    """
    settings = read_section(root / FILE, "review", ReviewSettings)
    state = State(root / "data", root / REVIEWS)
    try:
        with Server() as server:
            return pull(state, settings, server)
    except InputError:
        again("pull")
        raise


@task(task_run_name="{name}", retries=RETRIES, retry_delay_seconds=WAIT, cache_policy=NO_CACHE)
def step(name: str, arguments: list[str], root: Path) -> None:
    """Run one command of Python's; its words go to the log as they come.

    Whatever stops us stops it, and is not heeded before it has ended: two of them must never be at work.

    Raises:
        InputError: if it ends with an error.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # A group of its own: a Ctrl-C on the terminal reaches us alone, and we pass it on.
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=root, env={**os.environ, "PATH": path}, process_group=0
    )
    try:
        status = process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
    if status:
        again(name)
        command = " ".join(["python", *arguments])
        raise InputError(f"The step '{name}' failed; its words are above, `{command}` repeats it.")


@task(name="leaderboard", retries=RETRIES, retry_delay_seconds=WAIT, cache_policy=NO_CACHE)
def leaderboard(root: Path) -> None:
    """Put the table beside the run, for whoever looks at it in Prefect."""
    create_markdown_artifact(short(tables.read_leaderboard(results(root))), key="leaderboard")
