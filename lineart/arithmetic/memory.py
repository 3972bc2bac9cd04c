"""Layers of torch are tried once a processor and a version of it; after a change of the trial, again."""

from __future__ import annotations

import functools
import hashlib
import pkgutil
from collections.abc import Sequence

import torch

from lineart.arithmetic.layers import Kind
from lineart.arithmetic.processor import features, isa_limit, processor_name
from lineart.arithmetic.remembered import known, remember
from lineart.arithmetic.trial import try_kinds

UNTRIED = "it could not be tried"


def what_is_off(kinds: Sequence[Kind], dtype: str) -> dict[Kind, str]:
    """The kinds that a reduced precision gets wrong on this processor, each with what is wrong.

    Those that could not be tried are among them, and are tried again the next time.

    Args:
        kinds: what is asked about; those not tried here before are tried now.
        dtype: name of the precision.
    """
    machine = this_machine()
    tried = known(machine, dtype)
    new = [kind for kind in kinds if str(kind) not in tried]
    if new:
        found = {str(kind): reason for kind, reason in try_kinds(new, dtype).items()}
        tried = {**tried, **found}
        remember(machine, dtype, found)
    reasons = {kind: tried.get(str(kind), UNTRIED) for kind in kinds}
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
