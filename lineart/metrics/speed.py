"""How fast an extractor is: pictures a second, one at a time, with and without files."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lineart.inference.network import NetworkExtractor
from lineart.pictures.images import Picture, read_render, write_line, write_render

if TYPE_CHECKING:
    from lineart.inference.backend import Predictor

UNTIMED = 2  # calls at the start, which find cold caches and make plans


def measure_speed(extract: Predictor, render: Picture, repeats: int) -> dict[str, Any]:
    """Pictures a second, from a picture in memory and from file to file.

    Args:
        extract: what is measured.
        render: the picture it reads, ``(H, W, 3)`` in [0, 1], square; it should be of the kind that will be
            read, since classical methods and PNG take longer for a busy picture.
        repeats: how many calls are timed, after two that are not.

    Returns:
        ``pictures_per_second`` for the extractor alone and ``with_files_per_second`` for reading a PNG,
        extracting and writing a PNG; the median of each and its ``spread`` (half the distance between the
        quartiles), with the size, the device and the arithmetic they hold for.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "render.png", Path(folder) / "line.png"
        write_render(source, render)

        def from_file_to_file() -> None:
            write_line(target, extract(read_render(source)))

        alone, spread = _rate(lambda: extract(render), repeats)
        with_files, with_files_spread = _rate(from_file_to_file, repeats)
    on, bfloat16 = "cpu", False
    if isinstance(extract, NetworkExtractor):
        on, bfloat16 = extract.device.type, extract.bfloat16
    return {
        "pictures_per_second": alone,
        "spread": spread,
        "with_files_per_second": with_files,
        "with_files_spread": with_files_spread,
        "size": render.shape[0],
        "device": on,
        "precision": "bfloat16" if bfloat16 else "float32",
    }


def _rate(call: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Calls a second, median and half the distance between the quartiles."""
    rates = []
    for _ in range(UNTIMED + repeats):
        start = time.perf_counter()
        call()
        rates.append(1 / (time.perf_counter() - start))
    low, middle, high = np.percentile(rates[UNTIMED:], (25, 50, 75))
    return round(float(middle), 2), round(float(high - low) / 2, 2)
