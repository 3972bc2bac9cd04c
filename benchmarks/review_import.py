"""How long 2,000 pairs take into Label Studio and back, and where the time goes.

    python benchmarks/review_import.py [--data data] [--count 2000] [--travel inline files]

Starts a real Label Studio in a folder of its own (`make label-studio` installs it), pushes with `review push`
as it is, pushes again, and pulls. If the data has fewer pairs, they are taken again under other names: their
pictures are drawn anew all the same. Writes the table of docs/review.md.

*drawing* is processor time, of all cores together; it goes on while requests are on their way. *requests* is
the time spent waiting for Label Studio to take tasks. Everything else is the clock on the wall.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from dataset_tools.review.client import Server
from dataset_tools.review.labels import config
from dataset_tools.review.pictures import PictureSettings
from dataset_tools.review.pull import pull
from dataset_tools.review.push import push, task_maker
from dataset_tools.review.queue import QueueSettings, choose
from dataset_tools.review.serve import FOLDER, LocalServer
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from lineart.arithmetic.processor import processor_name
from lineart.sets.pairs import read_table, write_table
from pipelines.report.marked import write_between

DOCUMENT = Path("docs", "review.md")
BEGIN = "<!-- import: written by `python benchmarks/review_import.py` -->"
END = "<!-- end of import -->"
SAMPLE = 100  # pairs that drawing alone is measured on


@dataclass
class Times:
    """Seconds of one way to travel."""

    push: float = 0
    drawing: float = 0
    requests: float = 0
    again: float = 0
    pull: float = 0
    folder: int = field(default=0)  # bytes that were written for it


class Watched(Server):
    """The server, with a clock on what it takes."""

    waited = 0.0

    def add(self, *arguments: object) -> None:
        with clock() as spent:
            super().add(*arguments)  # type: ignore[arg-type]
        self.waited += spent[0]


@contextmanager
def clock() -> Iterator[list[float]]:
    """Seconds of the block, in a list that has them when it is over."""
    spent = [0.0]
    started = time.perf_counter()
    yield spent
    spent[0] = time.perf_counter() - started


def many(data: Path, count: int, out: Path) -> Path:
    """A data folder with ``count`` pairs: those of another, again and again under other names."""
    names = "pairs/pairs.csv", "checked/findings.csv"
    for name in names:
        table = read_table(data / name)
        rounds = [
            table.assign(id=table["id"].astype(str) + (f"-{number}" if number else ""))
            for number in range(-(-count // len(table)))
        ]
        (out / name).parent.mkdir(parents=True)
        write_table(out / name, pd.concat(rounds).iloc[:count])
    for name in ("render", "line"):
        (out / "pairs" / name).symlink_to((data / "pairs" / name).resolve())
    return out


def measure(studio: LocalServer, state: State, settings: ReviewSettings) -> Times:
    """Push, push again, pull; and draw some pairs alone."""
    times = Times()
    queue = choose(state.findings, None, settings.queue)
    drawn = queue[:: max(1, len(queue) // SAMPLE)]
    make = task_maker(state, settings)
    started = time.process_time()
    for chosen in drawn:
        make(chosen)
    times.drawing = (time.process_time() - started) / len(drawn) * len(queue)
    with Watched(studio.environment) as server:
        server.make_project(settings.project, config())
        with clock() as spent:
            push(state, settings, server)
        times.push, times.requests = spent[0], server.waited
        with clock() as spent:
            assert push(state, settings, server).startswith("0 pairs"), "it came twice"
        times.again = spent[0]
        with clock() as spent:
            pull(state, settings, server)
        times.pull = spent[0]
    if settings.pictures.travel != "inline":
        times.folder = sum(path.stat().st_size for path in state.shown.rglob("*.png"))
    return times


def document(count: int, longest: int, rows: dict[str, Times]) -> str:
    """The table, and what it was measured on."""
    lines = [
        f"{count} pairs, the longer side {longest} pixels, on {processor_name()} with {os.cpu_count()} "
        f"cores, load {os.getloadavg()[0]:.1f} at the end; one run, seconds.",
        "",
        "| travel | push | drawing (processor) | requests | a second push | pull | files |",
        "|---|---|---|---|---|---|---|",
    ]
    for travel, it in rows.items():
        lines.append(
            f"| `{travel}` | {it.push:.0f} | {it.drawing:.0f} | {it.requests:.1f} | {it.again:.1f} | "
            f"{it.pull:.1f} | {f'{it.folder / 2**20:.0f} MB' if it.folder else 'none'} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--travel", nargs="+", default=["inline", "files"])
    parser.add_argument("--program", type=Path, default=FOLDER / "venv/bin/label-studio")
    options = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        data = many(options.data, options.count, folder / "data")
        state = State(data, folder / "reviews.csv")
        studio = LocalServer(
            folder / "studio", port=0, program=options.program, pictures=state.shown
        )
        with studio:
            for travel in options.travel:
                settings = ReviewSettings(
                    project=f"By {travel}",
                    queue=QueueSettings(checks=options.count, network=0, audit=0),
                    pictures=PictureSettings(travel=travel),
                )
                rows[travel] = measure(studio, state, settings)
                print(f"{travel}: {rows[travel]}", flush=True)
        longest = max(max(pair.width, pair.height) for pair in state.pairs.values())
    text = document(options.count, longest, rows)
    print(text)
    write_between(DOCUMENT, BEGIN, END, text)


if __name__ == "__main__":
    main()
