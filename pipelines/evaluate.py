"""The stage `evaluate`: `models/MODEL` on the test split → `evaluation/MODEL`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from lineart.metrics.evaluate import evaluate as evaluate_model
from pipelines.chunks import progress
from pipelines.params import FILE, read_params


@flow(name="evaluate", flow_run_name="evaluate {model}")
def evaluate(
    model: str,
    params: str = FILE,
    data: str = "data/augmented",
    models: str = "models",
    out: str = "evaluation",
) -> str:
    """Score a model picture by picture; returns what came of it, in a line."""
    settings = read_params(params).evaluate
    with progress(f"evaluate {model}") as tell:
        scores = evaluate_model(Path(models) / model, Path(data), Path(out) / model, settings, tell)
    parts = (f"{part} MAE {scores[part]['mae']:.4f}" for part in ("originals", "children"))
    return f"{model}: {', '.join(parts)}"
