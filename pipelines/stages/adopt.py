"""The stage `adopt`: a published checkpoint → `models/NAME-published`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from lineart.errors import unknown_name
from lineart.training.adopt import adopt as adopt_weights
from lineart.training.adopt import row_name
from pipelines import runtime
from pipelines.params import FILE, read_params


@flow(name="adopt", flow_run_name="adopt {name}")
def adopt(
    name: str, params: str = FILE, data: str = "data/augmented", models: str = "models"
) -> str:
    """Make a row of an entry of the section `published`; returns what came of it, in a line."""
    settings = read_params(params)
    if name not in settings.published:
        raise unknown_name("entry of the section published", name, settings.published)
    out = Path(models) / row_name(name)
    pictures, about = settings.train.validate_pictures, {"commit": runtime.commit()}
    summary = adopt_weights(name, settings.published[name], pictures, Path(data), out, about)
    scores = summary["validation"]
    return (
        f"{summary['model']}: {summary['weights']}, validation MAE {scores['mae']:.4f}, "
        f"F {scores['f']:.3f}"
    )
