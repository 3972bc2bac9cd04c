"""CLEAR-Net's joint loss: background suppression plus smooth-temperature cross entropy.

Lu et al., Journal of Image and Graphics 31(4), 2026, eq. 4 to 9. Where the equations cannot be taken to the
letter (the sign of eq. 4, its missing indicator, its sum over all pixels), the reading taken here and
why stand in ``docs/decisions/0005-joint-loss.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from lineart.settings import require


@dataclass(frozen=True)
class TauSettings:
    """The temperature's staircase (eq. 8)."""

    start: float = 1.2
    end: float = 0.8
    step: float = 0.04  # taken off at each stair
    # epochs a stair, where an epoch has one temperature; the paper's 10 reach the end at epoch 100
    every: float = 10.0

    def __post_init__(self) -> None:
        require(self.end > 0, "tau.end", self.end, "above 0")
        require(self.start >= self.end, "tau.start", self.start, "at least tau.end")
        require(self.every > 0, "tau.every", self.every, "above 0 epochs")


@dataclass(frozen=True)
class JointSettings:
    """What the paper leaves open of its loss."""

    suppression: float = 0.5  # weight of background suppression, lambda 1
    temperature: float = 0.5  # weight of smooth-temperature cross entropy, lambda 2
    gamma: float = 2.0  # how much harder a false response is punished than a right one
    epsilon: float = 0.001  # label smoothing; above 0.004 the paper's MAE is out of reach
    paper_below: float = 0.05  # ink below this counts as background
    tau: TauSettings = field(default_factory=TauSettings)

    def __post_init__(self) -> None:
        require(self.suppression >= 0, "loss.suppression", self.suppression, "0 or more")
        require(self.temperature >= 0, "loss.temperature", self.temperature, "0 or more")
        require(self.gamma >= 0, "loss.gamma", self.gamma, "0 or more")
        require(0 <= self.epsilon < 0.5, "loss.epsilon", self.epsilon, "in [0, 0.5)")
        require(0 < self.paper_below <= 1, "loss.paper_below", self.paper_below, "in (0, 1]")


def tau_at(epoch: int, settings: TauSettings) -> float:
    """The temperature in an epoch, counted from 0 (eq. 8).

    >>> [round(tau_at(epoch, TauSettings()), 2) for epoch in (0, 9, 10, 99, 100, 1000)]
    [1.2, 1.2, 1.16, 0.84, 0.8, 0.8]
    """
    stairs = math.floor(epoch / settings.every)
    return max(settings.end, settings.start - settings.step * stairs)


def background_suppression(
    logits: Tensor, line: Tensor, gamma: float, paper_below: float
) -> Tensor:
    """Weighted cross entropy over the background, eq. 4 and 5: false responses cost more.

    Args:
        logits: ``(B, 1, H, W)``.
        line: ``(B, 1, H, W)`` in [0, 1], ink 1; grey ink keeps its grey.
        gamma: weight 1 + gamma * |p - 0| of a background pixel answered with p.
        paper_below: a pixel is background where ``line`` is below this.

    Returns:
        The mean over background pixels, a scalar; 0 where there is no background.
    """
    background = (line < paper_below).to(logits.dtype)
    weight = 1 + gamma * torch.sigmoid(logits).detach()  # a penalty factor, not a way to lower it
    entropy = F.binary_cross_entropy_with_logits(logits, line, reduction="none")
    return (background * weight * entropy).sum() / background.sum().clamp(min=1)


def smooth_temperature(logits: Tensor, line: Tensor, tau: float, epsilon: float) -> Tensor:
    """Cross entropy of sigmoid(logits / tau) against labels drawn in by epsilon, eq. 6 and 7.

    Returns:
        The mean over all pixels, a scalar.
    """
    return F.binary_cross_entropy_with_logits(logits / tau, epsilon + (1 - 2 * epsilon) * line)


def joint_loss(outputs: list[Tensor], line: Tensor, tau: float, settings: JointSettings) -> Tensor:
    """The joint loss (eq. 9), averaged over the outputs of a network (one without deep supervision).

    Args:
        outputs: logits, each ``(B, 1, H, W)``.
        line: ``(B, 1, H, W)`` in [0, 1], ink 1.
        tau: temperature of this epoch.
        settings: weights and constants.
    """
    losses = [
        settings.suppression
        * background_suppression(logits, line, settings.gamma, settings.paper_below)
        + settings.temperature * smooth_temperature(logits, line, tau, settings.epsilon)
        for logits in (output.float() for output in outputs)
    ]
    return torch.stack(losses).mean()
