"""Many jobs: what fails costs only itself, and Ctrl-C stops all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from lineart.errors import InputError
from lineart.extract.batch import Pulse, run
from lineart.extract.plan import STILL, Job
from lineart.extract.work import Tell

JOBS = [Job(Path(f"{number}.png"), Path(f"{number}.lines.png"), STILL) for number in range(7)]


def silent(job: Job, share: float) -> None:
    pass


@pytest.mark.parametrize("threads", [1, 3])
def test_failures_are_noted_and_the_others_done(threads: int) -> None:
    wrong = {
        "1.png": InputError("1.png is empty."),
        "3.png": MemoryError(),
        "6.png": RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ..."),
        "4.png": ZeroDivisionError("division by zero"),
    }

    def do(job: Job, tell: Tell) -> bool:
        if job.source.name in wrong:
            raise wrong[job.source.name]
        return job.source.name != "5.png"

    outcome = run(JOBS, do, silent, threads, Pulse())
    assert {job.source.name for job in outcome.done} == {"0.png", "2.png"}
    assert [job.source.name for job in outcome.there] == ["5.png"]
    assert sorted(failure.why for failure in outcome.failures) == [
        "1.png is empty.",
        "3.png needs more memory than there is; take a smaller --tile, or fewer --jobs.",
        "4.png met a fault of this program (ZeroDivisionError: division by zero).",
        "6.png needs more memory than there is; take a smaller --tile, or fewer --jobs.",
    ]
    assert not outcome.stopped


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_done_is_told(threads: int) -> None:
    heard: list[tuple[str, float]] = []
    pulse = Pulse()

    def do(job: Job, tell: Tell) -> bool:
        pulse(1, 4)  # as the extractor after a tile
        return True

    run(JOBS[:2], do, lambda job, share: heard.append((job.source.name, share)), threads, pulse)
    assert sorted(heard) == [("0.png", 0.25), ("0.png", 1.0), ("1.png", 0.25), ("1.png", 1.0)]


def test_ctrl_c_ends_the_run_and_keeps_what_is_done() -> None:
    def do(job: Job, tell: Tell) -> bool:
        if job.source.name == "2.png":
            raise KeyboardInterrupt
        return True

    outcome = run(JOBS, do, silent, 1, Pulse())
    assert outcome.stopped
    assert [job.source.name for job in outcome.done] == ["0.png", "1.png"]


def test_ctrl_c_stops_threads_at_their_next_tile() -> None:
    pulse = Pulse()
    waiting = threading.Event()
    tiles = []

    def do(job: Job, tell: Tell) -> bool:
        if job.source.name == "0.png":
            assert waiting.wait(10)
            return True
        waiting.set()
        while True:  # a picture without end, until the pulse is told to stop
            pulse.stop.wait(10)
            tiles.append(job)
            pulse(1, 2)

    def watch(job: Job, share: float) -> None:
        if share == 1:
            raise KeyboardInterrupt  # what the main thread gets while it waits

    outcome = run(JOBS, do, watch, 2, pulse)
    assert outcome.stopped
    assert len(tiles) in (1, 2)
    assert [job.source.name for job in outcome.done] == ["0.png"]
