"""A look at what came of it: the leaderboard on the terminal, and MLflow's pages."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from lineart.errors import InputError
from lineart.pairs import read_table
from pipelines import tables

SHOWN = ("model", "mse", "mae", "f", "pictures_per_second", "parameters", "steps")


def show(root: Path) -> None:
    """Print the leaderboard of ``root`` and where more is to be seen.

    Raises:
        InputError: if there is none yet.
    """
    path = root / "reports" / "leaderboard.csv"
    if not path.exists():
        raise InputError(f"There is no leaderboard in {root} yet; `make repro` makes it.")
    frame = read_table(path)
    numbers = [column.name for column in tables.columns() if column.digits >= 0]
    frame[numbers] = frame[numbers].apply(pd.to_numeric, errors="coerce")  # a floor has no steps
    console = Console(width=None if sys.stdout.isatty() else 130, highlight=False)
    console.print(_table(frame))
    console.print(f"The report:  {path.with_name('index.html')}", soft_wrap=True)
    console.print("In MLflow:   make ui")


def _table(frame: pd.DataFrame) -> Table:
    version = frame["data_version"].iloc[0][:12]
    table = Table(title=f"Leaderboard on data {version}", title_justify="left", box=SIMPLE_HEAD)
    columns = [c for c in tables.columns() if c.name.removeprefix(f"{c.part}_") in SHOWN]
    for column in columns:
        arrow = {"higher": " ↑", "lower": " ↓", "": ""}[column.better]
        title = f"{column.part}\n{column.title}{arrow}" if column.part else f"\n{column.title}"
        table.add_column(title, justify="left" if column.digits < 0 else "right", no_wrap=True)
    marks = {column.name: tables.best(frame, column) for column in columns}
    for place, row in enumerate(frame.to_dict("records")):
        cells = []
        for column in columns:
            cell = tables.shown(row[column.name], column.digits)
            cells.append(f"[bold]{cell}[/bold]" if place in marks[column.name] else cell)
        table.add_row(*cells, style="dim" if row["role"] == "floor" else None)
    return table


def serve(port: int) -> int:
    """Run MLflow's pages on the project's database until Ctrl-C, and say where the leaderboard is.

    A server named in ``MLFLOW_TRACKING_URI`` runs already; then only the addresses are said.
    """
    from pipelines import tracking

    try:
        board = tracking.Board()
    except tracking.FAILURES as error:
        raise InputError(f"{tracking.unreachable(error)}.") from error
    running = board.uri.startswith("http")
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
