"""What the trial of layers found, kept beside the environment: once a processor and a version of torch.

One JSON file, for people to read, too: processor -> precision -> kind -> what is wrong with it, or nothing.
It is only a memory: without it, where it cannot be written, and after a change of the trial itself, the
layers are tried again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from lineart.arithmetic.layers import Kind
from lineart.arithmetic.processor import features, isa_limit, processor_name
from lineart.arithmetic.trial import try_kinds
from lineart.errors import InputError
from lineart.pictures.images import write_text

NAME = "lineart-arithmetic.json"
UNTRIED = "it could not be tried"
Memory = dict[str, dict[str, dict[str, str]]]


def what_is_off(kinds: Sequence[Kind], dtype: str) -> dict[Kind, str]:
    """The kinds that a reduced precision gets wrong on this processor, each with what is wrong.

    Those that could not be tried are among them, and are tried again the next time.

    Args:
        kinds: what is asked about; those not tried here before are tried now.
        dtype: name of the precision.
    """
    machine = this_machine()
    known = read_memory().get(machine, {}).get(dtype, {})
    new = [kind for kind in kinds if str(kind) not in known]
    if new:
        found = {str(kind): reason for kind, reason in try_kinds(new, dtype).items()}
        known = {**known, **found}
        _remember(machine, dtype, found)
    reasons = {kind: known.get(str(kind), UNTRIED) for kind in kinds}
    return {kind: reason for kind, reason in reasons.items() if reason}


def this_machine() -> str:
    """What decides what is found: processor, its features, torch, the trial, limits set."""
    tried = f"trial {trial_digest()}"
    parts = [processor_name(), features(), f"torch {torch.__version__}", tried, isa_limit()]
    if not torch.backends.mkldnn.enabled:
        parts.append("without oneDNN")
    return ", ".join(filter(None, parts))


@functools.cache
def trial_digest() -> str:
    """Of the code of the trial: what another one found does not count."""
    code = pkgutil.get_data("lineart.arithmetic", "trial.py") or b""
    return hashlib.sha256(code).hexdigest()[:8]


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


def _remember(machine: str, dtype: str, found: dict[str, str]) -> None:
    content = read_memory()
    content.setdefault(machine, {}).setdefault(dtype, {}).update(found)
    for path in places():
        with contextlib.suppress(InputError):  # not ours to write: the next place
            write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
            return


def _items(content: object) -> Iterator[tuple[str, object]]:
    if isinstance(content, dict):
        yield from content.items()
