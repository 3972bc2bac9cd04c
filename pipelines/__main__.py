"""`python -m pipelines`: one stage, the whole road, or a look at what came of it."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from lineart.errors import InputError
from pipelines import runtime

# Stage -> the flow that does it. Imported one by one: most need neither torch nor MLflow.
STAGES = {
    "ingest": "artists' files become pairs",
    "qa": "pairs are checked; what fails goes to quarantine with its reason",
    "disagree": "small networks doubt the pairs they were not trained on",
    "curate": "people's verdicts overrule the checks",
    "split": "pairs become train, val and test",
    "augment": "each pair gets its children",
    "dataset": "the page of the data set, its card and its Croissant file",
    "train": "a network is trained, or a classical method tuned",
    "adopt": "published weights become a row of their own",
    "evaluate": "a model is scored on the test split",
    "leaderboard": "all scores become tables, a report and MLflow runs",
    "ladder": "the scores of the ablation become a table and MLflow runs",
}
# Stages that are told a name, and what it is; and those that work below any folder.
NAMED = {
    "train": "a name in the list `models` of the params file",
    "adopt": "a name in the section `published` of the params file",
    "evaluate": "a name in the list `models` of the params file",
}
PLACED = ("train", "evaluate", "ladder")
STOPPED = "Stopped; run the same command again to go on."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="replace"
        )  # a terminal without arrows is no reason to fail at the end
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
    except Exception as error:
        if not stopped:  # what falls apart while stopping is of no interest
            said = sentence(error)
            if os.environ.get(runtime.REASONS):
                from pipelines.failed import leave  # needs what the doctor does not

                leave(said or f"{type(error).__name__}: {error}")
            if not said:
                raise
            print(said, file=sys.stderr)
            return 1
    # Under `repro` the parent says it, once.
    if not os.environ.get(runtime.INSIDE_REPRO):
        print(STOPPED, file=sys.stderr)
    return 130


def sentence(error: Exception) -> str:
    """What is said of an error instead of its traceback; empty for a slip of our own."""
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        ours = Path(__file__).parents[1].joinpath(str(error.name).partition(".")[0]).exists()
        return (
            ""
            if ours
            else f"{sys.executable} has no module {error.name}; run `make repro`, or activate the "
            f"environment first: source .venv/bin/activate"
        )
    if isinstance(error, RuntimeError) and "Failed to reach API" in str(error):  # Prefect's words
        return (
            f"Prefect at {os.environ.get('PREFECT_API_URL')} does not answer; start that server, or unset "
            f"PREFECT_API_URL to have one made."
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full; free some space and run again."
    return ""


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m pipelines", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("repro", help="the whole road: whatever is not up to date")
    commands.add_parser("doctor", help="what this machine has for the road, and what to do if not")
    refresh = commands.add_parser("refresh", help="pull verdicts, bring the road up to date, push")
    refresh.add_argument("--no-push", action="store_true", help="leave the DVC remote as it is")
    commands.add_parser("ablation", help="the steps from U²-NetP to CLEAR-Net, each trained")
    for stage, help in STAGES.items():
        command = commands.add_parser(stage, help=help)
        if stage in NAMED:
            command.add_argument("name", help=NAMED[stage])
        if stage in PLACED:
            command.add_argument(
                "--under", metavar="FOLDER", default=".", help="that holds models/ and evaluation/"
            )
        if stage == "leaderboard":
            command.add_argument(
                "--failed",
                metavar="FILE",
                help="of rows that are shown as failed (`repro` writes it)",
            )
        command.add_argument("--params", default="params.yaml", help="default: params.yaml")
    add_generalise(commands)
    show = commands.add_parser("show", help="print the leaderboard and where to look")
    way = show.add_mutually_exclusive_group()
    way.add_argument("--markdown", action="store_true", help="print the short table of the README")
    way.add_argument(
        "--readme", action="store_true", help="write it into README.md and docs/results"
    )
    ui = commands.add_parser("ui", help="open MLflow on the leaderboard")
    ui.add_argument("--port", type=int, default=5000)
    size = commands.add_parser("size", help="switch the params file to another size of the road")
    size.add_argument("size", help="the name of a file in params/, such as paper or default")
    return parser


def add_generalise(commands: Any) -> None:
    """The arguments of `generalise`."""
    command = commands.add_parser("generalise", help="score models on any other pairs")
    command.add_argument(
        "pairs", help="a pair table, a folder with render/ and line/, or a folder of sheets"
    )
    command.add_argument("--models", nargs="+", help="names of models/; default: all there are")
    command.add_argument("--name", help="of the section; default: the name of the file or folder")
    command.add_argument("--count", type=int, help="take this many pairs; default: all")
    command.add_argument("--pictures", help="what a pair table is relative to; default: its folder")
    command.add_argument("--params", default="params.yaml", help="default: params.yaml")


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for; returns the exit status."""
    command = options.command
    if command in STAGES:
        names = [options.name] if command in NAMED else []
        places = {"under": options.under} if command in PLACED else {}
        if command == "leaderboard" and options.failed:
            places["failed"] = options.failed
        return stage(command, options.params, *names, **places)
    if command == "generalise":
        others = {key: getattr(options, key) for key in ("name", "models", "count", "pictures")}
        return stage(command, options.params, options.pairs, **others)
    if command == "refresh":
        from pipelines.road.server import prefect_server

        with prefect_server():
            from pipelines.road.refresh import refresh

            print(f"refresh: {refresh(push=not options.no_push)}")
        return 0
    if command == "doctor":
        from pipelines.doctor.examine import doctor

        return doctor(runtime.root())
    if command == "ablation":
        from pipelines.road.repro import ablation

        return ablation(runtime.root())
    if command == "size":
        from pipelines.road.sizes import switch

        print("\n".join(switch(options.size, runtime.root())))
    elif command == "show":
        from pipelines.road import show

        way = show.markdown if options.markdown else show.readme if options.readme else show.show
        way(runtime.root())
    elif command == "ui":
        from pipelines.road.show import serve

        return serve(options.port)
    else:
        from pipelines.road.repro import repro

        return repro(runtime.root())
    return 0


def stage(name: str, params: str, /, *names: str, **others: Any) -> int:
    """Run one stage, with a Prefect server of its own unless there is one.

    Args:
        name: of the module of this package, and of the flow in it.
        params: the params file.
        names: what the flow is called with first.
        others: what it is called with besides.
    """
    from pipelines.params import read_params
    from pipelines.road.server import prefect_server

    started = time.perf_counter()
    settings = read_params(params)  # an early answer to a file that is wrong
    with prefect_server():
        # Prefect asks where the server is when it is imported.
        from pipelines.workers.runner import with_runner

        flow = getattr(importlib.import_module(f"pipelines.stages.{name}"), name)
        result = with_runner(flow, settings.pipelines)(*names, params=params, **others)
    print(f"{name}: {result} ({time.perf_counter() - started:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
