"""Batch normalisation's statistics, taken anew from whole pictures.

A training gathers them from its crops as it goes, under weights that change. What reads pictures afterwards
meets whole ones: wider paper, larger areas of ink. On few steps that is a good part of its error
(docs/decisions/0026-swift.md).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from lineart.models import LineModel, channels_last


@torch.no_grad()
def taken_anew(model: LineModel, batches: Iterable[Tensor]) -> LineModel:
    """A copy of a network with the statistics of these pictures; the network itself is left alone.

    Mean and variance of each channel are those of all batches together, what differs between batches
    included.

    Args:
        model: any network; one without batch normalisation is copied as it is.
        batches: of pictures, ``(B, 3, H, W)`` in [0, 1]; at least one.
    """
    ready = channels_last(copy.deepcopy(model))
    norms = [part for part in ready.modules() if isinstance(part, nn.BatchNorm2d)]
    if not norms:
        return ready
    device = next(ready.parameters()).device
    gathered = [_Gathered(norm) for norm in norms]
    ready.train()
    count = 0
    for count, pictures in enumerate(batches, start=1):  # noqa: B007
        ready(pictures.to(device, memory_format=torch.channels_last))
        for one in gathered:
            one.add()
    for one in gathered:
        one.settle(count)
    return ready.eval()


class _Gathered:
    """The statistics of one layer, over batches."""

    def __init__(self, norm: nn.BatchNorm2d):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        self.norm, self.mean, self.variance = norm, norm.running_mean, norm.running_var
        self.momentum, norm.momentum = norm.momentum, 1.0  # what a batch leaves is then its own
        self.first = torch.zeros_like(self.mean, dtype=torch.float64)
        self.second = torch.zeros_like(self.first)

    def add(self) -> None:
        mean = self.mean.double()
        self.first += mean
        self.second += self.variance + mean**2

    def settle(self, count: int) -> None:
        """Leave mean and variance of all of ``count`` batches with the layer."""
        mean = self.first / count
        self.mean.copy_(mean)
        self.variance.copy_(self.second / count - mean**2)
        self.norm.momentum = self.momentum
