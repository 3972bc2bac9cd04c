"""What makes a run folder one that MLflow can serve: a file ``MLmodel`` in it that says how it is opened."""

from __future__ import annotations

import platform
from pathlib import Path

from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema

from lineart.extract.style import Style

MLMODEL = "MLmodel"
LOADER = "pipelines.serving"  # whose `_load_pyfunc` MLflow calls; versions out there name it
PICTURE, LINE = "picture", "line"
LOOK = Style()
SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec(DataType.string, PICTURE)]),
    outputs=Schema([ColSpec(DataType.string, LINE)]),
    params=ParamSchema(
        [
            ParamSpec("format", DataType.string, "png"),
            ParamSpec("ink", DataType.string, LOOK.ink),
            ParamSpec("weight", DataType.double, LOOK.weight),
            ParamSpec("detail", DataType.double, LOOK.detail),
            ParamSpec("clean", DataType.long, LOOK.clean),
            ParamSpec("binary", DataType.boolean, LOOK.binary),
        ]
    ),
)


def make_servable(run: Path) -> Path:
    """Write ``MLmodel`` into a run folder; returns the file."""
    model = Model(signature=SIGNATURE)
    version = platform.python_version()
    model.add_flavor("python_function", loader_module=LOADER, python_version=version)
    path = run / MLMODEL
    model.save(path)
    return path
