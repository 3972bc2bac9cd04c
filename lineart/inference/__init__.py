"""From a trained model to line art."""

from lineart.inference.extractor import Extractor, NetworkExtractor, load_extractor
from lineart.inference.prepare import prepared

__all__ = ["Extractor", "NetworkExtractor", "load_extractor", "prepared"]
