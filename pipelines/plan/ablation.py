"""The graph of the ablation, `ablation/dvc.yaml`: the road's `train` and `evaluate` once a step, and a table.

DVC reads every `dvc.yaml` it comes upon and would speak of five trainings that nobody asked for, so the
file is not there before they are (docs/decisions/0012-the-ablation-stands-apart.md). Its paths are those of
the project's folder. Its outputs are not in DVC's cache: a clone in which the ablation was not run has to be
able to `dvc pull`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from lineart.models.registry import LADDER
from lineart.pictures.images import write_text
from pipelines.plan.watched import MODEL, ROAD

FOLDER = "ablation"
MODELS = "lineart/models"
# What the steps are made of.
NETWORKS = [f"{MODELS}/{name}.py" for name in ("clearnet", "ladder", "u2netp")]
ABOUT = "# Made from ../dvc.yaml by `python -m pipelines ablation`; a change here is lost.\n"
TABLE = {
    "wdir": "..",
    "cmd": f"python -m pipelines ladder --under {FOLDER}",
    "deps": [
        "data/augmented",
        f"{FOLDER}/evaluation",
        f"{FOLDER}/models",
        "lineart/metrics",
        "lineart/pictures",
        "lineart/sets",
        "pipelines/report/cited.py",
        "pipelines/report/records.py",
        "pipelines/stages/ladder.py",
    ],
    "outs": [{f"{FOLDER}/table.csv": {"cache": False}}, {f"{FOLDER}/table.md": {"cache": False}}],
}


def write_graph(root: Path, file: str, tuned: Collection[str]) -> None:
    """Write the file, or leave it as it is where nothing has changed.

    Args:
        root: of the project, with its `dvc.yaml`.
        file: where it goes, relative to the root.
        tuned: the names that have settings of their own, `train.models.NAME`.
    """
    road = yaml.safe_load((root / ROAD).read_text(encoding="utf-8"))["stages"]
    text = ABOUT + yaml.safe_dump({"stages": graph_of(road, tuned)}, sort_keys=False, width=4096)
    path = root / file
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def graph_of(road: Mapping[str, Any], tuned: Collection[str]) -> dict[str, Any]:
    """The stages: `train-STEP` and `evaluate-STEP`, as the road has them for a model, and `ladder`."""
    stages = {
        f"{name}-{step}": _stage(road[name], step, tuned)
        for step in LADDER
        for name in ("train", "evaluate")
    }
    return {**stages, "ladder": TABLE}


def _stage(body: Mapping[str, Any], step: str, tuned: Collection[str]) -> dict[str, Any]:
    def named(texts: Iterable[str]) -> list[str]:
        return [text.replace(MODEL, step) for text in texts]

    own = f"train.models.{step}"
    params = [key for key in named(body["params"]) if key != own or step in tuned]
    swapped = {f"models/{step}": [f"{FOLDER}/models/{step}"], f"{MODELS}/{step}.py": NETWORKS}
    deps = [new for dep in named(body["deps"]) for new in swapped.get(dep, [dep])]
    outs = named([*body["outs"], *body.get("metrics", [])])
    return {
        "wdir": "..",
        "cmd": f"{body['cmd'].replace(MODEL, step)} --under {FOLDER}",
        "params": params,
        "deps": deps,
        "outs": [{f"{FOLDER}/{out}": {"cache": False}} for out in outs],
    }
