"""A difference of Gaussians: dark lines."""

from __future__ import annotations

import cv2
import numpy as np

from lineart.models.parts.classical import Classical, grey_of
from lineart.pictures.images import Bytes, Picture


def difference_of_gaussians(
    render: Picture | Bytes, sigma: float = 1.0, gain: float = 4.0
) -> Picture:
    """Dark lines: a wide blur minus a narrow one (ratio 1.6), times ``gain``, cut to [0, 1].

    Marr and Hildreth, Proc. R. Soc. London B 207, 1980. ``sigma`` of the narrow blur, in pixels.
    """
    grey = grey_of(render)
    narrow = cv2.GaussianBlur(grey, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    wide = cv2.GaussianBlur(grey, (0, 0), 1.6 * sigma, borderType=cv2.BORDER_REPLICATE)
    np.subtract(wide, narrow, out=wide)  # in place: a large sheet has hundreds of megabytes
    np.multiply(wide, gain, out=wide)
    return np.clip(wide, 0, 1, out=wide).astype(np.float32, copy=False)


METHOD = Classical(
    difference_of_gaussians, {"sigma": (0.5, 0.8, 1.2, 1.8, 2.5), "gain": (2, 4, 8, 16)}
)
