"""The commands `python -m dataset_tools review …`: what they are told, and what they print."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataset_tools.advice import status_of
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from dataset_tools.review.verdicts import FILE, decide
from lineart.errors import InputError
from lineart.progress import progress
from lineart.settings import read_section

ACTIONS = {
    "push": "bring the pairs worth a person's time to Label Studio",
    "pull": "bring the verdicts home to data/reviews.csv",
    "status": "how far review is, whether people agree, how well each check foretells them",
    "doctor": "whether everything review needs is there, and what to do if not",
    "serve": "run a Label Studio on this machine until Ctrl-C",
}


def add_arguments(commands: Any) -> None:
    """Add the command to a command line."""
    command = commands.add_parser("review", help="people judge pairs in Label Studio")
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, words in ACTIONS.items():
        action = actions.add_parser(name, help=words)
        if name == "serve":
            action.add_argument("--port", type=int, default=8080, help="default: 8080")
            action.add_argument("--fill", action="store_true", help="push to it when it is up")
        action.add_argument("--data", default="data", help="the folder of the road's data")
        action.add_argument("--reviews", default=FILE, help=f"default: {FILE}")
        action.add_argument("--params", default="params.yaml", help="default: params.yaml")


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for; returns the exit status.

    Raises:
        InputError: in one sentence, whatever keeps it from being done.
    """
    settings = read_section(Path(options.params), "review", ReviewSettings)
    state = State(Path(options.data), Path(options.reviews))
    if options.action == "serve":
        return _serve(options.port, state if options.fill else None, settings)
    if options.action == "status":
        return _status(state, settings)
    if options.action == "doctor":
        return _doctor(state, settings)
    if options.action == "push":
        _push(state, settings, os.environ)
    else:
        from dataset_tools.review.client import Server
        from dataset_tools.review.pull import pull

        with Server() as server:
            print(pull(state, settings, server))
    return 0


def _push(state: State, settings: ReviewSettings, environment: Mapping[str, str]) -> None:
    from dataset_tools.review.client import Server
    from dataset_tools.review.push import push

    with Server(environment) as server, progress("push") as tell:
        words = push(state, settings, server, tell)
    print(words, flush=True)


def _status(state: State, settings: ReviewSettings) -> int:
    from dataset_tools.review.status import agreement, beside_people, counts

    decisions = decide(state.reviews, state.contents)
    print(f"{len(decisions)} of {len(state.contents)} pairs are judged: {counts(decisions)}.")
    failed = ""
    if os.environ.get("LABEL_STUDIO_URL"):
        try:
            print(_progress(settings))
        except InputError as error:  # what is at home can be told all the same
            failed = str(error)
    couples, share = agreement(state.valid)
    if share is not None:
        print(f"Two reviewers of one pair agree in {share:.0%} of {couples} cases.")
    table = beside_people(state.findings, state.reviews, state.contents)
    table = table[(table["flagged"] > 0) | (table["named"] > 0)]
    if len(table):
        print("\nEach check beside the people who looked at the same pairs:\n")
        print(
            table.to_string(
                index=False, na_rep="-", formatters=dict.fromkeys(("precision", "recall"), _share)
            )
        )
    if failed:
        raise InputError(failed)
    return 0


def _progress(settings: ReviewSettings) -> str:
    """How far the project has come on the server, pulled or not."""
    from dataset_tools.review.client import Server
    from dataset_tools.review.tasks import reviews_of

    with Server() as server:
        project = server.find_project(settings.project)
        tasks = server.export(project) if project is not None else []
    judged = {review.id for review in reviews_of(tasks, {})}
    return f"{len(judged)} of {len(tasks)} tasks at {server.url} have a verdict."


def _share(value: Any) -> str:
    return "-" if value is None or value != value else f"{value:.0%}"


def _doctor(state: State, settings: ReviewSettings) -> int:
    from dataset_tools.review.doctor import examine

    seen = examine(state, settings, os.environ)
    for advice in seen:
        print(advice.line())
    return status_of(seen)


def _serve(port: int, fill: State | None, settings: ReviewSettings) -> int:
    from dataset_tools.review.serve import EMAIL, FOLDER, LocalServer

    # A `kill`, or a terminal that closes, must not leave the server behind.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    print("Label Studio starts; the first time that takes a minute.", flush=True)
    with LocalServer(port=port) as server:
        if fill is not None:
            _push(fill, settings, server.environment)
        print(f"Label Studio: {server.url}")
        print(f"User {EMAIL}; the password is the first line of {FOLDER / 'account'}.")
        print(f"For review push and pull: source {FOLDER / 'env'}")
        print("Ctrl-C stops it; everything is kept.", flush=True)
        try:
            return server.wait()
        except KeyboardInterrupt:  # what was asked for, and no failure
            print("Label Studio stops.", flush=True)
            return 0
