"""A tiny set of shards: circles with black outlines, fills to ignore; and pictures of every kind as bytes."""

import dataclasses
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lineart.pictures.images import Bytes, write_bytes
from lineart.sets.pairs import write_table
from lineart.sets.shards import TABLE, Child, encode_child, write_shard


def draw(seed: int, size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    render = np.ones((size, size, 3), np.float32)
    line = np.zeros((size, size), np.float32)
    for _ in range(3):
        middle = tuple(int(v) for v in rng.integers(12, size - 12, 2))
        radius = int(rng.integers(5, size // 3))
        cv2.circle(render, middle, radius, tuple(rng.uniform(0.4, 1, 3)), -1)
        cv2.circle(line, middle, radius, 0, -1)
        cv2.circle(line, middle, radius, 1, 2, cv2.LINE_AA)
        cv2.circle(render, middle, radius, (0, 0, 0), 2, cv2.LINE_AA)
    return render, line


def make_set(folder: Path, counts: dict[str, int], size: int = 64) -> Path:
    rows = []
    for number, (split, count) in enumerate(counts.items()):
        children = []
        for index in range(count):
            key, parent = f"{split}{index // 2:03d}-{index % 2}", f"{split}{index // 2:03d}"
            render_png, line_png, digest = encode_child(*draw(1000 * number + index, size))
            child = Child(
                key,
                parent,
                index % 2,
                split,
                parent,
                f"{split}-000000.tar",
                size,
                size,
                digest,
                "[]",
            )
            children.append((child, render_png, line_png))
            rows.append(dataclasses.asdict(child))
        write_shard(folder / f"{split}-000000.tar", children)
    write_table(folder / TABLE, pd.DataFrame(rows))
    return folder


@pytest.fixture(scope="session")
def tiny_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_set(tmp_path_factory.mktemp("set"), {"train": 24, "val": 6, "test": 4})


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
def folder(tmp_path: Path, kit: SimpleNamespace) -> Path:
    """Three pictures, one of them in a folder of its own."""
    pictures = tmp_path / "in"
    write_bytes(pictures / "cat.png", kit.saved(kit.page(), "PNG"))
    write_bytes(pictures / "dog.jpg", kit.saved(kit.page(), "JPEG"))
    write_bytes(pictures / "sub/cow.webp", kit.saved(kit.page(), "WEBP", lossless=True))
    return pictures
