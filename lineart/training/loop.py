"""The loop that trains every network, read from top to bottom.

It stands on Lightning Fabric (device, precision, several processes) and uses no random numbers after the
weights are drawn: batches are a function of the step (:mod:`lineart.training.batches`), so a checkpoint of
weights, optimiser and step is enough to go on exactly.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from lightning.fabric import Fabric
from lightning.fabric.plugins.precision import Precision
from lightning.fabric.strategies import DDPStrategy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lineart.arithmetic.guard import exempt, layers_off
from lineart.arithmetic.layers import Kind
from lineart.arithmetic.processor import processor_name
from lineart.errors import InputError
from lineart.inference.network import NetworkExtractor
from lineart.losses import LOSSES, JointSettings, tau_at
from lineart.metrics.pixels.pixel import mae
from lineart.metrics.pixels.validation import picture_and_line, spread
from lineart.models import LineModel, channels_last, create_model
from lineart.models.parts.recipe import Recipe
from lineart.runs import load_checkpoint, load_network, save_checkpoint
from lineart.sets.shards import Shards
from lineart.settings import require
from lineart.training.batches import Crops, Steps, batches
from lineart.training.interrupt import asked_to_stop
from lineart.training.precision import FABRIC, chosen, first_layer_not_finite, not_finite
from lineart.training.processes import helpers
from lineart.training.settings import TrainSettings

CHECKPOINT = "checkpoint.pt"
KEPT_EVERY = 300  # seconds between checkpoints in an epoch, for a machine that fails
Row = dict[str, float]
OnEpoch = Callable[[Row], None]
OnStep = Callable[[int, int], None]
OnNote = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """What is to be trained, on what, with settings in which nothing is left to the recipe."""

    name: str
    recipe: Recipe
    settings: TrainSettings
    data: Path
    folder: Path  # of the checkpoint


@dataclass
class State:
    """How far a training is."""

    step: int = 0
    seconds: float = 0.0  # of training, over all sittings
    waiting: float = 0.0  # of them, for data
    epoch_loss: float = 0.0  # summed over the steps of the epoch
    history: list[Row] = field(default_factory=list)
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    stopped_by: str = "epochs"
    precision: str = "float32"
    precision_since: int = 0  # the first step in it; above 0 where reduced precision failed
    in_float32: list[str] = field(default_factory=list)  # layers that it was kept from, and why

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest error on validation pictures, counted from 1; the last of equals."""
        errors = [row["val_mae"] for row in self.history]
        return len(errors) - errors[::-1].index(min(errors))


class Stopwatch:
    """Seconds since it was made, on top of those of earlier sittings."""

    def __init__(self, before: float):
        self._zero = time.perf_counter() - before

    def read(self) -> float:
        """The seconds so far."""
        return time.perf_counter() - self._zero


def fit(job: Job, on_epoch: OnEpoch, on_step: OnStep, on_note: OnNote) -> State:
    """Train until the epochs are done or the time is over; further processes help where asked for.

    A step in reduced precision whose loss or gradient is no number is done again in float32, from the same
    weights on the same pictures, and the training goes on in that.

    Args:
        job: what is to be done.
        on_epoch: called with each row of the history, the old ones of a resumed training included.
        on_step: called after each step with their number so far and that of all epochs.
        on_note: called with a sentence about the arithmetic, where there is something to say.

    Raises:
        InputError: for a precision or a number of devices that this machine cannot offer, a damaged
            checkpoint, or a loss or gradient that is no number in float32 either; the checkpoint then has
            the weights of before.
        KeyboardInterrupt: on Ctrl-C or SIGTERM, after a checkpoint.
    """
    _check_machine(job.settings)
    with helpers(job.settings.devices, _fit, job, _say_nothing, _say_nothing, _say_nothing):
        return _fit(job, on_epoch, on_step, on_note)


def rate_factor(
    step: int, last_step: int, elapsed: float, settings: TrainSettings, recipe: Recipe
) -> float:
    """What the learning rate is multiplied with, in [0, 1].

    A run that its time limit would cut short is cooled down by the clock instead of by the steps: a
    network stopped while its learning rate is high is far worse than one trained on less.

    >>> from lineart.models.registry import RECIPES
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


def as_asked(logits: torch.Tensor, line: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
    """An answer, taken as right wherever none is asked for: no gradient comes from there, whatever the loss.

    Args:
        logits: ``(B, 1, H, W)``.
        line: ``(B, 1, H, W)`` in [0, 1], ink 1.
        asked: ``(B, 1, H, W)``, of booleans.
    """
    return torch.where(asked, logits, torch.logit(line, eps=1e-3))


def _fit(job: Job, on_epoch: OnEpoch, on_step: OnStep, on_note: OnNote) -> State:
    settings, recipe = job.settings, job.recipe
    batch, highest_rate = settings.batch, settings.learning_rate
    assert batch is not None
    assert highest_rate is not None
    loss_of, loss_settings = LOSSES[recipe.loss].function, recipe.loss_settings
    crops = Crops(
        *(Shards(job.data, "train"), settings.crop, settings.seed),
        *(settings.crops, settings.smallest, settings.margin),
    )
    validation = Shards(job.data, "val")
    watched = spread(len(validation), settings.epoch_pictures)
    steps_per_epoch = max(1, len(crops) // batch)
    last_step = settings.epochs * steps_per_epoch

    torch.manual_seed(settings.seed)
    bare = channels_last(create_model(recipe.model, **recipe.arguments))
    if settings.start:
        bare.load_state_dict(load_network(Path(settings.start)).state_dict())
    state = State(precision=chosen(settings))
    off: Mapping[Kind, str] = {}
    if state.precision == "bfloat16":
        off = layers_off(bare, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
        state.in_float32 = list(off.values())
    if off and settings.compile:  # what that builds knows no exceptions
        state.precision, off = "float32", {}
        state.in_float32.insert(0, "all layers run in float32, for train.compile can except none")
    fabric = _fabric(settings, state.precision, bare.idle_weights)
    optimizer = torch.optim.Adam(
        bare.parameters(),
        highest_rate,
        recipe.betas,
        weight_decay=recipe.weight_decay,
        fused=settings.precision != "float16",  # which Fabric cannot clip when fused
    )
    built: Any = torch.compile(bare) if settings.compile else bare
    model, optimizer = fabric.setup(built, optimizer)
    parts = {
        "model": bare,
        "optimizer": optimizer,
        "precision": fabric.strategy.precision,  # holds the scale of float16 gradients
    }
    average: AveragedModel | None = None
    if settings.average:
        rule = get_ema_multi_avg_fn(settings.average)
        parts["average"] = average = AveragedModel(bare, multi_avg_fn=rule, use_buffers=True)

    checkpoint = load_checkpoint(job.folder / CHECKPOINT)
    if checkpoint is not None:
        for name, part in parts.items():
            part.load_state_dict(checkpoint[name])
        here, state = state, State(**checkpoint["state"])
        found = here.in_float32 if state.precision != "float32" else []
        if here.precision == "float32" != state.precision:  # begun on another processor
            state.precision, state.precision_since = "float32", state.step
            found = found or [
                f"all layers run in float32 from step {state.step} on, as is chosen on {processor_name()}"
            ]
        state.in_float32 = list(dict.fromkeys([*state.in_float32, *found]))
        if state.precision == "float32":
            fabric.strategy.precision, off = Precision(), {}
        for row in state.history:
            on_epoch(row)
    for sentence in state.in_float32:
        on_note(f"{job.name}: {sentence}.")

    watch, kept_at, tau = Stopwatch(state.seconds), state.seconds, 1.0

    def keep() -> None:
        nonlocal kept_at
        state.seconds = kept_at = watch.read()
        if fabric.is_global_zero:
            content = {name: part.state_dict() for name, part in parts.items()}
            save_checkpoint(job.folder / CHECKPOINT, {**content, "state": vars(state)})

    def close_epoch(steps: int) -> None:
        state.seconds = watch.read()
        if fabric.is_global_zero:
            best: LineModel = bare
            if average is not None and average.n_averaged > 0:
                best = cast(LineModel, average.module)
                best.tau.copy_(bare.tau)  # of an average of temperatures no one would speak
            row = {
                "epoch": len(state.history) + 1,
                "step": state.step,
                "pictures": state.step * batch,
                "seconds": round(state.seconds, 2),
                "waiting": round(state.waiting / state.seconds, 4),
                "learning_rate": optimizer.param_groups[0]["lr"],
                "tau": round(float(bare.tau), 4),
                "train_loss": round(state.epoch_loss / steps, 6),
                "val_mae": round(_validate(best, validation, watched, state.precision), 6),
            }
            least = min((r["val_mae"] for r in state.history), default=math.inf)
            if settings.keep == "last" or row["val_mae"] <= least:
                state.best = {k: v.cpu().clone() for k, v in best.state_dict().items()}
            state.history.append(row)
        state.epoch_loss = 0.0
        keep()
        if fabric.is_global_zero:
            on_epoch(row)

    def answer(render: torch.Tensor) -> list[torch.Tensor]:
        with exempt(off):
            outputs: list[torch.Tensor] = model(render.to(memory_format=torch.channels_last))
        return outputs

    def step_of(render: torch.Tensor, line: torch.Tensor, asked: torch.Tensor, tau: float) -> float:
        """The loss, over all processes; its gradient is left with the weights."""
        outputs = [as_asked(logits.float(), line, asked) for logits in answer(render)]
        loss = loss_of(outputs, line, tau, loss_settings)
        fabric.backward(loss)
        return float(cast(torch.Tensor, fabric.all_reduce(loss.detach(), reduce_op="mean")))

    def take_back(statistics: list[torch.Tensor]) -> None:
        """Make the last step undone, gradients and the statistics of batches."""
        optimizer.zero_grad()
        for buffer, value in zip(bare.buffers(), statistics, strict=True):
            buffer.copy_(value)

    steps = Steps(state.step, last_step, batch, fabric.global_rank, fabric.world_size)
    stream = iter(batches(crops, steps, settings.workers))
    with asked_to_stop() as asked:
        while state.step < last_step:
            # The first process has the clock and hears the signals.
            elapsed, stop = fabric.broadcast((watch.read(), asked.is_set()))
            if stop:
                keep()
                raise KeyboardInterrupt
            if settings.minutes is not None and elapsed > 60 * settings.minutes:
                state.stopped_by = "minutes"
                closed = bool(state.history) and state.history[-1]["step"] == state.step
                if state.step % steps_per_epoch and not closed:
                    # the last steps are the best: they were the coolest
                    close_epoch(state.step % steps_per_epoch)
                break
            if isinstance(loss_settings, JointSettings):
                tau = tau_at(state.step // steps_per_epoch, loss_settings.tau)
            bare.tau.fill_(tau)
            rate = highest_rate * rate_factor(state.step, last_step, elapsed, settings, recipe)
            for group in optimizer.param_groups:
                group["lr"] = rate

            model.train()
            asked_at = time.perf_counter()
            render, line, asked_for = fabric.to_device(next(stream))
            state.waiting += time.perf_counter() - asked_at
            statistics = [buffer.clone() for buffer in bare.buffers()]
            value = step_of(render, line, asked_for, tau)
            wrong = not_finite(value, bare, state.precision)
            if wrong and state.precision != "float32":
                take_back(statistics)
                layer = first_layer_not_finite(bare, lambda: answer(render))  # noqa: B023
                take_back(statistics)
                failed = f"{wrong}{f' (from {layer} on)' if layer else ''} in {state.precision}"
                fabric.strategy.precision, off = Precision(), {}
                value = step_of(render, line, asked_for, tau)
                wrong = not_finite(value, bare, "float32")
                if not wrong:
                    state.precision, state.precision_since = "float32", state.step
                    state.in_float32 = [
                        f"all layers run in float32 from step {state.step} on, for there {failed} on "
                        f"{processor_name()}, and not in float32"
                    ]
                    on_note(f"{job.name}: {state.in_float32[0]}.")
            if wrong:
                take_back(statistics)
                keep()
                shown = crops.keys(range(state.step * batch, (state.step + 1) * batch))
                raise InputError(
                    f"In step {state.step} of {job.name} {wrong} in float32 (pictures {', '.join(shown)}); "
                    f"the weights of before are kept in {job.folder / CHECKPOINT}; lower "
                    f"train.learning_rate ({highest_rate:g}) and run again."
                )
            if settings.clip is not None:
                fabric.clip_gradients(
                    model, optimizer, max_norm=settings.clip, error_if_nonfinite=False
                )
            optimizer.step()
            optimizer.zero_grad()
            if average is not None and state.step >= settings.warmup:
                average.update_parameters(bare)

            state.epoch_loss += value
            state.step += 1
            on_step(state.step, last_step)
            if state.step % steps_per_epoch == 0:
                close_epoch(steps_per_epoch)
            elif watch.read() - kept_at > KEPT_EVERY:
                keep()
        if asked.is_set():
            keep()
            raise KeyboardInterrupt
    if fabric.world_size > 1:
        torch.distributed.destroy_process_group()
    if not state.history and fabric.is_global_zero:
        raise InputError(
            f"train.minutes ({settings.minutes}) was over before one step was; give it more time."
        )
    return state


def _fabric(settings: TrainSettings, precision: str, idle: bool) -> Fabric:
    for library in ("lightning.fabric", "lightning.pytorch"):  # either may speak for Fabric
        logging.getLogger(library).setLevel(logging.WARNING)
    fabric = Fabric(
        accelerator="cuda" if torch.cuda.is_available() else "cpu",
        devices=settings.devices,
        strategy=DDPStrategy(find_unused_parameters=idle) if settings.devices > 1 else "auto",
        precision=cast(Any, FABRIC[precision]),
    )
    fabric.launch()
    return fabric


def _check_machine(settings: TrainSettings) -> None:
    """Refuse what would otherwise fail, or silently be something else, deep inside a library."""
    accelerators = torch.cuda.device_count()
    if settings.precision == "float16":
        require(accelerators > 0, "train.precision", "float16", "bfloat16 or float32 on a CPU")
    if accelerators:
        require(settings.devices <= accelerators, "train.devices", settings.devices,
                f"at most {accelerators}, as many accelerators as there are")  # fmt: skip
    assert settings.batch is not None
    whole = settings.batch % settings.devices == 0
    require(
        whole, "train.batch", settings.batch, f"a multiple of train.devices, {settings.devices}"
    )


def _say_nothing(*news: object) -> None:
    """What is told by a process that only helps."""


def _validate(model: LineModel, shards: Shards, indices: list[int], precision: str) -> float:
    device = next(model.parameters()).device
    extract = NetworkExtractor(model, device, precision == "bfloat16")
    pairs = (picture_and_line(shards, index) for index in indices)
    errors = [mae(extract(render), line) for render, line in pairs]
    return sum(errors) / len(errors)
