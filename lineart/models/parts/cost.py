"""What a network costs: its multiply-adds, counted on shapes alone."""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def multiply_adds(model: nn.Module, size: int) -> int:
    """Multiply-adds of reading one picture of ``size`` x ``size`` pixels.

    Those of convolutions and matrix products; what is done a value at a time (activations, normalisation,
    enlargement) is not counted, as is the custom. The network itself is neither run nor changed: a copy is,
    on PyTorch's ``meta`` device, where tensors have a shape and no content.

    >>> multiply_adds(nn.Conv2d(3, 8, 1), 10)
    2400
    """
    shapes = copy.deepcopy(model).to("meta").eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        shapes(torch.empty(1, 3, size, size, device="meta"))
    return int(counter.get_total_flops()) // 2
