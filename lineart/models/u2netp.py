"""U²-Net and its small sister U²-NetP (Qin et al., Pattern Recognition 106, 2020).

Six encoder and five decoder stages, each a residual U-block, and a logit at each of the six decoder levels; a
1 x 1 convolution fuses them. Sides and fusion are logits here, the sigmoid is left to the reader.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lineart.errors import unknown_name
from lineart.losses import PAPERS
from lineart.models.parts.published import PublishedModel, resize
from lineart.models.parts.recipe import Recipe
from lineart.models.parts.rsu import RSU, RSU4F, Bilinear

Widths = tuple[int, int, int]  # channels in, inside the U, out

HEIGHTS = (7, 6, 5, 4)  # of the first four encoders, and backwards of the last four decoders
SIDES = 6
PRESETS: dict[str, tuple[tuple[Widths, ...], tuple[Widths, ...]]] = {
    "small": (((3, 16, 64),) + 5 * ((64, 16, 64),), 5 * ((128, 16, 64),)),
    "full": (
        (
            (3, 32, 64),
            (64, 32, 128),
            (128, 64, 256),
            (256, 128, 512),
            (512, 256, 512),
            (512, 256, 512),
        ),
        ((1024, 256, 512), (1024, 128, 256), (512, 64, 128), (256, 32, 64), (128, 16, 64)),
    ),
}


class U2Net(PublishedModel):
    """U²-Net of any widths. Any size goes in: the poolings round up and maps are enlarged to fit.

    The published reading divides by the picture's maximum, squeezes it to 320 x 320 and stretches the
    answer; the authors shrink by a Gaussian of scikit-image, here a triangle filter does it.

    Args:
        encoders: of the six encoder stages, from the top.
        decoders: of the five decoder stages, from the bottom.
        output: see :class:`PublishedModel`.
    """

    stretched = True

    def __init__(
        self,
        encoders: tuple[Widths, ...],
        decoders: tuple[Widths, ...],
        output: str = "sigmoid",
    ):
        super().__init__(output=output)
        self.encoders = nn.ModuleList(
            [RSU(h, *w, Bilinear) for h, w in zip(HEIGHTS, encoders, strict=False)]
            + [RSU4F(*widths) for widths in encoders[len(HEIGHTS) :]]
        )
        self.decoders = nn.ModuleList(
            [RSU4F(*decoders[0])]
            + [RSU(h, *w, Bilinear) for h, w in zip(HEIGHTS[::-1], decoders[1:], strict=True)]
        )
        outside = [encoders[-1][2], *(widths[2] for widths in decoders)]
        self.sides = nn.ModuleList(nn.Conv2d(width, 1, 3, padding=1) for width in outside[::-1])
        self.fuse = nn.Conv2d(SIDES, 1, 1)
        self.pool = nn.MaxPool2d(2, stride=2, ceil_mode=True)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """``(B, 3, H, W)`` in [0, 1] to seven ``(B, 1, H, W)`` logits: six sides from the top, the fused."""
        x = self.normalise(pictures)
        skips: list[Tensor] = []
        for stage in self.encoders:
            x = stage(self.pool(skips[-1]) if skips else x)
            skips.append(x)
        levels = [skips.pop()]
        for stage in self.decoders:
            skip = skips.pop()
            low = resize(levels[-1], skip.shape[-2:])
            levels.append(stage(torch.cat((low, skip), dim=1)))
        sides = [
            resize(side(level), pictures.shape[-2:])
            for side, level in zip(self.sides, reversed(levels), strict=True)
        ]
        return [*sides, self.fuse(torch.cat(sides, dim=1))]

    def published_input(self, pictures: Tensor) -> Tensor:
        """Brightest value to 1, and 320 x 320."""
        brightest = pictures.amax(dim=(1, 2, 3), keepdim=True).clamp(min=1e-6)
        return resize(pictures / brightest, (320, 320), smooth=True)

    def published_prefixes(self) -> dict[str, str]:
        """See :class:`PublishedModel`."""
        stages = {f"encoders.{i}": f"stage{i + 1}" for i in range(len(self.encoders))}
        stages |= {f"decoders.{i}": f"stage{5 - i}d" for i in range(len(self.decoders))}
        prefixes = {"fuse": "outconv"}
        prefixes |= {f"sides.{i}": f"side{i + 1}" for i in range(SIDES)}
        for ours, theirs in stages.items():
            down = self.get_submodule(f"{ours}.down")
            assert isinstance(down, nn.ModuleList)
            downs = len(down)
            blocks = {"enter": "in", "bottom": str(downs + 1)}
            blocks |= {f"down.{i}": str(i + 1) for i in range(downs)}
            blocks |= {f"up.{i}": f"{downs - i}d" for i in range(downs)}
            for block, number in blocks.items():
                prefixes[f"{ours}.{block}.0"] = f"{theirs}.rebnconv{number}.conv_s1"
                prefixes[f"{ours}.{block}.1"] = f"{theirs}.rebnconv{number}.bn_s1"
        return prefixes


def build(preset: str = "small", output: str = "sigmoid") -> U2Net:
    """U²-NetP (``small``, 1,131,181 parameters) or U²-Net (``full``, 44,009,869).

    Raises:
        InputError: for an unknown preset or output.
    """
    if preset not in PRESETS:
        raise unknown_name("preset of u2netp", preset, PRESETS)
    return U2Net(*PRESETS[preset], output=output)


RECIPE = Recipe(
    model="u2netp",
    loss="balanced",
    loss_settings=PAPERS["u2netp"],
    learning_rate=1e-3,
    batch=12,
    epochs=100_000,  # the script's limit; its authors stop by eye
    crop=288,
)
