"""How much memory and time a large picture takes, from its file to the ink in memory.

    python benchmarks/large_pictures.py                                    # 8,000 x 8,000, every preset
    python benchmarks/large_pictures.py --size 3000 --presets light --backends onnx
    python benchmarks/large_pictures.py --tiles 6                          # stop each after six tiles
    python benchmarks/large_pictures.py --models lineart/weights/clearnet  # a model as it lies

Each row is a process of its own, and its memory the most that was resident in it, whatever for: Python and
the libraries, the file, the picture as uint8, the ink as float32, and the network at work on a tile. This
process imports nothing large, for on Linux a child's figure starts with what its parent had.

Of the presets the weights are random, which changes neither memory nor time. Memory hardly grows after the
first few tiles (by the ink, 4 bytes a pixel), so ``--tiles`` tells it soon; the time is whole only without.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lineart.arithmetic.processor import processor_name

PRESETS = ("tiny", "light", "paper")
BACKENDS = ("torch", "onnx")
HEADER = ("model", "backend", "size", "seconds", "tiles read", "peak MB")


def draw(path: Path, size: int) -> None:
    """Write a picture with something to see everywhere: strokes and shapes on shaded ground."""
    import cv2
    import numpy as np

    from lineart.pictures.images import encode_png

    rng = np.random.default_rng(0)
    shade = np.linspace(120, 255, size).astype(np.uint8)
    picture = np.repeat(np.repeat(shade[None, :, None], size, 0), 3, 2)
    for _ in range(size // 8):
        x, y = (int(value) for value in rng.integers(0, size, 2))
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        cv2.circle(picture, (x, y), int(rng.integers(20, 300)), colour, -1)
        cv2.circle(picture, (x, y), int(rng.integers(20, 300)), (0, 0, 0), int(rng.integers(2, 12)))
    path.write_bytes(encode_png(picture))


def make_run(run: Path, preset: str, onnx: bool) -> None:
    """Write a run folder of CLEAR-Net with random weights, and its ONNX."""
    from lineart.catalogue.store import find_model
    from lineart.export.command import export
    from lineart.models import create_model
    from lineart.runs import WEIGHTS, save_weights, write_json

    network = create_model("clearnet", preset=preset)
    write_json(
        run / "settings.json",
        {"model": "clearnet", "kind": "network", "arguments": {"preset": preset}},
    )
    save_weights(run / WEIGHTS, network.state_dict())
    if onnx:
        export(network, run / "model.onnx", find_model(run))


class Enough(Exception):  # noqa: N818, it is no error
    """As many tiles were read as were asked for."""


def read(run: str, backend: str, picture: Path, tile: int | None, tiles: int) -> dict[str, Any]:
    """Read a picture in this process, and tell what it took."""
    from lineart import Extractor

    done = 0

    def count(now: int, of: int) -> None:
        nonlocal done
        done = now
        if tiles and now >= tiles and now < of:
            raise Enough

    options = {} if tile is None else {"tile": tile}
    start = time.perf_counter()
    extract = Extractor(Path(run), backend=backend, device="cpu", progress=count, **options)
    whole = True
    try:
        extract(picture)
    except Enough:
        whole = False
    seconds = time.perf_counter() - start
    unit = 1 if platform.system() == "Darwin" else 1024  # bytes there, kilobytes elsewhere
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return {"seconds": seconds, "whole": whole, "tiles": done, "peak": peak}


def in_a_process(action: str, *values: object) -> str:
    """What this file prints when it is run with an action; its messages are shown."""
    command = [sys.executable, __file__, action, *map(str, values)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def table(rows: list[tuple[str, ...]]) -> str:
    """Rows as Markdown."""
    lines = [HEADER, ("---",) * len(HEADER), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def measured(
    run: str, name: str, given: argparse.Namespace, picture: Path
) -> list[tuple[str, ...]]:
    """The rows of one model."""
    rows = []
    for backend in given.backends:
        found = json.loads(
            in_a_process("--read", run, backend, picture, given.tile or 0, given.tiles)
        )
        seconds = f"{found['seconds']:.0f}" if found["whole"] else f"({found['seconds']:.0f})"
        size = f"{given.size} x {given.size}"
        rows.append((name, backend, size, seconds, str(found["tiles"]), f"{found['peak']:.0f}"))
        print(f"| {' | '.join(rows[-1])} |", file=sys.stderr)
    return rows


def main() -> None:
    """Measure, and print the machine and the table."""
    parser = argparse.ArgumentParser(description="Memory and time of a large picture.")
    parser.add_argument("--size", type=int, default=8000, help="side in pixels (%(default)s)")
    parser.add_argument("--presets", nargs="*", default=PRESETS, choices=PRESETS)
    parser.add_argument("--models", nargs="*", default=[], help="run folders, in place of presets")
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    parser.add_argument("--tile", type=int, help="side of a tile (that of Extractor)")
    parser.add_argument("--tiles", type=int, default=0, help="stop after so many (never)")
    given = parser.parse_args()
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        in_a_process("--draw", picture, given.size)
        for run in given.models:
            rows += measured(run, Path(run).name, given, picture)
        for preset in () if given.models else given.presets:
            run = Path(folder) / preset
            in_a_process("--make", run, preset, int("onnx" in given.backends))
            rows += measured(str(run), preset, given, picture)
    machine = processor_name()
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{machine}, {os.cpu_count()} cores, {load}; Python {platform.python_version()}\n")
    print(table(rows))


def act(action: str, *values: str) -> None:
    """One action of a process of its own."""
    if action == "--draw":
        draw(Path(values[0]), int(values[1]))
    elif action == "--make":
        make_run(Path(values[0]), values[1], bool(int(values[2])))
    else:
        run, backend, picture, tile, tiles = values
        print(json.dumps(read(run, backend, Path(picture), int(tile) or None, int(tiles))))


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ("--draw", "--make", "--read"):
        act(*sys.argv[1:])
    else:
        main()
