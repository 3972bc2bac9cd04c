"""How a network is trained by default: the loss, optimiser and schedule of its paper, as data.

Two things are ours. Papers label photographs, where grey means that annotators disagree; in line art it
is the soft rim of a line, so ``grey`` is ``soft`` throughout (the papers' own rules are
:data:`lineart.losses.PAPERS`). And our losses are means, so a weight decay stands divided by what its paper's
sum is of ours (:mod:`lineart.losses.balanced`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lineart.losses import LossSettings


@dataclass(frozen=True)
class Recipe:
    """A row's network and its default training."""

    model: str  # a name of MODELS
    loss: str  # a name of LOSSES
    loss_settings: LossSettings | None  # None for those of the training settings, `train.loss`
    learning_rate: float
    batch: int  # pictures a step, in the paper
    epochs: int  # in the paper
    crop: int | None  # side of its training pictures in pixels; None for whole pictures
    optimizer: str = "adam"
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 0.0  # added to the gradient, as torch.optim.Adam does
    drops: tuple[float, ...] = ()  # shares of the training after which the learning rate drops
    drop: float = 1.0  # what it is multiplied with at each of them
    arguments: Mapping[str, Any] = field(default_factory=dict)  # of the model, when it is trained

    def rate_factor(self, done: float) -> float:
        """What the learning rate is multiplied with when ``done`` (in [0, 1]) of the training is over.

        >>> halved = Recipe("pidinet", "balanced", None, 5e-3, 24, 20, None, drops=(0.5, 0.8), drop=0.1)
        >>> [round(halved.rate_factor(done), 3) for done in (0.0, 0.49, 0.5, 0.9)]
        [1.0, 1.0, 0.1, 0.01]
        """
        return self.drop ** sum(done >= share for share in self.drops)
