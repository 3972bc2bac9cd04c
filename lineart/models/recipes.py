"""How each network is trained by default: the loss, optimiser and schedule of its paper, as data.

Two things are ours. Papers label photographs, where grey means that annotators disagree; in line art it
is the soft rim of a line, so ``grey`` is ``soft`` throughout (the papers' own rules are
:data:`lineart.losses.PAPERS`). And our losses are means, so a weight decay stands divided by what its paper's
sum is of ours (:mod:`lineart.losses.balanced`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lineart.losses import PAPERS, JointSettings, LossSettings, TauSettings, TracingSettings


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

        >>> [round(RECIPES["pidinet"].rate_factor(done), 3) for done in (0.0, 0.49, 0.5, 0.9)]
        [1.0, 1.0, 0.1, 0.01]
        """
        return self.drop ** sum(done >= share for share in self.drops)


NETWORKS: Mapping[str, Recipe] = {
    "clearnet": Recipe(
        model="clearnet",
        loss="joint",
        loss_settings=None,
        learning_rate=1e-3,
        batch=5,
        epochs=1000,
        crop=None,
    ),
    "u2netp": Recipe(
        model="u2netp",
        loss="balanced",
        loss_settings=PAPERS["u2netp"],
        learning_rate=1e-3,
        batch=12,
        epochs=100_000,  # the script's limit; its authors stop by eye
        crop=288,
    ),
    "teed": Recipe(
        model="teed",
        loss="tracing",
        loss_settings=TracingSettings(
            balanced=dataclasses.replace(PAPERS["teed"], grey="soft", threshold=0.5)
        ),
        learning_rate=8e-4,
        batch=8,
        epochs=20,
        crop=300,
        weight_decay=2e-4 / 8,
        drops=(4 / 20,),
        drop=7e-5 / 8e-4,
        # With its last activation TEED cannot answer paper: a sigmoid of at least 0.4378 everywhere.
        arguments={"last_smish": False},
    ),
    "pidinet": Recipe(
        model="pidinet",
        loss="balanced",
        loss_settings=dataclasses.replace(PAPERS["pidinet"], grey="soft"),
        learning_rate=5e-3,
        batch=24,
        epochs=20,
        crop=None,
        betas=(0.9, 0.99),
        weight_decay=1e-4 / (481 * 321),  # the pictures of BSDS500
        drops=(10 / 20, 16 / 20),
        drop=0.1,
    ),
    "dexined": Recipe(
        model="dexined",
        loss="balanced",
        loss_settings=dataclasses.replace(PAPERS["dexined"], grey="soft"),
        learning_rate=1e-4,
        batch=8,
        epochs=17,
        crop=352,
        weight_decay=1e-8 / 8,
        drops=(10 / 17, 15 / 17),
        drop=0.1,
    ),
}

# What the steps of the ladder share: one training, that of CLEAR-Net, so that only the step differs.
PLAIN = JointSettings(
    suppression=0.0, temperature=1.0, epsilon=0.0, tau=TauSettings(start=1.0, end=1.0)
)
SUPPRESSED = dataclasses.replace(PLAIN, suppression=0.5, temperature=0.5)

# The paper's ablation (its table 2), from U²-NetP to CLEAR-Net, one thing added at a time.
LADDER: Mapping[str, Recipe] = {
    "ladder-1-u2netp": dataclasses.replace(
        NETWORKS["clearnet"], model="u2netp", loss_settings=PLAIN
    ),
    "ladder-2-extraction": dataclasses.replace(
        NETWORKS["clearnet"], loss_settings=PLAIN, arguments={"side_aggregation": False}
    ),
    "ladder-3-aggregation": dataclasses.replace(NETWORKS["clearnet"], loss_settings=PLAIN),
    "ladder-4-suppression": dataclasses.replace(NETWORKS["clearnet"], loss_settings=SUPPRESSED),
    "ladder-5-temperature": NETWORKS["clearnet"],
}

RECIPES: Mapping[str, Recipe] = {**NETWORKS, **LADDER}
