"""What every network of this project is: [0, 1] RGB in, a list of logits out, the fused one last.

Mean, standard deviation and temperature belong to the model: they are buffers, so they travel with its
weights and a caller cannot forget them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Model = TypeVar("Model", bound=nn.Module)

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class LineModel(nn.Module):
    """Base of the networks.

    Args:
        mean: of each RGB channel, in [0, 1], subtracted first.
        std: of each RGB channel, divided by next.
    """

    # Pixels a side of the parts a larger picture is read in, the overlap included: the largest CLEAR-Net
    # takes 1.5 GB for one.
    tile: int = 832
    idle_weights: ClassVar[bool] = False  # whether some weights have a part in no output

    mean: Tensor
    std: Tensor
    tau: Tensor

    def __init__(
        self, mean: Sequence[float] = IMAGENET_MEAN, std: Sequence[float] = IMAGENET_STD
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))
        self.register_buffer("tau", torch.tensor(1.0))

    def normalise(self, pictures: Tensor) -> Tensor:
        """Subtract the mean and divide by the standard deviation, ``(B, 3, H, W)``."""
        return (pictures - self.mean) / self.std

    @property
    def whole(self) -> bool:
        """Whether it must see a picture in one piece, since it stretches each answer by what is in it."""
        return False

    def means(self, pictures: Tensor, core: tuple[slice, slice]) -> Tensor | None:
        """What it averages over a whole picture, over a part of the pictures; None for one that does not.

        Args:
            pictures: ``(B, 3, H, W)`` in [0, 1].
            core: rows and columns of that part, from and to multiples of 32.

        Returns:
            ``(B, K)``.
        """
        return None

    def simplified(self) -> LineModel:
        """The same answers from fewer operations, for reading alone; this one, changed, or another."""
        return self

    def ink(self, pictures: Tensor, means: Tensor | None = None) -> Tensor:
        """The model's answer: ``(B, 3, H, W)`` in [0, 1] to ``(B, 1, H, W)`` in [0, 1], ink 1.

        The fused logit is read at the temperature it was trained at. ``means``, ``(B, K)``, are those of the
        whole picture (:meth:`means`), if ``pictures`` are parts of it.
        """
        return self.ink_of(self(pictures)[-1])

    def ink_of(self, logits: Tensor) -> Tensor:
        """Logits to ink, the same shape, at the model's temperature."""
        return torch.sigmoid(logits.float() / self.tau)


def pad_to_multiple(pictures: Tensor, multiple: int) -> Tensor:
    """Repeat the last row and column until both sides are divisible by ``multiple``."""
    height, width = pictures.shape[-2:]
    right, below = -width % multiple, -height % multiple
    return F.pad(pictures, (0, right, 0, below), mode="replicate") if right or below else pictures


def parameter_count(model: nn.Module) -> int:
    """How many trainable numbers a model has."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def channels_last(model: Model) -> Model:
    """Lay the weights out with channels innermost, in place; convolutions run faster so."""
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model
