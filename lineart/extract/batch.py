"""Many jobs, on threads: what fails is noted and the others go on; Ctrl-C stops between two tiles.

While the model reads one picture, the one before is written and the one after decoded, by one and the same
thread. More are not begun, so memory holds few pictures, however fast they can be decoded. The model reads on
threads of its own, for torch keeps memory, and threads, for each thread that calls it.

Threads and not processes, for they share one model and one cache, and the libraries below do their work
outside of Python's lock.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from lineart.errors import InputError
from lineart.extract.plan import Job
from lineart.extract.work import Tell
from lineart.pictures.decoding import shown
from lineart.search import Failure

T = TypeVar("T")
Do = Callable[[Job, Tell], bool]
Watch = Callable[[Job, float], None]  # told of each job how much of it is done, 1 at its end

BESIDE = 1  # pictures being decoded or written, or waiting, beside those that the model reads
LISTEN = 0.5  # seconds; on Windows Ctrl-C is heard only where a wait ends
SHORT = "needs more memory than there is; take a smaller --tile, or fewer --jobs."
# What PyTorch, ONNX Runtime, OpenCV and the C++ library say when memory runs out, each in its own error.
SHORTAGE = ("out of memory", "bad alloc", "bad_alloc", "allocate", "insufficient memory")


class Stopped(BaseException):
    """Raised in a thread after Ctrl-C; what catches errors does not see it."""


UNFINISHED = (Stopped, KeyboardInterrupt)


@dataclass
class Outcome:
    """What became of the jobs."""

    done: list[Job] = field(default_factory=list)
    there: list[Job] = field(default_factory=list)  # the result had been made before
    failures: list[Failure] = field(default_factory=list)
    stopped: bool = False  # by Ctrl-C

    def sort(self, jobs: Sequence[Job]) -> None:
        """Bring what became of ``jobs`` into their order, for threads end in any."""
        rank = {str(job.source): number for number, job in enumerate(jobs)}
        self.done.sort(key=lambda job: rank[str(job.source)])
        self.there.sort(key=lambda job: rank[str(job.source)])
        self.failures.sort(key=lambda failure: rank[failure.what])


class Pulse:
    """Carries the progress inside one picture from the extractor to the job that its thread does."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.readers: ThreadPoolExecutor | None = None  # the model's threads, if it has any
        self._here = threading.local()

    def turn(self, work: Callable[[], T]) -> T:
        """Do work that the model is needed for, on one of its threads if it has any.

        Raises:
            Stopped: after Ctrl-C, if it was not begun.
        """
        if self.readers is None:
            return work()
        return self.readers.submit(self._told, self._here.tell, work).result()

    def _told(self, tell: Tell, work: Callable[[], T]) -> T:
        if self.stop.is_set():
            raise Stopped
        self.start(tell)
        return work()

    def start(self, tell: Tell) -> None:
        """From now on this thread does the job behind ``tell``."""
        self._here.tell = tell

    def __call__(self, done: int, total: int) -> None:
        """Called by the extractor after each tile."""
        if self.stop.is_set():
            raise Stopped
        tell = getattr(self._here, "tell", None)
        if tell is not None:
            tell(done / max(1, total))


def run(jobs: Sequence[Job], do: Do, watch: Watch, at_once: int, pulse: Pulse) -> Outcome:
    """Do the jobs, in their order; what became of them is told in it, too.

    Args:
        jobs: what to do; a single one is done in this thread.
        do: does one, raises InputError where it cannot, returns False where nothing was left to do.
        watch: see there.
        at_once: how many the model reads at a time; ``BESIDE`` more are begun.
        pulse: what the extractor calls; tells running jobs to stop.
    """
    outcome = Outcome()
    try:
        if len(jobs) == 1:
            _note(outcome, jobs[0], partial(_one, jobs[0], do, watch, pulse))
            watch(jobs[0], 1.0)
        else:
            with (
                _ears() as shut,
                ThreadPoolExecutor(at_once, "lineart-model") as pulse.readers,
            ):
                _on_threads(jobs, do, watch, at_once + BESIDE, pulse, outcome, shut)
    except KeyboardInterrupt:
        outcome.stopped = True
    outcome.sort(jobs)
    return outcome


@contextlib.contextmanager
def _ears() -> Iterator[Callable[[], None]]:
    """Gives what makes Ctrl-C be ignored up to the end of the block.

    Once it was heard all that it asks for is under way, and threads must end before Python does: a second one
    would leave them at work in libraries that Python then takes apart, of which OpenVINO dies.
    """
    heard = signal.getsignal(
        signal.SIGINT
    )  # None: set by another language, so it could not be put back
    mine = heard is not None and threading.current_thread() is threading.main_thread()

    def shut() -> None:
        if mine:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    try:
        yield shut
    finally:
        if mine:
            signal.signal(signal.SIGINT, heard)


def _on_threads(
    jobs: Sequence[Job],
    do: Do,
    watch: Watch,
    threads: int,
    pulse: Pulse,
    outcome: Outcome,
    shut_ears: Callable[[], None],
) -> None:
    pool = ThreadPoolExecutor(threads, thread_name_prefix="lineart")
    running: dict[Future[bool], Job] = {}
    try:
        waiting = iter(jobs)
        while True:
            while len(running) < threads and (job := next(waiting, None)) is not None:
                running[pool.submit(_one, job, do, watch, pulse)] = job
            if not running:
                return
            for future in wait(running, LISTEN, FIRST_COMPLETED).done:
                job = running.pop(future)
                _note(outcome, job, future.result)
                watch(job, 1.0)
    except BaseException:
        shut_ears()
        pulse.stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for future, job in running.items():  # a picture that was being written was still finished
            if not future.cancelled() and not isinstance(future.exception(), UNFINISHED):
                _note(outcome, job, future.result)


def _one(job: Job, do: Do, watch: Watch, pulse: Pulse) -> bool:
    def tell(share: float) -> None:
        if pulse.stop.is_set():
            raise Stopped
        watch(job, min(share, 0.99))  # the rest is writing

    pulse.start(tell if not job.moving else _silent)
    return do(job, tell)


def _silent(share: float) -> None:
    """The tiles of a frame are no progress that a person would see."""


def _note(outcome: Outcome, job: Job, result: Callable[[], bool]) -> None:
    """Put the result of a job, or what it raised, where it belongs."""
    try:
        (outcome.done if result() else outcome.there).append(job)
    except InputError as error:
        outcome.failures.append(Failure(str(job.source), str(error)))
    except Exception as error:
        if is_shortage(error):
            outcome.failures.append(Failure(str(job.source), f"{shown(job.source)} {SHORT}"))
            return
        # a slip of ours, which must not cost the other pictures
        words = shown(" ".join(str(error).split()), 200)
        why = f"{shown(job.source)} met a fault of this program ({type(error).__name__}: {words})."
        outcome.failures.append(Failure(str(job.source), why))


def is_shortage(error: Exception) -> bool:
    """Whether an error, of whichever library, means that memory ran out."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(words in said for words in SHORTAGE)
