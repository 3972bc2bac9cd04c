"""What keeps a model from being used on this machine: found out without importing a library for it."""

from __future__ import annotations

import importlib.util

from lineart.catalogue.cards import ModelCard

GET_TORCH = "pip install 'lineart[torch]'"


def installed(library: str) -> bool:
    """Whether a library can be imported; it is not."""
    try:
        return importlib.util.find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def obstacle(card: ModelCard) -> str:
    """What keeps a model from being used here, and what to do; nothing if it can be."""
    if card.kind == "classical" or (card.onnx and installed("onnxruntime")):
        return ""
    if card.weights and installed("torch") and installed("safetensors"):
        return ""
    return (
        f"needs torch: {GET_TORCH}"
        if card.weights
        else "needs onnxruntime: pip install onnxruntime"
    )
