"""The stage `train`: `data/augmented` → `models/MODEL`, with live curves in MLflow."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow

from lineart.models import CLASSICAL
from lineart.training.train import train as train_model
from pipelines import runtime
from pipelines.alone import alone
from pipelines.params import FILE, check_model, read_params
from pipelines.report.records import data_version
from pipelines.workers.chunks import progress

if TYPE_CHECKING:
    from lineart.training.loop import OnEpoch


@flow(name="train", flow_run_name="train {model}")
def train(
    model: str,
    params: str = FILE,
    data: str = "data/augmented",
    under: str = ".",
    runs: str = "runs",
) -> str:
    """Train a network or tune a classical method; returns what came of it, in a line.

    The result goes to ``models/MODEL`` below the folder ``under``. Checkpoints lie in ``runs``, which DVC
    does not know: it deletes the outputs of a stage before it runs, and an interrupted training has to
    find them.

    Raises:
        InputError: if the same model is being trained there already, or as
            :func:`lineart.training.train.train`.
    """
    check_model(model)
    busy = f"{model} is being trained in {Path(runs).resolve()} already; wait for it, or use a second clone."
    with alone(Path(runs) / f"{model}.lock", busy):
        return _train(model, params, data, under, runs)


def _train(model: str, params: str, data: str, under: str, runs: str) -> str:
    settings = read_params(params).train
    curves: OnEpoch | None = None
    if model not in CLASSICAL:
        # A classical method has no curves, and MLflow takes a second to import.
        from pipelines.tracking.live import experiment_of, live_curves

        curves = live_curves(model, data_version(Path(data)), experiment_of(under))
    with progress(f"train {model}") as tell:

        def on_epoch(row: dict[str, float]) -> None:
            print(
                f"{model}: epoch {row['epoch']:.0f} of {settings.of(model).epochs} after "
                f"{row['seconds']:.0f} s, training loss {row['train_loss']:.4f}, "
                f"validation MAE {row['val_mae']:.4f}",
                file=sys.stderr,
            )
            if curves is not None:
                curves(row)

        def on_note(sentence: str) -> None:
            print(sentence, file=sys.stderr)

        about = {"commit": runtime.commit()}
        out = Path(under) / "models" / model
        summary = train_model(
            *(model, settings, Path(data), out, Path(runs), on_epoch, about, tell, on_note)
        )
    scores = summary["validation"]
    steps = f"{summary['steps']} steps, " if "steps" in summary else ""
    return f"{model}: {steps}validation MAE {scores['mae']:.4f}, F {scores['f']:.3f}"
