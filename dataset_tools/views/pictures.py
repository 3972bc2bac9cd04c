"""Pictures that a page holds itself: as data URIs, with the fault marked, from near, compared."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import cv2
import numpy as np

from dataset_tools.views.overlay import overlay
from lineart.pictures.images import Bytes, Picture, fit, to_bytes
from lineart.pictures.masks import Box

QUALITY = 80  # of WebP
MARK = (0.0, 0.35, 0.9)  # of a fault
# ink that is compared
BOTH, MISSED, FALSE = (0.25, 0.25, 0.25), (0.84, 0.12, 0.12), (0.10, 0.38, 0.85)
NEAR = 1 / 5  # part of the longer side that is shown from near, at least


def inline(picture: Picture | Bytes, longest: int) -> str:
    """A picture as a data URI (WebP), shrunk to ``longest`` pixels.

    Args:
        picture: render ``(H, W, 3)``, or line art ``(H, W)`` with ink 1 (as bytes 255), shown as black
            ink on white.
        longest: longer side, in pixels; smaller pictures are kept.
    """
    unit = np.float32(255 if picture.dtype == np.uint8 else 1)
    values = np.asarray(picture, np.float32) / unit
    pixels = to_bytes(fit(1 - values if values.ndim == 2 else values, longest))
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if pixels.ndim == 3 else pixels
    done, data = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    assert done, "OpenCV could not encode a WebP"
    return "data:image/webp;base64," + base64.b64encode(data.tobytes()).decode()


def differences(one: Picture, truth: Picture) -> Picture:
    """Where two line arts differ: common ink grey, what ``one`` lacks red, what it has besides blue.

    Args:
        one: ``(H, W)`` in [0, 1], ink 1; a prediction, say.
        truth: the same.

    Returns:
        ``(H, W, 3)`` RGB in [0, 1], on white.
    """
    both = np.minimum(one, truth)
    layers = ((both, BOTH), (truth - both, MISSED), (one - both, FALSE))
    found = np.ones((*truth.shape, 3), np.float32)
    for ink, colour in layers:
        found -= ink[..., None] * (1 - np.array(colour, np.float32))
    return np.clip(found, 0, 1)


def marked(render: Picture, line: Picture, boxes: Sequence[Box], longest: int) -> Picture:
    """The line art in red over the greyed render, shrunk to ``longest``, with frames round the faults.

    Args:
        render: ``(H, W, 3)``.
        line: ``(H, W)``, ink 1.
        boxes: in pixels of these.
        longest: longer side of what is returned, in pixels; never enlarged.
    """
    picture = fit(overlay(render, line), longest)
    scale = max(picture.shape[:2]) / max(line.shape)
    # The frames are drawn last, so that shrinking does not thin them.
    for x, y, width, height in boxes:
        corners = (x, y), (x + width - 1, y + height - 1)
        (left, top), (right, bottom) = ((round(a * scale), round(b * scale)) for a, b in corners)
        cv2.rectangle(picture, (left - 1, top - 1), (right + 1, bottom + 1), MARK, 2)
    return picture


def from_near(render: Picture, line: Picture, box: Box) -> Picture:
    """What a box holds and a little round it, line art over render, at full size and square if it fits.

    Args:
        render: ``(H, W, 3)``.
        line: ``(H, W)``, ink 1.
        box: in pixels of these.
    """
    height, width = line.shape
    x, y, w, h = box
    side = max(round(1.5 * max(w, h)), round(NEAR * max(height, width)), 24)
    left = int(np.clip(x + w // 2 - side // 2, 0, max(0, width - side)))
    top = int(np.clip(y + h // 2 - side // 2, 0, max(0, height - side)))
    part = (slice(top, top + side), slice(left, left + side))
    return overlay(render[part], line[part])
