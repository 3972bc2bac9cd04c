"""From a trained model to line art."""

from lineart.inference.extractor import Extractor, NetworkExtractor, load_extractor

__all__ = ["Extractor", "NetworkExtractor", "load_extractor"]
