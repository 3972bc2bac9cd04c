"""The mean of two trainings of one network, the second of which went on from the first: a run folder.

    python -m scripts.average_weights FIRST SECOND OUT [--share 0.7] [--data data/augmented]

Every weight, and every mean and variance of batch normalisation, becomes a mean of both in which the second
has the share. Between the two lie weights that keep what either knew (M. Wortsman et al., "Robust
fine-tuning of zero-shot models", CVPR 2022): docs/decisions/0018-averaged-at-a-rate-that-stays.md. The
threshold of ink is chosen on the validation pictures of DATA, as that of a training is. OUT can be read
(`lineart extract --model OUT`), trained on (`train.start`) and, as models/NAME, scored
(`python -m pipelines evaluate NAME`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from lineart.errors import InputError
from lineart.inference.network import NetworkExtractor
from lineart.metrics.pixels.validation import validate
from lineart.models import create_model
from lineart.runs import WEIGHTS, read_json, save_weights, write_json
from lineart.sets.pairs import sha256
from lineart.sets.shards import Shards, data_digest
from lineart.settings import require


def main(first: Path, second: Path, out: Path, data: Path, share: float) -> None:
    """Write the folder.

    Raises:
        InputError: if the second did not begin with the first, was trained on other data than that in
            ``data``, something is there already, or the share is not in (0, 1).
    """
    require(0 < share < 1, "share", share, "more than 0 and less than 1")
    settings, summary = read_json(second / "settings.json"), read_json(second / "summary.json")
    start = sha256((first / WEIGHTS).read_bytes())
    if settings.get("start") != start:
        raise InputError(f"The training in {second} did not begin with the weights in {first}.")
    if out.exists():
        raise InputError(f"{out} is there already; name another folder.")
    if data_digest(data) != summary["data"]:
        raise InputError(f"The training in {second} saw other data than that in {data}.")
    seen = sum_of(read_json(first / "card.json"), summary)
    mean = mean_of(load_file(first / WEIGHTS), load_file(second / WEIGHTS), share)
    network = create_model(settings["model"], **settings["arguments"])
    network.load_state_dict(mean)
    wanted = settings["train"]["validate_pictures"]
    extract = NetworkExtractor(network, bfloat16=summary["precision"] == "bfloat16")
    validation = validate(extract, Shards(data, "val"), wanted)
    end = sha256((second / WEIGHTS).read_bytes())
    out.mkdir(parents=True)
    save_weights(out / WEIGHTS, mean)
    write_json(out / "settings.json", {**settings, "mean_of": [start, end], "share": share})
    validation.write(out)
    measured = {"threshold": validation.threshold, "validation": validation.means}
    write_json(out / "card.json", seen)
    write_json(out / "summary.json", {**summary, **measured})


def mean_of(
    one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor], share: float
) -> dict[str, torch.Tensor]:
    """A mean of two sets of weights, in float32; whole numbers, which only count, are the second's."""
    return {
        name: torch.lerp(one[name].float(), value.float(), share)
        if value.is_floating_point()
        else value
        for name, value in other.items()
    }


def sum_of(before: Mapping[str, Any], summary: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen in all: a card, empty where nothing came before, and the summary of a training."""
    return {
        "crops": before.get("crops", 0) + summary["pictures"],
        "steps": before.get("steps", 0) + summary["steps"],
        "hours": round(before.get("hours", 0) + summary["seconds"] / 3600, 2),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The mean of two trainings.")
    for name in ("first", "second", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--data", type=Path, default=Path("data/augmented"))
    parser.add_argument("--share", type=float, default=0.7, help="of the second, in (0, 1)")
    given = parser.parse_args()
    try:
        main(given.first, given.second, given.out, given.data, given.share)
    except InputError as error:
        sys.exit(str(error))
