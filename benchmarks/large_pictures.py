"""How long large pictures and videos take, and how much memory, from the file to the ink.

    python benchmarks/large_pictures.py                            # 8,000 x 8,000, the network that ships
    python benchmarks/large_pictures.py --pages 3840x2160 8000 --backends torch onnx --against FOLDER
    python benchmarks/large_pictures.py --tiles 6                  # stop each after six tiles
    python benchmarks/large_pictures.py --models models/clearnet   # a model as it lies
    python benchmarks/large_pictures.py --presets tiny paper       # CLEAR-Net untrained
    python benchmarks/large_pictures.py --clip                     # 24 frames of 1280 x 720
    python benchmarks/large_pictures.py --clip 48 640x360 --precisions float32 bfloat16

A reading is a process of its own, and its memory the most that was resident in it, whatever for: Python and
the libraries, the file, the picture as uint8, the ink as float32, and the network at work on a tile. This
process imports nothing large, for on Linux a child's figure starts with what its parent had. A clip is read
by the command ``lineart extract``; what it takes for a clip of one frame is start-up, and is taken off.

The share is that of the rate of a large matrix product in the same arithmetic (``rate.py``), as if each pixel
were read once: overlap and second readings show in it. ``--against`` is an older checkout of this project,
which does the same, process by process in turns with this one (``older.py``). Each reads the network that
ships with it, unless models are named, and chooses for itself what is left to it (``auto``).

Of the presets the weights are random, which changes neither memory nor time. Memory hardly grows after the
first few tiles (by the ink, 4 bytes a pixel), so ``--tiles`` tells it soon; the time is whole only without.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from older import (
    AGAINST,
    Reader,
    RefusedError,
    add_against,
    answer_or_none,
    command_seconds,
    compared,
    here,
    in_words,
    take_turns,
)
from rate import FULL, QUICK, matrix_rates, multiply_adds_a_pixel, said, share, way_of

from lineart.arithmetic.processor import processor_name
from lineart.errors import InputError
from lineart.inference.choose import BACKENDS, PRECISIONS

Answer = TypeVar("Answer")


class Size(NamedTuple):
    """Of a page or a frame, in pixels."""

    width: int
    height: int

    @classmethod
    def read(cls, text: str) -> Size:
        """From ``3840x2160``, or ``8000`` for a square.

        Raises:
            argparse.ArgumentTypeError: for any other text.
        """
        sides = text.lower().split("x")
        if len(sides) > 2 or not all(side.isdecimal() and int(side) for side in sides):
            raise argparse.ArgumentTypeError(f"{text} is no size: wanted is 3840x2160, or 8000")
        return cls(int(sides[0]), int(sides[-1]))

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"


PAGE = Size(8000, 8000)
FRAMES, FRAME = 24, Size(1280, 720)
PAN = 4  # pixels that a clip moves on from frame to frame
RATE = 24.0  # frames a second


@dataclasses.dataclass(frozen=True)
class Work:
    """A model, read in one way, by one checkout or two in turns."""

    name: str
    model: Path | None  # None for the one that ships with each checkout
    cost: float | None  # multiply-adds a pixel
    backend: str
    precision: str
    chosen: (
        tuple[str, str] | None
    )  # library and arithmetic that this comes to here, if it can be done
    checkouts: Mapping[str, Path]  # now, and before

    @property
    def cells(self) -> list[str]:
        """What a row begins with."""
        library, arithmetic = self.chosen or (self.backend, self.precision)
        found = "auto: " if self.backend == "auto" and self.chosen else ""
        return [self.name, f"{found}{library}, {arithmetic}"]

    def share(self, pixels: int, seconds: float, rates: Mapping[str, float]) -> str:
        """Of the processor's rate, as a cell."""
        whole = None if self.cost is None else self.cost * pixels
        return share(whole, seconds, None if self.chosen is None else rates[self.chosen[1]])


@dataclasses.dataclass(frozen=True)
class Taken:
    """What the reading of a page took."""

    seconds: float
    tiles: int
    whole: bool
    megabytes: float


def apart(function: Callable[..., Answer], *given: Any) -> Answer:
    """Call a function in a process of its own, which takes with it what it imports."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, given)


def drawn(size: Size) -> Any:
    """A picture with something to see everywhere: strokes and shapes on shaded ground."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(0)
    shade = np.linspace(120, 255, size.width).astype(np.uint8)
    picture = np.repeat(np.repeat(shade[None, :, None], size.height, 0), 3, 2)
    for _ in range(max(size) // 8):
        x, y = (int(rng.integers(0, side)) for side in size)
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        cv2.circle(picture, (x, y), int(rng.integers(20, 300)), colour, -1)
        cv2.circle(picture, (x, y), int(rng.integers(20, 300)), (0, 0, 0), int(rng.integers(2, 12)))
    return picture


def draw_page(path: Path, size: Size) -> None:
    """Write a page as PNG."""
    from lineart.pictures.images import encode_png

    path.write_bytes(encode_png(drawn(size)))


def draw_clip(path: Path, frames: int, size: Size) -> None:
    """Write a clip that pans over a drawing, so that no frame is another one.

    Raises:
        InputError: if this OpenCV cannot write it.
    """
    import cv2

    scene = drawn(Size(size.width + PAN * (frames - 1), size.height))
    file = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE, size)
    if not file.isOpened():
        raise InputError(f"OpenCV cannot write a clip of {size} pixels here; take another size.")
    for number in range(frames):
        file.write(scene[:, PAN * number : PAN * number + size.width])
    file.release()


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


def read_page(checkout: Path, work: Work, page: Path, tile: int | None, tiles: int) -> Taken:
    """Read a page in a process of its own, from its file on, the loading of the network included.

    Raises:
        RefusedError: if this checkout cannot.
    """
    reader = Reader(checkout, work.model, backend=work.backend, precision=work.precision, tile=tile)
    try:
        read = reader.read(page, tiles)
    except RefusedError:
        reader.close()
        raise
    return Taken(reader.opened + read.seconds, read.tiles, read.whole, reader.close())


def page_row(
    work: Work, page: Path, size: Size, given: argparse.Namespace, rates: Mapping[str, float]
) -> list[str]:
    """The row of a page."""
    taken: dict[str, list[Taken]] = {side: [] for side in work.checkouts}
    refused = set()
    for _ in range(given.rounds):
        for side in [side for side in work.checkouts if side not in refused]:
            call = functools.partial(
                read_page, work.checkouts[side], work, page, given.tile, given.tiles
            )
            answer = answer_or_none(f"{', '.join(work.cells)}, {side}", call)
            if answer is None:
                refused.add(side)
            else:
                taken[side].append(answer)
    now, before = (median_of(taken.get(side, ())) for side in ("now", "before"))
    part = "–"
    if now is not None and now.whole:
        part = work.share(size.width * size.height, now.seconds, rates)
    cells = [*work.cells, str(size), worded(now), part]
    if "before" in work.checkouts:
        both = [one.seconds for one in (now, before) if one is not None and one.whole]
        cells += [worded(before), compared(*both)[1] if len(both) == 2 else "–"]
    return [*cells, *(("–", "–") if now is None else (str(now.tiles), f"{now.megabytes:.0f}"))]


def median_of(each: Sequence[Taken]) -> Taken | None:
    """The median time, and the most memory, of readings that are alike otherwise."""
    if not each:
        return None
    seconds = statistics.median(one.seconds for one in each)
    most = max(one.megabytes for one in each)
    return dataclasses.replace(each[0], seconds=seconds, megabytes=most)


def worded(taken: Taken | None) -> str:
    """The seconds as a cell, in brackets if the page was not read to its end."""
    seconds = in_words(None if taken is None else taken.seconds)
    return seconds if taken is None or taken.whole else f"({seconds})"


def clip_row(
    work: Work,
    clips: Mapping[int, Path],
    size: Size,
    given: argparse.Namespace,
    rates: Mapping[str, float],
) -> list[str]:
    """The row of a clip; ``clips`` are it and one of a single frame, by their frames."""
    out = next(iter(clips.values())).with_name("ink.mp4")
    options: list[object] = ["-o", out, "--overwrite", "--device", "cpu"]
    if work.model is not None:
        options += ["--model", work.model.resolve()]
    if work.backend != "auto":  # a word that says nothing is left out: older code may not know it
        options += ["--backend", work.backend]
    if work.precision != "auto":
        options += ["--precision", work.precision]
    calls = {
        (side, frames): functools.partial(command_seconds, checkout, "extract", clip, *options)
        for side, checkout in work.checkouts.items()
        for frames, clip in clips.items()
    }
    # a process of one frame, not counted, tells who can do it
    able = {
        side
        for side in work.checkouts
        if answer_or_none(f"{', '.join(work.cells)}, {side}", calls[side, 1]) is not None
    }
    taken = take_turns(
        {key: call for key, call in calls.items() if key[0] in able}, (given.rounds, given.rounds)
    )
    median = {key: statistics.median(each) for key, each in taken.items()}
    most = max(clips)
    frame = {side: (median[side, most] - median[side, 1]) / (most - 1) for side in able}
    # a clip may be too short to be told from start-up
    now, before = (frame[side] if frame.get(side, 0) > 0 else None for side in ("now", "before"))
    part = "–" if now is None else work.share(size.width * size.height, now, rates)
    cells = [*work.cells, f"{most} frames of {size}", in_words(now), part]
    return [*cells, *(compared(now, before) if "before" in work.checkouts else ())]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as Markdown."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def works(given: argparse.Namespace, folder: Path) -> list[Work]:
    """What is measured, on each page and clip: every model by every backend."""
    models: dict[str, Path | None] = {Path(run).name: Path(run) for run in given.models}
    for preset in given.presets:
        models[preset] = folder / preset
        apart(make_run, folder / preset, preset, set(given.backends) != {"torch"})
    checkouts = {"now": here(), **({"before": given.against} if given.against else {})}
    found = []
    for name, model in (models or {"clearnet": None}).items():
        cost = apart(multiply_adds_a_pixel, model)
        found += [
            Work(name, model, cost, backend, precision, chosen, checkouts)
            for backend in given.backends
            for precision in given.precisions
            for chosen in (apart(way_of, model, backend, precision),)
        ]
    return found


def measured(given: argparse.Namespace, folder: Path, rates: Mapping[str, float]) -> list[str]:
    """The tables."""
    beside = AGAINST if given.against else ()
    todo = works(given, folder)
    tables = []
    rows: list[list[str]] = []
    for number, size in enumerate(given.pages):
        page = folder / f"page{number}.png"
        apart(draw_page, page, size)
        for work in todo:
            rows.append(page_row(work, page, size, given, rates))
            print(f"| {' | '.join(rows[-1])} |", file=sys.stderr)
    if rows:
        header = ("model", "read by", "page", "seconds", "share", *beside, "tiles read", "peak MB")
        tables.append(table(header, rows))
    if given.clip:
        frames, size = given.clip
        clips = {count: folder / f"clip{count}.mp4" for count in (1, frames)}
        for count, path in clips.items():
            apart(draw_clip, path, count, size)
        rows = []
        for work in todo:
            rows.append(clip_row(work, clips, size, given, rates))
            print(f"| {' | '.join(rows[-1])} |", file=sys.stderr)
        tables.append(
            table(("model", "read by", "clip", "seconds a frame", "share", *beside), rows)
        )
    return tables


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="Memory and time of large pictures and videos.")
    add = parser.add_argument
    add("--pages", nargs="+", type=Size.read, metavar="WxH", help=f"({PAGE}, without --clip)")
    add(
        "--clip",
        nargs="*",
        metavar="FRAMES WxH",
        help=f"a video, {FRAMES} frames of {FRAME} if not said otherwise",
    )
    add("--models", nargs="*", default=[], help="run folders, in place of the one that ships")
    add("--presets", nargs="*", default=[], help="of CLEAR-Net, untrained")
    add("--backends", nargs="+", default=["auto"], choices=BACKENDS)
    add("--precisions", nargs="+", default=["auto"], choices=PRECISIONS)
    add("--tile", type=int, help="side of a tile (that of Extractor); of pages")
    add("--tiles", type=int, default=0, help="stop after so many (never); of pages")
    add("--rounds", type=int, default=1, help="of all sides in turns; the median counts")
    add("--quick", action="store_true", help="one small page and clip, once: does it run")
    add_against(parser)
    given = parser.parse_args()
    if given.clip is not None:
        given.clip = clip_asked(parser, given.clip)
    if given.quick:
        given.pages, given.clip, given.rounds = [Size(96, 64)], (5, Size(96, 64)), 1
    elif given.pages is None:
        given.pages = [] if given.clip else [PAGE]
    return given


def clip_asked(parser: argparse.ArgumentParser, texts: Sequence[str]) -> tuple[int, Size]:
    """Frames and size of the clip."""
    if not texts:
        return FRAMES, FRAME
    if len(texts) != 2 or not texts[0].isdecimal() or int(texts[0]) < 2:
        parser.error(
            "argument --clip: wanted are frames, 2 at least, and a size: --clip 24 1280x720"
        )
    try:
        size = Size.read(texts[1])
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument --clip: {error}")
    if size.width % 2 or size.height % 2:
        parser.error("argument --clip: videos have an even number of pixels a side")
    return int(texts[0]), size


def main() -> None:
    """Measure, and print the machine and the tables."""
    given = arguments()
    rates = apart(matrix_rates, *(QUICK if given.quick else FULL))
    try:
        with tempfile.TemporaryDirectory() as folder:
            tables = measured(given, Path(folder), rates)
    except InputError as error:
        sys.exit(str(error))
    load = f"load {os.getloadavg()[0]:.1f}"
    print(
        f"{processor_name()}, {os.cpu_count()} cores, {load}; Python {platform.python_version()}; "
        f"{said(rates)}\n"
    )
    print("\n\n".join(tables))


if __name__ == "__main__":
    main()
