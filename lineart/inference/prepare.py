"""A network made ready for reading pictures: the same answers from fewer operations."""

from __future__ import annotations

import copy
import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from lineart.models.base import LineModel, channels_last
from lineart.models.clearnet import CLEARNet, Join, SeparableStream, SideAggregation
from lineart.models.pidinet import PiDiNet
from lineart.models.rsu import TransposedConv

LAYERS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)  # what autocast runs in bfloat16


@torch.no_grad()
def prepared(model: LineModel, bfloat16: bool = False, norms: bool = True) -> LineModel:
    """A copy of a network, in evaluation mode, that answers the same; the network itself is left alone.

    Batch normalisation is folded into the convolutions before it, pixel-difference convolutions become
    plain ones, CLEAR-Net's side aggregation keeps its folded kernels and its stages are joined without a
    concatenation, weights lie channels-last.

    CLEAR-Net's temperature goes into those kernels, too: the copy's fused logit is the network's divided by
    ``tau``, and the copy's ``tau`` is 1. The others are trained at 1; there it stays one division of one map.

    Args:
        model: any network; its weights, statistics and mode stay as they are.
        bfloat16: keep the weights of layers in bfloat16, for use under autocast, which would otherwise
            round all of them to that at each call.
        norms: fold batch normalisation. For export it stays: weights that were kept in float16 are then
            still what float16 holds, and ONNX Runtime folds it when it loads.
    """
    ready = copy.deepcopy(model).eval()
    if isinstance(ready, PiDiNet):
        ready = ready.convert()
    if isinstance(ready, CLEARNet):
        merge_joins(ready)
    if norms:
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
