"""Make the weights that ship and their card from what the road left at the size `release`.

    python -m pipelines size release && make repro
    python -m scripts.release_weights [--run models/clearnet] [--scores evaluation/clearnet/scores.json]
        [--began lineart/weights/clearnet]

Before it, what was trained may be mixed with what it began with (scripts/average_weights.py);
docs/model-card.md has the commands in their order.

They go into lineart/weights/NAME, in float16 if that moves no answer by more than one grey level; the
network is written as ONNX; the scores on the test split and on the drawings of another hand go into
card.json and into docs/model-card.md.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.out_of_distribution.drawings import example
from benchmarks.out_of_distribution.figures import COLUMNS, of_set
from benchmarks.out_of_distribution.recipes import RECIPES
from benchmarks.out_of_distribution.score import read_set
from lineart.catalogue.cards import ONNX
from lineart.catalogue.store import SHIPPED, find_model
from lineart.errors import InputError
from lineart.export.command import export
from lineart.inference.network import NetworkExtractor
from lineart.models import LineModel, parameter_count
from lineart.pictures.images import write_bytes
from lineart.runs import WEIGHTS, load_network, read_json, save_weights, write_json
from lineart.sets.pairs import sha256
from pipelines.report.marked import write_between
from scripts.average_weights import sum_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/model-card.md"
START, END = "<!-- figures: made by scripts/release_weights.py -->", "<!-- end of figures -->"
LEVEL = 1 / 255
COMPARED = ("bubble", "cat", "knight", "snail", "street")  # float16 against float32
HAND = "another hand"
METRICS = ("mse", "mae", "f", "cldice")  # of the test split; the drawings of another hand have more
LICENSE = "MIT (weights); artwork OpenMoji, CC BY-SA 4.0"


def main(run: Path, scores: Path, name: str, began: Path) -> None:
    """Write the folder, its card, and the figures on the page.

    Raises:
        InputError: if the scores, or the folder of the beginning, are of other weights.
    """
    network = load_network(run)
    settings, summary = read_json(run / "settings.json"), read_json(run / "summary.json")
    tested, folder = read_json(scores), SHIPPED / name
    known = (tested.get("weights"), tested.get("weights_in_float16"))
    if sha256((run / WEIGHTS).read_bytes()) not in known:
        raise InputError(f"{scores} is of other weights than those in {run}; evaluate them first.")
    before = earlier(settings, folder, began)
    half = halved(network)
    moved = largest_change(network, half)
    kept, precision = (half, "float16") if moved <= LEVEL else (network, "float32")
    weights = {
        key: value.to(getattr(torch, precision)) if value.is_floating_point() else value
        for key, value in kept.state_dict().items()
    }
    card: dict[str, Any] = {
        "name": name,
        "license": LICENSE,
        "source": f"trained by this project, commit {short(settings['commit'])}",
        "trained_on": "OpenMoji's drawings and their children, 512 x 512",
        "data": summary["data"],
        "start": settings.get("start"),
        "mean_of": settings.get("mean_of"),
        "share": settings.get("share"),
        "before": before,
        "parameters": parameter_count(network),
        "crop": settings["train"]["crop"],
        **sum_of(before, summary),
        "tau": summary["tau"],
        "precision": precision,
        "float16_moves": round(moved, 6),
        "scores": {
            part: {metric: tested[part][metric] for metric in METRICS}
            for part in ("originals", "children")
        },
    }
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        save_weights(made / WEIGHTS, weights)
        write_json(made / "settings.json", settings)
        found, _ = read_set([temporary], list(RECIPES), "torch")
        card["scores"][HAND] = {
            key: value for key, value in of_set(found[temporary]).items() if value is not None
        }
        write_json(made / "card.json", card)
        about = dataclasses.replace(find_model(made), name=name)
        export(load_network(made), made / ONNX, about)
        for file in sorted(made.iterdir()):  # not before all is there
            write_bytes(folder / file.name, file.read_bytes())
    write_between(PAGE, START, END, figures(card, tested, folder))


def earlier(settings: Mapping[str, Any], folder: Path, began: Path) -> dict[str, Any]:
    """What the weights that the training began with (`train.start`) had seen; empty if it began with none.

    Args:
        settings: of the training.
        folder: what ships now.
        began: where the weights that it began with lie, and their card.

    Raises:
        InputError: if others lie there, for nothing is known of them.
    """
    if "start" not in settings:
        return {}
    shipped = read_json(folder / "card.json")
    if shipped.get("start") == settings["start"]:  # what ships began with them, too
        return dict(shipped["before"])
    if sha256((began / WEIGHTS).read_bytes()) != settings["start"]:
        raise InputError(f"The training began with other weights than those in {began}.")
    card = read_json(began / "card.json")
    return {key: card[key] for key in ("crops", "steps", "hours")}


def short(commit: str) -> str:
    """A commit's first ten digits, and the plus of a tree with changes, such as another size."""
    return commit[:10] + "+" * commit.endswith("+")


def halved(network: LineModel) -> LineModel:
    """A copy whose numbers are those of float16."""
    copied = copy.deepcopy(network)
    with torch.no_grad():
        for value in copied.state_dict().values():
            if value.is_floating_point():
                value.copy_(value.half().float())
    return copied


def largest_change(network: LineModel, half: LineModel) -> float:
    """The largest difference of ink between two networks, over some drawings of another hand."""
    before, after = (NetworkExtractor(model, "cpu", bfloat16=False) for model in (network, half))
    return max(
        float(np.abs(before(render) - after(render)).max())
        for render in (np.asarray(example(name).render, np.float32) for name in COMPARED)
    )


def figures(card: Mapping[str, Any], tested: Mapping[str, Any], folder: Path) -> str:
    """The part of the page that is made of numbers."""
    sizes = {file: (folder / file).stat().st_size / 1e6 for file in (WEIGHTS, ONNX)}
    lines = [
        f"{card['parameters']:,} parameters; {sizes[WEIGHTS]:.1f} MB of weights in {card['precision']}, "
        f"{sizes[ONNX]:.1f} MB as ONNX. Trained on {card['crops']:,} crops, the last of {card['crop']} x "
        f"{card['crop']} in "
        f"{card['steps']:,} steps, {card['hours']:g} hours; read at tau {card['tau']:g}. Data version "
        f"`{card['data']}`, {card['source'].rpartition(', ')[2]}. In float16 the ink of five drawings "
        f"moves by up to {255 * card['float16_moves']:.2f} of 255, where one is allowed.",
        "",
        "| pictures | number | " + " | ".join(COLUMNS[metric] for metric in METRICS) + " |",
        "| --- | --: |" + " --: |" * len(METRICS),
    ]
    counts = {part: tested[part]["pictures"] for part in ("originals", "children")} | {
        HAND: len(RECIPES)
    }
    for part, found in card["scores"].items():
        cells = " | ".join(f"{found[metric]:.4f}" for metric in METRICS)
        lines.append(f"| {part} | {counts[part]} | {cells} |")
    lines += ["", "| fault, on the drawings of another hand | mean |", "| --- | --: |"]
    lines += [
        f"| {title} | {card['scores'][HAND][key]:.4f} |"
        for key, title in COLUMNS.items()
        if key not in (*METRICS, "best_f") and key in card["scores"]["another hand"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the weights that ship.")
    parser.add_argument("--run", type=Path, default=ROOT / "models/clearnet", help="run folder")
    parser.add_argument(
        "--scores",
        type=Path,
        default=ROOT / "evaluation/clearnet/scores.json",
        help="of the same run",
    )
    parser.add_argument("--name", default="clearnet")
    parser.add_argument(
        "--began", type=Path, default=SHIPPED / "clearnet", help="the folder of `train.start`"
    )
    given = parser.parse_args()
    try:
        main(given.run, given.scores, given.name, given.began)
    except InputError as error:
        sys.exit(str(error))
