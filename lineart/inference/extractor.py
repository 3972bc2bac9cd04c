"""An extractor: a render of any size in, its line art out. Networks and classical methods alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
import torch

from lineart.errors import InputError, unknown_name
from lineart.images import Picture
from lineart.inference.prepare import prepared
from lineart.models import CLASSICAL, LineModel
from lineart.runs import load_network, read_json

Extractor = Callable[[Picture], Picture]


def fast_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 arithmetic is faster than float32 on a device."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()


class NetworkExtractor:
    """A network that reads pictures: ``(H, W, 3)`` in [0, 1] to ``(H, W)`` in [0, 1], ink 1.

    Args:
        model: any network; a prepared copy of it is used (:mod:`lineart.inference.prepare`).
        device: where it runs; the accelerator where there is one if not given.
        bfloat16: let matrix products run in bfloat16; where that is fast if not given.
    """

    def __init__(
        self,
        model: LineModel,
        device: torch.device | str | None = None,
        bfloat16: bool | None = None,
    ):
        default = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(device or default)
        self.bfloat16 = fast_bfloat16(self.device) if bfloat16 is None else bfloat16
        self.model = prepared(model, self.bfloat16).to(self.device)

    @torch.inference_mode()
    def __call__(self, render: Picture) -> Picture:
        """Read one picture.

        Raises:
            InputError: if it is not ``(H, W, 3)``.
        """
        if render.ndim != 3 or render.shape[2] != 3:
            raise InputError(f"A picture of shape {render.shape} came; wanted is (H, W, 3), RGB.")
        planes = torch.from_numpy(np.ascontiguousarray(render.transpose(2, 0, 1)))[None]
        planes = planes.to(self.device, memory_format=torch.channels_last)
        with self._arithmetic():
            ink = self.model.ink(planes)
        return ink[0, 0].float().cpu().numpy()

    def _arithmetic(self) -> AbstractContextManager[object]:
        if not self.bfloat16:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)


def load_extractor(run: Path) -> Extractor:
    """The extractor of a run folder (``models/NAME``), as ``python -m pipelines train`` leaves it.

    Raises:
        InputError: if the folder holds no run, or one of a model that is not known.
    """
    settings = read_json(run / "settings.json")
    if settings["kind"] == "network":
        return NetworkExtractor(load_network(run))
    name = settings["model"]
    if name not in CLASSICAL:
        raise unknown_name("classical method", name, CLASSICAL)
    return functools.partial(CLASSICAL[name].method, **settings["arguments"])
