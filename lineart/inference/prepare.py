"""A network made ready for reading pictures: the same answers from fewer operations."""

from __future__ import annotations

import copy
import itertools

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from lineart.models import LineModel, channels_last
from lineart.models.clearnet import SeparableStream, SideAggregation
from lineart.models.pidinet import PiDiNet

LAYERS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)  # what autocast runs in bfloat16


@torch.no_grad()
def prepared(model: LineModel, bfloat16: bool = False) -> LineModel:
    """A copy of a network, in evaluation mode, that answers the same; the network itself is left alone.

    Batch normalisation is folded into the convolutions before it, pixel-difference convolutions become
    plain ones, CLEAR-Net's side aggregation keeps its folded kernels, weights lie channels-last.

    CLEAR-Net's temperature goes into those kernels, too: the copy's fused logit is the network's divided by
    ``tau``, and the copy's ``tau`` is 1. The others are trained at 1; there it stays one division of one map.

    Args:
        model: any network; its weights, statistics and mode stay as they are.
        bfloat16: keep the weights of layers in bfloat16, for use under autocast, which would otherwise
            round all of them to that at each call.
    """
    ready = copy.deepcopy(model).eval()
    if isinstance(ready, PiDiNet):
        ready = ready.convert()
    fold_batch_norm(ready)
    for module in list(ready.modules()):
        if isinstance(module, SideAggregation):
            for name in ("local", "across"):
                setattr(module, name, FoldedStream(getattr(module, name), ready.tau))
            ready.tau.fill_(1)
        elif bfloat16 and isinstance(module, LAYERS):
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
