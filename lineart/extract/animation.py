"""Picture files of several pictures: animated GIF, WebP, PNG and AVIF, and the pages of a TIFF.

Line art of an animation keeps its frames, their times and how often it repeats. GIF has no half-transparent
pixels, so without paper it becomes a WebP, and so does AVIF, which loses a little with every saving. Pages
are only read; each becomes a picture of its own.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from lineart.errors import InputError
from lineart.extract.pixels import Inks, on_paper, transparent
from lineart.extract.style import as_ink
from lineart.pictures.colours import WHITE, Colour
from lineart.pictures.decoding import (
    Ground,
    frame_pixels,
    is_page,
    opened,
    require_size,
    shown,
)
from lineart.pictures.images import Bytes
from lineart.pictures.inputs import Sheet
from lineart.pictures.resolution import Dpi, resolution_of

SIGNATURES = {  # how files begin that may hold several pictures, by Pillow's names of their formats
    "GIF": rb"GIF8",
    "WEBP": rb"RIFF....WEBP",
    "PNG": rb"\x89PNG",
    "AVIF": rb"....ftyp(avif|avis|mif1|msf1)",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
}
WRITTEN = {  # animations of the ink on paper, and of the ink alone
    "png": {"GIF": ".gif", "WEBP": ".webp", "PNG": ".png", "AVIF": ".webp"},
    "transparent": {"GIF": ".webp", "WEBP": ".webp", "PNG": ".png", "AVIF": ".webp"},
    "webp": {"GIF": ".webp", "WEBP": ".webp", "PNG": ".webp", "AVIF": ".webp"},
}
ENCODED = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG"}
MAX_PIXELS = 500_000_000  # of all frames together, which are in memory when they are written


@dataclass(frozen=True)
class Frame(Sheet):
    """One picture of several."""

    milliseconds: int = 0  # how long it is shown
    share: float = 1.0  # of the frames, how many are read with this one
    number: int = 1  # among them


@dataclass(frozen=True)
class Animation:
    """The ink of all frames and how they are shown."""

    ink: Sequence[Bytes]  # (H, W) each, ink 255
    milliseconds: Sequence[int]
    repeats: int | None  # how often it is shown again, 0 for ever, None for never
    dpi: Dpi | None = None  # in print; of the formats a PNG alone says it


def several_in(path: Path) -> str:
    """:func:`kind_of_several` for a file; empty for what cannot be read, which is said when it is."""
    if not os.path.isfile(path):  # a named pipe would wait for ever
        return ""
    try:
        with open(path, "rb") as file:
            return kind_of_several(file)
    except OSError:
        return ""


def kind_of_several(file: BinaryIO) -> str:
    """What a file of several frames or pages is, by its content: a name of :data:`SIGNATURES`, else empty."""
    head = file.read(12)
    kinds = [kind for kind, start in SIGNATURES.items() if re.match(start, head, re.DOTALL)]
    if not kinds:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata
            with Image.open(file, formats=kinds) as image:
                if image.format != "TIFF" and not getattr(image, "is_animated", False):
                    return ""
                return kinds[0] if len(_numbers(image)) > 1 else ""
    except Exception:  # what is damaged is said when it is read
        return ""


def _numbers(image: Image.Image) -> list[int]:
    """Which pictures of an opened file are frames or pages.

    The still that an animated PNG has for whoever knows no animation is none, nor is what a TIFF has beside
    its pages. Where the chain of a TIFF's pages is broken, the next one is among them, for it to be named.
    """
    if image.format != "TIFF":
        return list(
            range(int(getattr(image, "default_image", False)), getattr(image, "n_frames", 1))
        )
    numbers = []
    for number in itertools.count():
        try:
            image.seek(number)
        except EOFError:
            break
        except Exception:
            numbers.append(number)
            break
        if is_page(image):
            numbers.append(number)
    return numbers or [0]


def read_frames(data: bytes, name: str, background: Colour = WHITE) -> Iterator[Frame]:
    """The frames of an animation, or the pages of a TIFF, as sRGB on a background.

    Raises:
        InputError: if one is damaged or too large; of pages, after all others.
    """
    with opened(data, name, tuple(SIGNATURES)) as image:
        numbers = _numbers(image)
        if image.format != "TIFF":
            for count, number in enumerate(numbers, start=1):
                yield _frame(image, number, name, background, count, len(numbers))
            return
    yield from _pages(data, name, background, numbers)


def _pages(data: bytes, name: str, background: Colour, numbers: Sequence[int]) -> Iterator[Frame]:
    """The pages of a TIFF; those that cannot be read are said after all others."""
    damaged: dict[int, InputError] = {}
    for count, number in enumerate(numbers, start=1):
        try:
            # Opened anew, for Pillow does not find back from a page of one kind to one of another.
            with opened(data, name, ("TIFF",)) as image:
                frame = _frame(image, number, name, background, count, len(numbers))
        except InputError as error:
            damaged[count] = error
        else:
            yield frame
    if damaged:
        which, first = ", ".join(map(str, damaged)), next(iter(damaged.values()))
        raise InputError(
            f"Page{'s' * (len(damaged) > 1)} {which} of {len(numbers)} cannot be read, "
            f"the others are written ({str(first).removesuffix('.')}); save the file again."
        )


def _frame(
    image: Image.Image, number: int, name: str, background: Colour, count: int, of: int
) -> Frame:
    """One picture of an opened file, the ``count``-th of all."""
    image.seek(number)
    require_size(image, name)  # pages have sizes of their own
    ground = Ground(background)
    dpi = resolution_of(image)
    pixels = frame_pixels(image, ground)
    milliseconds = round(float(image.info.get("duration") or 0))
    return Frame(pixels, dpi, ground.hides, milliseconds, count / of, count)


def require_room(data: bytes, name: str, coloured: bool = False) -> None:
    """Refuse an animation whose frames do not fit into memory together, as they are when it is written.

    Raises:
        InputError: if it has more than ``MAX_PIXELS``, or half as many where each has a colour of its own.
    """
    most = MAX_PIXELS // 2 if coloured else MAX_PIXELS
    with opened(data, name, tuple(SIGNATURES)) as image:
        count = getattr(image, "n_frames", 1)
        if count * image.width * image.height > most:
            raise InputError(
                f"{shown(name)} has {count} frames of {image.width} x {image.height} pixels; at most "
                f"{most // 10**6} megapixels are written as an animation, so take `--frames`, or "
                f"make it a video."
            )


def repeats_of(data: bytes, name: str) -> int | None:
    """How often an animation is shown again; 0 for ever, None for never."""
    with opened(data, name, tuple(SIGNATURES)) as image:
        if image.format == "AVIF":  # Pillow does not tell, and browsers repeat it
            return 0
        loop = image.info.get("loop")
        if loop in (None, 0) or image.format == "GIF":
            return loop
        return int(loop) - 1 or None  # WebP and PNG say how often it is shown in all


def encode_animation(
    animation: Animation,
    ending: str,
    format: str,
    inks: Colour | list[Bytes],
    paper: Colour = WHITE,
) -> bytes:
    """The bytes of an animated picture file.

    Args:
        animation: what is to be seen.
        ending: ``.gif``, ``.webp`` or ``.png``.
        format: ``transparent`` for ink alone; ``png`` and ``webp`` for ink on paper.
        inks: the colour of the ink, or for each frame the ``(H, W, 3)`` colours it has of its own.
        paper: its colour.
    """
    dress = _indexed if ending == ".gif" else _alone if format == "transparent" else _on_paper
    each: Iterable[Inks] = inks if isinstance(inks, list) else repeat(inks, len(animation.ink))
    frames = zip(animation.ink, each, strict=True)
    first, *others = (dress(ink, colours, paper) for ink, colours in frames)
    repeats = animation.repeats
    options: dict[str, Any]
    if ending == ".gif":
        options = {} if repeats is None else {"loop": repeats}
    else:
        options = {"loop": 0 if repeats == 0 else 1 + (repeats or 0)}
    if ending == ".png" and animation.dpi is not None:
        options["dpi"] = animation.dpi
    if ending == ".webp":
        options |= {"lossless": True, "exact": True}
    buffer = io.BytesIO()
    first.save(
        buffer,
        ENCODED[ending],
        save_all=True,
        append_images=others,
        duration=list(animation.milliseconds),
        **options,
    )
    return buffer.getvalue()


def _on_paper(ink: Bytes, inks: Inks, paper: Colour) -> Image.Image:
    return Image.fromarray(on_paper(as_ink(ink), inks, paper))


def _alone(ink: Bytes, inks: Inks, paper: Colour) -> Image.Image:
    return Image.fromarray(transparent(as_ink(ink), inks))


def _indexed(ink: Bytes, inks: Inks, paper: Colour) -> Image.Image:
    """Ink as the index into a palette of all its shades, so that a GIF loses none of them.

    Of inks of many colours it has the 256 that come nearest.
    """
    if not isinstance(inks, tuple):
        return _on_paper(ink, inks, paper).quantize(256, dither=Image.Dither.NONE)
    shades = on_paper(as_ink(np.arange(256, dtype=np.uint8)[None]), inks, paper)
    if shades.ndim == 2:
        shades = np.repeat(shades[..., None], 3, axis=2)
    image = Image.fromarray(ink).convert("P")
    image.putpalette(shades.tobytes())
    return image
