"""Damaged and made-up files into every reader: each ends in a picture or in one sentence.

    python benchmarks/fuzz.py [--minutes 10] [--readers picture svg ...] [--seed 0] [--out FOLDER]
    python benchmarks/fuzz.py --replay READER FILE

``--minutes`` are those of each reader; ``--jobs`` readers run side by side. A reader runs in a process of
its own, with limits on its memory and on the processor time of one input, and writes each input down before
it is tried. So whatever ends the process, be it an exception, the limit or a fault in a library's C code,
leaves the bytes behind: they are kept in ``--out`` (made small by Hypothesis where it was an exception), and
the line that reproduces them is printed. Ends with 1 if there are any.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import hypothesis
from fuzz_edits import inputs
from fuzz_readers import READERS, Reader, try_reader
from hypothesis import HealthCheck, Phase

from lineart.sets.pairs import sha256

MEMORY = 4 << 30  # bytes of address space a process may take; the libraries alone take one
SECONDS = 20  # of processor time for one input
BATCH = 300  # inputs that Hypothesis plans at a time
TOLD = 30  # last lines of a traceback
ENOUGH = 5  # failures of a reader, then the next
CONTEXT = multiprocessing.get_context("spawn")


@dataclass
class Tally:
    """What came of a reader's inputs."""

    answered: int = 0
    refused: int = 0
    slowest: float = 0.0  # seconds of processor time of one input
    megabytes: float = 0.0  # most resident memory of a process
    failures: list[str] = field(default_factory=list)


def run_batch(reader: Reader, seed: int, count: int, folder: Path, until: float) -> Tally:
    """Try ``count`` inputs, the same ones for the same seed; none after the time ``until``.

    Raises:
        Exception: what the smallest failing input raised; that input is the content of ``folder/input``.
    """
    tally = Tally()
    work = folder / "work"

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(inputs(reader.seeds()))
    def attempt(data: bytes) -> None:
        if time.monotonic() > until:
            return
        (folder / "input").write_bytes(data)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        start = time.process_time()
        with limited(SECONDS):
            answered = try_reader(reader, data, work)
        tally.answered += answered
        tally.refused += not answered
        tally.slowest = max(tally.slowest, time.process_time() - start)

    attempt()
    return tally


def serve(name: str, seed: int, seconds: float, folder: Path, pipe: Connection) -> None:
    """The process of a reader: batches until time is up; sends a tally a batch, or the words of a failure."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    silence(folder / "stderr")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        seed += 1
        try:
            tally = run_batch(READERS[name], seed, BATCH, folder, until)
        except BaseException:  # a panic of the SVG library is no Exception
            lines = traceback.format_exc().splitlines()[-TOLD:]
            pipe.send("\n".join(line[:200] for line in lines))
            return
        tally.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pipe.send(tally)


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """End the process by SIGPROF where the block takes more processor time; C code does not escape that."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def silence(path: Path) -> None:
    """Send what the C libraries say of broken files to a file."""
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)


def fuzz_reader(name: str, seconds: float, seed: int, out: Path) -> Tally:
    """Run a reader for some seconds; after a failure in a new process, from another seed."""
    total, until = Tally(), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as temporary:
        folder, start = Path(temporary), seed * 1_000_000
        while time.monotonic() < until and len(total.failures) < ENOUGH:
            ours, theirs = CONTEXT.Pipe()
            left = until - time.monotonic()
            process = CONTEXT.Process(target=serve, args=(name, start, left, folder, theirs))
            process.start()
            theirs.close()
            words = ""
            with contextlib.suppress(EOFError):
                while True:
                    message = ours.recv()
                    if isinstance(message, str):
                        words = message
                        continue
                    start += 1
                    add(total, message)
            process.join()
            if process.exitcode or words:
                failure = keep(name, folder, words, process.exitcode, out)
                total.failures += [failure] * (failure not in total.failures)
                start += 1000
    return total


def add(total: Tally, batch: Tally) -> None:
    total.answered += batch.answered
    total.refused += batch.refused
    total.slowest = max(total.slowest, batch.slowest)
    total.megabytes = max(total.megabytes, batch.megabytes)


def keep(name: str, folder: Path, words: str, exitcode: int | None, out: Path) -> str:
    """Keep a failing input; returns what happened and how to see it again."""
    data = (folder / "input").read_bytes() if (folder / "input").exists() else b""
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{name}-{sha256(data)[:8]}"
    path.write_bytes(data)
    if not words:
        words = f"ended with {exitcode}"
        if exitcode and exitcode < 0:
            words = f"ended by {signal.Signals(-exitcode).name}"
            words += f" (more than {SECONDS} s)" if exitcode == -signal.SIGPROF else ""
    return (
        f"{name}: {words.strip()}\n  {len(data)} bytes, the first: {data[:64].hex()}\n"
        f"  again: python benchmarks/fuzz.py --replay {name} {path}"
    )


def replay(name: str, path: Path) -> None:
    """Try one kept input, in this process and without limits."""
    with tempfile.TemporaryDirectory() as folder:
        answered = try_reader(READERS[name], path.read_bytes(), Path(folder))
    print("answered" if answered else "refused in one sentence")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--replay", nargs=2, metavar=("READER", "FILE"))
    given = parser.parse_args()
    if given.replay:
        replay(given.replay[0], Path(given.replay[1]))
        return 0
    print("| reader | inputs | read | refused in a sentence | slowest, s | peak MB | failures |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    failures = []
    with ThreadPoolExecutor(given.jobs) as pool:
        seconds = 60 * given.minutes
        jobs = [
            pool.submit(fuzz_reader, name, seconds, given.seed, given.out) for name in given.readers
        ]
        for name, job in zip(given.readers, jobs, strict=True):
            tally = job.result()
            failures += tally.failures
            cells = [name, tally.answered + tally.refused, tally.answered, tally.refused]
            cells += [f"{tally.slowest:.2f}", f"{tally.megabytes:.0f}", len(tally.failures)]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)
    print("\n".join(["", *failures]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
