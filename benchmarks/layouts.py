"""Networks against one another at equal clock: the same minutes, the same validation pictures.

    python benchmarks/layouts.py --data data/augmented --minutes 5 --seeds 0 1 2 --out layouts
        light:crop=96  swift:crop=192  swift:crop=192,average=0.99,model.middle=32

A variant is a network's name or a preset of CLEAR-Net, then settings of ``train``, then, after ``model.``,
other arguments of the network. Each training ends by the clock, and its learning rate falls by it
(``train.minutes``); how many steps that were stands beside.

The clock is one that nothing disturbs: first, on an idle machine, the seconds of a step of each variant are
measured in turns (``prices.json`` in ``--out``; ``--prices-only`` stops there), and then a step of the
training counts as so many, however long it took. So the trainings may run beside other work, or one on each
core, and come out the same. A variant with ``minutes=null`` and ``epochs`` trains by steps instead. What is
done stands in ``--out`` and is not done again.

Judged are validation pictures alone, originals and children, at the threshold that is best for the variant
over both. ``--pairs NAME=FOLDER`` adds others: a folder as the stage ``ingest`` leaves it, of which only
drawings of the validation split count (so strokes can be judged that the augmented set has not: ``ingest``
once more with ``size: 84`` and ``openmoji.stroke: [0.3, 0.3]`` draws them 0.7 pixels wide, as NAME ``hair``),
or NAME.render.png with NAME.line.png, where the mean of each hand (a name up to its first ``-``) is taken
first.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from lineart.arithmetic.processor import processor_name
from lineart.inference.network import NetworkExtractor
from lineart.losses import JointSettings, TauSettings
from lineart.metrics.lines import Ink, centre_line_dice, missed_lines
from lineart.metrics.pixels.pixel import THRESHOLDS, f_measures, mae, mse
from lineart.metrics.pixels.validation import as_on_disk, picture_and_line, spread
from lineart.models import create_model, parameter_count
from lineart.models.clearnet import PRESETS
from lineart.pictures.images import Picture, fit, read_line, read_render
from lineart.runs import read_json, write_json
from lineart.sets.pairs import read_pairs, sha256
from lineart.sets.shards import Shards, data_digest
from lineart.settings import settings_from
from lineart.training import loop
from lineart.training.settings import TrainSettings
from lineart.training.state import Job
from lineart.training.train import code_digest, settled

LARGEST = 768  # longer side of a picture of other hands, pixels
HALF = 0.5  # what counts as ink in the truth
TURNS, TIMED, WARM = 3, 12, 3  # of measuring: rounds, steps of each, steps before that do not count
HAIR = 0.25  # likewise in hair lines, which are grey wherever they lie on two pixels
Judged = tuple[str, str, Picture, Picture]  # part, hand, render, line


@dataclasses.dataclass(frozen=True)
class Variant:
    """A network and how it is trained."""

    text: str
    model: str
    train: dict[str, Any]
    arguments: dict[str, Any]

    @classmethod
    def read(cls, text: str) -> Variant:
        """From ``NAME:SETTING=VALUE,model.ARGUMENT=VALUE``."""
        name, _, settings = text.partition(":")
        model = "clearnet" if name in PRESETS else name
        arguments = {"preset": name} if name in PRESETS else {}
        train: dict[str, Any] = {}
        for setting in filter(None, settings.split(",")):
            key, _, value = setting.partition("=")
            place, key = (arguments, key[6:]) if key.startswith("model.") else (train, key)
            place[key] = yaml.safe_load(value.replace(";", ","))
        return cls(text, model, train, arguments)


class Priced:
    """A clock that goes on by the price of a step with each step."""

    def __init__(self, price: float):
        self._price, self._steps = price, 0

    def step(self, done: int, of: int) -> None:
        """A step was done."""
        self._steps += 1

    def __call__(self) -> float:
        """Seconds."""
        return self._price * self._steps


class _EnoughError(Exception):
    """So many steps were to be timed."""


def prices(variants: Sequence[Variant], data: Path, folder: Path) -> dict[str, float]:
    """Seconds a step of each variant, measured in turns, or as they were measured here before."""
    path = folder / "prices.json"
    known = read_json(path) if path.exists() else {}
    machine = processor_name()
    wanted = [variant for variant in variants if variant.text not in known.get(machine, {})]
    took: dict[str, list[float]] = {variant.text: [] for variant in wanted}
    for _ in range(TURNS):
        for variant in wanted:
            with tempfile.TemporaryDirectory() as work:
                took[variant.text] += _steps_timed(variant, data, Path(work))
    found = {text: round(float(np.median(seconds)), 5) for text, seconds in took.items()}
    known = {**known, machine: {**known.get(machine, {}), **found}}
    write_json(path, known)
    return dict(known[machine])


def _steps_timed(variant: Variant, data: Path, folder: Path) -> list[float]:
    """Seconds of some steps, with what reading their crops takes."""
    moments: list[float] = []

    def on_step(done: int, of: int) -> None:
        moments.append(time.perf_counter())
        if len(moments) > TIMED + WARM:
            raise _EnoughError

    job = job_of(variant, data, 60.0, 0, folder)
    with contextlib.suppress(_EnoughError):
        loop.fit(job, lambda row: None, on_step, print)
    return np.diff(moments[WARM:]).tolist()


def job_of(variant: Variant, data: Path, minutes: float, seed: int, folder: Path) -> Job:
    """The training of a variant."""
    settings = settings_from(
        TrainSettings,
        {
            **{"epochs": 10_000, "batch": 4, "minutes": minutes, "seed": seed, "keep": "last"},
            **{"epoch_pictures": 1, **variant.train},
        },
        "train",
    )
    settings, recipe = settled(variant.model, settings)
    # The stairs of the temperature follow the epochs, and how many there will be the clock does not know.
    if isinstance(recipe.loss_settings, JointSettings):
        level = TauSettings(start=0.8, end=0.8)
        recipe = dataclasses.replace(
            recipe, loss_settings=dataclasses.replace(recipe.loss_settings, tau=level)
        )
    recipe = dataclasses.replace(recipe, arguments={**recipe.arguments, **variant.arguments})
    return Job(variant.model, recipe, settings, data, folder)


def trained(
    variant: Variant, data: Path, minutes: float, price: float, seed: int, folder: Path
) -> dict[str, Any]:
    """Train a variant until its time is over; its weights go into ``folder``.

    Args:
        variant: what is trained.
        data: the augmented sets.
        minutes: that it has.
        price: seconds that a step counts as.
        seed: of weights and crops.
        folder: where it works.
    """
    job, clock = job_of(variant, data, minutes, seed, folder), Priced(price)
    recipe, settings = job.recipe, job.settings
    state = loop.fit(job, lambda row: None, clock.step, print, clock)
    (folder / loop.CHECKPOINT).unlink()  # which would be gone on with, and its time is over
    model = create_model(recipe.model, **recipe.arguments)
    model.load_state_dict(state.best)
    return {
        "model": model,
        "parameters": parameter_count(model),
        "steps": state.step,
        "crops": state.step * (settings.batch or 0),
        "seconds": round(state.step * price, 1),
        "precision": state.precision,
    }


def pictures(
    data: Path, originals: int, children: int, pairs: Sequence[tuple[str, Path]]
) -> Iterator[Judged]:
    """What is judged, one after another."""
    shards = Shards(data, "val")
    for part, wanted in (("originals", originals), ("children", children)):
        numbers = enumerate(child.number for child in shards.children)
        found = [index for index, number in numbers if (number == 0) == (part == "originals")]
        for place in spread(len(found), wanted):
            yield part, "", *picture_and_line(shards, found[place])
    parents = {child.parent for child in shards.children}
    for part, folder in pairs:
        if (folder / "pairs.csv").exists():
            rows = [pair for pair in read_pairs(folder / "pairs.csv") if pair.id in parents]
            for place in spread(len(rows), originals):
                yield part, "", *rows[place].pictures(folder)
        for path in sorted(folder.glob("*.render.png")):
            render, line = (
                read_render(path),
                read_line(path.with_name(path.name.replace("render", "line"))),
            )
            hand = path.name.partition("-")[0]
            yield part, hand, fit(render, LARGEST), fit(line, LARGEST)


def judged(
    extract: Callable[[Picture], Picture], shown: Sequence[Judged]
) -> dict[str, dict[str, float]]:
    """Each part's means: MSE, MAE, F, clDice, the share of missed lines."""
    read = [as_on_disk(extract(render)) for _, _, render, _ in shown]
    curves = np.array(
        [f_measures(ink, line) for ink, (_, _, _, line) in zip(read, shown, strict=True)]
    )
    best = int(
        curves[[part in ("originals", "children") for part, *_ in shown]].mean(axis=0).argmax()
    )
    threshold = THRESHOLDS[best]
    rows = []
    for ink, (part, hand, _, line), curve in zip(read, shown, curves, strict=True):
        level = HAIR if part == "hair" else HALF
        found, wanted = Ink(ink >= min(threshold, level)), Ink(line >= level)
        rows.append(
            {
                "part": part,
                "hand": hand,
                "mse": mse(ink, line),
                "mae": mae(ink, line),
                "f": curve[best],
            }
            | {"cldice": centre_line_dice(found, wanted), "missed": missed_lines(found, wanted)}
        )
    frame = pd.DataFrame(rows).groupby(["part", "hand"]).mean().groupby("part").mean()
    return {str(part): {k: float(v) for k, v in row.items()} for part, row in frame.iterrows()}


def markdown(results: Sequence[dict[str, Any]]) -> str:
    """The table: a row a training."""
    parts = list(results[0]["parts"])
    head = [
        "variant",
        "seed",
        "parameters",
        "steps",
        *(f"{part}: MSE / MAE / F / missed" for part in parts),
    ]
    lines = ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
    for one in results:
        cells = [
            f"`{one['variant']}`",
            str(one["seed"]),
            f"{one['parameters']:,}",
            f"{one['steps']:,}",
        ]
        for part in parts:
            found = one["parts"][part]
            cells.append(
                f"{found['mse']:.5f} / {found['mae']:.4f} / {found['f']:.3f} / {found['missed']:.3f}"
            )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _named(text: str) -> tuple[str, Path]:
    name, _, folder = text.partition("=")
    return name, Path(folder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("variants", nargs="+", type=Variant.read, metavar="VARIANT")
    parser.add_argument("--data", type=Path, default=Path("data/augmented"))
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--originals", type=int, default=40)
    parser.add_argument("--children", type=int, default=80)
    parser.add_argument("--pairs", type=_named, nargs="*", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--prices-only", action="store_true")
    given = parser.parse_args(arguments)
    price = prices(given.variants, given.data, given.out)
    print({variant.text: price[variant.text] for variant in given.variants}, flush=True)
    if given.prices_only:
        return
    shown = list(pictures(given.data, given.originals, given.children, given.pairs))
    results = []
    for variant in given.variants:
        for seed in given.seeds:
            asked = [
                variant.text,
                given.minutes,
                price[variant.text],
                seed,
                data_digest(given.data),
                code_digest(variant.model),
            ]
            asked += [given.originals, given.children, *map(str, given.pairs)]
            name = sha256(repr(asked).encode())[:12]
            folder, kept = given.out / name, given.out / f"{name}.json"
            if kept.exists():
                results.append(read_json(kept))
                continue
            about = trained(variant, given.data, given.minutes, price[variant.text], seed, folder)
            parts = judged(NetworkExtractor(about.pop("model")), shown)
            results.append(
                {
                    "variant": variant.text,
                    "seed": seed,
                    "minutes": given.minutes,
                    **about,
                    "parts": parts,
                }
                | {"processor": processor_name()}
            )
            write_json(kept, results[-1])
            print(markdown(results[-1:]).splitlines()[-1], flush=True)
    print(markdown(results))


if __name__ == "__main__":
    main()
