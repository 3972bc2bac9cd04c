"""Networks published by others: how their authors read them, and how their checkpoints are loaded.

A ported network answers in one of two ways. ``sigmoid`` is this project's: the sigmoid of the fused logit,
at the picture's own size. ``published`` is what the authors' own test script does to the same network:
its sizes, and for most of them a stretch of every picture to its own minimum and maximum.

Checkpoints come from a path the user gives, with the authors' names of the tensors or with ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from lineart.errors import InputError, unknown_name
from lineart.models.parts.base import IMAGENET_MEAN, IMAGENET_STD, LineModel

OUTPUTS = ("sigmoid", "published")

# BGR 103.939, 116.779, 123.68 subtracted from 0..255, as DexiNed and TEED were trained, in our terms.
BIPED_MEAN = (123.68 / 255, 116.779 / 255, 103.939 / 255)
BIPED_STD = (1 / 255, 1 / 255, 1 / 255)

WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "weights")
PREFIXES = ("module.", "_orig_mod.")  # of DataParallel and torch.compile
OWN = ("mean", "std", "tau")  # belong to the model, are in no published file
SHOWN = 3  # names listed when a file does not fit


class PublishedModel(LineModel):
    """A network of others under our contract.

    Args:
        mean: see :class:`LineModel`.
        std: likewise.
        output: ``sigmoid`` or ``published``, what :meth:`ink` answers (see the module).

    Raises:
        InputError: for an unknown output.
    """

    stretched: ClassVar[bool] = False  # whether the authors stretch each picture's answer

    def __init__(
        self,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        output: str = "sigmoid",
    ) -> None:
        super().__init__(mean, std)
        if output not in OUTPUTS:
            raise unknown_name("output", output, OUTPUTS)
        self.output = output

    def published_prefixes(self) -> dict[str, str]:
        """The start of our tensors' names, each with what stands there in the published file."""
        raise NotImplementedError

    def published_input(self, pictures: Tensor) -> Tensor:
        """The pictures as the authors' script hands them over, still RGB in [0, 1]."""
        return pictures

    @property
    def whole(self) -> bool:
        """See :meth:`LineModel.whole`: as its authors read it."""
        return self.output == "published"

    def ink(self, pictures: Tensor, means: Tensor | None = None) -> Tensor:
        """See :meth:`LineModel.ink`; by the authors' recipe if ``output`` says so."""
        if self.output == "sigmoid":
            return super().ink(pictures)
        ink = super().ink(self.published_input(pictures))
        if self.stretched:
            ink = min_max(ink)
        return resize(ink, pictures.shape[-2:])


def min_max(ink: Tensor) -> Tensor:
    """Stretch each picture of ``(B, 1, H, W)`` to [0, 1]; one without contrast becomes blank."""
    low, high = ink.amin(dim=(1, 2, 3), keepdim=True), ink.amax(dim=(1, 2, 3), keepdim=True)
    return (ink - low) / (high - low).clamp(min=1e-12)


def resize(pictures: Tensor, size: Sequence[int], smooth: bool = False) -> Tensor:
    """Bring ``(B, C, h, w)`` to ``size``, bilinear; ``smooth`` averages where it shrinks."""
    if tuple(pictures.shape[-2:]) == tuple(size):
        return pictures
    return F.interpolate(
        pictures, size=tuple(size), mode="bilinear", align_corners=False, antialias=smooth
    )


def load_published(model: PublishedModel, path: Path) -> None:
    """Fill a model with a checkpoint, in place.

    Args:
        model: one whose arguments fit the checkpoint.
        path: a ``.safetensors`` file, or a PyTorch file (read with ``weights_only=True``), bare or wrapped
            as ``{"epoch": ..., "state_dict": ...}``, with the authors' names or ours. Mean, standard
            deviation and temperature stay the model's where the file has none.

    Raises:
        InputError: if there is no such file, it holds no weights, or they do not fit; it says what differs.
    """
    weights = _unwrap(_read(path), path)
    names = _our_names(model)
    weights = {names.get(name, name): value for name, value in weights.items()}
    state = model.state_dict()
    optional = {name for name in state if name in OWN or name.endswith("num_batches_tracked")}
    differences = [
        _listed("missing", (name for name in state if name not in weights.keys() | optional)),
        _listed("unexpected", (name for name in weights if name not in state)),
        _listed(
            "of another shape",
            (
                f"{name} {tuple(value.shape)} instead of {tuple(state[name].shape)}"
                for name, value in weights.items()
                if name in state and value.shape != state[name].shape
            ),
        ),
    ]
    if any(differences):
        raise InputError(
            f"{path} does not fit this {type(model).__name__}: {'; '.join(filter(None, differences))}; "
            "give the checkpoint of the same model and preset."
        )
    model.load_state_dict(state | weights)


def _our_names(model: PublishedModel) -> dict[str, str]:
    """Published name to ours, for every tensor of a model."""
    names = {}
    prefixes = model.published_prefixes()
    for name in model.state_dict():
        if name not in OWN:
            start, _, end = name.rpartition(".")
            names[f"{prefixes[start]}.{end}"] = name
    return names


def _read(path: Path) -> Any:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise InputError(f"There is no checkpoint {path}; check the path.") from error
    except Exception as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise InputError(
            f"{path} cannot be read as weights ({reason}); "
            "wanted is a .safetensors file or a PyTorch file of tensors."
        ) from error


def _unwrap(content: Any, path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name, without wrapper and prefixes."""
    while isinstance(content, Mapping) and (inner := _inside(content)) is not None:
        content = inner
    tensors = isinstance(content, Mapping) and all(
        isinstance(value, Tensor) for value in content.values()
    )
    if not tensors or not content:
        held = ", ".join(map(str, content)) if isinstance(content, Mapping) else type(content)
        raise InputError(
            f"{path} holds no weights but {held or 'nothing'}; "
            "wanted are tensors by name, bare or under state_dict."
        )
    weights = {str(name): value for name, value in content.items()}
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in weights):
            weights = {name.removeprefix(prefix): value for name, value in weights.items()}
    return weights


def _inside(content: Mapping[Any, Any]) -> Mapping[Any, Any] | None:
    for wrapper in WRAPPERS:
        if isinstance(content.get(wrapper), Mapping):
            inner: Mapping[Any, Any] = content[wrapper]
            return inner
    return None


def _listed(what: str, names: Iterable[str]) -> str:
    """The first few names, or nothing where there are none."""
    found = list(names)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{what}: {', '.join(found[:SHOWN])}{more}" if found else ""
