"""How long stages take: what they took before, here or on the machine of reference, for the same settings.

Two tables of one shape, both written by runs and by nobody's hand: `runs/durations.json` of this clone, and
`docs/results/durations.json`, a copy of such a table from the machine named in it. Seconds of another machine
are scaled by how long both take for the same piece of arithmetic (:mod:`pipelines.plan.measure`).
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lineart.errors import InputError
from lineart.pictures.images import write_text
from pipelines.params import FILE
from pipelines.plan.graph import Plan
from pipelines.plan.measure import measure, processor

HERE = Path("runs", "durations.json")
REFERENCE = Path("docs", "results", "durations.json")


@dataclass
class Took:
    """What one stage took."""

    seconds: float
    # name of an entry of the params file -> its digest; of all it hangs on, too
    settings: dict[str, str]


@dataclass
class Durations:
    """A table of what stages took on one machine."""

    processor: str = ""
    step: float | None = None  # seconds, of :func:`pipelines.plan.measure.measure`
    stages: dict[str, Took] = field(default_factory=dict)


@dataclass(frozen=True)
class Estimate:
    """How long one stage is going to take, in seconds; None if nobody knows."""

    seconds: float | None
    same: bool = True  # whether it was measured with the settings of now


def of_this_machine(root: Path) -> Durations:
    """What this clone remembers of this machine, whose speed is measured if it has not been."""
    here, name = read(root / HERE), processor()
    if here.processor != name:
        here = Durations(name)
    here.step = here.step or measure()
    return here


def read(path: Path) -> Durations:
    """A table; an empty one if there is none, or it is torn: it is worth less than a question."""
    try:
        content = json.loads(path.read_text())
        stages = {name: Took(**took) for name, took in content.pop("stages").items()}
        return Durations(**content, stages=stages)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Durations()


def write(path: Path, durations: Durations) -> None:
    """Write a table."""
    write_text(path, json.dumps(dataclasses.asdict(durations), indent=1, sort_keys=True) + "\n")


def digest(value: Any) -> str:
    """A short name for a value of the params file.

    >>> digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def value_of(content: Mapping[str, Any], name: str) -> Any:
    """An entry of the params file by DVC's name of it.

    >>> value_of({"train": {"models": {"teed": 1}}}, "train.models.teed"), value_of({}, "qa")
    (1, None)
    """
    found: Any = content
    for key in name.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def estimates(
    plan: Plan, params: Mapping[str, Any], here: Durations, reference: Durations
) -> dict[str, Estimate]:
    """The seconds of each stage that has to run.

    What this clone took with the same settings is best, then what the reference took with them, then what
    either took with others, which is marked.

    Args:
        plan: the stages.
        params: the content of the params file.
        here: of this clone, on this machine.
        reference: of the machine of reference.
    """

    def same(took: Took) -> bool:
        return all(digest(value_of(params, name)) == kept for name, kept in took.settings.items())

    tables = [(here, 1.0)]
    if (scale := factor(here, reference)) is not None:
        tables.append((reference, scale))
    found = {}
    for stage in plan.stages:
        known = [(table.stages[stage], by) for table, by in tables if stage in table.stages]
        known.sort(key=lambda pair: not same(pair[0]))
        took, by = known[0] if known else (None, 1.0)
        if took is None:
            found[stage] = Estimate(None)
        else:
            found[stage] = Estimate(min(took.seconds * by, brake(stage, params)), same(took))
    return found


def brake(stage: str, params: Mapping[str, Any]) -> float:
    """The seconds after which a training is ended, by `train.minutes`; infinite for what has no such brake.

    >>> brake("train@teed", {"train": {"minutes": 2, "models": {"teed": {"minutes": 1}}}}), brake("qa", {})
    (60.0, inf)
    """
    kind, _, name = stage.partition("@")
    minutes = value_of(params, f"train.models.{name}.minutes") or value_of(params, "train.minutes")
    numeric = isinstance(minutes, int | float) and kind == "train"
    return 60.0 * minutes if numeric else math.inf


def factor(here: Durations, reference: Durations) -> float | None:
    """How many times as long as the machine of reference this one takes; None if one is not measured."""
    return here.step / reference.step if here.step and reference.step else None


def remember(root: Path, plan: Plan, seconds: Mapping[str, float], here: Durations) -> None:
    """Keep what stages took, with the settings that `dvc.lock` says they and their causes had."""
    with contextlib.suppress(OSError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        lock = yaml.safe_load((root / "dvc.lock").read_text())["stages"]
        for stage, took in seconds.items():
            settings: dict[str, str] = {}
            for each in (stage, *sorted(plan.causes.get(stage, ()))):
                known = lock.get(each, {}).get("params", {}).get(FILE, {})
                settings |= {name: digest(value) for name, value in known.items()}
            here.stages[stage] = Took(round(took, 1), settings)
    with contextlib.suppress(InputError):  # a disk that is full or read only costs an estimate
        write(root / HERE, here)
