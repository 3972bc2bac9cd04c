"""Crisp lines: boundary tracing and texture suppression, added to the class-balanced cross entropy.

CATS (Huan et al., IEEE TPAMI 44(10), 2022) asks of every line pixel that the answer around it lies on the
line and not beside it (tracing), and of everything far from lines that it stays quiet (texture). TEED
(Soria et al., ICCV Workshops 2023) uses both on its fused output only, which is the default here.

Means over pixels and pictures; the authors sum over pixels (CATS) or over a batch (TEED), see
:mod:`lineart.losses.balanced`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from lineart.losses.balanced import PAPERS, BalancedSettings, balanced_loss
from lineart.settings import require

SMALLEST = 1e-10  # of what a logarithm is taken of, the authors' value


@dataclass(frozen=True)
class TracingSettings:
    """TEED's by default."""

    tracing: float = 3.0  # weight of the boundary tracing term
    texture: float = 0.01  # weight of the texture suppression term
    radius: int = 4  # pixels around a line that are neither line nor texture
    every_output: bool = False  # both terms on all outputs (CATS) instead of the fused one (TEED)
    # The cross entropy, and what grey means; a pixel is on a line from its threshold.
    balanced: BalancedSettings = field(default_factory=lambda: PAPERS["teed"])

    def __post_init__(self) -> None:
        require(self.tracing >= 0, "loss.tracing", self.tracing, "0 or more")
        require(self.texture >= 0, "loss.texture", self.texture, "0 or more")
        require(self.radius >= 1, "loss.radius", self.radius, "1 pixel or more")


def boundary_tracing(probability: Tensor, on_line: Tensor, radius: int) -> Tensor:
    """How much of the answer around each line pixel lies beside the lines, as a mean of -log(share).

    Args:
        probability: ``(B, 1, H, W)`` in [0, 1].
        on_line: ``(B, 1, H, W)``, 1 on lines, 0 elsewhere.
        radius: of the square window, in pixels.

    Returns:
        The mean over all pixels, those off the lines counted as 0; a scalar, 0 for a blank page.
    """
    traced = _window_sum(probability * on_line, radius)
    # The authors count beside the lines only pixels near one; seen from a line pixel all of its window is.
    share = traced / (_window_sum(probability, radius) + SMALLEST)
    return -(on_line * share.clamp(SMALLEST, 1).log()).mean()


def texture_suppression(probability: Tensor, on_line: Tensor, radius: int) -> Tensor:
    """How loud the answer is away from lines: -log(1 - mean over 3 x 3).

    Args:
        probability: ``(B, 1, H, W)`` in [0, 1].
        on_line: ``(B, 1, H, W)``, 1 on lines, 0 elsewhere.
        radius: pixels within this of a line are left alone.

    Returns:
        The mean over all pixels, those near lines counted as 0; a scalar.
    """
    away = 1 - F.max_pool2d(on_line, 2 * radius + 1, stride=1, padding=radius)
    quiet = 1 - _window_sum(probability, 1) / 9
    return -(away * quiet.clamp(SMALLEST, 1).log()).mean()


def tracing_loss(outputs: list[Tensor], line: Tensor, settings: TracingSettings) -> Tensor:
    """Class-balanced cross entropy of all outputs, and both terms of the fused one or of all.

    Args:
        outputs: logits, each ``(B, 1, H, W)``, the fused last.
        line: ``(B, 1, H, W)`` in [0, 1], ink 1.
        settings: see :class:`TracingSettings`.

    Raises:
        InputError: if the settings hold another number of weights than there are outputs.
    """
    on_line = (line >= settings.balanced.threshold).float()
    terms = [balanced_loss(outputs, line, settings.balanced)]
    for logits in outputs if settings.every_output else outputs[-1:]:
        probability = torch.sigmoid(logits.float())
        tracing = boundary_tracing(probability, on_line, settings.radius)
        texture = texture_suppression(probability, on_line, settings.radius)
        terms.append(settings.tracing * tracing + settings.texture * texture)
    return torch.stack(terms).sum()


def _window_sum(values: Tensor, radius: int) -> Tensor:
    """Sum over the square of side 2 radius + 1 around each pixel, nothing beyond the edge."""
    side = 2 * radius + 1
    return F.avg_pool2d(values, side, stride=1, padding=radius) * side**2
