"""The flow `refresh`: verdicts come home, the road is brought up to date, the data goes to its remote.

The parent flow of a night: `review pull`, `dvc repro`, `dvc push`, and the leaderboard at the end. It is what
`prefect.yaml` deploys, and `python -m pipelines refresh` runs it once by hand. Each step is a command that
does nothing if nothing is new, so that a step which failed, or the whole flow, can be run again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from lineart.errors import InputError
from pipelines import runtime

RETRIES = 2
WAIT = 60  # seconds before a step is tried again
NO_SERVER = "LABEL_STUDIO_URL is not set; the verdicts are those of data/reviews.csv."


@flow(name="refresh")
def refresh(push: bool = True) -> str:
    """Bring everything up to date; returns what came of it, in a line.

    Args:
        push: whether the results go to the DVC remote.

    Raises:
        InputError: naming the step that failed, after its last retry.
    """
    root = runtime.root()
    pulled = bool(os.environ.get("LABEL_STUDIO_URL"))
    if pulled:
        step("pull reviews", ["-m", "dataset_tools", "review", "pull"], root)
    else:
        print(NO_SERVER)
    step("repro", ["-m", "pipelines", "repro"], root)
    if push:
        step("push", ["-m", "dvc", "push"], root)
    return "everything is up to date" + (", and pushed" if push else "")


@task(task_run_name="{name}", retries=RETRIES, retry_delay_seconds=WAIT, cache_policy=NO_CACHE)
def step(name: str, arguments: list[str], root: Path) -> None:
    """Run one command of ours; its words go to the log as they come.

    Raises:
        InputError: if it ends with an error.
    """
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run([sys.executable, *arguments], cwd=root, env=environment)
    if done.returncode:
        command = " ".join(["python", *arguments])
        raise InputError(f"The step '{name}' failed; its words are above, `{command}` repeats it.")
