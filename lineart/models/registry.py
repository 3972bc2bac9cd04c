"""The networks by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lineart.errors import InputError, unknown_name
from lineart.models.base import LineModel
from lineart.models.clearnet import PRESETS, CLEARNet
from lineart.models.dexined import DexiNed
from lineart.models.pidinet import pidinet
from lineart.models.teed import TEED
from lineart.models.u2net import u2net


def _clearnet(preset: str = "paper", **switches: Any) -> LineModel:
    if preset not in PRESETS:
        raise unknown_name("preset of clearnet", preset, PRESETS)
    width, middle = PRESETS[preset]
    return CLEARNet(**{"width": width, "middle": middle, **switches})


MODELS: dict[str, Callable[..., LineModel]] = {
    "clearnet": _clearnet,
    "u2netp": u2net,
    "teed": TEED,
    "pidinet": pidinet,
    "dexined": DexiNed,
}


def create_model(name: str, **arguments: Any) -> LineModel:
    """Build a network by name; ``arguments`` are those of its builder.

    Raises:
        InputError: for a name or an argument that is not known.
    """
    if name not in MODELS:
        raise unknown_name("model", name, MODELS)
    try:
        return MODELS[name](**arguments)
    except TypeError as error:
        raise InputError(f"The model {name} cannot be built: {error}.") from error
