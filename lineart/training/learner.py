"""A network with all that a step of its training needs, and the way out where a step is no number."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import torch
from lightning.fabric import Fabric
from lightning.fabric.plugins.precision import Precision
from lightning.fabric.strategies import DDPStrategy
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lineart.arithmetic.guard import exempt, layers_off
from lineart.arithmetic.layers import Kind
from lineart.arithmetic.processor import processor_name
from lineart.losses import LOSSES
from lineart.models import LineModel, channels_last, create_model
from lineart.runs import load_network
from lineart.training.precision import FABRIC, chosen, first_layer_not_finite, not_finite
from lineart.training.settings import TrainSettings
from lineart.training.state import Job, State

Batch = tuple[Tensor, Tensor, Tensor]  # renders, line art, where it is asked for
OnNote = Callable[[str], None]


class NotFiniteError(Exception):
    """A step is no number in float32 either; says what of it. The weights are those of before."""


class Learner:
    """A network, its optimiser and the precision it is trained in, set up for this machine.

    Args:
        job: what is to be trained.
        on_note: called with a sentence where something has to be said of the arithmetic.
    """

    def __init__(self, job: Job, on_note: OnNote):
        settings, recipe = job.settings, job.recipe
        self.name, self.warmup, self.clip = job.name, settings.warmup, settings.clip
        self._on_note, self._recipe = on_note, recipe
        torch.manual_seed(settings.seed)
        self.bare = channels_last(create_model(recipe.model, **recipe.arguments))
        if settings.start:
            self.bare.load_state_dict(load_network(Path(settings.start)).state_dict())
        self.state = State(precision=chosen(settings))
        self._off = self._exceptions(settings)
        self.fabric = fabric_of(settings, self.state.precision, self.bare.idle_weights)
        assert settings.learning_rate is not None
        optimizer = torch.optim.Adam(
            self.bare.parameters(),
            settings.learning_rate,
            recipe.betas,
            weight_decay=recipe.weight_decay,
            fused=settings.precision != "float16",  # which Fabric cannot clip when fused
        )
        built: Any = torch.compile(self.bare) if settings.compile else self.bare
        self.model, self.optimizer = self.fabric.setup(built, optimizer)
        self.average: AveragedModel | None = None
        if settings.average:
            rule = get_ema_multi_avg_fn(settings.average)
            self.average = AveragedModel(self.bare, multi_avg_fn=rule, use_buffers=True)

    def _exceptions(self, settings: TrainSettings) -> Mapping[Kind, str]:
        """The kinds of layers that are kept in float32, said in the state, too."""
        if self.state.precision != "bfloat16":
            return {}
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        off = layers_off(self.bare, device)
        self.state.in_float32 = list(off.values())
        if off and settings.compile:  # what that builds knows no exceptions
            self.state.precision = "float32"
            self.state.in_float32.insert(
                0, "all layers run in float32, for train.compile can except none"
            )
            return {}
        return off

    def _parts(self) -> dict[str, Any]:
        """What a checkpoint holds beside the state, by name."""
        parts = {
            "model": self.bare,
            "optimizer": self.optimizer,
            "precision": self.fabric.strategy.precision,  # holds the scale of float16 gradients
        }
        return parts if self.average is None else {**parts, "average": self.average}

    def checkpoint(self) -> dict[str, Any]:
        """All that is needed to go on exactly."""
        parts = {name: part.state_dict() for name, part in self._parts().items()}
        return {**parts, "state": vars(self.state)}

    def resume(self, checkpoint: Mapping[str, Any]) -> None:
        """Go on from a checkpoint, which another processor may have begun."""
        for name, part in self._parts().items():
            part.load_state_dict(checkpoint[name])
        here, self.state = self.state, State(**checkpoint["state"])
        state = self.state
        found = here.in_float32 if state.precision != "float32" else []
        if here.precision == "float32" != state.precision:  # begun on another processor
            state.precision, state.precision_since = "float32", state.step
            found = found or [
                f"all layers run in float32 from step {state.step} on, as is chosen on {processor_name()}"
            ]
        state.in_float32 = list(dict.fromkeys([*state.in_float32, *found]))
        if state.precision == "float32":
            self._to_float32()

    def _to_float32(self) -> None:
        self.fabric.strategy.precision, self._off = Precision(), {}

    def best(self) -> LineModel:
        """The network to validate and keep: the running average where there is one."""
        if self.average is None or not self.average.n_averaged > 0:
            return self.bare
        averaged = cast(LineModel, self.average.module)
        averaged.tau.copy_(self.bare.tau)  # of an average of temperatures no one would speak
        return averaged

    def step(self, batch: Batch, tau: float, rate: float) -> float:
        """One step; returns its loss, over all processes.

        Where loss or gradient is no number in reduced precision, the step is done again in float32, from the
        same weights on the same pictures, and the training stays in that.

        Args:
            batch: of this process.
            tau: the temperature.
            rate: the learning rate.

        Raises:
            NotFiniteError: if it is no number in float32 either.
        """
        self.bare.tau.fill_(tau)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.model.train()
        statistics = [buffer.clone() for buffer in self.bare.buffers()]
        loss = self._gradient(batch, tau)
        wrong = not_finite(loss, self.bare, self.state.precision)
        if wrong and self.state.precision != "float32":
            wrong, loss = self._in_float32(batch, tau, wrong, statistics)
        if wrong:
            self._take_back(statistics)
            raise NotFiniteError(wrong)
        if self.clip is not None:
            self.fabric.clip_gradients(
                self.model, self.optimizer, max_norm=self.clip, error_if_nonfinite=False
            )
        self.optimizer.step()
        self.optimizer.zero_grad()
        if self.average is not None and self.state.step >= self.warmup:
            self.average.update_parameters(self.bare)
        return loss

    def _in_float32(
        self, batch: Batch, tau: float, wrong: str, statistics: list[Tensor]
    ) -> tuple[str, float]:
        """Do a step again; returns what is wrong with it then, and its loss."""
        state = self.state
        self._take_back(statistics)
        layer = first_layer_not_finite(self.bare, lambda: self._answer(batch[0]))
        self._take_back(statistics)
        failed = f"{wrong}{f' (from {layer} on)' if layer else ''} in {state.precision}"
        self._to_float32()
        loss = self._gradient(batch, tau)
        wrong = not_finite(loss, self.bare, "float32")
        if not wrong:
            state.precision, state.precision_since = "float32", state.step
            state.in_float32 = [
                f"all layers run in float32 from step {state.step} on, for there {failed} on "
                f"{processor_name()}, and not in float32"
            ]
            self._on_note(f"{self.name}: {state.in_float32[0]}.")
        return wrong, loss

    @contextlib.contextmanager
    def arithmetic(self) -> Iterator[None]:
        """The precision of this training, for what is not a step of it."""
        with self.fabric.autocast(), exempt(self._off):
            yield

    def _answer(self, render: Tensor) -> list[Tensor]:
        with exempt(self._off):
            outputs: list[Tensor] = self.model(render.to(memory_format=torch.channels_last))
        return outputs

    def _gradient(self, batch: Batch, tau: float) -> float:
        """The loss, over all processes; its gradient is left with the weights."""
        render, line, asked = batch
        outputs = [as_asked(logits.float(), line, asked) for logits in self._answer(render)]
        function = LOSSES[self._recipe.loss].function
        loss = function(outputs, line, tau, self._recipe.loss_settings)
        self.fabric.backward(loss)
        return float(cast(Tensor, self.fabric.all_reduce(loss.detach(), reduce_op="mean")))

    def _take_back(self, statistics: list[Tensor]) -> None:
        """Make the last step undone, gradients and the statistics of batches."""
        self.optimizer.zero_grad()
        for buffer, value in zip(self.bare.buffers(), statistics, strict=True):
            buffer.copy_(value)


def as_asked(logits: Tensor, line: Tensor, asked: Tensor) -> Tensor:
    """An answer, taken as right wherever none is asked for: no gradient comes from there, whatever the loss.

    Args:
        logits: ``(B, 1, H, W)``.
        line: ``(B, 1, H, W)`` in [0, 1], ink 1.
        asked: ``(B, 1, H, W)``, of booleans.
    """
    return torch.where(asked, logits, torch.logit(line, eps=1e-3))


def fabric_of(settings: TrainSettings, precision: str, idle: bool) -> Fabric:
    """The devices and processes of a training, joined."""
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
