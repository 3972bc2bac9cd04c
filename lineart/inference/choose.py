"""Which library reads a network on this machine: found out without importing one for nothing.

ONNX Runtime starts in a fraction of the time that torch needs and is as fast on a processor, so it is taken
where there is no accelerator; torch where there is one, and for what was not exported. Where OpenVINO is
installed and the processor is fast at bfloat16, that is three to four times as fast as either and is taken
(docs/decisions/0016-onnx-first.md).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lineart.catalogue.cards import ModelCard
from lineart.catalogue.obstacle import GET_TORCH, installed, obstacle
from lineart.errors import InputError, unknown_name
from lineart.inference.backend import Backend
from lineart.pictures.decoding import shown

if TYPE_CHECKING:
    from lineart.inference.onnx_backend import OnnxBackend
    from lineart.inference.openvino_backend import OpenVinoBackend

BACKENDS = ("auto", "torch", "onnx", "openvino")
DEVICES = ("cpu", "cuda", "mps")
PRECISIONS = ("auto", "float32", "bfloat16")
GET_OPENVINO = "pip install 'lineart[openvino]'"

NVIDIA_OR_AMD = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # what their drivers show on Linux


def accelerator_in_sight() -> bool:
    """Whether torch may find an accelerator here, told without the seconds that importing it takes.

    False is certain, as far as these signs go: a build of torch for processors alone, or no driver.
    """
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    try:
        if importlib.metadata.version("torch").endswith("+cpu"):
            return False
    except importlib.metadata.PackageNotFoundError:
        return False
    return platform.system() == "Windows" or any(map(os.path.exists, NVIDIA_OR_AMD))


LIBRARIES = {  # that read ONNX files: name, how it is imported, how it is got
    "onnx": ("ONNX Runtime", "onnxruntime", "pip install onnxruntime"),
    "openvino": ("OpenVINO", "openvino", GET_OPENVINO),
}


def choose(card: ModelCard, backend: str, device: str | None, precision: str) -> str:
    """``torch``, ``onnx`` or ``openvino``, for a network.

    Args:
        card: of the network.
        backend: a name of ``BACKENDS``.
        device: a name of ``DEVICES``, with a number where there are several (``cuda:1``), or None.
        precision: a name of ``PRECISIONS``.

    Raises:
        InputError: for an unknown name, or what the model has no file or this machine no library for.
    """
    if backend not in BACKENDS:
        raise unknown_name("backend", backend, BACKENDS)
    if device is not None and device.partition(":")[0] not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    if precision not in PRECISIONS:
        raise unknown_name("precision", precision, PRECISIONS)
    onnx = card.onnx is not None and installed("onnxruntime")
    openvino = card.onnx is not None and installed("openvino")
    torch = card.weights is not None and installed("torch") and installed("safetensors")
    if backend == "auto":
        if torch and _wants_accelerator(device):
            return "torch"
        if openvino and precision != "float32" and openvino_is_fast():
            return "openvino"
        if torch and (not onnx or precision == "bfloat16"):
            return "torch"
        backend = "onnx" if onnx else "torch"
        if not onnx and not torch:
            raise InputError(f"The model {card.name} cannot be read here: it {obstacle(card)}.")
    if backend in LIBRARIES and not {"onnx": onnx, "openvino": openvino}[backend]:
        name, library, get = LIBRARIES[backend]
        missing = f"{library} is not installed" if card.onnx else "it was not exported"
        raise InputError(
            f"The model {card.name} cannot be read with {name}: {missing}; "
            f"run {get if card.onnx else 'lineart export ' + card.name}."
        )
    if backend == "onnx" and precision == "bfloat16":
        raise InputError(
            f"ONNX Runtime reads in float32; for bfloat16 take openvino ({GET_OPENVINO}) or torch "
            f"({GET_TORCH})."
        )
    if backend == "torch" and not torch:
        missing = "torch is not installed" if card.weights else "it has no weights but ONNX"
        raise InputError(
            f"The model {card.name} cannot be read with torch: {missing}; "
            f"{'run ' + GET_TORCH if card.weights else 'use the backend onnx'}."
        )
    return backend


def openvino_is_fast() -> bool:
    """Whether OpenVINO, which is installed, is worth its longer start here: for bfloat16, that is."""
    from lineart.inference.openvino_backend import fast_bfloat16

    return fast_bfloat16()


def _wants_accelerator(device: str | None) -> bool:
    return accelerator_in_sight() if device is None else device != "cpu"


def open_network(card: ModelCard, backend: str, device: str | None, precision: str) -> Backend:
    """A network ready to read; arguments as :func:`choose`.

    An ONNX file that was exported from other weights than those beside it is not read: ``auto`` takes torch
    then, if it can.

    Raises:
        InputError: as :func:`choose`, for weights that do not fit, and a device that is not there.
    """
    chosen = choose(card, backend, device, precision)
    if chosen != "torch":
        assert card.onnx is not None
        reader = _open_onnx(chosen, card.onnx, device, precision)
        if made_from(card, reader.metadata):
            return reader
        if backend != "auto" or not (installed("torch") and installed("safetensors")):
            raise InputError(
                f"{shown(card.onnx)} was exported from other weights than those that lie beside it; "
                f"run lineart export {shown(card.name)} --overwrite."
            )
    from lineart.inference.network import NetworkExtractor, checked_device
    from lineart.runs import load_network

    assert card.weights is not None
    network = load_network(card.weights.parent, card.weights.name)
    return NetworkExtractor(network, checked_device(device), precision == "bfloat16")


def _open_onnx(
    chosen: str, path: Path, device: str | None, precision: str
) -> OnnxBackend | OpenVinoBackend:
    """A file in the library that was chosen, each imported when it is."""
    if chosen == "onnx":
        from lineart.inference.onnx_backend import OnnxBackend

        return OnnxBackend(path, device)
    from lineart.inference.openvino_backend import OpenVinoBackend

    if device not in (None, "cpu"):
        raise InputError(
            f"OpenVINO reads on the processor, {device} was asked; take torch or onnx."
        )
    return OpenVinoBackend(path, precision)


def made_from(card: ModelCard, metadata: Mapping[str, str]) -> bool:
    """Whether an ONNX file fits the weights beside it, if there are any and it says what it was made from."""
    digest = metadata.get("weights_sha256")
    if card.weights is None or digest is None:
        return True
    return hashlib.sha256(card.weights.read_bytes()).hexdigest() == digest
