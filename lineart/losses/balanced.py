"""Class-balanced cross entropy, once, with what the edge detectors change about it as settings.

A drawing is nine tenths paper, so HED (Xie and Tu, ICCV 2015) weighs ink by the share of paper and paper
by the share of ink; RCF (Liu et al., CVPR 2017), BDCN (He et al., CVPR 2019), DexiNed and PiDiNet add a
factor lambda to paper and differ in what becomes of grey labels. U²-Net's plain sum of cross entropies is the
case without weights.

Ours is a mean over all pixels and pictures. HED, RCF, BDCN and PiDiNet sum over the pixels of one picture,
that is H x W times ours; DexiNed and TEED sum the means of a batch of B pictures, B times ours. Adam does not
mind the factor, but a weight decay that is added to the gradient has to be divided by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from lineart.errors import InputError
from lineart.settings import require

GREYS = ("soft", "ignore", "threshold")
COUNTED = ("picture", "batch")


@dataclass(frozen=True)
class BalancedSettings:
    """What the papers do differently."""

    balance: float | None = 1.1  # lambda, factor of paper's weight; empty for no class weights
    # What grey ink is. soft: as much ink as it is grey. ignore: no label below the threshold unless
    # wholly white, ink from it. threshold: paper below the threshold, ink from it.
    grey: str = "soft"
    threshold: float = 0.5  # eta, the ink from which a pixel is on a line
    counted: str = "picture"  # where the shares are counted: in each picture or over the batch
    weights: tuple[float, ...] = ()  # of each output, sides first, fused last; empty for all 1

    def __post_init__(self) -> None:
        positive = self.balance is None or self.balance > 0
        require(positive, "loss.balance", self.balance, "above 0, or empty for no class weights")
        require(self.grey in GREYS, "loss.grey", self.grey, "one of " + ", ".join(GREYS))
        require(0 < self.threshold <= 1, "loss.threshold", self.threshold, "in (0, 1]")
        require(
            self.counted in COUNTED, "loss.counted", self.counted, "one of " + ", ".join(COUNTED)
        )
        require(all(w >= 0 for w in self.weights), "loss.weights", self.weights, "0 or more each")


# The losses as their authors trained with them. DexiNed and TEED raise labels by 0.2 and then cut them to
# whole numbers, so that ink counts from 0.8.
PAPERS: Mapping[str, BalancedSettings] = {
    "hed": BalancedSettings(balance=1.0, grey="threshold", threshold=0.5),
    "rcf": BalancedSettings(grey="ignore", threshold=0.5),
    "bdcn": BalancedSettings(grey="ignore", threshold=0.5),
    "pidinet": BalancedSettings(grey="ignore", threshold=0.3),
    "dexined": BalancedSettings(
        grey="threshold",
        threshold=0.8,
        counted="batch",
        weights=(0.7, 0.7, 1.1, 1.1, 0.3, 0.3, 1.3),
    ),
    "teed": BalancedSettings(
        grey="threshold", threshold=0.8, counted="batch", weights=(1.1, 0.7, 1.1, 1.0)
    ),
    "u2netp": BalancedSettings(balance=None, grey="soft"),
}


def read_labels(line: Tensor, grey: str, threshold: float) -> tuple[Tensor, Tensor]:
    """What a line art asks for: the target in [0, 1], and 1 where there is one, 0 where not.

    Args:
        line: ink in [0, 1], any shape.
        grey: one of ``GREYS``.
        threshold: the ink from which a pixel is on a line.

    >>> ink = torch.tensor([0.0, 0.2, 0.6, 1.0])
    >>> read_labels(ink, "ignore", 0.5)
    (tensor([0., 0., 1., 1.]), tensor([1., 0., 1., 1.]))
    """
    if grey == "soft":
        return line, torch.ones_like(line)
    target = (line >= threshold).to(line.dtype)
    if grey == "threshold":
        return target, torch.ones_like(line)
    return target, ((line >= threshold) | (line == 0)).to(line.dtype)


def balanced_cross_entropy(logits: Tensor, line: Tensor, settings: BalancedSettings) -> Tensor:
    """Cross entropy of one output, ink weighed by the share of paper and paper by lambda times that of ink.

    Args:
        logits: ``(B, 1, H, W)``.
        line: ``(B, 1, H, W)`` in [0, 1], ink 1.
        settings: see :class:`BalancedSettings`; its ``weights`` are not used here.

    Returns:
        The mean over all pixels, those without a label counted as 0; a scalar. A blank page costs nothing
        where the shares are counted in each picture, for its paper weighs nothing.
    """
    target, labelled = read_labels(line, settings.grey, settings.threshold)
    ink, paper = labelled * target, labelled * (1 - target)
    if settings.balance is not None:
        dimensions = (1, 2, 3) if settings.counted == "picture" else (0, 1, 2, 3)
        inked = ink.sum(dim=dimensions, keepdim=True)
        papered = paper.sum(dim=dimensions, keepdim=True)
        every = (inked + papered).clamp(min=1)
        ink, paper = ink * (papered / every), paper * (settings.balance * inked / every)
    # -log(sigmoid(z)) is softplus(-z), -log(1 - sigmoid(z)) is softplus(z)
    return (ink * F.softplus(-logits) + paper * F.softplus(logits)).mean()


def balanced_loss(outputs: list[Tensor], line: Tensor, settings: BalancedSettings) -> Tensor:
    """The weighted sum over the outputs of a network, as in the papers.

    Args:
        outputs: logits, each ``(B, 1, H, W)``, the fused last.
        line: ``(B, 1, H, W)`` in [0, 1], ink 1.
        settings: see :class:`BalancedSettings`.

    Raises:
        InputError: if the settings hold another number of weights than there are outputs.
    """
    weights = settings.weights or (1.0,) * len(outputs)
    if len(weights) != len(outputs):
        raise InputError(
            f"The setting loss.weights has {len(weights)} numbers for {len(outputs)} outputs; "
            "give one for each, or none."
        )
    losses = [
        weight * balanced_cross_entropy(logits.float(), line, settings)
        for weight, logits in zip(weights, outputs, strict=True)
    ]
    return torch.stack(losses).sum()
