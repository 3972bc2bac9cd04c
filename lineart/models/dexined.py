"""DexiNed (Soria et al., WACV 2020; Pattern Recognition 139, 2023), as kornia builds it.

kornia's network is the authors' to the last name of a tensor; what is added here is our contract, all six
sides for deep supervision, sizes that are no multiple of 16, and the authors' reading.
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from lineart.losses import PAPERS
from lineart.models.parts.base import pad_to_multiple
from lineart.models.parts.published import BIPED_MEAN, BIPED_STD, PublishedModel, resize
from lineart.models.parts.recipe import Recipe


class DexiNed(PublishedModel):
    """DexiNed, 35,215,245 parameters. Sizes are padded to a multiple of 16 and cut back.

    Of these, ``side_5`` and the normalisation of ``block_cat`` are never used.

    The published reading resizes to 512 x 512 and stretches the answer.

    Args:
        output: see :class:`PublishedModel`.
    """

    stretched = True
    idle_weights = True

    def __init__(self, output: str = "sigmoid"):
        from kornia.models.dexined import DexiNed as Network  # half a second; only who asks pays

        super().__init__(BIPED_MEAN, BIPED_STD, output)
        self.network = Network(pretrained=False)

    def normalise(self, pictures: Tensor) -> Tensor:
        """See :meth:`LineModel.normalise`; blue comes first afterwards."""
        return super().normalise(pictures).flip(1)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """``(B, 3, H, W)`` in [0, 1] to seven ``(B, 1, H, W)`` logits: six sides, the fused."""
        height, width = pictures.shape[-2:]
        sides = self.network.get_features(pad_to_multiple(self.normalise(pictures), 16))
        logits = [*sides, self.network.block_cat(torch.cat(sides, dim=1))]
        return [logit[..., :height, :width] for logit in logits]

    def published_input(self, pictures: Tensor) -> Tensor:
        """512 x 512."""
        return resize(pictures, (512, 512))

    def published_prefixes(self) -> dict[str, str]:
        """See :class:`PublishedModel`."""
        starts = {name.rpartition(".")[0] for name in self.network.state_dict()}
        return {f"network.{start}": start for start in sorted(starts)}


build = DexiNed

RECIPE = Recipe(
    model="dexined",
    loss="balanced",
    loss_settings=dataclasses.replace(PAPERS["dexined"], grey="soft"),
    learning_rate=1e-4,
    batch=8,
    epochs=17,
    crop=352,
    weight_decay=1e-8 / 8,
    drops=(10 / 17, 15 / 17),
    drop=0.1,
)
