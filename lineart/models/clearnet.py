"""CLEAR-Net (Lu et al., Journal of Image and Graphics 31(4), 2026, doi 10.11834/jig.250223).

U²-Net cut to four levels, joined by 4 x 4 transposed convolutions; the four side maps are re-weighted by
squeeze-and-excitation, brought to full size, concatenated and read by two depthwise-separable streams
(3 x 3 and 1 x 1) whose sum is the logit.

The paper leaves widths, the inner up-sampling and the place of the excitation open; the readings taken
here, and the parameter counts behind them, are in ``docs/decisions/0004-clearnet-readings.md``.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from lineart.errors import unknown_name
from lineart.models.parts.base import LineModel, pad_to_multiple
from lineart.models.parts.recipe import Recipe
from lineart.models.parts.rsu import RSU, RSU4F, UPSAMPLINGS, ConvNormReLU, TransposedConv
from lineart.models.parts.sides import FoldedStream, SideAggregation, SideFusion

PRESETS: dict[str, dict[str, int]] = {
    "paper": {"width": 64, "middle": 64},
    "light": {"width": 64, "middle": 16},
    "tiny": {"width": 16, "middle": 8},
    "swift": {"width": 64, "middle": 16, "factor": 2},
}
LEVELS = 4
MULTIPLE = 32  # of both sides of what is read: the first block pools to a thirty-second
HEIGHTS = (7, 6, 5)  # of the residual U-blocks, the finest level first; the coarsest is an RSU-4F
STEM = 16  # maps at full size, where the levels are smaller
LARGE_TILE = 1344  # pixels a side: with levels half as large it takes no more than 832 without


class Join(ConvNormReLU):
    """An enlarged map and the skip of its size, concatenated and mixed by a 1 x 1 convolution."""

    def __init__(self, channels: int):
        super().__init__(2 * channels, channels, kernel=1)

    def forward(self, enlarged: Tensor, skip: Tensor) -> Tensor:  # type: ignore[override]
        """Twice ``(B, C, h, w)`` to ``(B, C, h, w)``."""
        both: Tensor = super().forward(torch.cat((enlarged, skip), dim=1))
        return both


class ThinHead(nn.Module):
    """What is thinner than a pixel of the levels, at full size: added to the side aggregation's logit.

    It reads few maps, for full size is where a pixel is dear: the finest side, whose channels are laid out as
    pixels, the stem's maps, and the logit itself.

    Args:
        channels: of the finest side.
        factor: how many times smaller than the picture that is.
        stem: maps of the stem.
    """

    MAPS, HIDDEN = 16, 32

    def __init__(self, channels: int, factor: int, stem: int):
        super().__init__()
        self.factor = factor
        self.finest = nn.Conv2d(channels, self.MAPS * factor**2, 1)
        self.read = nn.Sequential(
            ConvNormReLU(self.MAPS + stem + 1, self.HIDDEN),
            nn.Conv2d(self.HIDDEN, 1, 3, padding=1),
        )

    def forward(self, finest: Tensor, stem: Tensor, logit: Tensor) -> Tensor:
        """``(B, C, h, w)``, ``(B, stem, H, W)`` and ``(B, 1, H, W)`` to ``(B, 1, H, W)``."""
        maps = F.pixel_shuffle(self.finest(finest), self.factor)
        return logit + self.read(torch.cat((maps, stem, logit), dim=1))


class CLEARNet(LineModel):
    """CLEAR-Net.

    Args:
        width: channels C of every stage.
        middle: channels M inside the residual U-blocks.
        upsampling: between the stages, a name of ``UPSAMPLINGS``.
        inner_upsampling: inside the residual U-blocks, likewise.
        se_after_concat: see :class:`SideAggregation`.
        side_aggregation: off for :class:`SideFusion` in its place.
        deep_supervision: also return a logit for each side, 1 x 1 convolutions of their own.
        factor: how many times smaller than the picture the finest level is, a power of two. Above 1 a stem
            reads the picture at full size, its maps are laid out as channels, the levels, each pooling less
            so that all look as far as ever, read those, and a :class:`ThinHead` ends at full size
            (docs/decisions/0026-swift.md).

    Raises:
        InputError: for an unknown kind of up-sampling.
    """

    def __init__(
        self,
        width: int = 64,
        middle: int = 64,
        upsampling: str = "transposed",
        inner_upsampling: str = "transposed",
        se_after_concat: bool = False,
        side_aggregation: bool = True,
        deep_supervision: bool = False,
        factor: int = 1,
    ):
        super().__init__()
        for name in (upsampling, inner_upsampling):
            if name not in UPSAMPLINGS:
                raise unknown_name("up-sampling", name, UPSAMPLINGS)
        between, inner = UPSAMPLINGS[upsampling], UPSAMPLINGS[inner_upsampling]
        self.factor = factor
        if factor > 1:
            self.tile = LARGE_TILE
        heights = [height - factor.bit_length() + 1 for height in HEIGHTS]
        laid_out = 3 if factor == 1 else STEM * factor**2
        self.stem = ConvNormReLU(3, STEM) if factor > 1 else None
        self.encoders = nn.ModuleList(
            [
                RSU(heights[0], laid_out, middle, width, inner),
                RSU(heights[1], width, middle, width, inner),
                RSU(heights[2], width, middle, width, inner),
                RSU4F(width, middle, width),
            ]
        )
        self.enlarge = nn.ModuleList(between(width) for _ in range(LEVELS - 1))
        self.fuse = nn.ModuleList(Join(width) for _ in range(LEVELS - 1))
        self.decoders = nn.ModuleList(
            RSU(height, width, middle, width, inner) for height in reversed(heights)
        )
        self.pool = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.aggregate = (
            SideAggregation(width, LEVELS, se_after_concat, factor**2)
            if side_aggregation
            else SideFusion(width, LEVELS, factor**2)
        )
        self.head = ThinHead(width, factor, STEM) if factor > 1 else None
        self.heads = nn.ModuleList(
            nn.Conv2d(width, 1, 1) for _ in range(LEVELS if deep_supervision else 0)
        )

    def sides(self, pictures: Tensor) -> list[Tensor]:
        """The side maps: ``(B, 3, H, W)`` in [0, 1], any size, to ``(B, C, h, w)`` a side.

        The picture is continued to multiples of 32 first; h and w are its sides then, divided by the factor,
        half of them, and so on.
        """
        return self.sides_of(self.opened(pictures))

    def opened(self, pictures: Tensor) -> Tensor:
        """What the levels begin with, at full size: pictures normalised, continued to multiples of 32, and
        read by the stem where there is one, ``(B, 3 or STEM, H, W)``.
        """
        padded = pad_to_multiple(self.normalise(pictures), MULTIPLE)
        if self.stem is None:
            return padded
        opened: Tensor = self.stem(padded)
        return opened

    def sides_of(self, opened: Tensor) -> list[Tensor]:
        """:meth:`sides` of pictures that are :meth:`opened`."""
        x = opened if self.factor == 1 else F.pixel_unshuffle(opened, self.factor)
        skips: list[Tensor] = []
        for stage in self.encoders:
            x = stage(self.pool(skips[-1]) if skips else x)
            skips.append(x)
        sides = [skips.pop()]
        for enlarge, fuse, stage in zip(self.enlarge, self.fuse, self.decoders, strict=True):
            skip = skips.pop()
            both = fuse(enlarge(sides[-1], skip), skip)
            del skip  # at full size, this and what follows are most of what is in memory
            sides.append(stage(both))
        sides.reverse()  # finest first
        return sides

    def fused(
        self, opened: Tensor, sides: list[Tensor], means: list[Tensor] | None = None
    ) -> Tensor:
        """The fused logit, ``(B, 1, H, W)``, of what was :meth:`opened`.

        ``means``, one a side, are those of the whole picture, if this is a part of it.
        """
        logit: Tensor = self.aggregate(sides) if means is None else self.aggregate(sides, means)
        if self.head is None:
            return logit
        read: Tensor = self.head(sides[0], opened, F.pixel_shuffle(logit, self.factor))
        return read

    def means(self, pictures: Tensor, core: tuple[slice, slice]) -> Tensor | None:
        """See :meth:`LineModel.means`: of the side maps, ``(B, sides * C)``, the full-size side first."""
        if not isinstance(self.aggregate, SideAggregation):
            return None
        sides = self.sides(pictures)
        sizes = [
            self.factor << level for level in range(len(sides))
        ]  # pixels of the picture in one
        rows, columns = core
        parts = [
            side[
                :,
                :,
                rows.start // size : rows.stop // size,
                columns.start // size : columns.stop // size,
            ]
            for side, size in zip(sides, sizes, strict=True)
        ]
        return torch.cat(self.aggregate.means(parts), dim=1)

    def simplified(self) -> CLEARNet:
        """See :meth:`LineModel.simplified`: streams are folded once, stages joined without a concatenation.

        Where these give the fused logit, the temperature goes into the folded kernels: the logit is what it
        was divided by ``tau``, which is 1 then.
        """
        merge_joins(self)
        if isinstance(self.aggregate, SideAggregation):
            tau = self.tau if self.head is None else torch.ones_like(self.tau)
            for name in ("local", "across"):
                setattr(self.aggregate, name, FoldedStream(getattr(self.aggregate, name), tau))
            if self.head is None:  # which reads the logit as it is
                self.tau.fill_(1)
        return self

    def ink(self, pictures: Tensor, means: Tensor | None = None) -> Tensor:
        """See :meth:`LineModel.ink`."""
        return self.ink_of(self(pictures, means)[-1])

    def forward(self, pictures: Tensor, means: Tensor | None = None) -> list[Tensor]:
        """``(B, 3, H, W)`` in [0, 1], any size, to a list of ``(B, 1, H, W)`` logits, the fused last.

        ``means``, ``(B, sides * C)``, are those of the whole picture, if ``pictures`` are parts of it.
        """
        height, width = pictures.shape[-2:]
        opened = self.opened(pictures)
        sides = self.sides_of(opened)
        full = opened.shape[-2:]
        logits = [
            F.interpolate(head(side), size=full, mode="bilinear", align_corners=False)
            for head, side in zip(self.heads, sides, strict=False)
        ]
        given = None if means is None else list(means.chunk(len(sides), dim=1))
        logits.append(self.fused(opened, sides, given))
        return [logit[..., :height, :width] for logit in logits]


@torch.no_grad()
def merge_joins(model: CLEARNet) -> None:
    """Join CLEAR-Net's stages with less, in place.

    A :class:`Join` is linear up to its ReLU, and so is the transposed convolution before it: what it does to
    the enlarged map goes into that kernel, what it does to the skip stays a 1 x 1 convolution, and the two
    are added. The concatenation, the largest map of all, is not made.
    """
    for index, (enlarge, join) in enumerate(zip(model.enlarge, model.fuse, strict=True)):
        if not isinstance(enlarge, TransposedConv):
            continue
        assert isinstance(join, Join)
        conv, norm = join[0], join[1]
        assert isinstance(conv, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        mix = fuse_conv_bn_eval(conv, norm)
        assert enlarge.bias is not None
        weights = mix.weight[:, :, 0, 0].double()  # (C, 2 C), the enlarged map's first
        above, beside = weights.chunk(2, dim=1)
        kernel = torch.einsum("oc,icyx->ioyx", above, enlarge.weight.double())
        enlarge.weight.copy_(kernel)
        enlarge.bias.copy_(above @ enlarge.bias.double())
        mix.in_channels = beside.shape[1]
        mix.weight = nn.Parameter(beside[:, :, None, None].float())
        model.fuse[index] = MergedJoin(mix)


class MergedJoin(nn.Module):
    """A :class:`Join` whose share in the enlarged map went into the enlarging.

    Args:
        beside: what is left of it, for the skip.
    """

    def __init__(self, beside: nn.Conv2d):
        super().__init__()
        self.beside = beside

    def forward(self, enlarged: Tensor, skip: Tensor) -> Tensor:
        """See :meth:`Join.forward`."""
        return F.relu(self.beside(skip) + enlarged, inplace=True)


def build(preset: str = "paper", **switches: Any) -> CLEARNet:
    """CLEAR-Net in one of its sizes, ``PRESETS``; ``switches`` are the other arguments of :class:`CLEARNet`.

    Raises:
        InputError: for an unknown preset or kind of up-sampling.
    """
    if preset not in PRESETS:
        raise unknown_name("preset of clearnet", preset, PRESETS)
    return CLEARNet(**{**PRESETS[preset], **switches})


RECIPE = Recipe(
    model="clearnet",
    loss="joint",
    loss_settings=None,
    learning_rate=1e-3,
    batch=5,
    epochs=1000,
    crop=None,
)
