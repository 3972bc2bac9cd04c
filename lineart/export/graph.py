"""A network as an ONNX graph, its interface that of :mod:`lineart.inference.onnx_backend`.

PyTorch's exporter by tracing writes the graph, not the one by ``torch.export``, which proves that each size
of each map fits for all sizes of pictures: two dozen poolings that round up, one in the other, keep it busy
for more than ten minutes even for the smallest CLEAR-Net. Tracing takes a second, and what it cannot promise,
that the graph is right for other sizes than the traced one, is measured afterwards
(:mod:`lineart.export.command`).
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from lineart.catalogue.onnx_file import GIVEN, INK, MEANS, PICTURE
from lineart.inference.backend import GRID
from lineart.models.clearnet import CLEARNet
from lineart.models.parts.base import LineModel
from lineart.models.parts.prepare import prepared
from lineart.models.parts.rsu import TransposedConv
from lineart.models.parts.sides import SideAggregation
from lineart.models.pidinet import PiDiNet

OPSET = 17  # of 2022; whatever runs ONNX today reads it
TRACED = (75, 107)  # no multiples of anything, so that the padding is traced, too
HALF = "_half"
MANY = 64  # numbers, for which a cast is worth its place


def onnx_bytes(network: LineModel, metadata: Mapping[str, str]) -> bytes:
    """A network as the bytes of an ONNX file; of the same network and metadata, the same bytes.

    Normalisation, padding, temperature and sigmoid are in the graph. Weights that float16 holds without loss
    are kept so and become float32 when the file is loaded; batch normalisation is folded then, too, by ONNX
    Runtime, for folded weights would be rounded.

    Args:
        network: any; those read as their authors do (``output="published"``) have no graph.
        metadata: kept in the file, for :func:`lineart.catalogue.onnx_file.read_metadata`.
    """
    ready = prepared(network, norms=False).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    if isinstance(ready, CLEARNet):
        enlarge_by_shuffling(ready)
    picture = torch.zeros(1, 3, *TRACED)
    axes = {PICTURE: {2: "height", 3: "width"}, INK: {2: "height", 3: "width"}}
    if isinstance(ready, CLEARNet) and isinstance(ready.aggregate, SideAggregation):
        channels = sum(side.shape[1] for side in ready.sides(picture))
        unknown = torch.full((1, channels), float("nan"))
        axes[MEANS] = {2: "rows", 3: "columns"}
        graph = _trace(WithMeans(ready), {PICTURE: picture, GIVEN: unknown}, (INK, MEANS), axes)
        # An input with a value of its own may be left out.
        graph.graph.initializer.append(numpy_helper.from_array(unknown.numpy(), GIVEN))
    else:
        graph = _trace(Plain(ready), {PICTURE: picture}, (INK,), axes)
    halve(graph.graph)
    graph.producer_name, graph.producer_version = "lineart", ""
    helper.set_model_props(graph, dict(metadata))
    onnx.checker.check_model(graph)
    return graph.SerializeToString(deterministic=True)


class Plain(nn.Module):
    """A network without global pooling: pictures to ink."""

    def __init__(self, network: LineModel):
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        """``(1, 3, H, W)`` to ``(1, 1, H, W)``."""
        height, width = picture.shape[-2:]
        if isinstance(self.network, PiDiNet):
            picture = _continue_small(picture, 8)
        return self.network.ink(picture)[..., :height, :width]


class WithMeans(nn.Module):
    """CLEAR-Net: pictures, and means or no numbers, to ink and the means of blocks."""

    def __init__(self, network: CLEARNet):
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """``(1, 3, H, W)`` and ``(1, K)`` to ``(1, 1, H, W)`` and ``(1, K, H / 32, W / 32)``."""
        height, width = picture.shape[-2:]
        opened = self.network.opened(picture)
        sides = self.network.sides_of(opened)
        finest = GRID // self.network.factor
        blocks = [F.avg_pool2d(side, finest >> level) for level, side in enumerate(sides)]
        means = torch.cat(blocks, dim=1)
        used = torch.where(given.isnan(), means.mean(dim=(2, 3)), given)
        logits = self.network.fused(opened, sides, list(used.chunk(len(sides), dim=1)))
        return self.network.ink_of(logits[..., :height, :width]), means


class Shuffled(nn.Module):
    """A transposed convolution, 4 x 4 and stride 2, as a 2 x 2 convolution whose channels become pixels.

    Each of the four kinds of pixel, odd or even row, odd or even column, sees 2 x 2 pixels of the small map:
    so four kernels of 2 x 2, a kind each, give it all. They start one pixel outside of the map, whence a
    frame one pixel wide, which is cut off. ONNX Runtime multiplies a transposed convolution out into a map
    of sixteen times the channels before it sums: a gigabyte for one tile, and slower.

    Args:
        enlarge: the one to replace. Maps are exactly twice the size, so nothing has to be cut to fit.
    """

    def __init__(self, enlarge: TransposedConv):
        super().__init__()
        inside, outside = enlarge.weight.shape[:2]
        assert enlarge.bias is not None
        # Row 2 i - 1 of the large map sees rows i - 1 and i of the small one through taps 2 and 0 of the
        # four, row 2 i through taps 3 and 1; so do columns.
        taps = torch.tensor([[2, 0], [3, 1]])
        kernel = enlarge.weight[:, :, taps[:, None, :, None], taps[None, :, None, :]]
        kernel = kernel.permute(1, 2, 3, 0, 4, 5)  # out, kind of row and of column, in, 2, 2
        self.weight = nn.Parameter(kernel.reshape(4 * outside, inside, 2, 2))
        self.bias = nn.Parameter(enlarge.bias.repeat_interleave(4))

    def forward(self, low: Tensor, like: Tensor) -> Tensor:
        """``(1, C, h, w)`` to ``(1, C, 2 h, 2 w)``, the size of ``like``."""
        return F.pixel_shuffle(F.conv2d(low, self.weight, self.bias, padding=1), 2)[..., 1:-1, 1:-1]


def enlarge_by_shuffling(network: CLEARNet) -> None:
    """Replace all transposed convolutions, in place; see :class:`Shuffled`."""
    for module in list(network.modules()):
        for name, part in list(module.named_children()):
            if isinstance(part, TransposedConv):
                setattr(module, name, Shuffled(part))


def _continue_small(picture: Tensor, multiple: int) -> Tensor:
    """Continue a picture with a side below ``multiple`` to multiples of it.

    PiDiNet's forward does so after an ``if``, which no trace can hold; here it is arithmetic.
    """
    height, width = picture.shape[-2:]
    small = (height < multiple) | (width < multiple)
    right, below = (-width % multiple) * small, (-height % multiple) * small
    return F.pad(picture, (0, right, 0, below), mode="replicate")


def _trace(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    outputs: tuple[str, ...],
    axes: Mapping[str, Mapping[int, str]],
) -> onnx.ModelProto:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), torch.no_grad():
        # That it is the older exporter, that branches become fixed, and what it leaves to ONNX Runtime.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", "Constant folding", UserWarning)
        path = Path(folder) / "traced.onnx"
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            path,
            dynamo=False,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            training=torch.onnx.TrainingMode.PRESERVE,  # any other folds batch normalisation
            do_constant_folding=False,  # is done when the file is loaded
        )
        return onnx.load(path)


def halve(graph: onnx.GraphProto) -> None:
    """Keep in float16 the weights that it holds without loss, in place; a cast gives them back.

    Loading does the casts once, for their inputs are constants.
    """
    inputs = {entry.name for entry in graph.input}
    casts = []
    for weights in graph.initializer:
        values = numpy_helper.to_array(weights)
        if weights.name in inputs or values.size < MANY or not fits_half(values):
            continue
        name = weights.name
        weights.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + HALF))
        casts.append(helper.make_node("Cast", [name + HALF], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def fits_half(values: np.ndarray) -> bool:
    """Whether these are float32 and float16 holds all of them without loss.

    >>> fits_half(np.float32([0.5, 2048])), fits_half(np.float32([0.1])), fits_half(np.float32([1e6]))
    (True, False, False)
    """
    with np.errstate(over="ignore"):
        return values.dtype == np.float32 and np.array_equal(
            values.astype(np.float16).astype(np.float32), values
        )
