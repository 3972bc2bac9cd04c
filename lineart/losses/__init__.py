"""The losses: logits and line art in, one scalar out, a mean so that size and batch do not matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from lineart.losses.balanced import PAPERS, BalancedSettings, balanced_loss
from lineart.losses.joint import JointSettings, TauSettings, joint_loss, tau_at
from lineart.losses.tracing import TracingSettings, tracing_loss

__all__ = [
    "LOSSES",
    "PAPERS",
    "BalancedSettings",
    "JointSettings",
    "Loss",
    "LossSettings",
    "TauSettings",
    "TracingSettings",
    "balanced_loss",
    "joint_loss",
    "tau_at",
    "tracing_loss",
]

LossSettings = JointSettings | BalancedSettings | TracingSettings


@dataclass(frozen=True)
class Loss:
    """A loss by name: its settings class, and (outputs, line art, tau, settings) to a scalar."""

    settings: type[LossSettings]
    function: Callable[[list[Tensor], Tensor, float, Any], Tensor]


LOSSES: Mapping[str, Loss] = {
    "joint": Loss(JointSettings, joint_loss),
    "balanced": Loss(
        BalancedSettings,
        lambda outputs, line, tau, settings: balanced_loss(outputs, line, settings),
    ),
    "tracing": Loss(
        TracingSettings,
        lambda outputs, line, tau, settings: tracing_loss(outputs, line, settings),
    ),
}
