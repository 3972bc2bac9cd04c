"""Everything dark is ink."""

from __future__ import annotations

import numpy as np

from lineart.models.parts.classical import Classical, grey_of
from lineart.pictures.images import Bytes, Picture


def dark_threshold(render: Picture | Bytes, below: float = 0.3) -> Picture:
    """Everything darker than ``below`` is ink."""
    return (grey_of(render) < below).astype(np.float32)


METHOD = Classical(dark_threshold, {"below": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)})
