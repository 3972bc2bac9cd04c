"""Pictures in a folder, and the command at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from lineart.pictures.images import write_bytes

Command = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path, kit: SimpleNamespace) -> Path:
    """Three pictures, one of them in a folder of its own."""
    pictures = tmp_path / "in"
    write_bytes(pictures / "cat.png", kit.saved(kit.page(), "PNG"))
    write_bytes(pictures / "dog.jpg", kit.saved(kit.page(), "JPEG"))
    write_bytes(pictures / "sub/cow.webp", kit.saved(kit.page(), "WEBP", lossless=True))
    return pictures


@pytest.fixture
def extract() -> Command:
    """``lineart extract`` with a model that is there at once."""
    from lineart.extract.command import main

    def run(*argv: object, model: str = "difference_of_gaussians") -> int:
        return main([*map(str, argv), "--model", model])

    return run
