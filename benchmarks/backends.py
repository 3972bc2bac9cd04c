"""The ways to read a picture on this processor, in one run: torch, bfloat16, ONNX Runtime, OpenVINO, int8.

    python benchmarks/backends.py [--model lineart/weights/clearnet] [--size 512] [--rounds 7]
                                  [--against FOLDER] [--data data/augmented] [--pictures 40] [--write]
                                  [--quick]

Each side has a process of its own, and they take turns, one call each, after one that is not counted; shown
is the median of the wall time, and the share of the rate of a large matrix product in the same arithmetic
(``rate.py``). ``--against`` is an older checkout of this project, which takes its turns in the same ways
(``older.py``); without ``--model`` each checkout reads the network that ships with it. OpenVINO is a side
where it is installed.

With ``--data`` the validation pictures are read, too: the MAE of each side, and how far its ink is from that
of torch in float32. The int8 side is made here, by ONNX Runtime's static quantisation, calibrated on other
pictures of the same split; docs/export.md says why it does not ship.

Start-up is ``lineart extract`` on one small picture, as a process: the fastest of three. ``--write`` puts the
tables into docs/export.md, between the markers.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import logging
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from older import (
    AGAINST,
    add_against,
    answer_or_none,
    command_seconds,
    compared,
    here,
    in_words,
    take_turns,
    warmed_up,
)
from rate import FULL, QUICK, matrix_rates, multiply_adds_a_pixel, said, share

from lineart.arithmetic.processor import processor_name
from lineart.catalogue.cards import ModelCard
from lineart.catalogue.onnx_file import PICTURE, default_threads
from lineart.catalogue.store import DEFAULT, find_model
from lineart.errors import InputError
from lineart.inference.choose import BACKENDS, open_network
from lineart.inference.tiles import planes_of
from lineart.metrics.pixels.pixel import mae
from lineart.pictures.images import Picture, encode_png
from lineart.sets.shards import Shards
from pipelines.report.marked import write_between

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/export.md"
START, END = "<!-- backends: made by benchmarks/backends.py -->", "<!-- end of backends -->"
CALIBRATION = 20  # pictures
QUANTISED = ("Conv", "ConvTranspose", "Concat", "MaxPool", "Add")

Read = Callable[[NDArray[np.float32]], Picture]


class Way(NamedTuple):
    """How a side reads."""

    backend: str
    precision: str = "float32"
    model: Path | None = None  # made here, in another arithmetic, in place of the one asked for


FIRST, INT8 = "torch, float32", "ONNX Runtime, int8"
WAYS = {
    FIRST: Way("torch"),
    "torch, bfloat16": Way("torch", "bfloat16"),
    "ONNX Runtime, float32": Way("onnx"),
}
STARTS = {
    "torch": ("--backend", "torch"),
    "ONNX Runtime": ("--backend", "onnx"),
    "no network": ("--model", "difference_of_gaussians"),
}
if "openvino" in BACKENDS and importlib.util.find_spec("openvino"):
    WAYS["OpenVINO, float32"] = Way("openvino")
    WAYS["OpenVINO, bfloat16"] = Way("openvino", "bfloat16")
    STARTS["OpenVINO"] = ("--backend", "openvino")
LIBRARIES = {"torch": "torch", "ONNX Runtime": "onnxruntime", "OpenVINO": "openvino"}


def main(given: argparse.Namespace) -> None:
    threads = default_threads()
    os.environ["OMP_NUM_THREADS"] = str(
        threads
    )  # for the processes of the sides, whatever they read with
    torch.set_num_threads(threads)
    size, rounds = (64, 1) if given.quick else (given.size, given.rounds)
    rates = matrix_rates(*(QUICK if given.quick else FULL))
    card = find_model(given.model or DEFAULT)
    ways, inks = dict(WAYS), dict[str, Read]()
    with tempfile.TemporaryDirectory() as folder:
        pictures = some(given.data, given.pictures + CALIBRATION) if given.data else []
        if pictures:
            assert card.onnx is not None
            calibration = [planes for planes, _ in pictures[:CALIBRATION]]
            ways[INT8] = Way("onnx", model=quantised(card.onnx, calibration, Path(folder)))
            inks = inks_of(ways, card)
        seconds = reading_seconds(ways, given.model, given.against, size, rounds)
        scores = quality(inks, pictures[CALIBRATION:]) if pictures else {}
        pixel = multiply_adds_a_pixel(given.model)
        cost = None if pixel is None else pixel * size**2
        lines = reading_table(ways, seconds, scores, size, cost, rates, given.against is not None)
        lines += ["", *start_table(Path(folder), given.against, 1 if given.quick else 3)]
    count = f"{len(pictures) - CALIBRATION} validation pictures; " if pictures else ""
    libraries = [f"{name} {version(LIBRARIES[name])}" for name in STARTS if name in LIBRARIES]
    head = (
        f"{processor_name()}, {threads} threads, load {os.getloadavg()[0]:.1f}; {', '.join(libraries)}; "
        f"{said(rates)}; {count}MAE is against the drawings, distances are from the first side."
    )
    text = "\n".join([head, "", *lines])
    print(text)
    if given.write:
        write_between(PAGE, START, END, text)


def inks_of(ways: Mapping[str, Way], card: ModelCard) -> dict[str, Read]:
    """What reads planes in each way, in this process; without those that cannot be."""
    inks: dict[str, Read] = {}
    for name, way in ways.items():
        model = card if way.model is None else find_model(way.model)
        try:
            inks[name] = open_network(model, way.backend, "cpu", way.precision).ink
        except InputError as error:
            print(f"{name}: {error}", file=sys.stderr)
    return inks


def reading_seconds(
    ways: Mapping[str, Way], model: Path | None, against: Path | None, size: int, rounds: int
) -> dict[tuple[str, str], float]:
    """Median seconds of a reading, by way and side (``now`` or ``before``), without those that cannot."""
    checkouts = {"now": here(), **({} if against is None else {"before": against})}
    readers = {}
    for name, way in ways.items():
        for side, checkout in checkouts.items():
            if way.model is not None and side == "before":
                continue  # older code has no such file
            reader = warmed_up(
                f"{name}, {side}",
                checkout,
                way.model or model,
                size,
                backend=way.backend,
                precision=way.precision,
            )
            if reader is not None:
                readers[name, side] = reader
    calls = {key: reader.timed(size) for key, reader in readers.items()}
    taken = take_turns(calls, (rounds, rounds))
    for reader in readers.values():
        reader.close()
    return {key: statistics.median(each) for key, each in taken.items()}


def reading_table(
    ways: Mapping[str, Way],
    seconds: Mapping[tuple[str, str], float],
    scores: Mapping[str, str],
    size: int,
    cost: float | None,
    rates: Mapping[str, float],
    against: bool,
) -> list[str]:
    """The table of the ways to read.

    Args:
        ways: its rows.
        seconds: of a reading, by way and side.
        scores: the last three cells, by way.
        size: of the picture, pixels a side.
        cost: multiply-adds of a reading.
        rates: multiply-adds a second of a matrix product, by arithmetic.
        against: whether an older checkout is compared with.
    """
    beside = AGAINST if against else ()
    scored = ("MAE", "mean distance", "largest")
    head = ["", f"{size} x {size}", "times torch", "share", *beside, *scored]
    lines = [row(head), "|" + " --- |" * len(head)]
    for name, way in ways.items():
        now, before = (seconds.get((name, side)) for side in ("now", "before"))
        first = seconds.get((FIRST, "now"))
        ratio = f"{first / now:.2f}" if first and now else "–"
        rate = rates[way.precision] if way.model is None else None
        part = share(cost, now, rate) if now else "–"
        old = compared(now, before) if against else ()
        lines.append(row([name, in_words(now), ratio, part, *old, scores.get(name, "| |")]))
    return lines


def row(cells: Sequence[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def some(data: Path, count: int) -> list[tuple[NDArray[np.float32], Picture]]:
    """Validation pictures from all over the split, as planes, and their line art."""
    shards = Shards(data, "val")
    chosen = np.linspace(0, len(shards.children) - 1, count).astype(int)
    rng = np.random.default_rng(0)
    both = (shards[int(index)] for index in rng.permutation(chosen))
    return [(planes_of(render), line / np.float32(255)) for render, line in both]


def quantised(path: Path, pictures: list[NDArray[np.float32]], folder: Path) -> Path:
    """The network in int8: activations by their range on some pictures, weights channel by channel."""
    from onnxruntime import quantization

    class Pictures(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            self.left: Iterator[NDArray[np.float32]] = iter(pictures)

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            return next(({PICTURE: planes} for planes in self.left), None)

    logging.getLogger().setLevel(logging.ERROR)  # it recommends what is done in the next lines
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(folder / "folded.onnx")
    onnxruntime.InferenceSession(path, options)
    quantization.quantize_static(
        folder / "folded.onnx",
        folder / "int8.onnx",
        Pictures(),
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        op_types_to_quantize=QUANTISED,
    )
    return folder / "int8.onnx"


def quality(
    sides: dict[str, Read], pictures: list[tuple[NDArray[np.float32], Picture]]
) -> dict[str, str]:
    """MAE, mean and largest distance from the first side, as cells, by side."""
    measured: dict[str, list[tuple[float, float, float]]] = {name: [] for name in sides}
    for planes, line in pictures:
        read = {name: side(planes) for name, side in sides.items()}
        first = next(iter(read.values()))
        for name, ink in read.items():
            apart = np.abs(ink - first)
            measured[name].append((mae(ink, line), float(apart.mean()), float(apart.max())))
    cells = {}
    for name, rows in measured.items():
        error, mean, _ = np.mean(rows, axis=0)
        cells[name] = f"{error:.5f} | {mean:.5f} | {max(row[2] for row in rows):.3f}"
    return cells


def start_table(folder: Path, against: Path | None, rounds: int) -> list[str]:
    """The table of the whole command on one picture of 64 x 64: its fastest seconds, by backend."""
    picture = folder / "small.png"
    picture.write_bytes(encode_png(np.full((64, 64, 3), 200, np.uint8)))
    command = ("extract", picture, "--overwrite", "-o", folder / "out")
    checkouts = {"now": here(), **({} if against is None else {"before": against})}
    head = ["`lineart extract`, one small picture", "", *(AGAINST if against else ())]
    lines = [row(head), "|" + " --- |" * len(head)]
    for name, options in STARTS.items():
        calls = {
            side: functools.partial(command_seconds, checkout, *command, *options)
            for side, checkout in checkouts.items()
        }
        # what cannot start is found out, and said, before it is timed
        tried = {side: answer_or_none(f"{name}, {side}", call) for side, call in calls.items()}
        able = {side: call for side, call in calls.items() if tried[side] is not None}
        best = {side: min(taken) for side, taken in take_turns(able, (rounds, rounds)).items()}
        now, before = best.get("now"), best.get("before")
        lines.append(row([name, in_words(now), *(compared(now, before) if against else ())]))
    return lines


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", type=Path, help="a run folder (the network that ships)")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    add_against(parser)
    parser.add_argument("--data", type=Path, help="the augmented sets")
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--write", action="store_true", help="into docs/export.md")
    parser.add_argument("--quick", action="store_true", help="one tiny size, one call: does it run")
    main(parser.parse_args())
