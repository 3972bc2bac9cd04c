"""A file that others write piece by piece, and that is there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lineart.errors import InputError


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """The name of a temporary neighbour with the same ending, renamed onto ``path`` at the end.

    It is deleted if the block raises, Ctrl-C included.

    Raises:
        InputError: if the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=".writing-", suffix=path.suffix.lower()
        )
        os.close(handle)
        try:
            yield Path(name)
            os.chmod(name, 0o644)
            os.replace(name, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InputError(
                f"The disk is full: {path} could not be written; free some space and run again."
            ) from error
        raise InputError(f"{path} could not be written ({error.strerror}).") from error
