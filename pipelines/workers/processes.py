"""The worker processes of a stage. Apart from Prefect, so that a worker need not import it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def start(count: int) -> ProcessPoolExecutor:
    """A pool of ``count`` processes, one thread each.

    They start afresh instead of being forked: a copy of a process with threads (torch, Prefect) may
    hang on a lock that nobody is left to release.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_begin)


def stop(pool: ProcessPoolExecutor) -> None:
    """Stop at once, whatever is being worked on; who waits for a result gets an error."""
    for process in multiprocessing.active_children():
        process.terminate()
    pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """A worker's first act: one thread, deaf to Ctrl-C (its parent decides), never an orphan."""
    for name in THREADS:
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

    import cv2

    cv2.setNumThreads(1)
