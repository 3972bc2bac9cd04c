"""A folder of pictures of mixed sizes through `lineart extract`: how busy the cores are, and the memory.

    python benchmarks/batch.py [--pictures 100] [--side 1000] [--large 3000 2000] [--rounds 1]
                               [--against FOLDER] [options of `lineart extract`]

The pictures are made here from a seed: every size is another one, each side from a fifth of ``--side`` to
``--side`` pixels, every other one a JPEG, the others PNG. The second is one of ``--large`` pixels (width and
height; none for 0 0), so that what memory grows by later is not its doing. The command runs as a process of
its own, on the code of this checkout and of an older one (``--against``), which take turns; shown is the run
of the median wall time.

*Busy* is the processor's time in the process as a share of the cores it may use, *idle* the share of their
time that nobody used, both after start-up, which ends with the first result. Busy counts threads that turn in
a loop while they wait for others, so it says nothing without the wall time beside it. *Peak* is the most
memory that was seen, twenty times a second; *growth* is how much higher it rose in the last third of the
pictures than in the first.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import psutil

from lineart.arithmetic.processor import processor_name
from lineart.cores import usable_cores
from lineart.pictures.images import Bytes

ROOT = Path(__file__).resolve().parents[1]
EVERY = 0.05  # seconds between two looks at the process
HEADER = ("code", "wall, s", "times as fast", "busy", "idle", "peak MB", "growth MB")


@dataclass(frozen=True)
class Look:
    """A process at one moment."""

    results: int  # files that are there
    wall: float  # seconds, of any clock
    processor: float  # seconds of all its threads together
    idle: float  # seconds that nobody used, of all cores together
    memory: float  # megabytes resident


@dataclass(frozen=True)
class Run:
    """What a run took."""

    wall: float  # seconds, with start-up
    looks: list[Look]  # in their order

    def shares(self, cores: int) -> tuple[float, float]:
        """How busy the process was and how idle the cores were after the first result, 0 to 1.

        Raises:
            SystemExit: if it was not seen between its first result and its end.
        """
        first, *others = [look for look in self.looks if look.results] or [None]
        if first is None or not others:
            raise SystemExit("The run was too short to be looked at; take more --pictures.")
        last = others[-1]
        there = (last.wall - first.wall) * cores
        return (last.processor - first.processor) / there, (last.idle - first.idle) / there

    @property
    def peak(self) -> float:
        """The most megabytes."""
        return max(look.memory for look in self.looks)

    @property
    def growth(self) -> float:
        """Megabytes from the peak of the first third of the results to that of the last."""
        count = self.looks[-1].results
        early = max(look.memory for look in self.looks if look.results <= count / 3)
        return max(look.memory for look in self.looks if look.results >= count * 2 / 3) - early


def draw(height: int, width: int, rng: np.random.Generator) -> Bytes:
    """Shapes with outlines on shaded ground; ``(height, width, 3)``."""
    shade = np.linspace(120, 255, width).astype(np.uint8)
    picture = np.repeat(np.repeat(shade[None, :, None], height, 0), 3, 2)
    for _ in range(max(height, width) // 16):
        x, y, radius = (
            int(rng.integers(low, high)) for low, high in ((0, width), (0, height), (5, 120))
        )
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        cv2.circle(picture, (x, y), radius, colour, -1)
        cv2.circle(picture, (x, y), radius, (0, 0, 0), int(rng.integers(1, 8)))
    return picture


def sizes(
    count: int, side: int, large: tuple[int, int], rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Widths and heights in the order of the files' names, no two the same; the large one is the second."""
    chosen: dict[tuple[int, int], None] = {}
    small = count - 1 if all(large) else count
    while len(chosen) < small:
        width, height = (int(value) for value in rng.integers(side // 5, side + 1, 2))
        chosen[width, height] = None
    found = list(chosen)
    return [*found[:1], large, *found[1:]] if all(large) else found


def make(folder: Path, count: int, side: int, large: tuple[int, int]) -> None:
    """Write the pictures into a new folder."""
    rng = np.random.default_rng(0)
    folder.mkdir()
    for number, (width, height) in enumerate(sizes(count, side, large, rng)):
        path = folder / f"{number:04d}.{'jpg' if number % 2 else 'png'}"
        assert cv2.imwrite(str(path), draw(height, width, rng))


def extract(checkout: Path, pictures: Path, out: Path, options: list[str]) -> Run:
    """Run the command of a checkout, and look at it until it ends.

    Raises:
        SystemExit: if it fails; it has said why.
    """
    begun = time.perf_counter()
    command = [sys.executable, "-m", "lineart", "extract", str(pictures), "-o", str(out), *options]
    # In another folder than a checkout, for Python takes modules from where it stands before all others.
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    process = psutil.Popen(command, env=environment, cwd=pictures.parent)
    looks = []
    while process.poll() is None:
        try:
            looks.append(look(process, out))
        except psutil.Error:  # it has ended in between
            break
        time.sleep(EVERY)
    if process.wait():
        raise SystemExit(f"lineart extract of {checkout} failed; see above.")
    return Run(time.perf_counter() - begun, looks)


def look(process: psutil.Process, out: Path) -> Look:
    """Look at a process and the results it has written.

    Raises:
        psutil.Error: if it has ended.
    """
    results = sum(not path.name.startswith(".") for path in out.glob("*")) if out.exists() else 0
    with process.oneshot():
        times, memory = process.cpu_times(), process.memory_info().rss
    idle = sum(
        core.idle for number, core in enumerate(psutil.cpu_times(percpu=True)) if usable(number)
    )
    return Look(results, time.perf_counter(), times.user + times.system, idle, memory / 1e6)


def usable(core: int) -> bool:
    """Whether a core, by its number, may be used by this process and those that it starts."""
    return core in os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else True


def table(runs: dict[str, Run], cores: int) -> str:
    """What the runs took, as Markdown; speed is that of the last row's run in each row."""
    base = list(runs.values())[-1].wall
    lines = [HEADER, ("---",) * len(HEADER)]
    for name, run in runs.items():
        busy, idle = run.shares(cores)
        speed, memory = f"{base / run.wall:.3f}", (f"{run.peak:.0f}", f"{run.growth:+.0f}")
        lines.append((name, f"{run.wall:.1f}", speed, f"{busy:.1%}", f"{idle:.1%}", *memory))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(argv: list[str] | None = None) -> None:
    """Make the pictures, measure, and print the machine and the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument(
        "--side", type=int, default=1000, help="of the largest, pixels (%(default)s)"
    )
    parser.add_argument("--large", type=int, nargs=2, default=(3000, 2000), metavar=("W", "H"))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="an older checkout")
    given, options = parser.parse_known_args(argv)
    codes = {"this one": ROOT}
    if given.against:
        codes["the older one"] = given.against.resolve()
    taken: dict[str, list[Run]] = {name: [] for name in codes}
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder, "pictures")
        make(pictures, given.pictures, given.side, tuple(given.large))
        for number in range(given.rounds):
            for name, checkout in list(codes.items())[:: -1 if number % 2 else 1]:
                out = Path(folder, f"{number} {name}")
                taken[name].append(extract(checkout, pictures, out, options))
    middle = {
        name: sorted(runs, key=lambda run: run.wall)[len(runs) // 2] for name, runs in taken.items()
    }
    cores = usable_cores()
    print(f"{processor_name()}, {cores} of {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
          f"Python {platform.python_version()}; {given.pictures} pictures {' '.join(options)}\n")  # fmt: skip
    print(table(middle, cores))


if __name__ == "__main__":
    main()
