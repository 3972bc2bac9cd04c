"""Faults of delivered files: (render, line art, strength, generator) to the bytes of both files."""

from __future__ import annotations

import io

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageCms

from dataset_tools.augmentation.fields import smooth_noise
from lineart.pictures.images import Picture, encode_png, to_bytes

# The primaries of Adobe RGB (1998) as its specification gives them for D50, red, green and blue.
WIDE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))


def jpeg(render: Picture, line: Picture, strength: float, rng: Generator) -> tuple[bytes, bytes]:
    """The line art as a JPEG file of quality ``strength``."""
    file = io.BytesIO()
    Image.fromarray(to_bytes(1 - line)).save(file, "JPEG", quality=round(strength))
    return encode_png(render), file.getvalue()


def transparent(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[bytes, bytes]:
    """A render whose pixels are half transparent in ``strength`` of the picture, in soft blots."""
    shape = (render.shape[0], render.shape[1])
    field = smooth_noise(rng, shape, max(shape) / 4)
    alpha = np.where(field <= np.quantile(field, strength), 128, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.dstack([to_bytes(render), alpha])).save(file, "PNG")
    return file.getvalue(), encode_png(1 - line)


def profiled(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[bytes, bytes]:
    """A render that says its colours are those of a wide space."""
    file = io.BytesIO()
    Image.fromarray(to_bytes(render)).save(file, "PNG", icc_profile=wide_profile())
    return file.getvalue(), encode_png(1 - line)


def truncated(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[bytes, bytes]:
    """Render or line art without the last ``strength`` of its bytes; at 1 an empty file."""
    files = [encode_png(render), encode_png(1 - line)]
    which = int(rng.integers(2))
    files[which] = files[which][: int(len(files[which]) * (1 - strength))]
    return files[0], files[1]


def garbled(render: Picture, line: Picture, strength: float, rng: Generator) -> tuple[bytes, bytes]:
    """Render or line art with ``strength`` of its bytes changed, after the header."""
    files = [encode_png(render), encode_png(1 - line)]
    which = int(rng.integers(2))
    data = bytearray(files[which])
    for place in rng.integers(41, len(data) - 12, round(strength)):  # IHDR and IEND stay
        data[place] ^= int(rng.integers(1, 256))
    files[which] = bytes(data)
    return files[0], files[1]


def wide_profile() -> bytes:
    """A colour profile of wider primaries than sRGB's, made from Pillow's own of sRGB."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for tag, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), WIDE, strict=True):
        # A tag's entry: its name, then offset and length; its content: eight bytes, then X, Y, Z.
        entry = data.index(tag, 128)
        start = int.from_bytes(data[entry + 4 : entry + 8], "big") + 8
        numbers = b"".join(round(value * 65536).to_bytes(4, "big") for value in primary)
        data = data[:start] + numbers + data[start + 12 :]
    return data.replace("sRGB built-in".encode("utf-16-be"), "Wide built-in".encode("utf-16-be"))
