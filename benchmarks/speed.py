"""How fast the networks read and train on this processor: ours, plain, original and older, in one run.

    python benchmarks/speed.py [--models ...] [--sizes 256 512] [--originals FOLDER] [--against FOLDER]
                               [--seconds 3] [--run models/clearnet --data data/augmented]
                               [--out FILE] [--quick]

``--originals`` holds clones of xuebinqin/U-2-Net, hellozhuo/pidinet and xavysp/TEED under those names (none
of it is copied here); those that are missing are left out. What the sides are: ``speed_sides.py``. Each side
of a row has a process of its own, started for it alone, so its peak of resident memory is its own;
interpreter and libraries are part of it. The sides of a row take turns, one call each, after one that is not
counted: three rounds at least, more while ``--seconds`` allow.

``--against`` is an older checkout of this project. It and this one then read the same pictures as well, both
by their ``Extractor`` in torch and in the arithmetic of ours: in the row ``clearnet`` each the network that
ships with it, in the others the same untrained one. Of training older code is not asked.

Multiply-adds are those of our network (``lineart/models/parts/cost.py``), a training step counts as three
readings; the share is of the rate of a large matrix product in the same arithmetic, measured first.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from older import Reader, add_against, here, take_turns, warmed_up
from rate import FULL, QUICK, matrix_rates, said
from speed_sides import ORIGINALS, ROWS, TASKS, Job
from speed_tables import cells, claims, markdown

from lineart.arithmetic.processor import processor_name
from lineart.inference.network import NetworkExtractor
from lineart.metrics.pixels.pixel import mae
from lineart.metrics.pixels.validation import picture_and_line
from lineart.models import parameter_count
from lineart.models.parts.cost import multiply_adds
from lineart.pictures.images import write_text
from lineart.runs import load_network
from lineart.sets.shards import Shards

ROUNDS = (3, 15)
# Processes are forked from one that has loaded the libraries and started no thread.
CONTEXT = multiprocessing.get_context("forkserver")
LOADED = ["lineart.inference.network", "lineart.metrics.evaluate", "kornia.models.dexined"]


@dataclass(frozen=True)
class Measured:
    """One side of one row."""

    job: Job
    seconds: list[float]  # of each call
    megabytes: float  # most resident memory of its process
    answer: NDArray[np.float32]  # the ink, or the loss

    @property
    def rates(self) -> list[float]:
        """Pictures a second of each call, slowest first."""
        return sorted(self.job.pictures / seconds for seconds in self.seconds)

    @property
    def rate(self) -> float:
        """Their median."""
        return statistics.median(self.rates)


def serve(pipe: Connection, job: Job) -> None:
    """The process of a side: one call for each message that comes, then what is left to tell."""
    work = job.work()
    answer = work()
    pipe.send(None)
    while pipe.recv():
        start = time.perf_counter()
        answer = work()
        pipe.send(time.perf_counter() - start)
    pipe.send((peak(), answer.numpy()))


def peak() -> float:
    """The most memory this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts kilobytes


def measure(
    jobs: list[Job],
    seconds: float,
    rounds: tuple[int, int],
    others: dict[str, Callable[[], float]] | None = None,
) -> tuple[list[Measured], dict[str, list[float]]]:
    """Time jobs in turn, each in its own process, for some seconds but in (least, most) rounds.

    Others take their turns with them, by what they answer; their times come back beside.
    """
    pipes, processes = [], []
    for job in jobs:
        here, there = CONTEXT.Pipe()
        process = CONTEXT.Process(target=serve, args=(there, job), daemon=True)
        process.start()
        there.close()
        here.recv()  # it has warmed up, and sleeps until it is asked
        pipes.append(here)
        processes.append(process)
    calls = {job.side: asked(pipe) for job, pipe in zip(jobs, pipes, strict=True)}
    times = take_turns({**calls, **(others or {})}, rounds, seconds)
    measured = []
    for job, pipe, process in zip(jobs, pipes, processes, strict=True):
        pipe.send(False)
        measured.append(Measured(job, times.pop(job.side), *pipe.recv()))
        process.join()
    return measured, times


def asked(pipe: Connection) -> Callable[[], float]:
    """A call of the process at the other end."""

    def call() -> float:
        pipe.send(True)
        seconds: float = pipe.recv()
        return seconds

    return call


def readers(job: Job, against: Path) -> dict[str, Reader]:
    """This checkout and an older one with the network of a job, warmed up; without one that cannot do it."""
    found: dict[str, Reader] = {}
    precision = "bfloat16" if job.bfloat16 else "float32"
    with tempfile.TemporaryDirectory() as folder:
        model = None if ROWS[job.row].shipped else Path(folder) / job.row
        if model is not None:
            ROWS[job.row].save(model)
        for side, checkout in (("now", here()), ("before", against)):
            reader = warmed_up(
                f"{job.row}, {side}",
                checkout,
                model,
                job.size,
                backend="torch",
                precision=precision,
            )
            if reader is not None:
                found[side] = reader
    return found


def measured_row(
    jobs: list[Job],
    seconds: float,
    rounds: tuple[int, int],
    rates: dict[str, float],
    against: Path | None,
) -> dict[str, Any]:
    """A row of the table, with the older checkout's times where it is asked."""
    job = jobs[-1]
    others = readers(job, against) if against is not None and job.task == "reading" else {}
    calls = {side: reader.timed(job.size) for side, reader in others.items()}
    measured, times = measure(jobs, seconds, rounds, calls)
    for reader in others.values():
        reader.close()
    row = row_of(measured, rates)
    row |= {side: {"seconds": statistics.median(taken)} for side, taken in times.items()}
    if {"now", "before"} <= times.keys():
        row["times_before"] = row["before"]["seconds"] / row["now"]["seconds"]
    return row


def in_a_process(function: Any, *arguments: Any) -> Any:
    """Call where threads may start: a process that forks must not have any."""
    with CONTEXT.Pool(1) as pool:
        return pool.apply(function, arguments)


def row_of(measured: list[Measured], rates: dict[str, float]) -> dict[str, Any]:
    """A row of the table as plain numbers."""
    job = measured[0].job
    model = ROWS[job.row].build()
    cost = multiply_adds(model, job.size)
    row: dict[str, Any] = {
        "model": job.row,
        "task": job.task,
        "size": job.size,
        "pictures": job.pictures,
        "parameters": parameter_count(model),
        "multiply_adds": cost,
    }
    each = cost if job.task == "reading" else 3 * cost
    sides = {one.job.side: one for one in measured}
    for side, one in sides.items():
        arithmetic = "bfloat16" if one.job.bfloat16 else "float32"
        row[side] = {
            "pictures_per_second": one.rate,
            "slowest": one.rates[0],
            "fastest": one.rates[-1],
            "calls": len(one.seconds),
            "megabytes": one.megabytes,
            "arithmetic": arithmetic,
            "share": each * one.rate / rates[arithmetic],
        }
    row["times_plain"] = sides["ours"].rate / sides["plain"].rate
    if "original" in sides:
        row["times_original"] = sides["ours"].rate / sides["original"].rate
    if job.task == "reading":
        difference = np.abs(sides["ours"].answer - sides["plain"].answer).max()
        row["largest_difference"] = float(difference)
    return row


def agreement(run: Path, data: Path, most: int) -> str:
    """How far a trained network's fast answers are from its float32 ones, on the test split."""
    model, shards = load_network(run).eval(), Shards(data, "test")
    fast = NetworkExtractor(model, "cpu")
    largest, errors, fast_errors = 0.0, [], []
    for index in range(min(most, len(shards))):
        render, line = picture_and_line(shards, index)
        planes = torch.from_numpy(np.ascontiguousarray(render.transpose(2, 0, 1)))[None]
        with torch.inference_mode():
            exact = model.ink(planes)[0, 0].numpy()
        found = fast(render)
        largest = max(largest, float(np.abs(found - exact).max()))
        errors.append(mae(exact, line))
        fast_errors.append(mae(found, line))
    change = statistics.fmean(fast_errors) - statistics.fmean(errors)
    return (
        f"{run.name}, trained, {len(errors)} test pictures: inks differ from float32 by {largest:.1e} at "
        f"most (aim: 1e-2); MAE {statistics.fmean(errors):.6f}, changed by {change:+.1e} (aim: 1e-4)."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--models", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--sizes", nargs="+", type=int, default=[256, 512])
    parser.add_argument("--originals", type=Path, help="clones of the authors' repositories")
    add_against(parser)
    parser.add_argument("--seconds", type=float, default=3.0, help="of timed calls, a row")
    parser.add_argument("--run", type=Path, help="a trained network, for how far answers differ")
    parser.add_argument("--data", type=Path, default=Path("data/augmented"), help="its sets")
    parser.add_argument("--out", type=Path, help="where the result goes: .md or .json")
    parser.add_argument("--quick", action="store_true", help="one tiny size, one call: does it run")
    given = parser.parse_args()
    sizes, rounds = ([64], (1, 1)) if given.quick else (given.sizes, ROUNDS)
    CONTEXT.set_forkserver_preload(LOADED)

    started = time.perf_counter()
    rates = in_a_process(matrix_rates, *(QUICK if given.quick else FULL))
    machine = processor_name()
    about = (
        f"{machine}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, torch {torch.__version__}; "
        f"{said(rates)}; "
        f"a process with the libraries alone: {in_a_process(peak):.0f} MB"
    )
    print(about, flush=True)
    originals = {
        name: ["original"]
        for name, (clone, _) in ORIGINALS.items()
        if given.originals and (given.originals / clone).is_dir()
    }
    rows = []
    for task in TASKS:
        for size in sizes:
            for name in given.models:
                sides = ["plain", *originals.get(name, []), "ours"]
                jobs = [Job(name, task, side, size, given.originals) for side in sides]
                rows.append(measured_row(jobs, given.seconds, rounds, rates, given.against))
                shown = cells(rows[-1], given.against is not None)
                print(f"  {task} {size}: {' | '.join(shown)}", flush=True)
    lines = claims(rows)
    if given.run:
        lines.append(in_a_process(agreement, given.run, given.data, 2 if given.quick else 200))
    lines.append(f"Measured in {time.perf_counter() - started:.0f} s.")
    print("\n".join(lines))
    if given.out and given.out.suffix == ".json":
        content = {"about": about, "rows": rows, "claims": lines}
        write_text(given.out, json.dumps(content, indent=2) + "\n")
    elif given.out:
        claimed = "\n".join(f"- {line}" for line in lines)
        write_text(given.out, f"{about}.\n\n{markdown(rows)}\n{claimed}\n")


if __name__ == "__main__":
    main()
