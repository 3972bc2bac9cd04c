"""`python -m pipelines`: one stage, the whole road, or a look at what came of it."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from lineart.errors import InputError
from pipelines import runtime

# Stage -> the flow that does it. Imported one by one: most need neither torch nor MLflow.
STAGES = {
    "ingest": "artists' files become pairs",
    "qa": "pairs are checked; what fails goes to quarantine with its reason",
    "split": "checked pairs become train, val and test",
    "augment": "each pair gets its children",
    "train": "a network is trained, or a classical method tuned",
    "evaluate": "a model is scored on the test split",
    "leaderboard": "all scores become tables, a report and MLflow runs",
}
WITH_MODEL = ("train", "evaluate")
STOPPED = "Stopped; run the same command again to go on."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = parser().parse_args(arguments)
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        raise KeyboardInterrupt

    for number in runtime.stop_signals():
        signal.signal(number, stop)
    try:
        return run(options)
    except KeyboardInterrupt:
        stopped = True
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if Path(__file__).parents[1].joinpath(str(error.name).partition(".")[0]).exists():
            raise
        print(
            f"{sys.executable} has no module {error.name}; run `make repro`, or activate the "
            f"environment first: source .venv/bin/activate",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print("The disk is full; free some space and run again.", file=sys.stderr)
        return 1
    except Exception:
        if not stopped:  # what falls apart while stopping is of no interest
            raise
    # Under `repro` the parent says it, once.
    if not os.environ.get(runtime.INSIDE_REPRO):
        print(STOPPED, file=sys.stderr)
    return 130


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m pipelines", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("repro", help="the whole road: whatever is not up to date")
    for stage, help in STAGES.items():
        command = commands.add_parser(stage, help=help)
        if stage in WITH_MODEL:
            command.add_argument("model", help="a name in the list `models` of the params file")
        command.add_argument("--params", default="params.yaml", help="default: params.yaml")
    commands.add_parser("show", help="print the leaderboard and where to look")
    ui = commands.add_parser("ui", help="open MLflow on the leaderboard")
    ui.add_argument("--port", type=int, default=5000)
    size = commands.add_parser("size", help="switch the params file to another size of the road")
    size.add_argument("size", help="the name of a file in params/, such as paper or default")
    return parser


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for; returns the exit status."""
    command = options.command
    if command in STAGES:
        return stage(command, options.params, getattr(options, "model", None))
    if command == "size":
        from pipelines.sizes import switch

        print("\n".join(switch(options.size, runtime.root())))
    elif command == "show":
        from pipelines.show import show

        show(runtime.root())
    elif command == "ui":
        from pipelines.show import serve

        return serve(options.port)
    else:
        from pipelines.repro import repro

        return repro(runtime.root())
    return 0


def stage(name: str, params: str, model: str | None) -> int:
    """Run one stage, with a Prefect server of its own unless there is one."""
    from pipelines.params import read_params
    from pipelines.server import prefect_server

    started = time.perf_counter()
    read_params(params)  # an early answer to a file that is wrong
    with prefect_server():
        flow = getattr(importlib.import_module(f"pipelines.{name}"), name)
        result = flow(model, params=params) if model is not None else flow(params=params)
    print(f"{name}: {result} ({time.perf_counter() - started:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
