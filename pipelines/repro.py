"""The whole road, or the ablation beside it: `dvc repro` with one Prefect server around it.

DVC decides what is out of date and runs it, stage by stage; this only spares each stage a server of its
own, keeps a second run in the same folder out, passes Ctrl-C on, and shows the table at the end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from lineart.errors import InputError
from pipelines import runtime
from pipelines.alone import alone
from pipelines.outbox import is_behind, tell
from pipelines.params import FILE, read_params
from pipelines.server import prefect_server
from pipelines.show import show

ROAD = "dvc.yaml"
ABLATION = "ablation/dvc.yaml"


def repro(root: Path) -> int:
    """Bring everything up to date but the ablation; returns the exit status.

    Raises:
        InputError: if another run is at work in the same folder, or the params file is wrong.
        KeyboardInterrupt: if it was stopped.
    """
    with _alone(root):
        params = read_params(root / FILE)
        if _is_stale(root, ROAD):
            params.check()  # a slip in the last stage's settings, before hours in the first
            status = _dvc_repro(root, ROAD)
            if status:
                return status
        else:
            print("Everything is up to date.")
            _fill_mlflow(params.rows, root)
        show(root)
        tell(root)
    return 0


def ablation(root: Path) -> int:
    """Bring the ablation up to date, with what it needs of the road, and print its table.

    Returns, and raises, as :func:`repro`.
    """
    with _alone(root):
        params = read_params(root / FILE)
        if _is_stale(root, ABLATION):
            params.check()
            status = _dvc_repro(root, ABLATION)
            if status:
                return status
        else:
            print("The ablation is up to date.")
            _fill_ablation(root / "ablation", root)
        table = root / "ablation" / "table.md"
        print(table.read_text())
        print(f"The table:   {table}, and table.csv beside it")
        tell(root)
    return 0


def _alone(root: Path) -> contextlib.AbstractContextManager[None]:
    busy = f"Another run is at work in {root}; wait for it, or use a second clone."
    return alone(root / ".dvc" / "tmp" / "repro.lock", busy)


def _dvc(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dvc", *arguments]


def _environment() -> dict[str, str]:
    """The stages are called `python`: it must be this one, also without an activated environment."""
    here = os.path.dirname(sys.executable)
    return {
        **os.environ,
        "PATH": here + os.pathsep + os.environ.get("PATH", ""),
        runtime.INSIDE_REPRO: "1",
    }


def _is_stale(root: Path, file: str) -> bool:
    """Whether DVC would run anything for the stages of a file. Asking takes a second, a server three."""
    command = _dvc("status", "--json", "--with-deps", file)
    done = subprocess.run(command, cwd=root, env=_environment(), capture_output=True, text=True)
    if done.returncode:
        raise InputError(done.stderr.strip() or "DVC cannot read this project; try `dvc status`.")
    return done.stdout.strip() != "{}"


def _dvc_repro(root: Path, file: str) -> int:
    process: subprocess.Popen[bytes] | None = None
    asked = False

    def pass_on(number: int = 0, frame: FrameType | None = None) -> None:
        nonlocal asked
        asked = True
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)

    with prefect_server() as server:
        before = {number: signal.signal(number, pass_on) for number in runtime.stop_signals()}
        try:
            # A process group of its own: a Ctrl-C on the terminal reaches us alone, and we pass it on.
            process = subprocess.Popen(
                _dvc("repro", file),
                cwd=root,
                env=_environment(),
                process_group=0,
                pass_fds=server.lifeline,
            )
            if asked:
                pass_on()
            status = process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt
    return status


def _fill_mlflow(models: tuple[str, ...], root: Path) -> None:
    """Log what MLflow would not take the last time, or has lost since, if there is anything."""
    if is_behind(root, "leaderboard", _scored(root / "evaluation", models)):
        from pipelines.leaderboard import publish_records, read_records

        data = root / "data/augmented"
        records = read_records(models, root / "models", root / "evaluation", data)
        print(f"leaderboard: {publish_records(records, root / 'reports', data)}")
    under = root / "ablation"
    if (under / "table.csv").exists():
        # One that was made on other data is left to `make ablation`.
        with contextlib.suppress(InputError):
            _fill_ablation(under, root)


def _fill_ablation(under: Path, root: Path) -> None:
    """Likewise for the ablation."""
    if is_behind(root, "ablation", _scored(under / "evaluation")):
        from pipelines.ladder import publish_steps

        print(f"ladder: {publish_steps(root / 'data/augmented', under)}")


def _scored(evaluation: Path, models: tuple[str, ...] = ()) -> list[str]:
    """Whose scores are there; of some models, if they are named."""
    found = [path.parent.name for path in sorted(evaluation.glob("*/scores.json"))]
    return [name for name in found if name in models or not models]
