"""Pictures in a folder, and the command at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Command = Callable[..., int]


@pytest.fixture
def extract() -> Command:
    """``lineart extract`` with a model that is there at once."""
    from lineart.extract.command import main

    def run(*argv: object, model: str = "difference_of_gaussians") -> int:
        return main([*map(str, argv), "--model", model])

    return run
