"""Canny's edges."""

from __future__ import annotations

import cv2
import numpy as np

from lineart.models.parts.classical import Classical, grey_of
from lineart.pictures.images import Bytes, Picture, to_bytes


def canny(
    render: Picture | Bytes, sigma: float = 1.0, low: float = 0.2, high: float = 0.4
) -> Picture:
    """Canny's edges (IEEE TPAMI 8(6), 1986), by OpenCV, after a Gaussian blur of ``sigma`` pixels.

    ``low`` and ``high`` are shares of the strongest Sobel response a luminance step can give.
    """
    grey = to_bytes(grey_of(render))
    if sigma > 0:
        cv2.GaussianBlur(grey, (0, 0), sigma, dst=grey, borderType=cv2.BORDER_REPLICATE)
    strongest = 4 * 255  # 3 x 3 Sobel across a step from black to white
    edges = cv2.Canny(grey, low * strongest, high * strongest, L2gradient=True)
    return (edges > 0).astype(np.float32)


METHOD = Classical(
    canny, {"sigma": (0.0, 0.7, 1.4, 2.0), "low": (0.05, 0.1, 0.2), "high": (0.2, 0.3, 0.5)}
)
