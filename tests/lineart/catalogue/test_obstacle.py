"""What is said of a model that cannot be used here."""

import dataclasses
from pathlib import Path

import pytest

from lineart.catalogue import obstacle
from lineart.catalogue.cards import ModelCard

BOTH = ModelCard("m", "network", weights=Path("m.safetensors"), onnx=Path("m.onnx"))
TORCH_ONLY = dataclasses.replace(BOTH, onnx=None)
ONNX_ONLY = dataclasses.replace(BOTH, weights=None)


@pytest.mark.parametrize(
    ("card", "libraries", "wanted"),
    [
        (ModelCard("canny", "classical"), (), ""),
        (BOTH, ("onnxruntime",), ""),
        (BOTH, ("torch", "safetensors"), ""),
        (TORCH_ONLY, ("onnxruntime",), "needs torch: pip install 'lineart[torch]'"),
        (ONNX_ONLY, ("torch",), "needs onnxruntime: pip install onnxruntime"),
    ],
)
def test_the_obstacle_of_the_listing(monkeypatch, card, libraries, wanted):
    monkeypatch.setattr(obstacle, "installed", lambda library: library in libraries)
    assert obstacle.obstacle(card) == wanted


def test_installed_is_told_without_an_import():
    assert obstacle.installed("numpy")
    assert not obstacle.installed("no_such_library")
