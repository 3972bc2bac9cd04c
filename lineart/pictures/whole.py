"""A file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.decoding import shown


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """The name of a temporary neighbour with the same ending, renamed onto ``path`` at the end.

    It is deleted if the block raises, Ctrl-C included. Who may read the file is what the user's umask and
    the folder say.

    Raises:
        InputError: if the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f".writing-{secrets.token_hex(4)}{path.suffix.lower()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(exist_ok=False)
        try:
            yield temporary
            os.replace(temporary, path)
        finally:
            with contextlib.suppress(FileNotFoundError):  # Ctrl-C may come after the renaming
                temporary.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InputError(
                f"The disk is full: {shown(path)} could not be written; free some space and run again."
            ) from error
        raise InputError(f"{shown(path)} could not be written ({error.strerror}).") from error
