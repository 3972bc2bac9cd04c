"""Training, read from top to bottom: settings, data, model, steps, validation, what is kept.

One loop for every network, on Lightning Fabric (device, precision, several processes). It uses no random
numbers after the weights are drawn: batches are a function of the step (:mod:`lineart.training.batches`),
so a checkpoint of weights, optimiser and step is enough to go on exactly.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from lightning.fabric import Fabric

from lineart.errors import InputError, unknown_name
from lineart.inference.extractor import NetworkExtractor, fast_bfloat16
from lineart.losses import LOSSES, JointSettings, tau_at
from lineart.metrics.evaluate import best_threshold, mean_scores, picture_and_line, spread
from lineart.metrics.pixel import mae
from lineart.models import CLASSICAL, LineModel, channels_last, create_model, parameter_count
from lineart.models.recipes import RECIPES, Recipe
from lineart.pairs import sha256, write_table
from lineart.runs import WEIGHTS, load_checkpoint, save_checkpoint, save_weights, write_json
from lineart.settings import require, settings_from
from lineart.shards import Shards, data_digest
from lineart.training.batches import Crops, Steps, batches
from lineart.training.interrupt import asked_to_stop
from lineart.training.tune import tune

Row = dict[str, float]
OnEpoch = Callable[[Row], None]


@dataclass(frozen=True)
class TrainSettings:
    """How networks are trained; classical methods use ``validate_pictures`` alone.

    What is empty here comes from the network's own paper (:mod:`lineart.models.recipes`), as loss and
    optimiser always do.
    """

    preset: str = "light"  # widths of CLEAR-Net: paper, light or tiny
    epochs: int = 8  # one epoch shows every picture of the split once
    crop: int = 128  # side of the square crops, in pixels
    batch: int | None = 8  # pictures a step
    learning_rate: float | None = None  # at its highest
    schedule: str = "cosine"  # paper (each network's own) or cosine (down to nothing at the end)
    warmup: int = 50  # steps over which the learning rate rises
    minutes: float | None = (
        None  # time after which training ends; the cosine then follows the clock
    )
    precision: str = "auto"  # auto, float32 or bfloat16
    seed: int = 0
    workers: int = 0  # processes that read data
    epoch_pictures: int = 48  # pictures validated after each epoch, to choose the best one
    validate_pictures: int = 150  # pictures validated at the end, to choose the threshold
    loss: JointSettings = field(default_factory=JointSettings)  # CLEAR-Net's
    models: dict = field(default_factory=dict)  # by name of a network: settings for it alone

    def __post_init__(self) -> None:
        for name in ("epochs", "epoch_pictures", "validate_pictures"):
            require(getattr(self, name) >= 1, f"train.{name}", getattr(self, name), "1 or more")
        require(self.crop >= 32, "train.crop", self.crop, "32 pixels or more")
        for name in ("batch", "learning_rate"):
            value = getattr(self, name)
            require(value is None or value > 0, f"train.{name}", value, "above 0, or empty")
        for name, known in (
            ("schedule", ("paper", "cosine")),
            ("precision", ("auto", "float32", "bfloat16")),
        ):
            value = getattr(self, name)
            require(value in known, f"train.{name}", value, "one of " + ", ".join(known))
        positive = self.minutes is None or self.minutes > 0
        require(positive, "train.minutes", self.minutes, "above 0, or empty for no limit")
        for name in self.models:
            if name not in RECIPES:
                raise unknown_name("network", name, RECIPES)
            self.of(name)

    def of(self, name: str) -> TrainSettings:
        """The settings of one network: these, with what ``models`` says of it laid over.

        Raises:
            InputError: if a key or a value there is wrong.
        """
        changes = self.models.get(name, {})
        checked = settings_from(TrainSettings, changes, f"train.models.{name}")
        return dataclasses.replace(
            self, models={}, **{key: getattr(checked, key) for key in changes}
        )


def train(
    name: str,
    settings: TrainSettings,
    data: Path,
    out: Path,
    work: Path,
    on_epoch: OnEpoch | None = None,
    about: Mapping[str, str] | None = None,
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

    Returns:
        The content of ``summary.json``.

    Raises:
        InputError: for a wrong name, data or checkpoint, or a loss that is no number any more.
        KeyboardInterrupt: on Ctrl-C or SIGTERM, after a checkpoint.
    """
    digest = data_digest(data)
    about = {**(about or {}), "data": digest}
    if name in CLASSICAL:
        return tune(name, settings.validate_pictures, data, out, about)
    if name not in RECIPES:
        raise unknown_name("model", name, [*RECIPES, *CLASSICAL])
    settings, recipe = settings.of(name), RECIPES[name]
    if recipe.model == "clearnet":
        recipe = dataclasses.replace(
            recipe, arguments={"preset": settings.preset, **recipe.arguments}
        )
    if recipe.loss_settings is None:
        recipe = dataclasses.replace(recipe, loss_settings=settings.loss)
    settings = dataclasses.replace(
        settings,
        batch=settings.batch or recipe.batch,
        learning_rate=settings.learning_rate or recipe.learning_rate,
    )
    arguments = dict(recipe.arguments)
    training = {
        "model": name,
        "train": dataclasses.asdict(settings),
        "recipe": dataclasses.asdict(recipe),
        "data": digest,
    }
    folder = work / f"{name}-{_key({**training, 'code': _code_digest()})}"
    result = _fit(name, recipe, settings, data, folder, on_epoch or (lambda row: None))

    save_weights(out / WEIGHTS, result["weights"])
    write_table(out / "history.csv", pd.DataFrame(result["history"]))
    write_json(
        out / "settings.json",
        {**training, "model": recipe.model, "kind": "network", "arguments": arguments, **about},
    )
    model = create_model(recipe.model, **arguments)
    model.load_state_dict(result["weights"])
    extract = NetworkExtractor(model, bfloat16=result["bfloat16"])
    validation = Shards(data, "val")
    chosen = spread(len(validation), settings.validate_pictures)
    threshold, _ = best_threshold(extract, validation, chosen)
    history = result["history"]
    summary = {
        "model": name,
        "kind": "network",
        "parameters": parameter_count(model),
        "preset": arguments.get("preset", ""),
        "epochs": len(history),
        "steps": int(history[-1]["step"]),
        "pictures": int(history[-1]["pictures"]),
        "seconds": round(history[-1]["seconds"], 1),
        "stopped_by": result["stopped_by"],
        "precision": "bfloat16" if result["bfloat16"] else "float32",
        "tau": round(float(model.tau), 4),
        "best_epoch": result["best_epoch"],
        "threshold": threshold,
        "validation": mean_scores(extract, validation, chosen, threshold),
        "data": digest,
    }
    write_json(out / "summary.json", summary)
    shutil.rmtree(folder)
    return summary


def _fit(
    name: str,
    recipe: Recipe,
    settings: TrainSettings,
    data: Path,
    folder: Path,
    on_epoch: OnEpoch,
) -> dict[str, Any]:
    """The loop. Returns the best weights, the history and why it ended."""
    batch, highest_rate = settings.batch, settings.learning_rate
    assert batch is not None
    assert highest_rate is not None
    loss_of, loss_settings = LOSSES[recipe.loss], recipe.loss_settings
    crops = Crops(Shards(data, "train"), settings.crop, settings.seed)
    validation = Shards(data, "val")
    watched = spread(len(validation), settings.epoch_pictures)
    steps_per_epoch = max(1, len(crops) // batch)
    last_step = settings.epochs * steps_per_epoch

    accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    bfloat16 = settings.precision == "bfloat16" or (
        settings.precision == "auto" and fast_bfloat16(torch.device(accelerator))
    )
    for library in ("lightning.fabric", "lightning.pytorch"):  # either may speak for Fabric
        logging.getLogger(library).setLevel(logging.WARNING)
    fabric = Fabric(
        accelerator=accelerator, devices=1, precision="bf16-mixed" if bfloat16 else "32-true"
    )
    torch.manual_seed(settings.seed)
    bare = channels_last(create_model(recipe.model, **recipe.arguments))
    optimizer = torch.optim.Adam(
        bare.parameters(), highest_rate, recipe.betas, weight_decay=recipe.weight_decay
    )
    model, optimizer = fabric.setup(bare, optimizer)

    step, seconds, epoch_loss = 0, 0.0, 0.0
    history: list[Row] = []
    best: dict[str, torch.Tensor] = {}
    checkpoint = load_checkpoint(folder / "checkpoint.pt")
    if checkpoint is not None:
        bare.load_state_dict(checkpoint["model"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        step, seconds, epoch_loss = (checkpoint[k] for k in ("step", "seconds", "epoch_loss"))
        history, best = checkpoint["history"], checkpoint["best"]
        for row in history:
            on_epoch(row)

    def keep() -> None:
        state = {
            "model": bare.state_dict(),
            "optimizer": optimizer.state_dict(),
            "step": step,
            "seconds": seconds + time.perf_counter() - started,
            "epoch_loss": epoch_loss,
            "history": history,
            "best": best,
        }
        save_checkpoint(folder / "checkpoint.pt", state)

    def close_epoch(steps: int) -> None:
        nonlocal epoch_loss, best
        row = {
            "epoch": len(history) + 1,
            "step": step,
            "pictures": step * batch,
            "seconds": round(seconds + time.perf_counter() - started, 2),
            "waiting": round(waited / (time.perf_counter() - started), 4),
            "learning_rate": rate,
            "tau": round(tau, 4),
            "train_loss": round(epoch_loss / steps, 6),
            "val_mae": round(_validate(bare, validation, watched, bfloat16), 6),
        }
        epoch_loss = 0.0
        if not history or row["val_mae"] <= min(old["val_mae"] for old in history):
            best = {key: value.cpu().clone() for key, value in bare.state_dict().items()}
        history.append(row)
        keep()
        on_epoch(row)

    started, waited = time.perf_counter(), 0.0
    stopped_by, tau, rate = "epochs", 1.0, 0.0
    stream = iter(batches(crops, Steps(step, last_step, batch), settings.workers))
    with asked_to_stop() as asked:
        while step < last_step:
            elapsed = seconds + time.perf_counter() - started
            if settings.minutes is not None and elapsed > 60 * settings.minutes:
                stopped_by = "minutes"
                if step % steps_per_epoch:  # the last steps are the best: they were the coolest
                    close_epoch(step % steps_per_epoch)
                break
            epoch = step // steps_per_epoch
            tau = (
                tau_at(epoch, loss_settings.tau)
                if isinstance(loss_settings, JointSettings)
                else 1.0
            )
            bare.tau.fill_(tau)
            rate = highest_rate * rate_factor(step, last_step, elapsed, settings, recipe)
            for group in optimizer.param_groups:
                group["lr"] = rate

            model.train()
            waiting = time.perf_counter()
            render, line = next(stream)
            waited += time.perf_counter() - waiting
            render, line = fabric.to_device(render), fabric.to_device(line)
            outputs = model(render.to(memory_format=torch.channels_last))
            loss = loss_of.function(
                [logits.float() for logits in outputs], line, tau, loss_settings
            )
            fabric.backward(loss)
            optimizer.step()
            optimizer.zero_grad()

            value = loss.item()
            if not math.isfinite(value):
                raise InputError(
                    f"The loss of step {step} of {name} is {value}; the checkpoint before it is in "
                    f"{folder}; lower train.learning_rate ({settings.learning_rate}) and run again."
                )
            epoch_loss += value
            step += 1
            if step % steps_per_epoch == 0:
                close_epoch(steps_per_epoch)
            if asked.is_set():
                keep()
                raise KeyboardInterrupt
    if not history:
        raise InputError(
            f"train.minutes ({settings.minutes}) was over before one step was; give it more time."
        )
    scores = [row["val_mae"] for row in history]
    return {
        "weights": best,
        "history": history,
        "best_epoch": len(scores) - scores[::-1].index(min(scores)),
        "stopped_by": stopped_by,
        "bfloat16": bfloat16,
    }


def rate_factor(
    step: int, last_step: int, elapsed: float, settings: TrainSettings, recipe: Recipe
) -> float:
    """What the learning rate is multiplied with, in [0, 1].

    A run that its time limit would cut short is cooled down by the clock instead of by the steps: a
    network stopped while its learning rate is high is far worse than one trained on less.

    >>> settings, recipe = TrainSettings(warmup=4), RECIPES["clearnet"]
    >>> [round(rate_factor(step, 100, 0.0, settings, recipe), 3) for step in (0, 3, 50, 100)]
    [0.25, 0.998, 0.5, 0.0]
    """
    warm = min(1.0, (step + 1) / max(1, settings.warmup))
    done = step / last_step
    if settings.minutes is not None:
        done = max(done, elapsed / (60 * settings.minutes))
    if settings.schedule == "paper":
        return warm * recipe.rate_factor(done)
    return warm * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _validate(model: LineModel, shards: Shards, indices: list[int], bfloat16: bool) -> float:
    extract = NetworkExtractor(model, next(model.parameters()).device, bfloat16)
    pairs = (picture_and_line(shards, index) for index in indices)
    errors = [mae(extract(render), line) for render, line in pairs]
    return sum(errors) / len(errors)


def _code_digest() -> str:
    """A digest of the code that a training's result depends on: a checkpoint of other code is not used."""
    package = Path(__file__).parents[1]
    files = sorted(
        path for part in ("models", "losses", "training") for path in (package / part).glob("*.py")
    )
    return sha256(b"".join(path.read_bytes() for path in files))


def _key(training: dict[str, Any]) -> str:
    text = json.dumps(training, sort_keys=True)
    return sha256(text.encode())[:12]
