"""What a person should know of a model before it is loaded, read without torch.

A run folder (see :mod:`lineart.runs`) holds

    settings.json            the model and its arguments
    model.safetensors        the weights, in float32 or float16, computed in float32
    model.onnx               the same network for ONNX Runtime, where it was exported
    summary.json             of a training: parameters, data, and scores on validation pictures
    card.json                for what is handed on; each field may be absent
        license      of the weights, and of the artwork they were learnt from
        source       who made them, and how
        trained_on   the pictures, in words
        data         digest of the data set, told where there are no words
        parameters   how many trainable numbers
        scores       {set of pictures: {metric: value}}
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lineart.errors import InputError
from lineart.models.registry import CLASSICAL
from lineart.pictures.decoding import shown
from lineart.runs import WEIGHTS, read_json

ONNX = "model.onnx"
KINDS = ("network", "classical")
# The buffers of our networks: they lie with the weights and are no trainable numbers.
BUFFERS = ("mean", "std", "tau", "running_mean", "running_var", "num_batches_tracked")

Scores = Mapping[str, Mapping[str, float]]  # set of pictures -> metric -> value


@dataclass(frozen=True)
class ModelCard:
    """A model that can be asked for."""

    name: str  # what it is asked for by
    kind: str  # network or classical
    path: Path | None = None  # run folder, or file; None for a classical method as it comes
    weights: Path | None = None  # safetensors, for torch
    onnx: Path | None = None  # for ONNX Runtime
    parameters: int | None = None  # trainable numbers, where it is known
    bytes: int = 0  # of the smallest file that holds it
    licence: str = ""  # of the weights, and of the artwork they were learnt from
    source: str = ""  # who made them, and how
    trained_on: str = ""  # the pictures, in words, or the digest of the data set
    scores: Scores = field(default_factory=dict)


def card_of_method(name: str) -> ModelCard:
    """The card of a classical method, with the settings it comes with."""
    about = "classical method, not trained"
    return ModelCard(name, "classical", parameters=0, licence="MIT", source=about)


def card_of_run(run: Path, weights: Path | None = None) -> ModelCard:
    """The card of a run folder, named by its path.

    Args:
        run: the folder.
        weights: a file in it to be read in place of ``model.safetensors``; ``model.onnx``, which was not made
            from it, is then left alone.

    Raises:
        InputError: if the folder holds no model, or is damaged.
    """
    settings = read_json(run / "settings.json")
    kind, model = settings.get("kind"), settings.get("model")
    described = isinstance(model, str) and isinstance(settings.get("arguments"), dict)
    if kind not in KINDS or not described:
        raise InputError(
            f"{shown(run / 'settings.json')} describes no model; train or copy it again."
        )
    about = {**_read(run / "summary.json"), **_read(run / "card.json")}
    files = [path for path in (weights or run / WEIGHTS, run / ONNX) if path.is_file()]
    if weights is not None or kind == "classical":
        files = files[:1] if kind == "network" else []
    if kind == "network" and not files:
        raise InputError(
            f"{shown(run)} holds neither {WEIGHTS} nor {ONNX}; copy it whole, or train it."
        )
    if kind == "classical" and model not in CLASSICAL:
        raise InputError(
            f"{shown(run)} asks for the method {model!r}; known: {', '.join(CLASSICAL)}."
        )
    tensors = next((path for path in files if path.suffix == ".safetensors"), None)
    parameters = about.get("parameters")
    if not isinstance(parameters, int):
        parameters = None if tensors is None else parameters_in(tensors)
    return ModelCard(
        name=str(run if weights is None else weights),
        kind=str(kind),
        path=run,
        weights=tensors,
        onnx=next((path for path in files if path.suffix == ".onnx"), None),
        parameters=parameters,
        bytes=min((path.stat().st_size for path in files), default=0),
        licence=_text(about.get("license")),
        source=_text(about.get("source")) or f"{model}, trained here",
        trained_on=_text(about.get("trained_on")) or _text(about.get("data")),
        scores=_scores(about),
    )


def card_of_onnx(path: Path) -> ModelCard:
    """The card of an ONNX file, named by its path: what :mod:`lineart.export.command` wrote into it.

    Raises:
        InputError: if it is no file of ours; without ONNX Runtime nothing is looked at.
    """
    card = ModelCard(str(path), "network", path, onnx=path, bytes=path.stat().st_size)
    try:
        from lineart.catalogue.onnx_file import read_metadata
    except ImportError:
        return card
    about = read_metadata(path)
    parameters, scores = about.get("parameters", ""), {}
    with contextlib.suppress(ValueError):  # of a file that another program marked
        scores = json.loads(about.get("scores", "{}"))
    return dataclasses.replace(
        card,
        parameters=int(parameters) if parameters.isdecimal() else None,
        licence=about.get("licence", ""),
        source=about.get("source", ""),
        trained_on=about.get("trained_on", ""),
        scores=_scores({"scores": scores}),
    )


def parameters_in(path: Path) -> int:
    """How many trainable numbers a safetensors file holds; only its header is read.

    The format: the length of a JSON header as 8 bytes, little-endian, the header, and then the numbers
    (huggingface.co/docs/safetensors).

    Raises:
        InputError: if it is no such file.
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                raise ValueError("the header goes on after the end")
            header: dict[str, Any] = json.loads(file.read(length))
        shapes = {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}
        return sum(
            math.prod(shape)
            for name, shape in shapes.items()
            if name.rpartition(".")[2] not in BUFFERS
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{shown(path)} holds no weights ({shown(str(error), 100)}).") from error


def _read(path: Path) -> dict[str, Any]:
    return read_json(path) if path.is_file() else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _scores(about: Mapping[str, Any]) -> Scores:
    """The scores of a card, or those on the validation pictures of a training; what is none is left out."""
    sets = about.get("scores") or {"validation": about.get("validation")}
    if not isinstance(sets, dict):
        return {}
    found = {
        name: {
            metric: float(value)
            for metric, value in metrics.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        for name, metrics in sets.items()
        if isinstance(metrics, dict)
    }
    return {name: metrics for name, metrics in found.items() if metrics}
