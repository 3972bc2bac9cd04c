"""What trials of a processor's arithmetic found, kept beside the environment.

One JSON file, for people to read, too: machine -> precision -> what was tried -> what is wrong with it, or
nothing. It is only a memory: without it, and where it cannot be written, all is tried again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.images import write_text

NAME = "lineart-arithmetic.json"
Memory = dict[str, dict[str, dict[str, str]]]


def places() -> list[Path]:
    """Where the memory may lie: beside the environment, else among the caches of a user who has a home."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    homes = [Path(sys.prefix), *([cache / "lineart"] if cache.is_absolute() else [])]
    return [home / NAME for home in homes]


def read_memory() -> Memory:
    """All that is remembered, in whichever place; nothing of a file that is missing or damaged."""
    found: Memory = {}
    for path in places():
        with contextlib.suppress(OSError, ValueError):
            content = json.loads(path.read_text(encoding="utf-8"))
            for machine, of_machine in _items(content):
                for dtype, of_dtype in _items(of_machine):
                    reasons = found.setdefault(machine, {}).setdefault(dtype, {})
                    reasons.update((k, v) for k, v in _items(of_dtype) if isinstance(v, str))
    return found


def known(machine: str, dtype: str) -> dict[str, str]:
    """What was tried in a precision on a machine: what is wrong with each, or nothing."""
    return read_memory().get(machine, {}).get(dtype, {})


def remember(machine: str, dtype: str, found: Mapping[str, str]) -> None:
    """Add what was found, in the first place that can be written."""
    content = read_memory()
    content.setdefault(machine, {}).setdefault(dtype, {}).update(found)
    for path in places():
        with contextlib.suppress(InputError):  # not ours to write: the next place
            write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
            return


def _items(content: object) -> Iterator[tuple[str, object]]:
    if isinstance(content, dict):
        yield from content.items()
