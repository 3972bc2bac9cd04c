"""In which precision a training runs, and where a number that is none came from."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from lineart.inference.network import fast_bfloat16
from lineart.training.settings import TrainSettings

FABRIC = {"float32": "32-true", "bfloat16": "bf16-mixed", "float16": "16-mixed"}


def chosen(settings: TrainSettings) -> str:
    """``float32``, ``bfloat16`` or ``float16``: what the settings say, or bfloat16 where it is fast."""
    if settings.precision != "auto":
        return settings.precision
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return "bfloat16" if fast_bfloat16(device) else "float32"


def not_finite(loss: float, model: nn.Module, precision: str) -> str:
    """What of a step is no number: its loss, or the weights whose gradient is none; nothing if all are.

    Args:
        loss: of the step.
        model: with its gradients.
        precision: in ``float16`` only the loss counts, for the scale of gradients is looked for by trial.
    """
    if not math.isfinite(loss):
        return f"the loss is {loss}"
    if precision == "float16":
        return ""
    with_gradient = [
        (name, weights.grad)
        for name, weights in model.named_parameters()
        if weights.grad is not None
    ]
    norms = torch.stack(torch._foreach_norm([gradient for _, gradient in with_gradient]))
    if bool(norms.isfinite().all()):
        return ""
    names = [n for (n, _), fine in zip(with_gradient, norms.isfinite(), strict=True) if not fine]
    others = f" and of {len(names) - 1} more weights" if len(names) > 1 else ""
    return f"the gradient of {names[-1]}{others} is not finite"


@torch.no_grad()
def first_layer_not_finite(model: nn.Module, forward: Callable[[], object]) -> str:
    """The name of the first layer whose answer is no number; nothing if there is none.

    Args:
        model: whose layers are asked.
        forward: runs it.
    """
    found: list[str] = []
    handles = []
    for name, module in model.named_modules():
        if next(module.children(), None) is not None:
            continue

        def look(module: nn.Module, given: object, answer: object, name: str = name) -> None:
            if isinstance(answer, Tensor) and not bool(answer.isfinite().all()):
                found.append(name)

        handles.append(module.register_forward_hook(look))
    try:
        forward()
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else ""
