"""The kinds of layers that a network has, as a library of arithmetic tells them apart."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

SEEN = 64  # pixels a side of the picture that is followed through a network

# What is tried: function -> the names of its arguments after picture, weights and bias, in order.
TRIED: Mapping[Callable[..., Any], tuple[str, ...]] = {
    F.conv2d: ("stride", "padding", "dilation", "groups"),
    F.conv_transpose2d: ("stride", "padding", "output_padding", "groups", "dilation"),
    F.linear: (),
}
NAMES = {function.__name__: function for function in TRIED}
USUAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "output_padding": 0}


@dataclass(frozen=True)
class Kind:
    """A function with the sizes of its weights and its settings; two layers of a kind run the same code."""

    function: str  # a name of NAMES
    weight: tuple[int, ...]
    bias: bool
    settings: tuple[tuple[str, Any], ...]  # those that are not usual, in the order of TRIED

    def __str__(self) -> str:
        """As a key, and for people: ``conv2d 24x24x3x3 padding 9 dilation 9``."""
        parts = [self.function, "x".join(map(str, self.weight)), *(["bias"] if self.bias else [])]
        for name, value in self.settings:
            parts += [name, "x".join(map(str, value)) if isinstance(value, tuple) else str(value)]
        return " ".join(parts)

    def call(self, picture: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """What such a layer answers."""
        answer: Tensor = NAMES[self.function](picture, weight, bias, **dict(self.settings))
        return answer


def kind_of(
    function: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]
) -> Kind | None:
    """The kind of a call; None for what is not tried.

    Args:
        function: what was called.
        given: its arguments by place.
        named: its arguments by name.
    """
    if function not in TRIED:
        return None
    names = ("input", "weight", "bias", *TRIED[function])
    found = {**dict(zip(names, given, strict=False)), **named}
    settings = tuple(
        (name, _plain(found[name]))
        for name in TRIED[function]
        if name in found and _plain(found[name]) != USUAL[name]
    )
    shape = tuple(int(side) for side in found["weight"].shape)
    return Kind(function.__name__, shape, found.get("bias") is not None, settings)


@torch.no_grad()
def kinds_of(model: nn.Module, channels: int = 3) -> dict[Kind, str]:
    """Every kind of layer that a network calls, and the name of the first module that does.

    A copy reads a small picture in float32, in the network's own mode; so layers that a module makes up while
    it runs are found, too.

    Args:
        model: any network on the processor that takes ``(B, C, H, W)``; it is left alone.
        channels: C.
    """
    copied = copy.deepcopy(model).float()
    found: dict[Kind, str] = {}
    inside: list[str] = []

    def leave(*_: object) -> None:
        inside.pop()

    for name, module in copied.named_modules():
        module.register_forward_pre_hook(lambda *_, name=name: inside.append(name))
        module.register_forward_hook(leave)

    class Look(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kind = kind_of(func, args, kwargs or {})
            if kind is not None:
                found.setdefault(kind, inside[-1])
            return func(*args, **(kwargs or {}))

    with Look():
        copied(torch.zeros(2, channels, SEEN, SEEN))
    return found


def _plain(value: Any) -> Any:
    """A setting for both sides alike as one number."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = tuple(int(side) for side in value)
        return value[0] if len(set(value)) == 1 else value
    return value
