"""Reduced precision with exceptions: what it gets wrong runs in float32, while the rest stays fast."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lineart.arithmetic.layers import Kind, kind_of, kinds_of
from lineart.arithmetic.memory import what_is_off
from lineart.arithmetic.processor import processor_name


def layers_off(model: nn.Module, device: torch.device, dtype: str = "bfloat16") -> dict[Kind, str]:
    """The kinds of layers of a network that a reduced precision gets wrong here, each with a sentence.

    The first time on a machine this takes a second or two, in a process of its own. Accelerators are not
    tried: no such fault of theirs is known, and a training watches its gradients anyway.

    Args:
        model: on the processor, laid out channels-last.
        device: where it will run.
        dtype: the precision.
    """
    if device.type != "cpu":
        return {}
    kinds = kinds_of(model)
    return {
        kind: f"{kinds[kind]} ({kind}) runs in float32, for in {dtype} {reason} on {processor_name()}"
        for kind, reason in what_is_off(list(kinds), dtype).items()
    }


@contextlib.contextmanager
def reduced(
    device: torch.device, off: Mapping[Kind, str], dtype: torch.dtype = torch.bfloat16
) -> Iterator[None]:
    """Let matrix products run in a reduced precision, but for the kinds named."""
    with torch.autocast(device.type, dtype=dtype), exempt(off):
        yield


def exempt(off: Mapping[Kind, str]) -> contextlib.AbstractContextManager[object]:
    """Let the kinds named run in float32, under autocast, forward and backward."""
    return _InFloat32(off) if off else contextlib.nullcontext()


class _InFloat32(TorchFunctionMode):
    """Calls of some kinds of layers, made in float32; their answers are of the precision around them."""

    def __init__(self, off: Mapping[Kind, str]):
        super().__init__()
        self.off = off

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if kind_of(func, args, kwargs) not in self.off:
            return func(*args, **kwargs)
        return in_float32(func, *args, **kwargs)


def in_float32(func: Any, *args: Any, **kwargs: Any) -> Any:
    """A call of a layer made in float32 under autocast; its answer is of the precision around it."""
    device = str((args[0] if args else kwargs["input"]).device.type)
    with torch.autocast(device, enabled=False):
        answer = func(*map(_float, args), **{key: _float(v) for key, v in kwargs.items()})
    return answer.to(torch.get_autocast_dtype(device))


def _float(value: Any) -> Any:
    return value.float() if isinstance(value, Tensor) else value
