"""The edge benchmark: our time and counts beside those of py-bsds500, on the same maps in one run.

    python benchmarks/boundary.py [--reference FOLDER] [--size 512] [--drawings 2] [--repeats 3]

``FOLDER`` is a checkout of github.com/Britefury/py-bsds500 (a port of the BSDS500 programs, with their own
matcher, GPL) built in place, outside this project: ``pip install cython numpy setuptools`` in an
environment of the same Python, then ``python setup.py build_ext --inplace``. Without it only our times
are printed. One thread, and processor time, so that other work on the machine counts less; a time is the
median of the repeats after one that is not counted, the reference, which takes minutes, is timed once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from dataset_tools.sources import openmoji
from dataset_tools.sources.drawing import IngestSettings
from lineart.arithmetic.processor import processor_name
from lineart.metrics import PROTOCOLS, count_line_art
from lineart.metrics.boundary import ROUNDING, threshold_values
from lineart.metrics.curves import figures
from lineart.metrics.pixels.pixel import INK
from lineart.pictures.images import Picture, to_bytes
from lineart.pictures.thinning import thin


def draw(count: int, size: int) -> list[Picture]:
    """Line art of OpenMoji, drawings spread over the set."""
    settings = IngestSettings(count=None, size=size)
    found, _ = openmoji.find(settings)
    return [
        openmoji.read(drawing, settings)[1] for drawing in found[50 :: len(found) // count][:count]
    ]


def predict(line: Picture, seed: int) -> dict[str, Picture]:
    """Predictions as models make them, in 256 levels: blurred, noisy, a pixel aside, broken."""
    rng = np.random.default_rng(seed)
    scale = line.shape[0] / 256
    soft = ndimage.gaussian_filter(line, scale)
    broken = line.copy()
    gap = max(1, line.shape[0] // 40)
    for y, x in rng.integers(0, line.shape, (60, 2)):
        broken[y : y + gap, x : x + gap] = 0
    made = {
        "soft": soft,
        "blurred": ndimage.gaussian_filter(line, 3 * scale),
        "noisy": 0.8 * soft + np.abs(rng.normal(0, 0.12, line.shape)),
        "aside": np.roll(ndimage.gaussian_filter(line, 0.7), (2, 1), (0, 1)),
        "broken": ndimage.gaussian_filter(broken, scale),
    }
    return {name: to_bytes(picture) / np.float32(255) for name, picture in made.items()}


def timed(work: Callable[[], Any], repeats: int) -> tuple[float, float, Any]:
    """Median seconds, their spread (largest less smallest) and the result."""
    result = work()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), max(seconds) - min(seconds), result


class Reference:
    """py-bsds500, as built in a folder."""

    def __init__(self, folder: Path):
        sys.path.insert(0, str(folder))
        self.bsds = importlib.import_module("bsds.evaluate_boundaries")

    def count(self, prediction: Picture, truth: np.ndarray) -> np.ndarray:
        """All 99 thresholds, with its own thinning; columns as ours."""
        exact = prediction.astype(np.float64)
        counts = self.bsds.evaluate_boundaries(exact, [truth], thresholds=99)[:4]
        return np.stack(counts, axis=1).astype(np.int64)

    def match(self, mask: np.ndarray, truth: np.ndarray) -> int:
        """Its pairs on one map that is thinned already."""
        return int(self.bsds.evaluate_boundaries_bin(mask, [truth], apply_thinning=False)[0])


def compare(
    name: str,
    ours: np.ndarray,
    seconds: float,
    reference: Reference,
    prediction: Picture,
    line: Picture,
) -> np.ndarray:
    """Run the reference and print what differs; returns its counts."""
    truth = thin(line >= INK)
    start = time.process_time()
    theirs = reference.count(prediction, truth)
    taken = time.process_time() - start
    pairs = theirs[:, 0].copy()
    # Its thinning stops early on some maps; its matcher is asked again, about the same pixels as ours.
    other_maps = np.flatnonzero(ours[:, 3] != theirs[:, 3])
    for at in other_maps:
        mask = thin(prediction >= threshold_values()[at] - ROUNDING)
        pairs[at] = reference.match(mask, truth)
    more = ours[:, 0] - pairs
    print(
        f"  {name:10} reference {taken:7.1f} s, {taken / seconds:5.0f} times ours; on the same maps we find "
        f"{more.min()} to {more.max()} pairs more ({more.sum()} of {ours[:, 0].sum()}); "
        f"it thins {len(other_maps)} maps otherwise",
        flush=True,
    )
    return theirs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reference", type=Path, help="a build of py-bsds500")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--drawings", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    reference = Reference(given.reference) if given.reference else None
    print(
        f"{processor_name()}, {os.cpu_count()} cores, one thread;",
        end=" ",
    )
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}; load {os.getloadavg()[0]:.1f}"
    )
    both: dict[str, tuple[list[np.ndarray], list[np.ndarray]]] = {}
    for number, line in enumerate(draw(given.drawings, given.size)):
        print(f"Drawing {number}, {line.shape[1]} x {line.shape[0]}, 99 thresholds")
        for name, prediction in predict(line, number).items():
            times = {}
            for protocol in PROTOCOLS:
                median, spread, counts = timed(
                    lambda p=prediction, q=protocol, t=line: count_line_art(p, t, q), given.repeats
                )
                times[protocol.name] = f"{protocol.name} {median:.3f} s (spread {spread:.3f})"
                if protocol.thin:
                    seconds, ours = median, counts
            print(f"  {name:10} {', '.join(times.values())}", flush=True)
            if reference is not None:
                theirs = compare(name, ours, seconds, reference, prediction, line)
                mine, other = both.setdefault(name, ([], []))
                mine.append(ours)
                other.append(theirs)
    for name, (mine, other) in both.items():
        one, two = figures(np.stack(mine)), figures(np.stack(other))
        print(
            f"{name:10} ODS {one['ods']:.5f}, reference {two['ods']:.5f}, "
            f"difference {one['ods'] - two['ods']:+.5f}; OIS {one['ois'] - two['ois']:+.5f}"
        )


if __name__ == "__main__":
    main()
