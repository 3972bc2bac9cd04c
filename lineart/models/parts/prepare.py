"""A network made ready for reading pictures: the same answers from fewer operations."""

from __future__ import annotations

import copy
import itertools

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from lineart.models.parts.base import LineModel, channels_last

LAYERS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)  # what autocast runs in bfloat16


@torch.no_grad()
def prepared(model: LineModel, bfloat16: bool = False, norms: bool = True) -> LineModel:
    """A copy of a network, in evaluation mode, that answers the same; the network itself is left alone.

    Batch normalisation is folded into the convolutions before it, weights lie channels-last, and what else a
    network can do with less it knows itself (:meth:`LineModel.simplified`).

    Args:
        model: any network; its weights, statistics and mode stay as they are.
        bfloat16: keep the weights of layers in bfloat16, for use under autocast, which would otherwise
            round all of them to that at each call.
        norms: fold batch normalisation. For export it stays: weights that were kept in float16 are then
            still what float16 holds, and ONNX Runtime folds it when it loads.
    """
    ready = copy.deepcopy(model).eval().simplified()
    if norms:
        fold_batch_norm(ready)
    if bfloat16:
        for module in ready.modules():
            if isinstance(module, LAYERS):
                module.to(torch.bfloat16)
    return channels_last(ready).requires_grad_(False)


def fold_batch_norm(model: nn.Module) -> None:
    """Fold each batch normalisation into the convolution that it follows, in place.

    Which follows which is known inside ``nn.Sequential``, and in DexiNed's single convolutions, whose
    ``use_bn`` says whether theirs is used. The others stay as they are.
    """
    for parent in model.modules():
        if not isinstance(parent, nn.Sequential) and not getattr(parent, "use_bn", False):
            continue
        for (name, conv), (next_name, norm) in itertools.pairwise(list(parent.named_children())):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(parent, name, fuse_conv_bn_eval(conv, norm))
                setattr(parent, next_name, nn.Identity())
