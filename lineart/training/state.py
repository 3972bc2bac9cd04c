"""What is to be trained, and how far a training is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch

from lineart.models.parts.recipe import Recipe
from lineart.training.settings import TrainSettings

Row = dict[str, float]


@dataclass(frozen=True)
class Job:
    """What is to be trained, on what, with settings in which nothing is left to the recipe."""

    name: str
    recipe: Recipe
    settings: TrainSettings
    data: Path
    folder: Path  # of the checkpoint


@dataclass
class State:
    """How far a training is."""

    step: int = 0
    seconds: float = 0.0  # of training, over all sittings
    waiting: float = 0.0  # of them, for data
    epoch_loss: float = 0.0  # summed over the steps of the epoch
    history: list[Row] = field(default_factory=list)
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    stopped_by: str = "epochs"
    precision: str = "float32"
    precision_since: int = 0  # the first step in it; above 0 where reduced precision failed
    in_float32: list[str] = field(default_factory=list)  # layers that it was kept from, and why

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest error on validation pictures, counted from 1; the last of equals."""
        errors = [row["val_mae"] for row in self.history]
        return len(errors) - errors[::-1].index(min(errors))
