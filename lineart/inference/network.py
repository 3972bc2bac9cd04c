"""A network that reads pictures in torch, and what reads a run folder."""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lineart.arithmetic.guard import layers_off, reduced
from lineart.arithmetic.processor import bfloat16_forbidden
from lineart.errors import InputError, unknown_name
from lineart.models.parts.base import LineModel
from lineart.models.parts.prepare import prepared
from lineart.models.registry import CLASSICAL
from lineart.pictures.images import Picture
from lineart.runs import load_network, read_json

if TYPE_CHECKING:
    from lineart.inference.backend import Core, Means, Planes, Predictor


def default_device() -> str:
    """The accelerator where there is one, else the processor."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def checked_device(name: str | None) -> str:
    """A device that is there; the best one for None.

    Raises:
        InputError: if it is not.
    """
    name = name or default_device()
    kind, _, number = name.partition(":")
    count = {
        "cuda": torch.cuda.device_count(),
        "mps": int(torch.backends.mps.is_available()),
    }.get(kind, 1)
    if number and not number.isdecimal():
        raise InputError(f"The device {name!r} has no such number; write {kind} or {kind}:0.")
    if int(number or 0) >= count:
        raise InputError(
            f"There is no device {name} that torch can use here; take {default_device()}, or leave it out."
        )
    return name


def fast_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 arithmetic is faster than float32 on a device, and not forbidden to oneDNN there."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    capable = device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()
    return capable and not bfloat16_forbidden()


class NetworkExtractor:
    """A network that reads pictures: ``(H, W, 3)`` in [0, 1] to ``(H, W)`` in [0, 1], ink 1.

    It is a :class:`lineart.inference.backend.Backend`, too, and so reads tiles of a larger picture.

    Args:
        model: any network; a prepared copy of it is used (:mod:`lineart.models.parts.prepare`).
        device: where it runs; the accelerator where there is one if not given.
        bfloat16: let matrix products run in bfloat16; where that is fast if not given. Layers that this
            processor gets wrong in it run in float32 (:mod:`lineart.arithmetic`).
    """

    def __init__(
        self,
        model: LineModel,
        device: torch.device | str | None = None,
        bfloat16: bool | None = None,
    ):
        self.device = torch.device(device or default_device())
        self.bfloat16 = fast_bfloat16(self.device) if bfloat16 is None else bfloat16
        ready = prepared(model, self.bfloat16)
        self._off = layers_off(ready, self.device) if self.bfloat16 else {}
        self.model = ready.to(self.device)

    @property
    def whole(self) -> bool:
        """See :class:`Backend`: networks of others, read as their authors do."""
        return self.model.whole

    @property
    def tile(self) -> int:
        """See :class:`Backend`: the network knows what it takes."""
        return self.model.tile

    def __call__(self, render: Picture) -> Picture:
        """Read one picture.

        Raises:
            InputError: if it is not ``(H, W, 3)``.
        """
        if render.ndim != 3 or render.shape[2] != 3:
            raise InputError(f"A picture of shape {render.shape} came; wanted is (H, W, 3), RGB.")
        return self.ink(np.ascontiguousarray(render.transpose(2, 0, 1))[None])

    @torch.inference_mode()
    def means(self, planes: Planes, core: Core) -> Means | None:
        """See :class:`Backend`."""
        with self._arithmetic():
            means = self.model.means(self._tensor(planes), core)
        return None if means is None else means.float().cpu().numpy()

    @torch.inference_mode()
    def ink(self, planes: Planes, means: Means | None = None) -> Picture:
        """See :class:`Backend`."""
        pictures = self._tensor(planes)
        with self._arithmetic():
            given = None if means is None else torch.from_numpy(means).to(self.device)
            ink = self.model.ink(pictures, given)
        return ink[0, 0].float().cpu().numpy()

    def _tensor(self, planes: Planes) -> Tensor:
        return torch.from_numpy(planes).to(self.device, memory_format=torch.channels_last)

    def _arithmetic(self) -> AbstractContextManager[object]:
        if not self.bfloat16:
            return nullcontext()
        return reduced(self.device, self._off)


def load_extractor(run: Path) -> Predictor:
    """The extractor of a run folder (``models/NAME``), as ``python -m pipelines train`` leaves it.

    Raises:
        InputError: if the folder holds no run, or one of a model that is not known.
    """
    settings = read_json(run / "settings.json")
    if settings["kind"] == "network":
        # what was trained, and its threshold chosen, in float32 is read in float32
        summary = read_json(run / "summary.json") if (run / "summary.json").exists() else {}
        asked, used = settings.get("train", {}).get("precision"), summary.get("precision")
        return NetworkExtractor(
            load_network(run), bfloat16=False if "float32" in (asked, used) else None
        )
    name = settings["model"]
    if name not in CLASSICAL:
        raise unknown_name("classical method", name, CLASSICAL)
    return functools.partial(CLASSICAL[name].method, **settings["arguments"])
