"""How wide the strokes of a picture are, found without reading it.

Closing by a disc fills dark lines that are narrower than it. The radius at which a pixel has got most of what
the largest disc fills tells how wide the line is there (a granulometry; G. Matheron, "Random sets and
integral geometry", 1975). Wide lines have more pixels, so each counts by the inverse of its width: by length.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from lineart.pictures.discs import disc
from lineart.pictures.images import Bytes, Picture, to_bytes

LOOK = 800  # pixels of the longer side; larger pictures are reduced to these
RADII = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 13)  # pixels
DARKER = 50  # levels, of 255, by which a line is darker than what lies around it
MOST = 0.6  # of what the largest disc fills
FEW = 1e-4  # of the page; less are no lines


def stroke_width(picture: Bytes | Picture, share: float = 0.5) -> float:
    """The width that a ``share`` of the lines of a picture, by their length, does not exceed.

    Args:
        picture: ``(H, W, 3)`` RGB, uint8 or float in [0, 1].
        share: in [0, 1]; a half is the median.

    Returns:
        Pixels of the picture; 0 where there are no dark lines.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, LOOK / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    if small.dtype != np.uint8:
        small = to_bytes(np.asarray(small, np.float32))
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    discs = [disc(math.floor(radius**2)) for radius in RADII]
    filled = [cv2.subtract(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, each), grey) for each in discs]
    lines = filled[-1] >= DARKER
    if np.count_nonzero(lines) < FEW * lines.size:
        return 0.0
    most = np.float32(MOST) * filled[-1][lines]
    enough = np.argmax([each[lines] >= most for each in filled], axis=0)
    radii = np.array(RADII)
    widths = radii + np.append(0, radii[:-1])  # between what this disc fills and the one before
    lengths = np.bincount(enough, minlength=len(radii)) / widths
    typical = np.searchsorted(np.cumsum(lengths), share * lengths.sum())
    return float(widths[typical]) / scale
