"""Train networks at the paper's size on a machine with an accelerator and without network or services.

    python scripts/accelerator.py --work WORK --out OUT [--minutes 9] [--models clearnet] [--size paper]
        [--set KEY=VALUE]

A call does what fits into ``--minutes`` and stops; the next call on the same WORK folder goes on: data
first (all cores), then one model after the other, trained and evaluated. It exits with 0 when everything is
done and with 75 when there is more to do. After each call OUT holds what is worth taking home, a folder a
model: the history so far and, at the end, the weights in float16, settings, scores, the table of pictures and
a contact sheet, each below 16 MB but DexiNed's weights. A WORK folder belongs to the settings that it was
begun with; others are refused. ``docs/accelerator.md`` says what it needs and what
to do with the result.

It calls the functions that the stages of the road call, without Prefect, DVC and MLflow.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from safetensors.torch import load_file

from dataset_tools.augment import DRAWINGS, finished, plan_jobs, publish
from dataset_tools.qa import check_pairs, judge, write_judgement
from dataset_tools.sources import list_drawings, make_pairs, write_ingest
from dataset_tools.splits.duplicates import fingerprint_pairs
from dataset_tools.splits.split import check_leaks, recorded, split_pairs, write_splits
from dataset_tools.views.contact import Tile, contact_sheet
from lineart.errors import InputError
from lineart.metrics.evaluate import EvaluateSettings, predict, write_scores
from lineart.metrics.scoring import score_pictures
from lineart.pictures.images import read_line, write_render
from lineart.runs import WEIGHTS, read_json, save_weights, write_json
from lineart.sets.pairs import read_pairs, read_table, sha256, write_table
from lineart.sets.shards import TABLE, Shards
from lineart.training.train import train
from pipelines import runtime
from pipelines.params import Params
from pipelines.workers import processes

ROOT = Path(__file__).resolve().parents[1]
CHUNK = 8  # pictures scored at a time
MORE_TO_DO = 75
# sections that results depend on
DECIDING = ("ingest", "qa", "split", "augment", "train", "evaluate")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what fits into the time; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="kept between calls")
    parser.add_argument("--out", type=Path, required=True, help="what is taken home")
    parser.add_argument("--minutes", type=float, default=9.0, help="of this call (default: 9)")
    parser.add_argument(
        "--models", nargs="+", default=["clearnet"], help="names of recipes (default: clearnet)"
    )
    parser.add_argument(
        "--size",
        choices=("paper", "release"),
        default="paper",
        help="params/SIZE.yaml (default: paper)",
    )
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    options = parser.parse_args(arguments)
    # The training loop answers SIGTERM with a checkpoint; anywhere else it ends the call.
    signal.signal(signal.SIGTERM, _stop)
    alarm = threading.Timer(60 * options.minutes, os.kill, (os.getpid(), signal.SIGTERM))
    alarm.daemon = True
    alarm.start()
    try:
        settings = read_settings(options.size, options.set)
        check_work(options.work, settings)
        make_data(settings, options.work)
        for name in options.models:
            train_and_evaluate(name, settings, options.work, options.out / name)
    except KeyboardInterrupt:
        print("Time is up; call again to go on.", flush=True)
        return MORE_TO_DO
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def read_settings(size: str, changes: Sequence[str]) -> Params:
    """`params.yaml` with `params/SIZE.yaml` laid over it, then ``changes`` such as ``train.epochs=60``."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())
    layers = [yaml.safe_load((ROOT / f"params/{size}.yaml").read_text())]
    for change in changes:
        name, _, value = change.partition("=")
        section, _, key = name.partition(".")
        layers.append({section: {key: yaml.safe_load(value)}})
    for layer in layers:
        for section, values in layer.items():
            inside = isinstance(values, dict)  # `models` is a list
            content[section] = {**content.get(section, {}), **values} if inside else values
    return Params(content)


def check_work(work: Path, settings: Params) -> None:
    """Note the settings in WORK, or hold these against those that it was begun with.

    Raises:
        InputError: naming the first section that differs.
    """
    now = {name: dataclasses.asdict(getattr(settings, name)) for name in DECIDING}
    now = json.loads(json.dumps(now))  # as they are read back
    noted = work / "settings.json"
    if not noted.exists():
        work.mkdir(parents=True, exist_ok=True)
        write_json(noted, now)
    before = read_json(noted)
    for name in DECIDING:
        if before[name] != now[name]:
            raise InputError(
                f"{work} was begun with other settings in the section {name}; name another --work, or give "
                f"the same --size and --set again."
            )


def train_and_evaluate(name: str, settings: Params, work: Path, out: Path) -> None:
    """One model: training, evaluation, what is taken home; each skipped where it is done."""
    out.mkdir(parents=True, exist_ok=True)
    augmented, run, scores = work / "augmented", work / "models" / name, work / "evaluation" / name
    rows: list[dict[str, float]] = []

    def on_epoch(row: dict[str, float]) -> None:
        rows.append(row)
        write_table(out / "history.csv", pd.DataFrame(rows))
        print(name, {key: round(value, 5) for key, value in row.items()}, flush=True)

    if not (run / "summary.json").exists():
        timed(
            f"training {name}",
            lambda: train(
                *(name, settings.train, augmented, run, work / "runs"),
                on_epoch,
                {"commit": runtime.commit()},
            ),
        )
    if not (scores / "scores.json").exists():
        timed(f"evaluating {name}", evaluate, run, augmented, scores, settings.evaluate)
    take_home(augmented, run, scores, out)


def evaluate(run: Path, augmented: Path, scores: Path, settings: EvaluateSettings) -> None:
    """Predictions on the accelerator, scores on all cores."""
    about = predict(run, augmented, scores, settings)
    shards, cores = Shards(augmented, settings.split), os.cpu_count() or 1
    pool = processes.start(cores)
    try:
        pictures = range(len(shards))
        chunks = [pictures[start : start + CHUNK] for start in pictures[::CHUNK]]
        jobs = [
            pool.submit(score_pictures, chunk, shards, scores, about["threshold"])
            for chunk in chunks
        ]
        write_scores(scores, about, [picture for job in jobs for picture in job.result()])
    finally:
        processes.stop(pool)


def make_data(settings: Params, work: Path) -> None:
    """Ingest, check, split and augment, on all cores; skipped where it is done."""
    if not (work / "augmented" / TABLE).exists():
        timed("data", _make_data, settings, work, work / "augmented")


def _make_data(settings: Params, work: Path, augmented: Path) -> None:
    folder, checked, splits_folder = work / "pairs", work / "checked", work / "splits"
    bench = work / "augmented.unfinished"
    pool = processes.start(os.cpu_count() or 1)

    def over(function: Callable[..., list[Any]], items: list[Any], *more: Any) -> list[Any]:
        starts = range(0, len(items), DRAWINGS)
        jobs = [pool.submit(function, items[start : start + DRAWINGS], *more) for start in starts]
        return [result for job in jobs for result in job.result()]

    try:
        drawings, refused = list_drawings(settings.ingest)
        made = over(make_pairs, drawings, settings.ingest, folder)
        pairs, _ = write_ingest(folder, [*refused, *made], settings.ingest)
        rows = read_pairs(folder / "pairs.csv")
        judgement = judge(rows, over(check_pairs, rows, folder, settings.qa), settings.qa)
        write_judgement(checked, judgement)
        near = judgement.duplicates
        record, trained = recorded(ROOT / "data/splits", settings.split)
        division = split_pairs(
            read_table(checked / "pairs.csv"),
            settings.split,
            record,  # what is in the test split here stays there
            zip(near["one"], near["other"], strict=True),
            trained,
        )
        prints = over(fingerprint_pairs, read_pairs(checked / "pairs.csv"), folder)
        check_leaks(division.splits, prints, settings.qa.duplicates)
        write_splits(splits_folder, division, settings.split.record)
        shards = [
            pool.submit(finished, job, folder, bench, settings.augment)
            for job in plan_jobs(splits_folder, settings.augment)
        ]
        done = [shard.result() for shard in shards]
    finally:
        processes.stop(pool)
    publish(augmented, bench, done)
    print(f"{pairs} pairs, {sum(len(some) for _, some in done)} pictures", flush=True)


def take_home(augmented: Path, run: Path, scores: Path, out: Path) -> None:
    """Copy what is small and worth keeping; the weights in float16."""
    weights = load_file(run / WEIGHTS)
    half = {name: v.half() if v.is_floating_point() else v for name, v in weights.items()}
    save_weights(out / WEIGHTS, half)
    for path in (
        *(run / "settings.json", run / "summary.json", run / "history.csv"),
        scores / "pictures.csv",
    ):
        shutil.copy(path, out / path.name)
    found = {
        **read_json(scores / "scores.json"),
        "weights_in_float16": sha256((out / WEIGHTS).read_bytes()),
    }
    write_json(out / "scores.json", found)
    shards = Shards(augmented, "test")
    worst = read_table(scores / "pictures.csv").sort_values("mae", ascending=False)["key"]
    position = {child.key: index for index, child in enumerate(shards.children)}
    rows = []
    for key in [*worst[:8], *worst[len(worst) // 2 :][:4]]:
        render, line = (part / np.float32(255) for part in shards[position[key]])
        ink = read_line(scores / "predictions" / f"{key}.png")
        rows.append((Tile(render, key), Tile(line), Tile(ink)))
    write_render(
        out / "sheet.png", contact_sheet(rows, cell=min(256, max(rows[0][0].picture.shape)))
    )


def timed(name: str, function: Callable[..., Any], *arguments: Any) -> None:
    """Call a function and say how long it took."""
    started = time.perf_counter()
    function(*arguments)
    print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
