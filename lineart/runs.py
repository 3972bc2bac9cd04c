"""Run folders: what training leaves behind, and how it is found again.

    models/NAME/settings.json        what was asked for: model, arguments, training settings, commit, data
    models/NAME/model.safetensors    the weights (networks only)
    models/NAME/history.csv          one row an epoch (networks only)
    models/NAME/summary.json         what came out; written last

A checkpoint holds what an interrupted training needs to go on; it lies in the work folder, is replaced at
each epoch and holds only tensors, numbers and text.

What says which model a folder holds is read without torch; only the weights need it.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineart.errors import InputError
from lineart.pictures.decoding import shown
from lineart.pictures.images import write_bytes, write_text

if TYPE_CHECKING:
    import torch

    from lineart.models import LineModel

WEIGHTS = "model.safetensors"


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        InputError: if there is none, or it is damaged.
    """
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise InputError(f"There is no {path}; run the stage that makes it first.") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}); make it again.") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} holds {type(content).__name__}; wanted is a JSON object.")
    return content


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object that a person can read, whole or not at all."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def save_weights(path: Path, weights: dict[str, torch.Tensor]) -> None:
    """Write weights as safetensors, whole or not at all."""
    from safetensors.torch import save

    write_bytes(path, save({name: value.cpu().contiguous() for name, value in weights.items()}))


def load_network(run: Path, weights: str = WEIGHTS) -> LineModel:
    """Build the network of a run folder and fill in its weights.

    Weights kept in float16 become float32, which they are computed in.

    Args:
        run: the folder.
        weights: name of the file in it.

    Raises:
        InputError: if the folder holds no network, or weights that do not fit it.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from lineart.models import create_model

    settings = read_json(run / "settings.json")
    model = create_model(settings["model"], **settings["arguments"])
    try:
        model.load_state_dict(load_file(run / weights))
    except (FileNotFoundError, SafetensorError, RuntimeError) as error:
        reason = shown(" ".join(str(error).split()))
        raise InputError(f"{run / weights} does not fit {settings['model']}: {reason}") from error
    return model


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint, whole or not at all."""
    import torch

    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_bytes(path, buffer.getvalue())


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """Read a checkpoint, or None where there is none yet.

    Raises:
        InputError: if it is damaged.
    """
    import torch

    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise InputError(
            f"The checkpoint {path} is damaged ({error}); delete it to train from the start."
        ) from error
    return state
