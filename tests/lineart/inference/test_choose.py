"""Which library reads, on machines that have this or that."""

import dataclasses
import hashlib
from pathlib import Path

import pytest

from lineart.catalogue import obstacle
from lineart.catalogue.cards import ModelCard
from lineart.errors import InputError
from lineart.inference import choose

BOTH = ModelCard("m", "network", weights=Path("m.safetensors"), onnx=Path("m.onnx"))
TORCH_ONLY = dataclasses.replace(BOTH, onnx=None)
ONNX_ONLY = dataclasses.replace(BOTH, weights=None)


@pytest.fixture
def machine(monkeypatch):
    """A machine with some libraries, and perhaps an accelerator."""

    def make(*libraries: str, accelerator: bool = False, fast: bool = False) -> None:
        for module in (choose, obstacle):
            monkeypatch.setattr(module, "installed", lambda library: library in libraries)
        monkeypatch.setattr(choose, "accelerator_in_sight", lambda: accelerator)
        monkeypatch.setattr(choose, "openvino_is_fast", lambda: fast)

    return make


ALL = ("torch", "safetensors", "onnxruntime")


@pytest.mark.parametrize(
    ("card", "libraries", "accelerator", "device", "precision", "wanted"),
    [
        (BOTH, ALL, False, None, "float32", "onnx"),
        (BOTH, ALL, True, None, "float32", "torch"),
        (BOTH, ALL, True, "cpu", "float32", "onnx"),
        (BOTH, ALL, False, "cuda", "float32", "torch"),  # which says that there is none
        (BOTH, ALL, False, "mps", "float32", "torch"),
        (BOTH, ALL, False, None, "bfloat16", "torch"),
        (BOTH, ("onnxruntime",), True, None, "float32", "onnx"),
        (BOTH, ("torch", "safetensors"), False, None, "float32", "torch"),
        (BOTH, ("torch", "onnxruntime"), True, None, "float32", "onnx"),  # weights cannot be read
        (TORCH_ONLY, ALL, False, None, "float32", "torch"),
        (ONNX_ONLY, ALL, True, None, "float32", "onnx"),
    ],
)
def test_auto(machine, card, libraries, accelerator, device, precision, wanted):
    machine(*libraries, accelerator=accelerator)
    assert choose.choose(card, "auto", device, precision) == wanted


@pytest.mark.parametrize(
    ("card", "accelerator", "device", "precision", "fast", "wanted"),
    [
        (BOTH, False, None, "auto", True, "openvino"),
        (BOTH, False, "cpu", "bfloat16", True, "openvino"),
        (ONNX_ONLY, False, None, "auto", True, "openvino"),
        (BOTH, False, None, "auto", False, "onnx"),  # it would start later and be no faster
        (BOTH, False, None, "float32", True, "onnx"),
        (BOTH, False, None, "bfloat16", False, "torch"),
        (BOTH, True, None, "auto", True, "torch"),
        (BOTH, True, "cpu", "auto", True, "openvino"),
        (TORCH_ONLY, False, None, "auto", True, "torch"),
    ],
)
def test_openvino_is_taken_where_it_is_fast(
    machine, card, accelerator, device, precision, fast, wanted
):
    machine(*ALL, "openvino", accelerator=accelerator, fast=fast)
    assert choose.choose(card, "auto", device, precision) == wanted
    if wanted == "openvino":
        machine(*ALL, accelerator=accelerator, fast=fast)
        assert choose.choose(card, "auto", device, precision) != "openvino"


@pytest.mark.parametrize(
    ("card", "libraries", "backend", "precision", "sentence"),
    [
        (
            TORCH_ONLY,
            ("onnxruntime",),
            "auto",
            "float32",
            r"it needs torch: pip install 'lineart\[",
        ),
        (ONNX_ONLY, ("torch",), "auto", "float32", "it needs onnxruntime: pip install onnxruntime"),
        (BOTH, ("onnxruntime",), "torch", "float32", "torch is not installed; run pip install"),
        (ONNX_ONLY, ALL, "torch", "float32", "no weights but ONNX; use the backend onnx"),
        (TORCH_ONLY, ALL, "onnx", "float32", "it was not exported; run lineart export m"),
        (BOTH, ("torch", "safetensors"), "onnx", "float32", "run pip install onnxruntime"),
        (BOTH, ALL, "onnx", "bfloat16", r"reads in float32; for bfloat16 take openvino \(pip "),
        (BOTH, ("onnxruntime",), "auto", "bfloat16", "reads in float32; for bfloat16 take openvin"),
        (BOTH, ALL, "openvino", "auto", r"not installed; run pip install 'lineart\[openvino\]'"),
        (TORCH_ONLY, (*ALL, "openvino"), "openvino", "auto", "not exported; run lineart export m"),
    ],
)
def test_what_is_missing_is_told_in_a_sentence(
    machine, card, libraries, backend, precision, sentence
):
    machine(*libraries)
    with pytest.raises(InputError, match=sentence):
        choose.choose(card, backend, None, precision)


@pytest.mark.parametrize(
    ("system", "architecture", "version", "driver", "wanted"),
    [
        ("Linux", "x86_64", "2.13.0+cpu", True, False),
        ("Linux", "x86_64", "2.13.0+cu130", True, True),
        ("Linux", "x86_64", "2.13.0", False, False),
        ("Windows", "AMD64", "2.13.0+cu130", False, True),  # drivers leave no such file there
        ("Darwin", "arm64", "2.13.0", False, True),
        ("Darwin", "x86_64", "2.13.0", False, False),
    ],
)
def test_signs_of_an_accelerator(monkeypatch, system, architecture, version, driver, wanted):
    monkeypatch.setattr(choose.platform, "system", lambda: system)
    monkeypatch.setattr(choose.platform, "machine", lambda: architecture)
    monkeypatch.setattr(choose.importlib.metadata, "version", lambda name: version)
    monkeypatch.setattr(choose.os.path, "exists", lambda path: driver)
    assert choose.accelerator_in_sight() is wanted


def test_an_onnx_file_fits_the_weights_it_was_made_from(tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"weights")
    card = dataclasses.replace(BOTH, weights=weights)
    of = hashlib.sha256(b"weights").hexdigest()
    assert choose.made_from(card, {"weights_sha256": of})
    assert not choose.made_from(card, {"weights_sha256": hashlib.sha256(b"older").hexdigest()})
    assert choose.made_from(card, {})  # it does not say
    assert choose.made_from(ONNX_ONLY, {"weights_sha256": of})
