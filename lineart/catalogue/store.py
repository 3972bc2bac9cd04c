"""Where models lie, and how one is found by name or by path; without torch.

    lineart/weights/NAME/    ships with the package
    models/NAME/             was trained here
    any run folder, any .safetensors beside its settings.json, any .onnx

and the classical methods, which are code alone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from lineart.catalogue.cards import ModelCard, card_of_method, card_of_onnx, card_of_run
from lineart.errors import InputError, unknown_name
from lineart.models.registry import CLASSICAL
from lineart.pictures.clutter import without_clutter
from lineart.pictures.decoding import shown

__all__ = ["DEFAULT", "ModelCard", "find_model", "list_models"]

DEFAULT = "clearnet"
SHIPPED = Path(__file__).parents[1] / "weights"
MODELS = Path("models")


def find_model(name: str | Path, models: Path = MODELS) -> ModelCard:
    """The card of a model.

    Args:
        name: of a model that ships, of a classical method, or of a folder in ``models``, in this order; or
            a path: a ``Path``, or text with a slash or the ending ``.onnx`` or ``.safetensors``.
        models: where run folders lie.

    Raises:
        InputError: for a name or a path that leads to no model; it says which there are.
    """
    if isinstance(name, Path) or _looks_like_a_path(name):
        return _at(Path(name))
    if _holds_a_run(SHIPPED, name):
        return dataclasses.replace(card_of_run(SHIPPED / name), name=name)
    if name in CLASSICAL:
        return card_of_method(name)
    if _holds_a_run(models, name):
        return dataclasses.replace(card_of_run(models / name), name=name)
    raise unknown_name("model", shown(name), (card.name for card in list_models(models)))


def list_models(models: Path = MODELS) -> list[ModelCard]:
    """All that :func:`find_model` finds by name: what ships, what was trained here, the classical methods.

    A damaged run folder is left out. One whose name is taken goes by its path.
    """
    shipped = dict(_runs(SHIPPED))
    own = {
        str(models / name) if name in shipped or name in CLASSICAL else name: card
        for name, card in _runs(models)
    }
    found = {**shipped, **own}
    return [
        *(dataclasses.replace(card, name=name) for name, card in found.items()),
        *map(card_of_method, CLASSICAL),
    ]


def _looks_like_a_path(name: str) -> bool:
    return os.sep in name or "/" in name or name.endswith((".onnx", ".safetensors"))


def _holds_a_run(folder: Path, name: str) -> bool:
    return bool(name.strip(".")) and (folder / name / "settings.json").is_file()


def _runs(folder: Path) -> Iterator[tuple[str, ModelCard]]:
    """The run folders in a folder by name, without those that are damaged."""
    for settings in without_clutter(folder.glob("*/settings.json"), folder):
        with contextlib.suppress(InputError):
            yield settings.parent.name, card_of_run(settings.parent)


def _at(path: Path) -> ModelCard:
    """The card of what lies at a path."""
    if path.suffix in (".onnx", ".safetensors") and not path.is_file():
        raise InputError(f"There is no file {shown(path)}; check the path.")
    if path.suffix == ".onnx":
        return card_of_onnx(path)
    run = path.parent if path.suffix == ".safetensors" else path
    if not (run / "settings.json").is_file():
        raise InputError(
            f"There is no model {shown(path)}; wanted is a name, a run folder with settings.json, "
            "a .safetensors file beside one, or an .onnx file."
        )
    return card_of_run(run, None if run == path else path)
