"""TEED, Tiny and Efficient Edge Detector (Soria et al., ICCV Workshops 2023): 58,910 parameters.

Three blocks, a side map from each, and a "double fusion" of the sides. The activation is Smish,
x tanh(ln(1 + sigmoid(x))), and it also closes the network, so that the fused logit as published never
falls below -0.2500 and its sigmoid never below 0.4378: the authors stretch each answer to its own minimum and
maximum. ``last_smish=False`` leaves that one activation off for training under a plain sigmoid.

This is the authors' repository. The copy in controlnet_aux feeds RGB without the mean and averages all
four maps, which gives other pictures from the same weights.
"""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lineart.losses import PAPERS, TracingSettings
from lineart.models.parts.base import pad_to_multiple
from lineart.models.parts.published import BIPED_MEAN, BIPED_STD, PublishedModel, resize
from lineart.models.parts.recipe import Recipe


class Smish(nn.Module):
    """x tanh(ln(1 + sigmoid(x))) (Wang et al., Electronics 11(4), 2022)."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape, elementwise."""
        return smish(x)


def smish(x: Tensor) -> Tensor:
    """See :class:`Smish`, written with one transcendental function: tanh(ln u) is (u² - 1) / (u² + 1)."""
    share = torch.sigmoid(x)
    square = share * (share + 2)  # u² - 1 for u = 1 + sigmoid(x)
    return x * (square / (square + 2))


def _side_map(inside: int, doublings: int) -> nn.Sequential:
    """Reduce to one channel and double the size, once (16 channels in between) or twice."""
    kernel, padding = (2, 0) if doublings == 1 else (4, 1)
    layers: list[nn.Module] = []
    for left in reversed(range(doublings)):
        outside = 16 if left else 1
        layers += [
            nn.Conv2d(inside, outside, 1),
            Smish(),
            nn.ConvTranspose2d(outside, outside, kernel, stride=2, padding=padding),
        ]
        inside = outside
    return nn.Sequential(*layers)


class DoubleFusion(nn.Module):
    """Two depthwise convolutions, the second on the first, all 48 answers summed to one logit.

    Args:
        sides: maps that come in.
        last_smish: close with the activation, as published.
    """

    def __init__(self, sides: int = 3, last_smish: bool = True):
        super().__init__()
        self.first = nn.Conv2d(sides, 8 * sides, 3, padding=1, groups=sides)
        self.second = nn.Conv2d(8 * sides, 8 * sides, 3, padding=1, groups=8 * sides)
        self.last_smish = last_smish

    def forward(self, sides: Tensor) -> Tensor:
        """``(B, sides, H, W)`` to ``(B, 1, H, W)``."""
        first = self.first(smish(sides))
        assert self.second.bias is not None
        # The channels of the second are summed right away: that sum is one dense convolution, many times
        # faster than a depthwise one at full size.
        dense, bias = self.second.weight.transpose(0, 1), self.second.bias.sum(dim=0, keepdim=True)
        second = F.conv2d(smish(first), dense, bias, padding=1)
        fused = first.sum(dim=1, keepdim=True) + second
        return smish(fused) if self.last_smish else fused


class TEED(PublishedModel):
    """TEED. Sizes are padded to a multiple of 8 and cut back.

    The published reading enlarges pictures with a side below 512 by 1.5, brings both sides to a multiple of
    8 by resizing and stretches the answer. Mean and channel order are those of its training on BIPED; for
    pictures of one's own the authors' test script subtracts (104.007, 116.669, 122.679), within 1.1 of 255.

    Args:
        last_smish: see the module.
        output: see :class:`PublishedModel`.
    """

    stretched = True

    def __init__(self, last_smish: bool = True, output: str = "sigmoid"):
        super().__init__(BIPED_MEAN, BIPED_STD, output)
        self.block1 = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1),
            Smish(),
            nn.Conv2d(16, 16, 3, padding=1),
            Smish(),
        )
        self.block2 = nn.Sequential(
            nn.Conv2d(16, 32, 3, padding=1), Smish(), nn.Conv2d(32, 32, 3, padding=1)
        )
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.skip = nn.Conv2d(16, 32, 1, stride=2)
        self.short = nn.Conv2d(32, 48, 1)
        self.block3 = nn.Sequential(
            Smish(), nn.Conv2d(32, 48, 3, padding=2), Smish(), nn.Conv2d(48, 48, 3)
        )
        self.sides = nn.ModuleList([_side_map(16, 1), _side_map(32, 1), _side_map(48, 2)])
        self.fuse = DoubleFusion(len(self.sides), last_smish)
        self.apply(_xavier)

    def normalise(self, pictures: Tensor) -> Tensor:
        """See :meth:`LineModel.normalise`; blue comes first afterwards."""
        return super().normalise(pictures).flip(1)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """``(B, 3, H, W)`` in [0, 1] to four ``(B, 1, H, W)`` logits: three sides, the fused."""
        height, width = pictures.shape[-2:]
        first = self.block1(pad_to_multiple(self.normalise(pictures), 8))
        second = self.block2(first)
        low = self.pool(second)
        third = (self.block3(low + self.skip(first)) + self.short(low)) / 2
        sides = [side(x) for side, x in zip(self.sides, (first, second, third), strict=True)]
        logits = [*sides, self.fuse(torch.cat(sides, dim=1))]
        return [logit[..., :height, :width] for logit in logits]

    def published_input(self, pictures: Tensor) -> Tensor:
        """Enlarge small pictures, then round the sides up to a multiple of 8, both by resizing."""
        height, width = pictures.shape[-2:]
        if min(height, width) < 512:
            height, width = round(1.5 * height), round(1.5 * width)
            # By 1.5 exactly, as OpenCV does it, though an odd side has no whole one and a half: one more
            # row and column let the last half pixel be cut instead of squeezed in.
            more = F.pad(pictures, (0, 1, 0, 1), mode="replicate")
            larger = F.interpolate(more, scale_factor=1.5, mode="bilinear", align_corners=False)
            pictures = larger[..., :height, :width]
        if height % 8 or width % 8:
            # A side that fits already grows too, as in the authors' script.
            pictures = resize(pictures, (8 * (height // 8 + 1), 8 * (width // 8 + 1)))
        return pictures

    def published_prefixes(self) -> dict[str, str]:
        """See :class:`PublishedModel`."""
        prefixes = {
            "block1.0": "block_1.conv1",
            "block1.2": "block_1.conv2",
            "block2.0": "block_2.conv1",
            "block2.2": "block_2.conv2",
            "skip": "side_1.conv",
            "short": "pre_dense_3.conv",
            "block3.1": "dblock_3.denselayer1.conv1",
            "block3.3": "dblock_3.denselayer1.conv2",
            "fuse.first": "block_cat.DWconv1",
            "fuse.second": "block_cat.DWconv2",
        }
        for number, layer in ((0, 0), (0, 2), (1, 0), (1, 2), (2, 0), (2, 2), (2, 3), (2, 5)):
            prefixes[f"sides.{number}.{layer}"] = f"up_block_{number + 1}.features.{layer}"
        return prefixes


def _xavier(module: nn.Module) -> None:
    """The authors' initial weights."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.xavier_normal_(module.weight)
        assert module.bias is not None
        nn.init.zeros_(module.bias)


build = TEED

RECIPE = Recipe(
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
)
