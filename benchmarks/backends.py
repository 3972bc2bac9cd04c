"""The ways to read a picture on this processor, in one run: torch, torch in bfloat16, ONNX Runtime, int8.

    python benchmarks/backends.py [--model lineart/weights/clearnet] [--size 512] [--rounds 7]
                                  [--data data/augmented] [--pictures 40] [--write]

The sides take turns, one call each, after one that is not counted; shown is the median of the wall time.
With ``--data`` the validation pictures are read, too: the MAE of each side, and how far its ink is from that
of torch in float32. The int8 side is made here, by ONNX Runtime's static quantisation, calibrated on other
pictures of the same split; docs/export.md says why it does not ship.

Start-up is ``lineart extract`` on one small picture, as a process: the fastest of three. ``--write`` puts the
tables into docs/export.md, between the markers.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from lineart.arithmetic.processor import processor_name
from lineart.catalogue.onnx_file import PICTURE, default_threads
from lineart.inference.network import NetworkExtractor
from lineart.inference.onnx_backend import OnnxBackend
from lineart.inference.tiles import planes_of
from lineart.metrics.pixels.pixel import mae
from lineart.pictures.images import Picture, encode_png
from lineart.runs import load_network
from lineart.sets.shards import Shards
from pipelines.report.marked import write_between

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/export.md"
START, END = "<!-- backends: made by benchmarks/backends.py -->", "<!-- end of backends -->"
CALIBRATION = 20  # pictures
QUANTISED = ("Conv", "ConvTranspose", "Concat", "MaxPool", "Add")
STARTS = {
    "torch": ("--backend", "torch"),
    "ONNX Runtime": ("--backend", "onnx"),
    "no network": ("--model", "difference_of_gaussians"),
}

Read = Callable[[NDArray[np.float32]], Picture]


def main(model: Path, size: int, rounds: int, data: Path | None, count: int, write: bool) -> None:
    torch.set_num_threads(default_threads())
    onnx, network = OnnxBackend(model / "model.onnx"), load_network(model)
    sides: dict[str, Read] = {
        "torch, float32": NetworkExtractor(network, "cpu", bfloat16=False).ink,
        "torch, bfloat16": NetworkExtractor(network, "cpu", bfloat16=True).ink,
        "ONNX Runtime, float32": onnx.ink,
    }
    with tempfile.TemporaryDirectory() as folder:
        pictures = some(data, count + CALIBRATION) if data else []
        if pictures:
            calibration = [planes for planes, _ in pictures[:CALIBRATION]]
            path = quantised(model / "model.onnx", calibration, Path(folder))
            sides["ONNX Runtime, int8"] = OnnxBackend(path).ink
        seconds = times(sides, size, rounds)
        table = [
            f"| | {size} x {size} | times as fast | MAE | mean distance | largest |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        first = next(iter(sides))
        scores = quality(sides, pictures[CALIBRATION:]) if pictures else {}
        for name, taken in seconds.items():
            ratio = seconds[first] / taken
            table.append(f"| {name} | {taken:.2f} s | {ratio:.2f} | {scores.get(name, '| |')} |")
        table += ["", "| `lineart extract`, one small picture | |", "| --- | --- |"]
        table += [f"| {name} | {taken:.2f} s |" for name, taken in starts(Path(folder)).items()]
    said = f"{len(pictures) - CALIBRATION} validation pictures; " if pictures else ""
    head = (
        f"{processor_name()}, {default_threads()} threads, load {os.getloadavg()[0]:.1f}; torch "
        f"{torch.__version__}, ONNX Runtime {onnxruntime.__version__}; {said}MAE is against the drawings, "
        "distances are from the first side."
    )
    text = "\n".join([head, "", *table])
    print(text)
    if write:
        write_between(PAGE, START, END, text)


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


def times(sides: dict[str, Read], size: int, rounds: int) -> dict[str, float]:
    """Median seconds of a call, by side."""
    planes = np.random.default_rng(0).random((1, 3, size, size), np.float32)
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, read in sides.items():
            start = time.perf_counter()
            read(planes)
            if number:
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


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


def starts(folder: Path) -> dict[str, float]:
    """Seconds of the whole command on one picture of 64 x 64, by backend."""
    picture = folder / "small.png"
    picture.write_bytes(encode_png(np.full((64, 64, 3), 200, np.uint8)))
    command = [sys.executable, "-m", "lineart", "extract", str(picture), "--overwrite"]
    best = {}
    for name, options in STARTS.items():
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run(
                [*command, "-o", str(folder / "out"), *options],
                check=True,
                cwd=ROOT,
                capture_output=True,
            )
            taken.append(time.perf_counter() - start)
        best[name] = min(taken)
    return best


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", type=Path, default=ROOT / "lineart/weights/clearnet")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--data", type=Path, help="the augmented sets")
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--write", action="store_true", help="into docs/export.md")
    given = parser.parse_args()
    main(given.model, given.size, given.rounds, given.data, given.pictures, given.write)
