"""Training of a model by name: from a params section and augmented sets to a run folder."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lineart.errors import InputError, unknown_name
from lineart.inference.network import NetworkExtractor
from lineart.metrics.pixels.validation import validate
from lineart.models import CLASSICAL, create_model, parameter_count
from lineart.models.parts.recipe import Recipe
from lineart.models.registry import RECIPES
from lineart.pictures.clutter import without_clutter
from lineart.runs import WEIGHTS, load_network, read_json, save_weights, write_json
from lineart.sets.pairs import sha256, write_table
from lineart.sets.shards import Shards, data_digest
from lineart.training.settings import TrainSettings
from lineart.training.state import Job
from lineart.training.tune import tune

if TYPE_CHECKING:
    from lineart.training.learner import OnNote
    from lineart.training.loop import OnEpoch, OnStep


def train(
    name: str,
    settings: TrainSettings,
    data: Path,
    out: Path,
    work: Path,
    on_epoch: OnEpoch | None = None,
    about: Mapping[str, str] | None = None,
    on_step: OnStep | None = None,
    on_note: OnNote | None = None,
) -> dict[str, Any]:
    """Train a network, or tune a classical method, and leave a run folder (:mod:`lineart.runs`).

    An interrupted training goes on where it stopped when it is called again with the same settings,
    data and code; anything else starts a new one beside it.

    Args:
        name: of a network or a classical method.
        settings: see :class:`TrainSettings`.
        data: the augmented sets.
        out: the run folder, written when training is over.
        work: where checkpoints are kept, in a folder a training, until it is over.
        on_epoch: called with each row of the history, the old ones of a resumed training included.
        about: facts kept with the settings, such as the commit.
        on_step: called after each step of a network with their number so far and that of all epochs.
        on_note: called with a sentence about the arithmetic, where there is something to say.

    Returns:
        The content of ``summary.json``.

    Raises:
        InputError: for a wrong name, data or checkpoint, or a loss or gradient that is no number any more.
        KeyboardInterrupt: on Ctrl-C or SIGTERM, after a checkpoint.
    """
    digest = data_digest(data)
    about = {**(about or {}), "data": digest}
    if name in CLASSICAL:
        return tune(name, settings.of(name).validate_pictures, data, out, about)
    if name not in RECIPES:
        raise unknown_name("model", name, [*RECIPES, *CLASSICAL])
    from lineart.training.loop import fit  # Lightning takes seconds, for networks alone

    settings, recipe = settled(name, settings)
    arguments = dict(recipe.arguments)
    training = {
        "model": name,
        "train": dataclasses.asdict(settings),
        "recipe": dataclasses.asdict(recipe),
        "data": digest,
    }
    if settings.start:
        training["start"] = start_digest(Path(settings.start), recipe.model, arguments)
    folder = work / f"{name}-{_key({**training, 'code': code_digest(recipe.model)})}"
    job = Job(name, recipe, settings, data, folder)
    state = fit(
        job,
        on_epoch or (lambda row: None),
        on_step or (lambda done, of: None),
        on_note or (lambda sentence: None),
    )

    if not state.best:  # no error was ever least, for none was a number
        raise InputError(
            f"{name} has diverged: its error on the validation pictures was no number after any epoch; lower "
            f"train.learning_rate ({settings.learning_rate}) and run again."
        )
    save_weights(out / WEIGHTS, state.best)
    write_table(out / "history.csv", pd.DataFrame(state.history))
    write_json(
        out / "settings.json",
        {**training, "model": recipe.model, "kind": "network", "arguments": arguments, **about},
    )
    model = create_model(recipe.model, **arguments)
    model.load_state_dict(state.best)
    extract = NetworkExtractor(model, bfloat16=state.precision == "bfloat16")
    validation = validate(extract, Shards(data, "val"), settings.validate_pictures)
    validation.write(out)
    last = state.history[-1]
    summary = {
        "model": name,
        "kind": "network",
        "parameters": parameter_count(model),
        "preset": arguments.get("preset", ""),
        "epochs": len(state.history),
        "steps": int(last["step"]),
        "pictures": int(last["pictures"]),
        "seconds": round(last["seconds"], 1),
        "waiting": last["waiting"],
        "stopped_by": state.stopped_by,
        "precision": state.precision,
        "precision_since": state.precision_since,
        "in_float32": state.in_float32,
        "tau": round(float(model.tau), 4),
        "best_epoch": len(state.history) if settings.keep == "last" else state.best_epoch,
        "threshold": validation.threshold,
        "validation": validation.means,
        "data": digest,
    }
    write_json(out / "summary.json", summary)
    shutil.rmtree(folder)
    return summary


def settled(name: str, settings: TrainSettings) -> tuple[TrainSettings, Recipe]:
    """Settings and recipe of a network, with what one leaves open taken from the other.

    Raises:
        InputError: if a setting of this network is wrong.
    """
    settings, recipe = settings.of(name), RECIPES[name]
    arguments = dict(recipe.arguments)
    if recipe.model == "clearnet":
        arguments = {"preset": settings.preset, **arguments}
    recipe = dataclasses.replace(
        recipe, arguments=arguments, loss_settings=recipe.loss_settings or settings.loss
    )
    settings = dataclasses.replace(
        settings,
        batch=settings.batch or recipe.batch,
        learning_rate=settings.learning_rate or recipe.learning_rate,
    )
    return settings, recipe


def start_digest(run: Path, model: str, arguments: Mapping[str, Any]) -> str:
    """The SHA-256 of the weights a training begins with.

    Raises:
        InputError: if the folder holds no such network.
    """
    found = read_json(run / "settings.json")
    if (found["model"], found["arguments"]) != (model, dict(arguments)):
        raise InputError(
            f"train.start ({run}) holds {found['model']} {found['arguments']}, and {model} "
            f"{dict(arguments)} is to be trained; name a run of the same network."
        )
    load_network(run)
    return sha256((run / WEIGHTS).read_bytes())


def code_digest(model: str) -> str:
    """A digest of the code that a training's result depends on: a checkpoint of other code is not used.

    Args:
        model: the network, by name; those of others do not count.
    """
    package = Path(__file__).parents[1]
    parts = ("arithmetic", "losses", "models/parts", "training")
    paths = [path for part in parts for path in (package / part).rglob("*.py")]
    files = without_clutter([*paths, package / "models" / f"{model}.py"], package)
    return sha256(b"".join(path.read_bytes() for path in files))


def _key(training: dict[str, Any]) -> str:
    text = json.dumps(training, sort_keys=True)
    return sha256(text.encode())[:12]
