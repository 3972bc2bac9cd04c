"""PiDiNet, Pixel Difference Networks (Su et al., ICCV 2021), in all its sizes.

Its 3 x 3 convolutions look at differences of pixels instead of pixels: to the centre (``cd``), around the
ring (``ad``) or along the radius (``rd``); ``cv`` is a plain one. A difference is linear, so each is a plain
convolution with another kernel: :func:`difference_kernel` makes it, :meth:`PiDiNet.convert` bakes it in.

The authors' code and weights are for research only; none of either is here.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lineart.arithmetic.guard import in_float32
from lineart.errors import unknown_name
from lineart.losses import PAPERS
from lineart.models.parts.base import pad_to_multiple
from lineart.models.parts.published import PublishedModel, resize
from lineart.models.parts.recipe import Recipe

# Channels of the first stage, and of the context modules (none in the light variants).
PRESETS: dict[str, tuple[int, int | None]] = {
    "standard": (60, 24),
    "standard-l": (60, None),
    "small": (30, 12),
    "small-l": (30, None),
    "tiny": (20, 8),
    "tiny-l": (20, None),
}
DIFFERENCES: dict[str, tuple[str, ...]] = {
    "carv4": 4 * ("cd", "ad", "rd", "cv"),
    "none": 16 * ("cv",),  # the authors' baseline
}
BLOCKS = (3, 4, 4, 4)  # in each stage
GROWTH = (1, 2, 4, 4)  # channels of each stage, in units of the first

# Flat positions. The ring's neighbour, clockwise, of each place of a 3 x 3 kernel (the centre's is itself);
# and where the eight weights of a radial kernel go in a 5 x 5 one, outside and, negated, inside.
NEIGHBOUR = [3, 0, 1, 6, 4, 2, 7, 8, 5]
OUTER = [0, 2, 4, 10, 14, 20, 22, 24]
INNER = [6, 7, 8, 11, 13, 16, 17, 18]


def difference_kernel(weight: Tensor, kind: str) -> Tensor:
    """The plain kernel of a pixel-difference convolution.

    Args:
        weight: ``(out, in, 3, 3)``.
        kind: ``cd``, ``ad``, ``rd`` or ``cv``.

    Returns:
        ``(out, in, 3, 3)``, for ``rd`` ``(out, in, 5, 5)`` (whose first weight has no pixel to go to).

    Raises:
        InputError: for an unknown kind.
    """
    flat = weight.flatten(2)
    if kind == "cv":
        return weight
    if kind == "cd":
        return weight - F.pad(weight.sum(dim=(2, 3), keepdim=True), (1, 1, 1, 1))
    if kind == "ad":
        return (flat - flat[..., NEIGHBOUR]).view_as(weight)
    if kind == "rd":
        wide = flat.new_zeros(*flat.shape[:2], 25)
        wide[..., OUTER] = flat[..., 1:]
        wide[..., INNER] = -flat[..., 1:]
        return wide.unflatten(2, (5, 5))
    raise unknown_name("pixel difference", kind, ("cd", "ad", "rd", "cv"))


class DifferenceConv(nn.Conv2d):
    """A 3 x 3 pixel-difference convolution without bias; the size is kept."""

    def __init__(self, inside: int, outside: int, kind: str, groups: int = 1):
        super().__init__(inside, outside, 3, padding=1, groups=groups, bias=False)
        self.kind = kind

    def kernel(self) -> Tensor:
        """The kernel of the plain convolution that does the same."""
        return difference_kernel(self.weight, self.kind)

    def forward(self, input: Tensor) -> Tensor:
        """``(B, inside, H, W)`` to ``(B, outside, H, W)``."""
        kernel = self.kernel()
        return _convolved(input, kernel, self.groups)


def _convolved(input: Tensor, kernel: Tensor, groups: int) -> Tensor:
    """A convolution that keeps the size.

    On a processor the gradient of a depthwise 5 x 5 one takes three times as long in bfloat16 as in float32,
    and would be most of a training step; it is worked out in float32 there.
    """
    wide = groups > 1 and kernel.shape[-1] > 3
    slow = wide and input.device.type == "cpu" and torch.is_grad_enabled()
    convolve: Callable[..., Tensor] = F.conv2d
    if slow and torch.is_autocast_enabled("cpu"):
        convolve = functools.partial(in_float32, F.conv2d)
    return convolve(input, kernel, padding=kernel.shape[-1] // 2, groups=groups)


def _conv(inside: int, outside: int, kind: str, converted: bool, groups: int = 1) -> nn.Conv2d:
    if not converted:
        return DifferenceConv(inside, outside, kind, groups)
    size = 5 if kind == "rd" else 3
    return nn.Conv2d(inside, outside, size, padding=size // 2, groups=groups, bias=False)


def _zero_bias(conv: nn.Conv2d) -> nn.Conv2d:
    """The authors' initial bias."""
    assert conv.bias is not None
    nn.init.zeros_(conv.bias)
    return conv


class Block(nn.Module):
    """Depthwise difference convolution, ReLU, pointwise convolution, and a residual connection.

    Args:
        inside: channels that come in.
        outside: channels that go out.
        kind: of the pixel difference.
        halve: pool first, and bring the residual to ``outside`` channels.
        converted: plain convolutions from the start.
    """

    def __init__(self, inside: int, outside: int, kind: str, halve: bool, converted: bool):
        super().__init__()
        self.pool = nn.MaxPool2d(2) if halve else nn.Identity()
        self.shortcut = nn.Conv2d(inside, outside, 1) if halve else nn.Identity()
        self.depthwise = _conv(inside, inside, kind, converted, groups=inside)
        self.pointwise = nn.Conv2d(inside, outside, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, inside, H, W)`` to ``(B, outside, H, W)``, half the size if so built."""
        x = self.pool(x)
        y: Tensor = self.pointwise(F.relu(self.depthwise(x))) + self.shortcut(x)
        return y


class Context(nn.Module):
    """Compact dilation module: four dilations of one reduced map, summed."""

    def __init__(self, inside: int, outside: int):
        super().__init__()
        self.reduce = _zero_bias(nn.Conv2d(inside, outside, 1))
        self.dilated = nn.ModuleList(
            nn.Conv2d(outside, outside, 3, dilation=d, padding=d, bias=False) for d in (5, 7, 9, 11)
        )

    def forward(self, x: Tensor) -> Tensor:
        """``(B, inside, H, W)`` to ``(B, outside, H, W)``."""
        x = self.reduce(F.relu(x))
        total = self.dilated[0](x)
        for conv in self.dilated[1:]:
            total = total + conv(x)
        return total


class SpatialAttention(nn.Module):
    """Compact spatial attention module: each place weighed by what is around it."""

    def __init__(self, channels: int):
        super().__init__()
        self.reduce = _zero_bias(nn.Conv2d(channels, 4, 1))
        self.around = nn.Conv2d(4, 1, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, channels, H, W)``, the same shape."""
        return x * torch.sigmoid(self.around(self.reduce(F.relu(x))))


class PiDiNet(PublishedModel):
    """PiDiNet. Any size goes in; sides below 8 pixels are padded. Published and own reading are the same.

    Args:
        width: channels of the first stage.
        context: channels of the context and attention modules; None for the light variants without.
        kinds: pixel differences of the 16 convolutions, in order.
        converted: plain convolutions from the start, for converted weights.
        output: see :class:`PublishedModel`.
    """

    def __init__(
        self,
        width: int = 60,
        context: int | None = 24,
        kinds: tuple[str, ...] = DIFFERENCES["carv4"],
        converted: bool = False,
        output: str = "sigmoid",
    ):
        super().__init__(output=output)
        self.width, self.channels, self.kinds = width, context, kinds
        left = iter(kinds)
        widths = [width * growth for growth in GROWTH]
        self.enter = _conv(3, width, next(left), converted)
        self.stages = nn.ModuleList()
        inside = width
        for stage, outside in enumerate(widths):
            blocks = []
            for block in range(BLOCKS[stage]):
                halve = stage > 0 and block == 0
                blocks.append(Block(inside, outside, next(left), halve, converted))
                inside = outside
            self.stages.append(nn.Sequential(*blocks))
        self.context = nn.ModuleList(
            nn.Sequential(Context(w, context), SpatialAttention(context))
            if context
            else nn.Identity()
            for w in widths
        )
        self.sides = nn.ModuleList(_zero_bias(nn.Conv2d(context or w, 1, 1)) for w in widths)
        self.fuse = _zero_bias(nn.Conv2d(len(widths), 1, 1))
        nn.init.constant_(self.fuse.weight, 1 / len(widths))

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """``(B, 3, H, W)`` in [0, 1] to five ``(B, 1, H, W)`` logits: four sides, the fused."""
        height, width = pictures.shape[-2:]
        x = self.normalise(pictures)
        if min(height, width) < 8:  # three halvings must leave something
            x = pad_to_multiple(x, 8)
        full = x.shape[-2:]
        x = self.enter(x)
        sides = []
        for stage, context, side in zip(self.stages, self.context, self.sides, strict=True):
            x = stage(x)
            sides.append(resize(side(context(x)), full))
        logits = [*sides, self.fuse(torch.cat(sides, dim=1))]
        return [logit[..., :height, :width] for logit in logits]

    @torch.no_grad()
    def convert(self) -> PiDiNet:
        """The same network of plain convolutions, for inference and export: a new one, on the same device.

        The radial ones grow from 3 x 3 to 5 x 5, so it has more parameters (720,709 for ``standard``).
        """
        plain = PiDiNet(self.width, self.channels, self.kinds, converted=True, output=self.output)
        weights = self.state_dict()
        for name, module in self.named_modules():
            if isinstance(module, DifferenceConv):
                weights[f"{name}.weight"] = module.kernel()
        plain.load_state_dict(weights)
        return plain.to(self.mean.device).train(self.training)

    def simplified(self) -> PiDiNet:
        """See :meth:`LineModel.simplified`: of plain convolutions."""
        return self.convert()

    def published_prefixes(self) -> dict[str, str]:
        """See :class:`PublishedModel`."""
        prefixes = {"enter": "init_block", "fuse": "classifier"}
        for stage, blocks in enumerate(BLOCKS):
            for block in range(blocks):
                ours, theirs = f"stages.{stage}.{block}", f"block{stage + 1}_{block + 1}"
                prefixes[f"{ours}.depthwise"] = f"{theirs}.conv1"
                prefixes[f"{ours}.pointwise"] = f"{theirs}.conv2"
                prefixes[f"{ours}.shortcut"] = f"{theirs}.shortcut"
            prefixes[f"sides.{stage}"] = f"conv_reduces.{stage}.conv"
            prefixes[f"context.{stage}.0.reduce"] = f"dilations.{stage}.conv1"
            for dilated in range(4):
                prefixes[f"context.{stage}.0.dilated.{dilated}"] = (
                    f"dilations.{stage}.conv2_{dilated + 1}"
                )
            prefixes[f"context.{stage}.1.reduce"] = f"attentions.{stage}.conv1"
            prefixes[f"context.{stage}.1.around"] = f"attentions.{stage}.conv2"
        return prefixes


def build(
    preset: str = "standard",
    differences: str = "carv4",
    converted: bool = False,
    output: str = "sigmoid",
) -> PiDiNet:
    """PiDiNet by the names of its paper; ``differences="none"`` is the paper's baseline.

    Raises:
        InputError: for an unknown preset, arrangement of differences or output.
    """
    if preset not in PRESETS:
        raise unknown_name("preset of pidinet", preset, PRESETS)
    if differences not in DIFFERENCES:
        raise unknown_name("arrangement of pixel differences", differences, DIFFERENCES)
    width, context = PRESETS[preset]
    return PiDiNet(width, context, DIFFERENCES[differences], converted, output)


RECIPE = Recipe(
    model="pidinet",
    loss="balanced",
    loss_settings=dataclasses.replace(PAPERS["pidinet"], grey="soft"),
    learning_rate=5e-3,
    batch=24,
    epochs=20,
    crop=None,
    betas=(0.9, 0.99),
    weight_decay=1e-4 / (481 * 321),  # the pictures of BSDS500
    drops=(10 / 20, 16 / 20),
    drop=0.1,
)
