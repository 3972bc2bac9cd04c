"""What this processor could do at most, and what share of it a network's reading comes to.

The measure is the rate of a large matrix product in the same arithmetic, in multiply-adds a second: a
convolution is hardly faster. A network's multiply-adds are counted for reading each pixel once, so overlap of
tiles, second readings and all that is no multiplication show as a smaller share.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from pathlib import Path

FULL, QUICK = (2048, 9), (256, 1)  # side of the matrices, and how often they are multiplied
SIDE = 256  # pixels of the picture whose multiply-adds are counted


def matrix_rates(size: int, repeats: int) -> dict[str, float]:
    """Multiply-adds a second of a square matrix product, by arithmetic; the median."""
    import torch

    rates = {}
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        left, right = torch.rand(2, size, size).to(dtype)
        left @ right
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            left @ right
            seconds.append(time.perf_counter() - start)
        rates[name] = size**3 / statistics.median(seconds)
    return rates


def said(rates: Mapping[str, float]) -> str:
    """The rates in words."""
    products = ", ".join(f"{rate / 1e9:.0f} in {name}" for name, rate in rates.items())
    return f"a large matrix product: {products} (G multiply-adds a second)"


def multiply_adds_a_pixel(model: Path | None) -> float | None:
    """What a pixel costs to read; None for a model that is there without its network.

    Args:
        model: a run folder or a file; the model that ships if not given.
    """
    from lineart.catalogue.store import DEFAULT, find_model
    from lineart.models.parts.cost import multiply_adds
    from lineart.runs import load_network

    card = find_model(model or DEFAULT)
    if card.weights is None:
        return None
    network = load_network(card.weights.parent, card.weights.name)
    return multiply_adds(network, SIDE) / SIDE**2


def way_of(model: Path | None, backend: str, precision: str) -> tuple[str, str] | None:
    """The library and the arithmetic that a model is read with here; None if it cannot be read so.

    Args:
        model: as :func:`multiply_adds_a_pixel`.
        backend: as for ``Extractor``.
        precision: likewise.
    """
    from lineart.catalogue.store import DEFAULT, find_model
    from lineart.errors import InputError
    from lineart.inference.choose import choose, open_network

    card = find_model(model or DEFAULT)
    try:
        library = choose(card, backend, "cpu", precision)
        network = open_network(card, backend, "cpu", precision)
    except InputError:
        return None
    bfloat16 = getattr(network, "bfloat16", False)  # torch's; OpenVINO's tells its precision
    return library, getattr(network, "precision", "bfloat16" if bfloat16 else "float32")


def share(multiply_adds: float | None, seconds: float, rate: float | None) -> str:
    """What part of a rate it is to do some multiply-adds in some seconds, as a cell.

    >>> share(3e9, 2.0, 10e9)
    '15.0%'
    """
    if multiply_adds is None or rate is None:
        return "–"
    return f"{multiply_adds / seconds / rate:.1%}"
