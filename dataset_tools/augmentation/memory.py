"""Keeping memory: telling the C library not to give it back to the system after every picture.

A picture of 512 x 512 in floats has three megabytes. Glibc asks the system for pieces of this size one by one
and gives each back when it is done with; clearing the pages anew takes a tenth to a fifth of a child's time.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools

# Of <malloc.h>: from what size on memory is asked for piece by piece, and how much of it may lie idle.
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1
LIMIT = 1 << 28  # bytes


@functools.cache
def keep_memory() -> None:
    """Let this process keep memory of up to :data:`LIMIT` for its next picture; nothing without glibc."""
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, LIMIT)
        library.mallopt(M_TRIM_THRESHOLD, LIMIT)
