"""Side maps of several sizes to one logit: the paper's side aggregation, and what it takes the place of.

Lu et al., Journal of Image and Graphics 31(4), 2026, eq. 2 and 3; the readings taken of them are in
``docs/decisions/0004-clearnet-readings.md``.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INK_SHARE = 0.1  # what an untrained model should answer: about a tenth of a drawing is ink


class SqueezeExcitation(nn.Module):
    """Channel weights from the global mean (Hu et al., CVPR 2018); at least one hidden unit."""

    def __init__(self, channels: int, reduction: int = 16):
        super().__init__()
        hidden = max(1, channels // reduction)
        self.layers = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, channels), nn.Sigmoid()
        )

    def forward(self, means: Tensor) -> Tensor:
        """Global means ``(B, C)`` to weights ``(B, C)`` in (0, 1)."""
        weights: Tensor = self.layers(means)
        return weights


class SeparableStream(nn.Module):
    """Depthwise k x k and pointwise to one channel, with nothing in between (eq. 3).

    ``outputs`` are one, or as many as the pixels that lie in one of the maps.
    """

    def __init__(self, channels: int, kernel: int, outputs: int = 1):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.pointwise = nn.Conv2d(channels, outputs, 1)

    def folded(self) -> tuple[Tensor, Tensor]:
        """The two convolutions as one dense ``(O, C, k, k)`` kernel and its bias, ``(O,)``.

        Exact, because nothing non-linear stands between them. A dense kernel to few channels is many
        times faster than a depthwise one over all channels at full size.
        """
        mix = self.pointwise.weight[:, :, 0, 0]
        assert self.depthwise.bias is not None
        assert self.pointwise.bias is not None
        kernel = self.depthwise.weight[:, 0] * mix[:, :, None, None]
        return kernel, self.pointwise.bias + mix @ self.depthwise.bias


class SideAggregation(nn.Module):
    """The paper's side aggregation module: maps of several sizes to one logit at full size.

    Args:
        channels: of each side map.
        sides: how many there are.
        se_after_concat: one excitation over all channels (eq. 2 to the letter) instead of one a side
            (the paper's text).
        outputs: logits a pixel of the finest side: one, or as many as there are pixels of the picture in it.
    """

    def __init__(
        self,
        channels: int,
        sides: int,
        se_after_concat: bool = False,
        outputs: int = 1,
    ):
        super().__init__()
        total = channels * sides
        self.se_after_concat = se_after_concat
        excited = [total] if se_after_concat else [channels] * sides
        self.excitation = nn.ModuleList(SqueezeExcitation(width) for width in excited)
        self.local = SeparableStream(total, 3, outputs)
        self.across = SeparableStream(total, 1, outputs)
        assert self.local.pointwise.bias is not None
        nn.init.constant_(self.local.pointwise.bias, math.log(INK_SHARE / (1 - INK_SHARE)))

    def means(self, sides: list[Tensor]) -> list[Tensor]:
        """What the excitation looks at: the mean of each channel of each side, ``(B, C)`` a side."""
        return [side.mean(dim=(2, 3)) for side in sides]

    def forward(self, sides: list[Tensor], means: list[Tensor] | None = None) -> Tensor:
        """Side maps, the first ``(B, C, h, w)``, to ``(B, outputs, h, w)`` logits.

        ``means`` are those of the whole picture, if the sides are only of a part of it.

        Written down as in the paper this enlarges, weighs and concatenates hundreds of full-size maps.
        All of it but the excitation is linear, so the order may change: the weights come from the small
        maps (bilinear enlargement by a whole factor keeps the mean), and what is enlarged is one map a
        tap of the kernel instead of one a channel. The result is the same.
        """
        means = self.means(sides) if means is None else means
        if self.se_after_concat:
            weights = self.excitation[0](torch.cat(means, dim=1)).chunk(len(sides), dim=1)
        else:
            weights = [excite(m) for excite, m in zip(self.excitation, means, strict=True)]
        kernel, bias = self.local.folded()
        point, point_bias = self.across.folded()
        kernel = kernel + F.pad(point, (1, 1, 1, 1))  # a 1 x 1 kernel is the middle of a 3 x 3 one
        size = sides[0].shape[-2:]
        read = [
            _enlarge_and_convolve(side * weight[:, :, None, None], part, size)
            for side, weight, part in zip(
                sides, weights, kernel.chunk(len(sides), dim=1), strict=True
            )
        ]
        return torch.stack(read).sum(dim=0) + (bias + point_bias)[:, None, None]


def _enlarge_and_convolve(side: Tensor, kernel: Tensor, size: torch.Size) -> Tensor:
    """A 3 x 3 convolution to few channels of a bilinearly enlarged map, channels summed first.

    Args:
        side: ``(B, C, h, w)``.
        kernel: ``(O, C, 3, 3)``.
        size: H and W.

    Returns:
        ``(B, O, H, W)``, equal to enlarging ``side`` and convolving it with zero padding.
    """
    outputs = len(kernel)
    taps = kernel.flatten(2).transpose(1, 2).flatten(0, 1)  # (9 O, C), a 1 x 1 kernel a tap
    maps = F.conv2d(side, taps[:, :, None, None])
    if maps.shape[-2:] != size:
        maps = F.interpolate(maps, size=size, mode="bilinear", align_corners=False)
    shifts = torch.eye(9, dtype=maps.dtype, device=maps.device).view(1, 9, 3, 3)
    return F.conv2d(maps, shifts.expand(outputs, 9, 3, 3), padding=1, groups=outputs)


class SideFusion(nn.Module):
    """U²-Net's fusion, the step before side aggregation in the paper's ablation: each side read by a 3 x 3
    convolution, enlarged, and all mixed by a 1 x 1 convolution. Arguments as :class:`SideAggregation`.
    """

    def __init__(self, channels: int, sides: int, outputs: int = 1):
        super().__init__()
        self.read = nn.ModuleList(nn.Conv2d(channels, outputs, 3, padding=1) for _ in range(sides))
        self.mix = nn.Conv2d(sides * outputs, outputs, 1)

    def forward(self, sides: list[Tensor]) -> Tensor:
        """Side maps, the first ``(B, C, h, w)``, to ``(B, outputs, h, w)`` logits."""
        size = sides[0].shape[-2:]
        maps = [
            F.interpolate(read(side), size=size, mode="bilinear", align_corners=False)
            for read, side in zip(self.read, sides, strict=True)
        ]
        logits: Tensor = self.mix(torch.cat(maps, dim=1))
        return logits


class FoldedStream(nn.Module):
    """A :class:`SeparableStream` whose kernel is made once.

    Args:
        stream: the one to replace.
        tau: what its answer is divided by.
    """

    kernel: Tensor
    bias: Tensor

    def __init__(self, stream: SeparableStream, tau: Tensor):
        super().__init__()
        kernel, bias = stream.folded()
        self.register_buffer("kernel", kernel / tau)
        self.register_buffer("bias", bias / tau)

    def folded(self) -> tuple[Tensor, Tensor]:
        """See :meth:`SeparableStream.folded`."""
        return self.kernel, self.bias
