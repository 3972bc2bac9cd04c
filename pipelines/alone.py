"""What only one process at a time may do in a folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from lineart.errors import InputError


@contextlib.contextmanager
def alone(lock: Path, busy: str) -> Iterator[None]:
    """Hold a lock, which ends with the process that holds it, however that ends.

    Args:
        lock: a file, made if it is missing and left behind.
        busy: what is said to whoever comes second: a sentence that names the way out.

    Raises:
        InputError: if another process holds it, or the folder cannot be written.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        raise InputError(
            f"{lock} cannot be written ({error.strerror}); run in a clone of your own."
        ) from error
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout as error:
        raise InputError(busy) from error
