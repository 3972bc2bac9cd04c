"""Moving pictures that are picture files: animated GIF, WebP and PNG, frame by frame, in and out.

Line art of an animation keeps its frames, their times and how often it repeats. GIF has no half-transparent
pixels, so without paper it becomes a WebP.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lineart.errors import InputError
from lineart.extract.pixels import on_paper, transparent
from lineart.extract.style import Colour, as_ink
from lineart.pictures.decoding import frame_pixels, opened, shown
from lineart.pictures.images import Bytes

KINDS = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".apng": "PNG"}
WRITTEN = {  # animations of the ink on paper, and of the ink alone
    "png": {"GIF": ".gif", "WEBP": ".webp", "PNG": ".png"},
    "transparent": {"GIF": ".webp", "WEBP": ".webp", "PNG": ".png"},
}
MAX_PIXELS = 500_000_000  # of all frames together, which are in memory when they are written


@dataclass(frozen=True)
class Frame:
    """One picture of several."""

    pixels: Bytes  # (H, W, 3), RGB
    milliseconds: int  # how long it is shown
    share: float  # of the frames, how many are read with this one


@dataclass(frozen=True)
class Animation:
    """The ink of all frames and how they are shown."""

    ink: Sequence[Bytes]  # (H, W) each, ink 255
    milliseconds: Sequence[int]
    repeats: int | None  # how often it is shown again, 0 for ever, None for never


def animation_kind(path: Path) -> str:
    """``GIF``, ``WEBP`` or ``PNG`` for a file of several frames, empty for others and what cannot be read."""
    kind = KINDS.get(path.suffix.lower(), "")
    if not kind or not os.path.isfile(path):  # a named pipe would wait for ever
        return ""
    try:
        with Image.open(path, formats=[kind]) as image:
            return kind if getattr(image, "is_animated", False) else ""
    except Exception:  # what is wrong with it is said when it is read
        return ""


def read_frames(data: bytes, name: str) -> Iterator[Frame]:
    """The frames of an animation as sRGB on white paper.

    Raises:
        InputError: if it is damaged, or has more pixels than fit into memory.
    """
    with opened(data, name, ("GIF", "WEBP", "PNG")) as image:
        count = getattr(image, "n_frames", 1)
        if count * image.width * image.height > MAX_PIXELS:
            raise InputError(
                f"{shown(name)} has {count} frames of {image.width} x {image.height} pixels; at most "
                f"{MAX_PIXELS // 10**6} megapixels are read of an animation, so make it a video."
            )
        first = int(getattr(image, "default_image", False))  # shown by whoever knows no animation
        for number in range(first, count):
            image.seek(number)
            pixels = frame_pixels(image)
            milliseconds = round(float(image.info.get("duration") or 0))
            yield Frame(pixels, milliseconds, (number + 1 - first) / (count - first))


def repeats_of(data: bytes, name: str) -> int | None:
    """How often an animation is shown again; 0 for ever, None for never."""
    with opened(data, name, ("GIF", "WEBP", "PNG")) as image:
        loop = image.info.get("loop")
        if loop in (None, 0) or image.format == "GIF":
            return loop
        return int(loop) - 1 or None  # WebP and PNG say how often it is shown in all


def encode_animation(animation: Animation, ending: str, format: str, colour: Colour) -> bytes:
    """The bytes of an animated picture file.

    Args:
        animation: what is to be seen.
        ending: ``.gif``, ``.webp`` or ``.png``.
        format: ``png`` for ink on paper, ``transparent`` for ink alone.
        colour: of the ink.
    """
    dress = _indexed if ending == ".gif" else _on_paper if format == "png" else _alone
    first, *others = (dress(ink, colour) for ink in animation.ink)
    repeats = animation.repeats
    if ending == ".gif":
        options = {} if repeats is None else {"loop": repeats}
    else:
        options = {"loop": 0 if repeats == 0 else 1 + (repeats or 0)}
    if ending == ".webp":
        options |= {"lossless": True, "exact": True}
    buffer = io.BytesIO()
    first.save(
        buffer,
        KINDS[ending],
        save_all=True,
        append_images=others,
        duration=list(animation.milliseconds),
        **options,
    )
    return buffer.getvalue()


def _on_paper(ink: Bytes, colour: Colour) -> Image.Image:
    return Image.fromarray(on_paper(as_ink(ink), colour))


def _alone(ink: Bytes, colour: Colour) -> Image.Image:
    return Image.fromarray(transparent(as_ink(ink), colour))


def _indexed(ink: Bytes, colour: Colour) -> Image.Image:
    """Ink as the index into a palette of all its shades, so that a GIF loses none of them."""
    shades = on_paper(as_ink(np.arange(256, dtype=np.uint8)[None]), colour)
    if shades.ndim == 2:
        shades = np.repeat(shades[..., None], 3, axis=2)
    image = Image.fromarray(ink).convert("P")
    image.putpalette(shades.tobytes())
    return image
