"""The keys of the params file that `dvc.yaml` names. DVC has no defaults: one that is missing stops it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lineart.errors import InputError
from pipelines.params import Params

ROAD = "dvc.yaml"
MODEL, ENTRY = "${item.model}", "${key}"  # what a stage of a matrix is for, and one of a `foreach`
INTERPOLATED = re.compile(r"\$\{([\w.]+)\}")
BOUND = ("item", "key")  # first parts of names that are no keys of the file


def check_watched(params: Params, root: Path) -> None:
    """Refuse a params file without a key that the road names, before DVC does in words of its own.

    Raises:
        InputError: naming all of them with their defaults, as they are to be added.
    """
    road = yaml.safe_load((root / ROAD).read_text(encoding="utf-8"))["stages"]
    missing = params.missing(watched(road, params))
    if missing:
        params.check()  # a key or a network that is spelled wrongly is missing, too, and has a better answer
        lines = ", ".join(f"`{key}: {json.dumps(value)}`" for key, value in missing.items())
        raise InputError(f"The params file lacks {lines}, which DVC watches; add what is missing.")


def watched(road: Mapping[str, Any], params: Params) -> list[str]:
    """The keys that the stages name, ``train.epochs`` and the like, in their order.

    >>> stage = {"matrix": {"model": "${models}"}, "params": ["train.models.${item.model}"]}
    >>> watched({"train": stage}, Params({"models": ["teed", "canny"]}))
    ['models', 'train.models.teed', 'train.models.canny']
    """
    found: dict[str, None] = {}
    for stage in road.values():
        for text in _texts(stage):
            names = (name for name in INTERPOLATED.findall(text))
            found.update(dict.fromkeys(n for n in names if n.partition(".")[0] not in BOUND))
        for key in stage.get("do", stage).get("params", ()):
            kinds = {MODEL: params.models, ENTRY: tuple(params.published)}
            each = next((names for mark, names in kinds.items() if mark in key), ("",))
            found.update(
                dict.fromkeys(key.replace(MODEL, name).replace(ENTRY, name) for name in each)
            )
    return list(found)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
