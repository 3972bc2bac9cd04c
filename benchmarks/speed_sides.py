"""What the speed benchmark times: each network run plainly, by its original implementation, and our way.

``plain`` is float32 with channels outermost, nothing folded, and CLEAR-Net's side aggregation as its paper
writes it; ``ours`` is what :mod:`lineart.inference` and :mod:`lineart.training` do; ``original`` comes from a
folder with clones of the authors' repositories, and trains with their loss.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lineart.catalogue.store import DEFAULT, find_model
from lineart.inference.network import fast_bfloat16
from lineart.losses import LOSSES, JointSettings
from lineart.models import LineModel, channels_last, create_model
from lineart.models.parts.prepare import prepared
from lineart.models.parts.sides import SideAggregation
from lineart.models.registry import RECIPES
from lineart.runs import WEIGHTS, load_network, save_weights, write_json

Work = Callable[[], Tensor]
Loss = Callable[[list[Tensor], Tensor], Tensor]

TASKS = ("reading", "training")
STEP_PIXELS = 2 * 256 * 256  # of a training step's pictures together
MOST_PICTURES = 8  # in a step
INK = 0.1  # share of ink pixels in a made-up line art


@dataclass(frozen=True)
class Row:
    """A network of the table."""

    model: str  # a name of MODELS, and of its recipe
    arguments: dict[str, Any] = field(default_factory=dict)
    shipped: bool = (
        False  # the network that ships, whatever its arguments; the others are untrained
    )

    def build(self) -> LineModel:
        """The same weights each time."""
        if self.shipped:
            run = find_model(DEFAULT).path
            assert run is not None
            return load_network(run)
        torch.manual_seed(0)
        return create_model(self.model, **self._all_arguments)

    def save(self, run: Path) -> None:
        """Write a run folder, for code that reads no other."""
        about = {"model": self.model, "kind": "network", "arguments": self._all_arguments}
        write_json(run / "settings.json", about)
        save_weights(run / WEIGHTS, self.build().state_dict())

    @property
    def _all_arguments(self) -> dict[str, Any]:
        return {**RECIPES[self.model].arguments, **self.arguments}


ROWS: dict[str, Row] = {
    "clearnet": Row("clearnet", shipped=True),
    "clearnet-paper": Row("clearnet", {"preset": "paper"}),
    "clearnet-light": Row("clearnet", {"preset": "light"}),
    "clearnet-tiny": Row("clearnet", {"preset": "tiny"}),
    "u2netp": Row("u2netp"),
    "teed": Row("teed"),
    "pidinet": Row("pidinet"),
    "dexined": Row("dexined"),
}


@dataclass(frozen=True)
class Job:
    """One thing to time."""

    row: str
    task: str  # one of TASKS
    side: str  # plain, original or ours
    size: int  # pixels a side
    originals: Path | None = None

    @property
    def pictures(self) -> int:
        """How many are read or shown at once."""
        if self.task == "reading":
            return 1
        return min(MOST_PICTURES, max(1, STEP_PIXELS // self.size**2))

    @property
    def bfloat16(self) -> bool:
        """Whether its convolutions run in bfloat16."""
        return self.side == "ours" and fast_bfloat16(torch.device("cpu"))

    def work(self) -> Work:
        """What is timed, ready to be called again and again; it returns the ink, or the loss."""
        torch.manual_seed(1)
        pictures = torch.rand(self.pictures, 3, self.size, self.size)
        line = (torch.rand(self.pictures, 1, self.size, self.size) < INK).float()
        if self.side == "ours":
            pictures = pictures.to(memory_format=torch.channels_last)
        if self.side == "original":
            assert self.originals is not None
            clone, build = ORIGINALS[self.row]
            network, loss = build(self.originals / clone, self.task)
        else:
            network, loss = self._network()
        if self.task == "reading":
            return self._reading(network, pictures)
        return self._training(network, loss, pictures, line)

    def _network(self) -> tuple[nn.Module, Loss]:
        model, recipe = ROWS[self.row].build(), RECIPES[ROWS[self.row].model]
        settings = recipe.loss_settings or JointSettings()
        if self.side == "ours":
            reads = self.task == "reading"
            model = prepared(model, self.bfloat16) if reads else channels_last(model)
        elif ROWS[self.row].model == "clearnet":
            assert isinstance(model.aggregate, SideAggregation)
            model.aggregate = WrittenAggregation(model.aggregate)
            # U²-Net's own loop, which has one loss for every network.
            return model, lambda outputs, line: cross_entropy(map(torch.sigmoid, outputs), line)
        return model, lambda outputs, line: LOSSES[recipe.loss].function(
            [logits.float() for logits in outputs], line, 1.0, settings
        )

    def _reading(self, network: nn.Module, pictures: Tensor) -> Work:
        network.eval()

        @torch.inference_mode()
        def work() -> Tensor:
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
                if isinstance(network, LineModel):
                    return network.ink(pictures).float()
                return network(pictures)[-1]

        return work

    def _training(self, network: nn.Module, loss_of: Loss, pictures: Tensor, line: Tensor) -> Work:
        network.train()
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)

        def work() -> Tensor:
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
                outputs = network(pictures)
            loss = loss_of(list(outputs), line)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.detach()

        return work


class WrittenAggregation(nn.Module):
    """CLEAR-Net's side aggregation to the letter of its paper, with the weights of ours.

    Every channel is brought to full size, weighed, concatenated and read by the depthwise convolutions.
    """

    def __init__(self, ours: SideAggregation):
        super().__init__()
        self.ours = ours

    def forward(self, sides: list[Tensor]) -> Tensor:
        size = sides[0].shape[-2:]
        weighed = []
        for side, excite in zip(sides, self.ours.excitation, strict=True):
            large = F.interpolate(side, size=size, mode="bilinear", align_corners=False)
            weighed.append(large * excite(large.mean(dim=(2, 3)))[:, :, None, None])
        x = torch.cat(weighed, dim=1)
        local, across = self.ours.local, self.ours.across
        read: Tensor = local.pointwise(local.depthwise(x)) + across.pointwise(across.depthwise(x))
        return read


def cross_entropy(outputs: Any, line: Tensor) -> Tensor:
    """The loss of U²-Net's training script: the sum over the outputs, in [0, 1], of their means."""
    return torch.stack([F.binary_cross_entropy(output, line) for output in outputs]).sum()


def _import(folder: Path, *modules: str) -> list[Any]:
    """Modules of a clone; its scripts import each other from its root, and some print."""
    sys.path.insert(0, str(folder))
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        return [importlib.import_module(name) for name in modules]


def original_u2netp(folder: Path, task: str) -> tuple[nn.Module, Loss]:
    """xuebinqin/U-2-Net, ``model/u2net.py``; its outputs are in [0, 1], the fused one first."""
    (model,) = _import(folder, "model.u2net")
    return model.U2NETP(3, 1), cross_entropy


def original_pidinet(folder: Path, task: str) -> tuple[nn.Module, Loss]:
    """hellozhuo/pidinet; converted to plain convolutions for reading, as its authors do."""
    models, utils = _import(folder, "models", "utils")
    build = models.pidinet_converted if task == "reading" else models.pidinet
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        network = build(SimpleNamespace(config="carv4", dil=True, sa=True))
    return network, lambda outputs, line: torch.stack(
        [utils.cross_entropy_loss_RCF(output, line, 1.1) for output in outputs]
    ).sum()


def original_teed(folder: Path, task: str) -> tuple[nn.Module, Loss]:
    """xavysp/TEED; loss and weights of its ``main.py``."""
    ted, losses = _import(folder, "ted", "loss2")

    def loss(outputs: list[Tensor], line: Tensor) -> Tensor:
        sides = zip(outputs[:-1], (1.1, 0.7, 1.1), strict=True)
        read: Tensor = sum(losses.bdcn_loss2(side, line, weight) for side, weight in sides)
        return read + losses.cats_loss(outputs[-1], line, [0.01, 3.0])

    return ted.TED(), loss


# By row: the name of the clone's folder, and what builds it.
ORIGINALS: dict[str, tuple[str, Callable[[Path, str], tuple[nn.Module, Loss]]]] = {
    "u2netp": ("U-2-Net", original_u2netp),
    "pidinet": ("pidinet", original_pidinet),
    "teed": ("TEED", original_teed),
}
