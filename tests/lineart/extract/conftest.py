"""A page with strokes of known widths, and pictures of every kind as bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from lineart.images import Bytes, write_bytes

Command = Callable[..., int]


def page(height: int = 48, width: int = 64) -> Bytes:
    """White paper with a black bar, three pixels wide and 32 long, and a red box; RGB."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[8:11, 8:40] = 0
    pixels[24:40, 8:24] = (255, 0, 0)
    return pixels


def saved(pixels: Bytes | Image.Image, format: str, **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def animated(format: str, frames: int = 3, loop: int | None = 0, **options: Any) -> bytes:
    """The page with its bar further down in each frame, 40 ms each, for ever by default."""
    options |= {} if loop is None else {"loop": loop}
    pictures = [Image.fromarray(np.roll(page(), 2 * n, axis=0)) for n in range(frames)]
    return saved(
        pictures[0],
        format,
        save_all=True,
        append_images=pictures[1:],
        duration=40,
        **options,
    )


def filmed(
    path: Path, frames: int = 4, size: tuple[int, int] = (48, 64), rate: float = 12.0
) -> Path:
    """A film of the page, twelve frames a second, without loss."""
    file = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"FFV1"), rate, (size[1], size[0])
    )
    for number in range(frames):
        file.write(np.ascontiguousarray(np.roll(page(*size), 2 * number, axis=0)[..., ::-1]))
    file.release()
    return path


def read(path: Path) -> Bytes:
    """A picture as OpenCV reads it, which is not what wrote an animation."""
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None, path
    return np.asarray(pixels, np.uint8)


@pytest.fixture
def kit() -> SimpleNamespace:
    """The helpers above, for test modules cannot import one another."""
    return SimpleNamespace(page=page, saved=saved, animated=animated, filmed=filmed, read=read)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, one of them in a folder of its own."""
    pictures = tmp_path / "in"
    write_bytes(pictures / "cat.png", saved(page(), "PNG"))
    write_bytes(pictures / "dog.jpg", saved(page(), "JPEG"))
    write_bytes(pictures / "sub/cow.webp", saved(page(), "WEBP", lossless=True))
    return pictures


@pytest.fixture
def extract() -> Command:
    """``lineart extract`` with a model that is there at once."""
    from lineart.extract.command import main

    def run(*argv: object, model: str = "difference_of_gaussians") -> int:
        return main([*map(str, argv), "--model", model])

    return run
