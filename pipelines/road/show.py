"""A look at what came of it: the leaderboard on the terminal, and MLflow's pages."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lineart.errors import InputError
from pipelines.failed import Failed
from pipelines.report import tables
from pipelines.report.columns import NEAR, SHORT, TITLES, Column, best, columns, near, text
from pipelines.report.markdown import short
from pipelines.report.notes import words
from pipelines.road.readme import update

COSTS = ("pictures_per_second",)


def show(root: Path) -> None:
    """Print the leaderboard of ``root`` and where more is to be seen.

    Raises:
        InputError: if there is none yet.
    """
    path = results(root)
    frame, failed = tables.read_leaderboard(path), tables.read_failures(path)
    console = Console(width=None if sys.stdout.isatty() else 130, highlight=False)
    unseen: dict[str, None] = {}
    for part in tables.shown_parts(frame):
        table, missing = _table(frame, part, failed, console.width)
        console.print(table)
        unseen.update(dict.fromkeys(missing))
    if unseen:
        console.print(f"No room here for {', '.join(unseen)}: see the report.", soft_wrap=True)
    if frame["reference"].iloc[0]:
        console.print(f"{NEAR} cannot be told from {words(frame['reference'].iloc[0])}.")
    for each in failed:
        console.print(Text(each.sentence, style="red"), soft_wrap=True)
    console.print(f"The report:  {path.with_name('index.html')}", soft_wrap=True)
    console.print("In MLflow:   make ui")


def markdown(root: Path) -> None:
    """Print the short table that stands in the README.

    Raises:
        InputError: if there is no leaderboard yet.
    """
    path = results(root)
    print(short(tables.read_leaderboard(path), tables.read_failures(path)))


def readme(root: Path) -> None:
    """Write the short table into the README, and the numbers behind it where Git keeps them.

    Raises:
        InputError: if there is no leaderboard yet, or no place for it in the README.
    """
    for path in update(root, results(root)):
        print(f"Written: {path.relative_to(root)}")


def results(root: Path) -> Path:
    """The leaderboard of ``root`` as a file.

    Raises:
        InputError: if there is none yet.
    """
    path = root / "reports" / "leaderboard.csv"
    if not path.exists():
        raise InputError(f"There is no leaderboard in {root} yet; `make repro` makes it.")
    return path


def _table(
    frame: pd.DataFrame, part: str, failed: Sequence[Failed], room: int
) -> tuple[Table, list[str]]:
    """The table of a part in so many characters a line, and the headings of the columns that do not fit.

    A column is whole or not there: a figure that is cut says nothing.
    """
    version = frame["data_version"].iloc[0][:12]
    title = f"{frame[f'{part}_pictures'].iloc[0]} {TITLES[part]}, data {version}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    shown = [
        column
        for column in columns()
        if not column.group
        or column.name in COSTS
        or (column.part == part and column.metric in SHORT)
    ]
    rows = frame.to_dict("records")
    cells = [[_cell(row, column) for row in rows] for column in shown]
    lost = [[each.row, "failed"] for each in failed]
    taken, kept = 1, 0
    for place, column in enumerate(shown):
        words = [*cells[place], *(row[place] for row in lost if place < len(row))]
        width = max(map(len, [*words, *column.heading.split()]))
        taken += width + 3  # with the blanks beside it
        if taken > room and place > 1:
            break
        justify: Literal["left", "right"] = "right" if column.group else "left"
        table.add_column(column.heading, justify=justify, width=width)
        kept += 1
    marks = [best(frame, column) for column in shown]
    for number, row in enumerate(rows):
        styled = [
            f"[bold]{cells[place][number]}[/bold]"
            if number in marks[place]
            else cells[place][number]
            for place in range(kept)
        ]
        table.add_row(*styled, style="dim" if row["role"] == "floor" else None)
    for line in lost:
        table.add_row(*line, style="red")
    return table, [column.heading for column in shown[kept:]]


def _cell(row: dict[Any, Any], column: Column) -> str:
    return text(row, column) + (f"\u00a0{NEAR}" if near(row, column) else "")


def serve(port: int) -> int:
    """Run MLflow's pages on the project's database until Ctrl-C, and say where the leaderboard is.

    A server named in ``MLFLOW_TRACKING_URI`` runs already; then only the addresses are said.
    """
    from pipelines.tracking import board as tracking
    from pipelines.tracking.failures import FAILURES, unreachable

    try:
        board = tracking.Board()
    except FAILURES as error:
        raise InputError(f"{unreachable(error)}.") from error
    running = board.uri.startswith("http")
    with socket.socket() as probe:
        if not running and not probe.connect_ex(("127.0.0.1", port)):
            raise InputError(f"Port {port} is taken; name another one: make ui PORT={port + 1}")
    address = board.uri if running else f"http://127.0.0.1:{port}"
    print(f"The leaderboard as a table:  {board.link(address)}")
    print(f"The leaderboard as charts:   {board.link(address)}&compareRunsMode=CHART", flush=True)
    if running:
        return 0
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", board.uri]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--uvicorn-opts", "--log-level warning"]
    # The server has helpers of its own, which must end with it: they share a process group.
    quiet = {"PYTHONWARNINGS": "ignore", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    server = subprocess.Popen(command, env={**os.environ, **quiet}, process_group=0)
    try:
        return server.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()
