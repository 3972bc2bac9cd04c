"""A picture that was read, in a folder of its own, and what styles make of it.

On the disk and not in memory, so that any number of visitors cost none; deleted with the folder.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from lineart.errors import InputError
from lineart.extract.outputs import encode, format_named, inks_of
from lineart.extract.pixels import Inks, on_paper, transparent
from lineart.extract.style import Style, apply
from lineart.pictures.colours import WHITE, Colour, colour_of
from lineart.pictures.decoding import shown
from lineart.pictures.images import Bytes, Picture, encode_png, fit, write_bytes
from lineart.pictures.inputs import PICTURES
from lineart.pictures.resolution import Dpi
from lineart.search import MARK

PREVIEW = 1600  # pixels of the longer side, as the page shows a picture
CHECK = 12  # pixels; the squares behind transparent ink
INK, RENDER = "ink.npy", "render.npy"


@dataclass(frozen=True)
class Reading:
    """A picture that was read."""

    folder: Path  # ink and render, before.png, and a folder for each of the last two styles
    name: str  # of the uploaded file
    about: str  # one line for the page
    dpi: Dpi | None = None  # of the picture in print

    @property
    def before(self) -> Path:
        """The render as the page shows it."""
        return self.folder / "before.png"


@dataclass(frozen=True)
class Made:
    """What a style made of a reading."""

    file: Path  # to be downloaded, named as the command line names it
    after: Path  # the same as the page shows it


def stored(
    render: Bytes, ink: Picture, name: str, about: str, root: Path, dpi: Dpi | None = None
) -> Reading:
    """Put a picture that was read into a new folder below ``root``.

    Args:
        render: ``(H, W, 3)`` uint8.
        ink: ``(H, W)`` in [0, 1].
        name: of the uploaded file.
        about: how it was read, for the page.
        root: where readings lie.
        dpi: of the picture in print.

    Raises:
        InputError: if the disk is full.
    """
    folder = Path(tempfile.mkdtemp(dir=root, prefix="reading-"))
    height, width = ink.shape
    reading = Reading(folder, name, f"{shown(name, 60)} · {width} × {height} · {about}", dpi)
    try:
        for kept, array in ((INK, ink), (RENDER, render)):
            buffer = io.BytesIO()
            np.save(buffer, array)
            write_bytes(folder / kept, buffer.getvalue())
        write_bytes(reading.before, encode_png(_shrunk(render)))
    except InputError:
        shutil.rmtree(folder)
        raise
    return reading


def made(reading: Reading, form: str, style: Style) -> Made:
    """Write what a style makes of a reading, in a new folder: a download that is under way goes on.

    Raises:
        InputError: for a format that is not known or cannot be made, or a reading that was deleted.
    """
    wanted = format_named(form)
    try:
        ink = np.load(reading.folder / INK)
        needed = wanted.layered or style.own
        render = np.load(reading.folder / RENDER) if needed else None
    except FileNotFoundError as error:
        raise InputError(
            "The picture is no longer kept, after some hours; drop it again."
        ) from error
    inks, ink = inks_of(style, ink, render), apply(ink, style)
    earlier = sorted(reading.folder.glob("style-*"))[:-1]  # the page may be showing the last
    folder = reading.folder / f"style-{time.time_ns()}"
    output = Made(
        folder / "file" / f"{_stem(reading.name)}{MARK}{wanted.ending}", folder / "after.png"
    )
    write_bytes(output.file, encode(form, ink, style, render, reading.dpi, inks))
    write_bytes(output.after, encode_png(preview(ink, form, inks, colour_of(style.paper))))
    for old in earlier:
        shutil.rmtree(old, ignore_errors=True)
    return output


def preview(ink: Picture, form: str, inks: Inks, paper: Colour = WHITE) -> Bytes:
    """Styled ink ``(H, W)`` as the page shows it, shrunk: on paper, on squares if it is transparent."""
    small = fit(ink, PREVIEW)
    inks = inks if isinstance(inks, tuple) else _shrunk(inks)
    if form != "transparent":
        return on_paper(small, inks, paper)
    rows, columns = np.indices(small.shape) // CHECK
    squares = np.where((rows + columns) % 2, 255, 215)[..., None]
    pixels = transparent(small, inks)
    alpha = pixels[..., 3:] / 255
    return np.round(pixels[..., :3] * alpha + squares * (1 - alpha)).astype(np.uint8)


def _stem(name: str) -> str:
    path = Path(name)
    return path.stem if path.suffix.lower() in PICTURES else path.name


def _shrunk(pixels: Bytes) -> Bytes:
    """A render as the page shows it."""
    height, width = pixels.shape[:2]
    scale = PREVIEW / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
