"""What cameras, scanners and file formats leave: blur, noise, rescaling, JPEG, WebP, a scanner's light."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image

from dataset_tools.augmentation.fields import (
    as_bytes,
    as_floats,
    clamp,
    fine_noise,
    frame,
    merge,
    soften,
)
from dataset_tools.augmentation.sheet import Notes, Sheet
from lineart.pictures.images import Bytes, Picture


def blur(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """A little out of focus: a Gaussian of at most 1.2 pixels."""
    sigma = 0.3 + 0.9 * strength * rng.uniform(0.5, 1)
    return np.minimum(soften(render, sigma), 1), {"sigma": sigma}


def noise(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Noise of a sensor, grey or coloured."""
    deviation = 0.06 * strength * rng.uniform(0.4, 1)
    shape = frame(render)
    coloured = bool(rng.uniform() < 0.4)
    if coloured:
        field = merge([fine_noise(rng, shape) for _ in range(3)])
    else:
        field = merge([fine_noise(rng, shape)] * 3)
    return clamp(render + np.float32(deviation) * field), {
        "deviation": deviation,
        "coloured": coloured,
    }


def jpeg(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Traces of JPEG, quality 90 (strength 0) down to 35 (strength 1)."""
    quality = round(90 - 55 * strength * rng.uniform(0.6, 1))
    pixels = cv2.cvtColor(as_bytes(render), cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done, "OpenCV could not encode a JPEG"
    return _decoded(data), {"quality": quality}


def webp(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Traces of WebP, quality 85 (strength 0) down to 15 (strength 1)."""
    quality = round(85 - 70 * strength * rng.uniform(0.6, 1))
    file = io.BytesIO()
    # The fastest method: Pillow's takes a fifth of the time of OpenCV's, which offers no choice.
    Image.fromarray(as_bytes(render)).save(file, "WEBP", quality=quality, method=0)
    return _decoded(np.frombuffer(file.getvalue(), np.uint8)), {"quality": quality}


def _decoded(data: Bytes) -> Picture:
    pixels = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert pixels is not None, "OpenCV could not decode its own picture"
    return as_floats(pixels)


def rescale(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Traces of a picture that was shrunk and enlarged again, with one kernel or another."""
    part = 1 - strength * rng.uniform(0.2, 0.55)
    down = str(rng.choice(("area", "linear", "nearest"), p=(0.5, 0.35, 0.15)))
    up = str(rng.choice(("linear", "cubic", "nearest"), p=(0.4, 0.45, 0.15)))
    if down == up == "nearest":
        up = "linear"  # else thin lines would be lost
    if down == "nearest":
        part = max(part, 0.7)
    height, width = frame(render)
    small = (max(1, round(width * part)), max(1, round(height * part)))
    shrunk = cv2.resize(render, small, interpolation=KERNELS[down])
    back = cv2.resize(shrunk, (width, height), interpolation=KERNELS[up])
    return clamp(np.asarray(back, np.float32)), {"part": part, "down": down, "up": up}


KERNELS = {
    "area": cv2.INTER_AREA,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "nearest": cv2.INTER_NEAREST_EXACT,  # INTER_NEAREST itself shifts the picture by half a pixel
}
