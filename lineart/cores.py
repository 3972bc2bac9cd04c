"""How many cores there are to work with."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """The cores that this process may use, on Linux; elsewhere, all of the machine's."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux tells
        return os.cpu_count() or 1
