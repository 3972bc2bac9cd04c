"""The loop that trains every network, read from top to bottom.

It stands on Lightning Fabric (device, precision, several processes) and uses no random numbers after the
weights are drawn: batches are a function of the step (:mod:`lineart.training.batches`), so a checkpoint of
weights, optimiser and step is enough to go on exactly. What one step is: :mod:`lineart.training.learner`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch

from lineart.errors import InputError
from lineart.inference.network import NetworkExtractor
from lineart.losses import JointSettings, tau_at
from lineart.metrics.pixels.pixel import mae
from lineart.metrics.pixels.validation import picture_and_line, spread
from lineart.models import LineModel
from lineart.models.parts.recipe import Recipe
from lineart.runs import load_checkpoint, save_checkpoint
from lineart.sets.shards import Shards
from lineart.settings import require
from lineart.training.batches import Crops, Steps, batches
from lineart.training.interrupt import asked_to_stop
from lineart.training.learner import Batch, Learner, NotFiniteError, OnNote
from lineart.training.processes import helpers
from lineart.training.settings import TrainSettings
from lineart.training.state import Job, Row, State
from lineart.training.statistics import taken_anew

CHECKPOINT = "checkpoint.pt"
WHOLE = (
    512  # pixels a side, of pictures that statistics are taken of; of larger ones a square is cut
)
KEPT_EVERY = 300  # seconds between checkpoints in an epoch, for a machine that fails
OnEpoch = Callable[[Row], None]
OnStep = Callable[[int, int], None]
Clock = Callable[[], float]


class Stopwatch:
    """Seconds since it was made, on top of those of earlier sittings."""

    def __init__(self, before: float, clock: Clock | None = None):
        self._clock = clock or time.perf_counter
        self._zero = self._clock() - before

    def read(self) -> float:
        """The seconds so far."""
        return self._clock() - self._zero


def fit(
    job: Job,
    on_epoch: OnEpoch,
    on_step: OnStep,
    on_note: OnNote,
    clock: Clock | None = None,
) -> State:
    """Train until the epochs are done or the time is over; further processes help where asked for.

    A step in reduced precision whose loss or gradient is no number is done again in float32, from the same
    weights on the same pictures, and the training goes on in that.

    Args:
        job: what is to be done.
        on_epoch: called with each row of the history, the old ones of a resumed training included.
        on_step: called after each step with their number so far and that of all epochs.
        on_note: called with a sentence about the arithmetic, where there is something to say.
        clock: tells the seconds, from any beginning, by which ``train.minutes`` counts; the machine's if not
            given.

    Raises:
        InputError: for a precision or a number of devices that this machine cannot offer, a damaged
            checkpoint, or a loss or gradient that is no number in float32 either; the checkpoint then has
            the weights of before.
        KeyboardInterrupt: on Ctrl-C or SIGTERM, after a checkpoint.
    """
    _check_machine(job.settings)
    with helpers(job.settings.devices, _help, job):
        return _Training(job, on_epoch, on_step, on_note, clock).run()


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


def _help(job: Job) -> State:
    """The same in a process that only helps: nobody hears it, and the first has the clock."""
    return _Training(job, _say_nothing, _say_nothing, _say_nothing, None).run()


class _Training:
    """One sitting of a training."""

    def __init__(
        self, job: Job, on_epoch: OnEpoch, on_step: OnStep, on_note: OnNote, clock: Clock | None
    ):
        settings = job.settings
        assert settings.batch is not None
        self.job, self.on_epoch, self.on_step, self.batch = job, on_epoch, on_step, settings.batch
        self.crops = Crops(
            *(Shards(job.data, "train"), settings.crop, settings.seed),
            *(settings.crops, settings.smallest, settings.margin),
        )
        self.validation = Shards(job.data, "val")
        self.watched = spread(len(self.validation), settings.epoch_pictures)
        self.steps_per_epoch = max(1, len(self.crops) // self.batch)
        self.last_step = settings.epochs * self.steps_per_epoch
        self.learner = Learner(job, on_note)
        checkpoint = load_checkpoint(job.folder / CHECKPOINT)
        if checkpoint is not None:
            self.learner.resume(checkpoint)
            for row in self.state.history:
                on_epoch(row)
        for sentence in self.state.in_float32:
            on_note(f"{job.name}: {sentence}.")
        self.watch, self.kept_at = Stopwatch(self.state.seconds, clock), self.state.seconds

    @property
    def state(self) -> State:
        return self.learner.state

    def run(self) -> State:
        """All steps that are left, as far as the time allows."""
        job, state, fabric = self.job, self.state, self.learner.fabric
        steps = Steps(state.step, self.last_step, self.batch, fabric.global_rank, fabric.world_size)
        stream = iter(batches(self.crops, steps, job.settings.workers))
        with asked_to_stop() as asked:
            while state.step < self.last_step:
                # The first process has the clock and hears the signals.
                elapsed, stop = fabric.broadcast((self.watch.read(), asked.is_set()))
                if stop:
                    self.keep()
                    raise KeyboardInterrupt
                minutes = job.settings.minutes
                if minutes is not None and elapsed > 60 * minutes:
                    self.run_out()
                    break
                asked_at = time.perf_counter()
                batch = fabric.to_device(next(stream))
                state.waiting += time.perf_counter() - asked_at
                self.step(batch, elapsed)
            if asked.is_set():
                self.keep()
                raise KeyboardInterrupt
        if fabric.world_size > 1:
            torch.distributed.destroy_process_group()
        if not state.history and fabric.is_global_zero:
            raise InputError(
                f"train.minutes ({job.settings.minutes}) was over before one step was; give it more time."
            )
        return state

    def step(self, batch: Batch, elapsed: float) -> None:
        """One step, and what is due after it."""
        state, settings = self.state, self.job.settings
        assert settings.learning_rate is not None
        tau, loss_settings = 1.0, self.job.recipe.loss_settings
        if isinstance(loss_settings, JointSettings):
            tau = tau_at(state.step // self.steps_per_epoch, loss_settings.tau)
        factor = rate_factor(state.step, self.last_step, elapsed, settings, self.job.recipe)
        try:
            loss = self.learner.step(batch, tau, settings.learning_rate * factor)
        except NotFiniteError as error:
            self.keep()
            shown = self.crops.keys(range(state.step * self.batch, (state.step + 1) * self.batch))
            raise InputError(
                f"In step {state.step} of {self.job.name} {error} in float32 (pictures {', '.join(shown)}); "
                f"the weights of before are kept in {self.job.folder / CHECKPOINT}; lower "
                f"train.learning_rate ({settings.learning_rate:g}) and run again."
            ) from error
        state.epoch_loss += loss
        state.step += 1
        self.on_step(state.step, self.last_step)
        if state.step % self.steps_per_epoch == 0:
            self.close_epoch(self.steps_per_epoch)
        elif self.watch.read() - self.kept_at > KEPT_EVERY:
            self.keep()

    def run_out(self) -> None:
        """The time is over, perhaps within an epoch."""
        state = self.state
        state.stopped_by = "minutes"
        closed = bool(state.history) and state.history[-1]["step"] == state.step
        if state.step % self.steps_per_epoch and not closed:
            # the last steps are the best: they were the coolest
            self.close_epoch(state.step % self.steps_per_epoch)

    def close_epoch(self, steps: int) -> None:
        """Validate after so many steps of an epoch, write it down and keep a checkpoint."""
        state, learner = self.state, self.learner
        state.seconds = self.watch.read()
        if learner.fabric.is_global_zero:
            best = self.finished(learner.best())
            row = {
                "epoch": len(state.history) + 1,
                "step": state.step,
                "pictures": state.step * self.batch,
                "seconds": round(state.seconds, 2),
                "waiting": round(state.waiting / state.seconds, 4),
                "learning_rate": learner.optimizer.param_groups[0]["lr"],
                "tau": round(float(learner.bare.tau), 4),
                "train_loss": round(state.epoch_loss / steps, 6),
                "val_mae": round(
                    _validate(best, self.validation, self.watched, state.precision), 6
                ),
            }
            least = min((r["val_mae"] for r in state.history), default=math.inf)
            if self.job.settings.keep == "last" or row["val_mae"] <= least:
                state.best = {k: v.cpu().clone() for k, v in best.state_dict().items()}
            state.history.append(row)
        state.epoch_loss = 0.0
        self.keep()
        if learner.fabric.is_global_zero:
            self.on_epoch(row)

    def finished(self, model: LineModel) -> LineModel:
        """A network as it is validated and kept: with statistics of whole pictures, if that is asked for."""
        settings = self.job.settings
        if not settings.statistics:
            return model
        shards = self.crops.shards
        side = max(max(child.width, child.height) for child in shards.children)
        whole = Crops(shards, min(side, WHOLE), settings.seed)
        positions = spread(len(shards), settings.statistics)
        pictures = [positions[at : at + self.batch] for at in range(0, len(positions), self.batch)]
        with self.learner.arithmetic():
            return taken_anew(
                model, (torch.stack([whole[place][0] for place in batch]) for batch in pictures)
            )

    def keep(self) -> None:
        """Write a checkpoint."""
        self.state.seconds = self.kept_at = self.watch.read()
        if self.learner.fabric.is_global_zero:
            save_checkpoint(self.job.folder / CHECKPOINT, self.learner.checkpoint())


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
