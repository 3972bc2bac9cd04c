"""Residual U-blocks, the parts of U²-Net (Qin et al., Pattern Recognition 106, 2020), and their up-sampling.

A block of height L is a small U-shaped network with L - 2 poolings inside a residual connection. What
brings a low-resolution map up again is handed in: bilinear as in U²-Net, a transposed convolution as in
CLEAR-Net, or a resize followed by a convolution, which cannot draw checkerboards.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvNormReLU(nn.Sequential):
    """Convolution (size kept), batch normalisation, ReLU."""

    def __init__(self, inside: int, outside: int, kernel: int = 3, dilation: int = 1):
        padding = dilation * (kernel // 2)
        super().__init__(
            nn.Conv2d(inside, outside, kernel, padding=padding, dilation=dilation),
            nn.BatchNorm2d(outside),
            nn.ReLU(inplace=True),
        )


class Bilinear(nn.Module):
    """Up-sampling without parameters."""

    def __init__(self, channels: int):
        super().__init__()

    def forward(self, low: Tensor, like: Tensor) -> Tensor:
        """Bring ``low`` to the height and width of ``like``."""
        return F.interpolate(low, size=like.shape[-2:], mode="bilinear", align_corners=False)


class TransposedConv(nn.ConvTranspose2d):
    """4 x 4 transposed convolution, stride 2: exactly twice the size. Channels are kept."""

    def __init__(self, channels: int):
        super().__init__(channels, channels, kernel_size=4, stride=2, padding=1)

    def forward(self, low: Tensor, like: Tensor) -> Tensor:  # type: ignore[override]
        """Double ``low`` and cut it to the height and width of ``like``."""
        return super().forward(low)[..., : like.shape[-2], : like.shape[-1]]


class ResizeConv(nn.Module):
    """Bilinear up-sampling and a 3 x 3 convolution (Odena et al., Distill 2016)."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, low: Tensor, like: Tensor) -> Tensor:
        """Bring ``low`` to the height and width of ``like``."""
        high = F.interpolate(low, size=like.shape[-2:], mode="bilinear", align_corners=False)
        return self.conv(high)


Upsampling = Callable[[int], nn.Module]
UPSAMPLINGS: dict[str, Upsampling] = {
    "bilinear": Bilinear,
    "transposed": TransposedConv,
    "resize": ResizeConv,
}


class RSU(nn.Module):
    """Residual U-block RSU-L.

    Args:
        height: L; the block pools L - 2 times.
        inside: channels that come in.
        middle: channels of the inner U.
        outside: channels that go out.
        upsampling: builds the module that brings inner maps up again.
    """

    def __init__(self, height: int, inside: int, middle: int, outside: int, upsampling: Upsampling):
        super().__init__()
        steps = height - 2
        self.enter = ConvNormReLU(inside, outside)
        self.down = nn.ModuleList(
            [ConvNormReLU(outside, middle)] + [ConvNormReLU(middle, middle) for _ in range(steps)]
        )
        self.bottom = ConvNormReLU(middle, middle, dilation=2)
        self.up = nn.ModuleList(
            [ConvNormReLU(2 * middle, middle) for _ in range(steps)]
            + [ConvNormReLU(2 * middle, outside)]
        )
        self.enlarge = nn.ModuleList(upsampling(middle) for _ in range(steps))
        self.pool = nn.MaxPool2d(2, stride=2, ceil_mode=True)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, inside, H, W)`` to ``(B, outside, H, W)``."""
        entered = self.enter(x)
        skips = [self.down[0](entered)]
        for stage in self.down[1:]:
            skips.append(stage(self.pool(skips[-1])))
        y = self.bottom(skips[-1])
        for index, stage in enumerate(self.up):
            skip = skips.pop()
            if index > 0:
                y = self.enlarge[index - 1](y, skip)
            y = torch.cat((y, skip), dim=1)
            del skip  # at full size it is a good part of what is in memory
            y = stage(y)
        return y + entered


class RSU4F(nn.Module):
    """Residual U-block without pooling: dilations 1, 2, 4, 8 and back. Arguments as :class:`RSU`."""

    def __init__(self, inside: int, middle: int, outside: int):
        super().__init__()
        self.enter = ConvNormReLU(inside, outside)
        self.down = nn.ModuleList(
            ConvNormReLU(channels, middle, dilation=dilation)
            for channels, dilation in ((outside, 1), (middle, 2), (middle, 4))
        )
        self.bottom = ConvNormReLU(middle, middle, dilation=8)
        self.up = nn.ModuleList(
            ConvNormReLU(2 * middle, channels, dilation=dilation)
            for channels, dilation in ((middle, 4), (middle, 2), (outside, 1))
        )

    def forward(self, x: Tensor) -> Tensor:
        """``(B, inside, H, W)`` to ``(B, outside, H, W)``."""
        entered = self.enter(x)
        skips = [entered]
        for stage in self.down:
            skips.append(stage(skips[-1]))
        y = self.bottom(skips[-1])
        for stage in self.up:
            y = stage(torch.cat((y, skips.pop()), dim=1))
        return y + entered
