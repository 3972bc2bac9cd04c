"""Line art from renders: pictures, models, numbers. Knows nothing of pipelines or services.

from lineart import Extractor
ink = Extractor()("render.png")     # (H, W) float32, ink 1, paper 0
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lineart.lazy import lazily

if TYPE_CHECKING:
    from lineart.inference.extractor import Extractor

# ONNX Runtime reports to its maker, and keeps an identity in the home folder, from its import on.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
__all__ = ["Extractor", "__version__"]

__getattr__ = lazily(__name__, {"Extractor": "lineart.inference.extractor"})
