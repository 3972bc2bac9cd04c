"""Tiny drawings whose answers are known by hand, for the tests of the dataset tools."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lineart.pictures.images import Picture, write_line, write_render
from lineart.sets.pairs import Pair, sha256

# Before torch is imported: toys are no slower on one thread, and on a busy machine many times faster,
# for threads that wait for one another wait for whoever holds a core.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What a script starts in the background ignores Ctrl-C, and so would all that it starts; some tests send one.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

Drawn = tuple[Picture, Picture]


def box_drawing(
    side: int = 96, left: int = 16, fill: tuple[float, float, float] = (1, 1, 0)
) -> Drawn:
    """A filled box, 48 pixels square, with a black outline four pixels wide, on white paper.

    Ink: 48 * 48 - 40 * 40 = 704 pixels. The box is at rows 24 to 71, from column ``left`` on.
    """
    render, line = np.ones((side, side, 3), np.float32), np.zeros((side, side), np.float32)
    line[24:72, left : left + 48] = 1
    line[28:68, left + 4 : left + 44] = 0
    render[24:72, left : left + 48] = 0
    render[28:68, left + 4 : left + 44] = fill
    return render, line


@pytest.fixture
def box() -> Callable[..., Drawn]:
    return box_drawing


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Pair]:
    """Write a drawing below ``tmp_path`` and give its row."""

    def write(name: str, drawn: Drawn, group: str | None = None) -> Pair:
        render, line = drawn
        return Pair(
            id=name,
            render=f"render/{name}.png",
            line=f"line/{name}.png",
            group=name if group is None else group,
            source="test",
            artist="nobody",
            license="CC0-1.0",
            width=render.shape[1],
            height=render.shape[0],
            render_sha256=sha256(write_render(tmp_path / f"render/{name}.png", render)),
            line_sha256=sha256(write_line(tmp_path / f"line/{name}.png", line)),
        )

    return write
