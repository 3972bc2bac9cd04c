"""Where the time of augmentation goes: each op in milliseconds, its share, children a second, memory.

    python benchmarks/augmentation.py [--pairs data/pairs] [--drawings 24]

One process, one thread, processor time. An op is timed at strength 1 on every drawing, the fastest of three
calls, and the mean over the drawings is shown. How often an op comes is counted in the recipes of the
children that are made; its share is that times its milliseconds, of the time of an average child. The table
goes to docs/augmentation.md, between the markers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from dataset_tools.augment import AugmentSettings, draw_casts, make_shard, shard_name
from dataset_tools.augmentation.child import prepare, redraw
from dataset_tools.augmentation.fields import as_bytes
from dataset_tools.augmentation.geometry import Motion, elastic, turning
from dataset_tools.augmentation.memory import keep_memory
from dataset_tools.augmentation.plan import OPS, ink_kept
from dataset_tools.augmentation.scenes import Pool, compose
from dataset_tools.augmentation.sheet import Op, Sheet
from dataset_tools.augmentation.warp import Layers, move
from dataset_tools.augmentation.weight import Drawn, weight
from lineart.arithmetic.processor import processor_name
from lineart.pictures.images import Picture
from lineart.sets.pairs import Pair, read_pairs
from lineart.sets.shards import Child, encode_child
from pipelines.report.marked import write_between

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/augmentation.md"
START, END = "<!-- speed: made by benchmarks/augmentation.py -->", "<!-- end of speed -->"

Timed = dict[str, float]  # milliseconds by name


def main(pairs: Path, drawings: int) -> None:
    """Measure, print the table and write it into the page."""
    cv2.setNumThreads(1)
    keep_memory()
    rows = read_pairs(pairs / "pairs.csv")
    some = [rows[round(k)] for k in np.linspace(0, len(rows) - 1, drawings)]
    settings = AugmentSettings()
    children, seconds, megabytes = whole(some, rows, pairs, settings)
    times = {**parts(some, pairs), **ops(some, pairs)}
    text = report(times, often(children), seconds / len(children) * 1000)
    size = f"{some[0].width} x {some[0].height}"
    head = (
        f"{processor_name()}, load {os.getloadavg()[0]:.1f}; OpenCV {cv2.__version__}, "
        f"NumPy {np.__version__}; {drawings} drawings at {size}, {len(children)} pictures, originals among "
        f"them: **{len(children) / seconds:.1f} a second and core**, PNG and tar included; most memory of "
        f"the process {megabytes:.0f} MB."
    )
    print(f"{head}\n\n{text}")
    write_between(PAGE, START, END, f"{head}\n\n{text}")


def whole(
    some: list[Pair], pool: list[Pair], folder: Path, settings: AugmentSettings
) -> tuple[list[Child], float, float]:
    """Make a shard: its rows, seconds of processor time, and the process's largest memory in MB."""
    with tempfile.TemporaryDirectory() as out:
        casts = draw_casts(some, Pool(pool), settings)
        make_shard(shard_name("train", 0), some[:1], "train", folder, Path(out), settings, casts)
        start = time.process_time()
        children = make_shard(
            shard_name("train", 1), some, "train", folder, Path(out), settings, casts
        )
        seconds = time.process_time() - start
    return children, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fastest(function: Callable[..., object], *arguments: object) -> float:
    """Milliseconds of processor time of the fastest of three calls."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        function(*arguments)
        best = min(best, time.process_time() - start)
    return 1000 * best


def mean(measured: list[Timed]) -> Timed:
    """The mean of every entry over the drawings."""
    return {name: float(np.mean([times[name] for times in measured])) for name in measured[0]}


def parts(some: list[Pair], folder: Path) -> Timed:
    """What is not in the table of ops."""
    measured = []
    for number, pair in enumerate(some):
        render, line = pair.pictures(folder)
        layers, drawn = prepare(render, line), child(pair, folder, number)
        straight, bent = motion(layers, bent=False), motion(layers, bent=True)
        measured.append(
            {
                "read": fastest(pair.pictures, folder),
                "prepare": fastest(prepare, render, line),
                "move (affine)": fastest(move, layers, straight),
                "move (bent)": fastest(move, layers, bent),
                "scene (of three)": fastest(scene, [layers, layers, layers], straight),
                "weight": fastest(pen, drawn, number),
                "check the ink": fastest(ink_kept, drawn.render, drawn.render, drawn.line),
                "encode": fastest(encode, drawn),
            }
        )
    return mean(measured)


def child(pair: Pair, folder: Path, seed: int) -> Drawn:
    """A child before anything is done to its render alone."""
    render, line = pair.pictures(folder)
    settings = AugmentSettings(weight=(0.0, 0.0))
    return redraw(line, prepare(render, line), np.random.default_rng(seed), settings)[0]


def motion(layers: Layers, bent: bool) -> Motion:
    """A turn by ten degrees in place, bent or not."""
    height, width = layers.paper.shape
    linear, middle = turning(10, 1.0), np.array([width / 2, height / 2])
    bend = elastic(0.7, 0.2 * max(height, width), 0) if bent else None
    return Motion(np.column_stack([linear, middle - linear @ middle]), bend=bend)


def scene(layers: list[Layers], straight: Motion) -> Drawn:
    """Several drawings in one."""
    return compose(layers, straight, np.random.default_rng(0), 0.7)[0]


def pen(drawn: Drawn, seed: int) -> Drawn:
    """Another weight of the strokes."""
    return weight(drawn, np.random.default_rng(seed), 0.7)[0]


def encode(drawn: Drawn) -> None:
    """PNG of both pictures, and their digest."""
    encode_child(as_bytes(drawn.render), drawn.line)


def ops(some: list[Pair], folder: Path) -> Timed:
    """Every op of the table, at strength 1."""
    measured = []
    for number, pair in enumerate(some):
        drawn = child(pair, folder, number)
        sheet = Sheet(drawn.line, drawn.bare)
        measured.append(
            {name: fastest(once, op, drawn.render, sheet, number) for name, op in OPS.items()}
        )
    return mean(measured)


def once(op: Op, render: Picture, sheet: Sheet, seed: int) -> None:
    """An op with a generator of its own."""
    op(render, sheet, np.random.default_rng(seed), 1.0)


def often(children: list[Child]) -> Timed:
    """How often each thing is done for a picture."""
    count: Counter[str] = Counter()
    for made in children:
        count["encode"] += 1
        if not made.number:
            count["read"] += 1
            count["prepare"] += 1
            continue
        steps = json.loads(made.recipe)
        count["check the ink"] += 1
        partners = sum(len(step["partners"]) for step in steps if step["op"] == "scene")
        count["read"] += partners
        count["prepare"] += partners
        if partners:
            count["scene (of three)"] += 1
        else:
            bent = {"perspective", "elastic"} & set(steps[0])
            count["move (bent)" if bent else "move (affine)"] += 1
        count.update(step["op"] for step in steps if step["op"] not in ("geometry", "scene"))
    return {name: number / len(children) for name, number in count.items()}


def report(times: Timed, share: Timed, whole_ms: float) -> str:
    """The table as Markdown; what is not measured by itself is its last row."""
    lines = [
        "| part | ms a call | calls a picture | ms a picture | share |",
        "|---|--:|--:|--:|--:|",
    ]
    rest = whole_ms
    for name, ms in times.items():
        each = ms * share.get(name, 0.0)
        rest -= each
        lines.append(
            f"| {name} | {ms:.2f} | {share.get(name, 0):.2f} | {each:.2f} | {each / whole_ms:.1%} |"
        )
    lines.append(
        f"| all else, and what larger data than caches costs | | | {rest:.2f} | {rest / whole_ms:.1%} |"
    )
    lines.append(f"| **a picture** | | | **{whole_ms:.1f}** | 100% |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Where the time of augmentation goes.")
    parser.add_argument("--pairs", type=Path, default=ROOT / "data/pairs", help="folder of pairs")
    parser.add_argument("--drawings", type=int, default=24, help="how many are measured")
    arguments = parser.parse_args()
    main(arguments.pairs, arguments.drawings)
