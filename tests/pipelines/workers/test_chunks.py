import multiprocessing
import os
import time

import cv2
import pytest

from lineart.errors import InputError
from pipelines.workers.chunks import Workers, chunk_size


def square(chunk: list[int], plus: int) -> list[int]:
    time.sleep(0.3 if chunk[0] == 0 else 0)  # the first chunk is the last to be ready
    return [number * number + plus for number in chunk]


def where(chunk: list[int]) -> list[tuple[int, int, str]]:
    return [(os.getpid(), cv2.getNumThreads(), os.environ["OMP_NUM_THREADS"]) for _ in chunk]


def refuse(chunk: list[int]) -> list[int]:
    if 70 in chunk:
        raise InputError("Number 70 is not wanted.")
    time.sleep(60)  # stopped, not waited for
    return chunk


def is_there(pid: int) -> bool:
    """Asked of the system: the pool's own thread may have taken the exit status already."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_results_come_in_order() -> None:
    with Workers(2) as workers:
        found = workers.map("square", square, range(200), 1)
        again = workers.map("square", square, range(3), 0)
    assert found == [number * number + 1 for number in range(200)]
    assert again == [0, 1, 4]


def test_work_is_done_elsewhere_on_one_thread() -> None:
    with Workers(1) as workers:
        (place,) = set(workers.map("where", where, range(70)))
    process, threads, asked = place
    assert process != os.getpid()
    assert (threads, asked) == (1, "1")


def test_an_error_stops_the_others_and_keeps_its_words() -> None:
    with pytest.raises(InputError, match="Number 70"), Workers(2) as workers:
        workers.map("refuse", refuse, range(128))
    left = {process.pid for process in multiprocessing.active_children()}
    for _ in range(600):
        left = {pid for pid in left if pid is not None and is_there(pid)}
        if not left:
            break
        time.sleep(0.05)
    assert not left


def test_nothing_to_do() -> None:
    with Workers(1) as workers:
        assert workers.map("square", square, [], 1) == []


def test_chunks_have_64_to_256_drawings() -> None:
    assert chunk_size(1, 8) == 64
    assert chunk_size(1600, 2) == 200
    assert chunk_size(1_000_000, 64) == 256
