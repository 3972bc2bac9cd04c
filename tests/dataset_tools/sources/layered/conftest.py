"""Small layered files: those other programs made, and an ORA writer for what no program would make."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

MADE = Path(__file__).parents[3] / "data" / "layered"


@pytest.fixture
def made() -> Path:
    """The folder of the files that other programs made; its README tells how."""
    return MADE


def png(size: tuple[int, int], colour: tuple[int, ...] = (0, 0, 0, 255), hollow: int = 0) -> bytes:
    """A filled box, or its rim ``hollow`` pixels wide."""
    pixels = np.full((size[1], size[0], 4), colour, np.uint8)
    if hollow:
        pixels[hollow:-hollow, hollow:-hollow] = 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def write_ora(stack: str, files: dict[str, bytes], size: tuple[int, int] = (32, 32)) -> bytes:
    """An ORA file from the inside of its stack and its pictures."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "image/openraster", zipfile.ZIP_STORED)
        xml = f'<image w="{size[0]}" h="{size[1]}"><stack>{stack}</stack></image>'
        archive.writestr("stack.xml", xml)
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def ora() -> Callable[..., bytes]:
    return write_ora


@pytest.fixture
def box() -> Callable[..., bytes]:
    return png
