"""The models by name: the one table to write a new one into (docs/architecture.md).

A model is a module of this package that is called as it is. That of a network has ``build(**arguments)`` and
``RECIPE``, that of a classical method ``METHOD``. It is imported when it is asked for: the classical methods
need no torch, and a stage that makes one model runs through no other.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from lineart.errors import InputError, unknown_name

if TYPE_CHECKING:
    from lineart.models.parts.base import LineModel
    from lineart.models.parts.classical import Classical
    from lineart.models.parts.recipe import Recipe

NETWORKS = ("clearnet", "u2netp", "teed", "pidinet", "dexined")
PUBLISHED = (
    "u2netp",
    "teed",
    "pidinet",
    "dexined",
)  # of these, those whose authors published weights
METHODS = ("blank", "dark_threshold", "difference_of_gaussians", "canny")
STEPS = {  # of the ladder, by what they are called in its module
    "ladder-1-u2netp": "U2NETP",
    "ladder-2-extraction": "EXTRACTION",
    "ladder-3-aggregation": "AGGREGATION",
    "ladder-4-suppression": "SUPPRESSION",
    "ladder-5-temperature": "TEMPERATURE",
}

Entry = TypeVar("Entry")


class Table(Mapping[str, Entry]):
    """Names, each with something that is imported at the first look.

    Args:
        places: by name the module of this package and what it holds.
    """

    def __init__(self, places: Mapping[str, tuple[str, str]]):
        self._places = places

    def __getitem__(self, name: str) -> Entry:
        module, attribute = self._places[name]
        found: Entry = getattr(importlib.import_module(f"{__package__}.{module}"), attribute)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_RECIPES = {name: (name, "RECIPE") for name in NETWORKS}
_STEPS = {step: ("ladder", attribute) for step, attribute in STEPS.items()}

MODELS: Mapping[str, Callable[..., LineModel]] = Table({name: (name, "build") for name in NETWORKS})
LADDER: Mapping[str, Recipe] = Table(_STEPS)
RECIPES: Mapping[str, Recipe] = Table({**_RECIPES, **_STEPS})
CLASSICAL: Mapping[str, Classical] = Table({name: (name, "METHOD") for name in METHODS})


def create_model(name: str, **arguments: Any) -> LineModel:
    """Build a network by name; ``arguments`` are those of its builder.

    Raises:
        InputError: for a name or an argument that is not known.
    """
    if name not in MODELS:
        raise unknown_name("model", name, MODELS)
    build = MODELS[name]
    try:
        return build(**arguments)
    except TypeError as error:
        raise InputError(f"The model {name} cannot be built: {error}.") from error
