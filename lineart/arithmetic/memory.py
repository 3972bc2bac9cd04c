"""What the trial of layers found, kept beside the environment: once a processor and a version of torch.

One JSON file, for people to read, too: processor -> precision -> kind -> what is wrong with it, or nothing.
It is only a memory: without it, or where it cannot be written, the layers are tried again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from lineart.arithmetic.layers import Kind
from lineart.arithmetic.processor import features, isa_limit, processor_name
from lineart.arithmetic.trial import try_kinds
from lineart.errors import InputError
from lineart.images import write_text

NAME = "lineart-arithmetic.json"


def what_is_off(kinds: Sequence[Kind], dtype: str) -> dict[Kind, str]:
    """The kinds that a reduced precision gets wrong on this processor, each with what is wrong.

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
    return {kind: known[str(kind)] for kind in kinds if known.get(str(kind))}


def this_machine() -> str:
    """What decides which code a library of arithmetic takes: processor, its features, torch, limits set."""
    parts = [processor_name(), features(), f"torch {torch.__version__}", isa_limit()]
    if not torch.backends.mkldnn.enabled:
        parts.append("without oneDNN")
    return ", ".join(filter(None, parts))


def places() -> list[Path]:
    """Where the memory may lie: beside the environment, else where a user's caches are."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return [Path(sys.prefix) / NAME, Path(cache) / "lineart" / NAME]


def read_memory() -> dict[str, Any]:
    """All that is remembered; nothing for a file that is missing or damaged."""
    for path in places():
        with contextlib.suppress(OSError, ValueError):
            content = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(content, dict):
                return content
    return {}


def _remember(machine: str, dtype: str, found: dict[str, str]) -> None:
    content = read_memory()
    content.setdefault(machine, {}).setdefault(dtype, {}).update(found)
    for path in places():
        with contextlib.suppress(InputError):  # not ours to write: the next place
            write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
            return
