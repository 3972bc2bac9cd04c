"""One kind of layer in reduced precision against float32, in a process that may die of it.

A library of arithmetic chooses its code by processor, precision, layout and numbers of channels, and one of
these paths can be wrong where its neighbours are right (docs/decisions/0019-arithmetic-is-tried.md). So each
kind is run forward and backward once. It may read past its memory and be killed; so that happens in a child
process, which says after each kind what it found.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lineart.arithmetic.layers import Kind

SIDE = 40  # pixels a side of the map; the fault known is not seen below 29
OFF = 0.05  # of the norm of a channel; bfloat16, which keeps eight bits, is off by some 0.003
SECONDS = 120  # for all kinds together, on a machine that is busy
# Nothing comes from the folder somebody works in (-P): it may hold a torch.py, and is no place to take code
# from. The package is the one that runs here; a variable could not hold a path with a colon.
BEGIN = (
    "import sys; package = sys.argv[1]; package in sys.path or sys.path.insert(0, package); "
    "from lineart.arithmetic.trial import main; main()"
)
CHILD = (sys.executable, "-P", "-c", BEGIN, str(Path(__file__).parents[2]))
MARK = "lineart: "  # before what the child says; others print, too (sitecustomize, ONEDNN_VERBOSE)
READY = "ready"  # the first thing it says, once its libraries are there
FATAL = {
    signal.SIGSEGV,
    signal.SIGILL,
    signal.SIGFPE,
    signal.SIGABRT,
    *([signal.SIGBUS] if hasattr(signal, "SIGBUS") else []),
}


def try_kinds(kinds: Sequence[Kind], dtype: str) -> dict[Kind, str]:
    """What is wrong with each kind in a reduced precision, channels innermost; nothing if all is well.

    Args:
        kinds: what to try.
        dtype: name of the precision, ``bfloat16`` or ``float16``.

    Returns:
        A reason for each kind, empty where it answers as float32 does. Kinds that could not be tried, since
        the child could not start or work, or was stopped from outside, are not in it.
    """
    found: dict[Kind, str] = {}
    left = list(kinds)
    while left:
        (ready, *answered), death = _in_a_child(left, dtype)
        if ready != READY:
            break  # it never came to a layer, so it says nothing of one
        found.update(zip(left, answered, strict=False))
        left = left[len(answered) :]
        if not (death and left):  # it may die of what the last one broke, at its very end
            break
        found[left.pop(0)] = death  # it died of the next one
    return found


def compare(kind: Kind, dtype: torch.dtype) -> str:
    """Try one kind in this process; returns what is wrong, or nothing.

    Raises:
        RuntimeError: if it fails in float32, which is no fault of the precision.
    """
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    weight = draw(*kind.weight)
    bias = draw(_outputs(kind)) if kind.bias else None
    side = max(SIDE, 2 * _reach(kind))
    picture = (
        draw(2, kind.weight[1]) if kind.function == "linear" else draw(1, _inputs(kind), side, side)
    )
    wanted = _run(kind, [picture, weight, bias], None)
    given = [picture, weight, bias]
    if kind.function != "linear":
        given = [_innermost(picture), _innermost(weight), bias]
    try:
        found = _run(kind, given, dtype)
    except RuntimeError as error:  # torch has no such layer in this precision
        return f"it fails ({' '.join(str(error).split())})"
    for name, one, other in zip(("answer", "gradient of the picture", "gradient of the weights",
                                 "gradient of the bias"), found, wanted, strict=False):  # fmt: skip
        if not bool(one.isfinite().all()):
            return f"its {name} is no number"
        share = _off(one, other)
        if share > OFF:
            return f"its {name} is off by {share:.2g} of itself"
    return ""


def _off(one: Tensor, other: Tensor) -> float:
    """How far off the worst channel is, as a share of what a channel is on average.

    One channel of a thousand that is all wrong is hardly seen in the whole.
    """
    worst = 0.0
    for dim in range(min(2, other.ndim)):
        channels = other.shape[dim]
        difference = (one - other).transpose(0, dim).reshape(channels, -1).norm(dim=1)
        worst = max(worst, float(difference.max() / other.norm()) * channels**0.5)
    return worst


def main() -> None:
    """Try the kinds that standard input names; a line for each, JSON, with what is wrong with it."""
    _leave_no_core()
    request = json.load(sys.stdin)
    _say(READY)
    dtype = getattr(torch, request["dtype"])
    for fields in request["kinds"]:
        _say(compare(_kind(fields), dtype))


def _say(words: str) -> None:
    """In a line of its own, whatever others left on the one before."""
    print(f"\n{MARK}{json.dumps(words)}", flush=True)


def _in_a_child(kinds: Sequence[Kind], dtype: str) -> tuple[list[str], str]:
    """What a child says, READY and of the kinds in order, as far as it came; how the next one ended it.

    What it says is a single empty line if it said nothing at all, and how it ended is empty unless a layer
    may have done it.
    """
    request = json.dumps({"dtype": dtype, "kinds": [dataclasses.astuple(kind) for kind in kinds]})
    try:
        child = subprocess.Popen(
            CHILD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
        )
    except OSError:  # sys.executable is empty in a program that Python is built into
        return [""], ""
    with child:
        try:
            said, _ = child.communicate(request, timeout=SECONDS)
            death = _death(child.returncode)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
            death = f"it did not end within {SECONDS} s"
        except BaseException:
            child.kill()
            raise
    marked = (line.partition(MARK) for line in said.splitlines() if line.endswith('"'))
    answers = [json.loads(words) for before, mark, words in marked if mark and not before]
    return answers or [""], death


def _death(status: int) -> str:
    """How a layer ended its process; nothing if that ended of itself, or was stopped by somebody."""
    if status > 255:  # Windows
        return f"it kills the process (0x{status:X})"
    if -status in FATAL:
        return f"it kills the process ({signal.Signals(-status).name})"
    return ""


def _run(kind: Kind, given: Iterable[Tensor | None], dtype: torch.dtype | None) -> list[Tensor]:
    """Answer and gradients, in float32."""
    leaves = [None if tensor is None else tensor.detach().requires_grad_() for tensor in given]
    arithmetic: Any = contextlib.nullcontext()
    if dtype is not None:
        arithmetic = torch.autocast("cpu", dtype=dtype)
    with arithmetic:
        answer = kind.call(*leaves)  # type: ignore[arg-type]
    generator = torch.Generator().manual_seed(1)
    answer.backward(torch.randn(answer.shape, generator=generator).to(answer.dtype))
    gradients = [leaf.grad for leaf in leaves if leaf is not None and leaf.grad is not None]
    return [answer.detach().float(), *(gradient.float() for gradient in gradients)]


def _innermost(tensor: Tensor) -> Tensor:
    return tensor.to(memory_format=torch.channels_last)


def _groups(kind: Kind) -> int:
    return int(dict(kind.settings).get("groups", 1))


def _inputs(kind: Kind) -> int:
    return kind.weight[0] if "transpose" in kind.function else kind.weight[1] * _groups(kind)


def _outputs(kind: Kind) -> int:
    return kind.weight[1] * _groups(kind) if "transpose" in kind.function else kind.weight[0]


def _reach(kind: Kind) -> int:
    """Pixels from one end of a kernel to the other, the longer way; a map has to hold it."""
    dilation = dict(kind.settings).get("dilation", 1)
    steps = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    return max(
        (1 + (size - 1) * step for size, step in zip(kind.weight[2:], steps, strict=False)),
        default=1,
    )


def _kind(fields: Sequence[Any]) -> Kind:
    """A kind as JSON has it, lists for tuples."""
    function, weight, bias, settings = fields
    return Kind(
        function,
        tuple(weight),
        bias,
        tuple(
            (name, tuple(value) if isinstance(value, list) else value) for name, value in settings
        ),
    )


def _leave_no_core() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # there is no such thing on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
