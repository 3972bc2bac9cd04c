"""Many jobs: what fails costs only itself, Ctrl-C stops all, and the model is not kept waiting."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from pathlib import Path

import pytest

from lineart.errors import InputError
from lineart.extract.batch import Pulse, run
from lineart.extract.plan import STILL, Job
from lineart.extract.work import Tell

JOBS = [Job(Path(f"{number}.png"), Path(f"{number}.lines.png"), STILL) for number in range(7)]


def silent(job: Job, share: float) -> None:
    pass


@pytest.mark.parametrize("at_once", [1, 3])
def test_failures_are_noted_and_the_others_done(at_once: int) -> None:
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

    outcome = run(JOBS, do, silent, at_once, Pulse())
    assert [job.source.name for job in outcome.done] == ["0.png", "2.png"]
    assert [job.source.name for job in outcome.there] == ["5.png"]
    assert [failure.why for failure in outcome.failures] == [
        "1.png is empty.",
        "3.png needs more memory than there is; take a smaller --tile, or fewer --jobs.",
        "4.png met a fault of this program (ZeroDivisionError: division by zero).",
        "6.png needs more memory than there is; take a smaller --tile, or fewer --jobs.",
    ]
    assert not outcome.stopped


@pytest.mark.parametrize("end", ["done", "there", "failures"])
def test_what_ends_first_is_not_told_first(end: str) -> None:
    """The first job ends when the end of the second has been noted."""
    noted = threading.Event()

    def do(job: Job, tell: Tell) -> bool:
        assert job is JOBS[1] or noted.wait(10)
        if end == "failures":
            raise InputError(job.source.name)
        return end == "done"

    outcome = run(JOBS[:2], do, lambda job, share: noted.set(), 1, Pulse())
    assert noted.is_set()
    told = {
        "done": [job.source.name for job in outcome.done],
        "there": [job.source.name for job in outcome.there],
        "failures": [failure.why for failure in outcome.failures],
    }
    assert told.pop(end) == ["0.png", "1.png"]
    assert not any(told.values())


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_done_is_told(count: int) -> None:
    heard: list[tuple[str, float]] = []
    pulse = Pulse()

    def do(job: Job, tell: Tell) -> bool:
        pulse.turn(lambda: pulse(1, 4))  # as the extractor after a tile
        return True

    run(JOBS[:count], do, lambda job, share: heard.append((job.source.name, share)), 1, pulse)
    told = [("0.png", 0.25), ("0.png", 1.0), ("1.png", 0.25), ("1.png", 1.0)]
    assert sorted(heard) == told[: 2 * count]


@pytest.mark.parametrize("at_once", [1, 2])
def test_the_model_reads_as_many_as_it_may_and_one_more_is_begun(at_once: int) -> None:
    """Six jobs; each turn ends when as many are read, and the first ones when one more has been begun."""
    pulse, lock = Pulse(), threading.Lock()
    all_read, one_more = threading.Barrier(at_once), threading.Event()
    begun: list[Job] = []
    ended: list[Job] = []
    reading: list[str] = []

    def read() -> str:
        with lock:
            reading.append(threading.current_thread().name)
            assert len(reading) <= at_once
        all_read.wait(10)
        assert one_more.wait(10)
        with lock:
            return reading.pop()

    def do(job: Job, tell: Tell) -> bool:
        with lock:
            begun.append(job)
            assert len(begun) - len(ended) <= at_once + 1
            if len(begun) > at_once:
                one_more.set()
        return pulse.turn(read).startswith("lineart-model")

    outcome = run(JOBS[:6], do, lambda job, share: ended.append(job), at_once, pulse)
    assert outcome.done == JOBS[:6]


def test_a_single_job_is_done_in_this_thread() -> None:
    pulse, here = Pulse(), threading.current_thread()

    def do(job: Job, tell: Tell) -> bool:
        return threading.current_thread() is here and pulse.turn(threading.current_thread) is here

    assert run(JOBS[:1], do, silent, 3, pulse).done == JOBS[:1]


def test_ctrl_c_ends_a_single_job() -> None:
    def do(job: Job, tell: Tell) -> bool:
        raise KeyboardInterrupt

    outcome = run(JOBS[:1], do, silent, 1, Pulse())
    assert outcome.stopped
    assert not outcome.done + outcome.failures


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

    outcome = run(JOBS, do, watch, 1, pulse)
    assert outcome.stopped
    assert len(tiles) in (1, 2)
    assert [job.source.name for job in outcome.done] == ["0.png"]


def test_after_ctrl_c_what_is_being_written_is_finished() -> None:
    """Ctrl-C comes while the first picture is written and the second is read."""
    pulse, writing = Pulse(), threading.Event()

    def read(job: Job) -> bool:
        if job is JOBS[0]:
            return True
        assert writing.wait(10)
        if job is JOBS[1]:
            _thread.interrupt_main()
        assert pulse.stop.wait(10)
        pulse(1, 1)
        return True

    def do(job: Job, tell: Tell) -> bool:
        wrote = pulse.turn(lambda: read(job))
        writing.set()
        return wrote and pulse.stop.wait(10)

    outcome = run(JOBS, do, silent, 2, pulse)
    assert outcome.stopped
    assert outcome.done == JOBS[:1]
    assert not outcome.failures


def test_after_ctrl_c_what_waits_for_the_model_is_not_read() -> None:
    pulse, both = Pulse(), threading.Barrier(2)
    read: list[Job] = []

    def reading(job: Job) -> bool:
        read.append(job)
        _thread.interrupt_main()
        return pulse.stop.wait(10)

    def do(job: Job, tell: Tell) -> bool:
        both.wait(10)
        return pulse.turn(lambda: reading(job))

    outcome = run(JOBS, do, silent, 1, pulse)
    assert outcome.stopped
    assert outcome.done == read
    assert len(read) == 1
    assert not outcome.failures


def test_a_second_ctrl_c_does_not_leave_threads_behind() -> None:
    """The picture that was begun is ended, and counted; after that Ctrl-C is heard as before."""
    pulse, heard = Pulse(), signal.getsignal(signal.SIGINT)

    def do(job: Job, tell: Tell) -> bool:
        if job is JOBS[0]:
            time.sleep(0.3)  # both were handed out, and the main thread waits for them
            _thread.interrupt_main()
            assert pulse.stop.wait(10)
            for _ in range(3):
                _thread.interrupt_main()
                time.sleep(0.05)
        return True

    outcome = run(JOBS[:2], do, silent, 1, pulse)
    assert outcome.stopped
    assert JOBS[0] in outcome.done
    assert signal.getsignal(signal.SIGINT) is heard
    assert not [each.name for each in threading.enumerate() if each.name.startswith("lineart")]
