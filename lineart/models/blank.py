"""The empty page."""

from __future__ import annotations

import numpy as np

from lineart.models.parts.classical import Classical
from lineart.pictures.images import Bytes, Picture


def blank(render: Picture | Bytes) -> Picture:
    """The empty page: what a metric must not reward."""
    return np.zeros(render.shape[:2], np.float32)


METHOD = Classical(blank, {})
