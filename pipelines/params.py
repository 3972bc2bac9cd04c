"""`params.yaml` as settings classes, one section a stage, each built when it is asked for.

The classes stand beside the functions they steer; importing them one by one keeps a stage that touches
no network free of torch.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineart.errors import InputError, unknown_name
from lineart.models.registry import STEPS
from lineart.settings import read_file, require, settings_from

if TYPE_CHECKING:
    from dataset_tools.augment import AugmentSettings
    from dataset_tools.qa import QaSettings
    from dataset_tools.report.settings import DatasetReportSettings
    from dataset_tools.sources import IngestSettings
    from dataset_tools.splits.split import SplitSettings
    from lineart.metrics.evaluate import EvaluateSettings
    from lineart.training.adopt import AdoptSettings
    from lineart.training.settings import TrainSettings
    from pipelines.report.html import ReportSettings

FILE = "params.yaml"
RUNNERS = ("process", "dask")


@dataclass(frozen=True)
class PipelinesSettings:
    """How the stages are run; changes no result, so no stage depends on it."""

    workers: int = 2  # processes that map over drawings
    runner: str = "process"  # where they run: process (here) or dask (docs/scale-out.md)
    dask: str | None = None  # address of a Dask scheduler; null for a cluster on this machine

    def __post_init__(self) -> None:
        require(self.workers >= 1, "pipelines.workers", self.workers, "1 or more")
        require(
            self.runner in RUNNERS, "pipelines.runner", self.runner, f"one of {', '.join(RUNNERS)}"
        )


# Section of the file -> the class that reads it.
SECTIONS = {
    "ingest": "dataset_tools.sources:IngestSettings",
    "qa": "dataset_tools.qa:QaSettings",
    "disagree": "dataset_tools.disagreement:DisagreeSettings",
    "split": "dataset_tools.splits.split:SplitSettings",
    "augment": "dataset_tools.augment:AugmentSettings",
    "dataset": "dataset_tools.report.settings:DatasetReportSettings",
    "train": "lineart.training.settings:TrainSettings",
    "evaluate": "lineart.metrics.evaluate:EvaluateSettings",
    "leaderboard": "pipelines.report.html:ReportSettings",
    "review": "dataset_tools.review.settings:ReviewSettings",
    "pipelines": "pipelines.params:PipelinesSettings",
}
MODELS = "models"  # the one entry that is a list: names of networks and classical methods
PUBLISHED = "published"  # a table of entries, each of AdoptSettings; DVC makes a stage of each


class Params:
    """The content of a params file. Sections are checked on first use, or all by :meth:`check`.

    Raises:
        InputError: for a section that does not exist; the properties, for a key or a value that is wrong.
    """

    def __init__(self, content: dict[str, Any]):
        for name in content:
            known = [*SECTIONS, MODELS, PUBLISHED]
            if name not in known:
                raise unknown_name("section in the params file called", name, known)
        self._content = content

    def section(self, name: str) -> Any:
        """The settings of a stage, an instance of the class named in :data:`SECTIONS`."""
        module, _, cls = SECTIONS[name].partition(":")
        return settings_from(
            getattr(importlib.import_module(module), cls), self._content.get(name), name
        )

    @cached_property
    def ingest(self) -> IngestSettings:
        """Where drawings come from."""
        settings: IngestSettings = self.section("ingest")
        return settings

    @cached_property
    def qa(self) -> QaSettings:
        """What a pair must pass."""
        settings: QaSettings = self.section("qa")
        return settings

    @cached_property
    def split(self) -> SplitSettings:
        """Shares of the splits."""
        settings: SplitSettings = self.section("split")
        return settings

    @cached_property
    def augment(self) -> AugmentSettings:
        """How children are made."""
        settings: AugmentSettings = self.section("augment")
        return settings

    @cached_property
    def dataset(self) -> DatasetReportSettings:
        """What the page of the data set shows."""
        settings: DatasetReportSettings = self.section("dataset")
        return settings

    @cached_property
    def train(self) -> TrainSettings:
        """How networks are trained."""
        settings: TrainSettings = self.section("train")
        return settings

    @cached_property
    def evaluate(self) -> EvaluateSettings:
        """What is scored."""
        settings: EvaluateSettings = self.section("evaluate")
        return settings

    @cached_property
    def leaderboard(self) -> ReportSettings:
        """What the report shows."""
        settings: ReportSettings = self.section("leaderboard")
        return settings

    @cached_property
    def pipelines(self) -> PipelinesSettings:
        """How the stages are run."""
        settings: PipelinesSettings = self.section("pipelines")
        return settings

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The names on the leaderboard, in the order of the file."""
        names = self._content.get(MODELS)
        listed = isinstance(names, list) and all(isinstance(name, str) for name in names)
        require(listed and bool(names), MODELS, names, "a list of model names")
        assert isinstance(names, list)
        require(len(set(names)) == len(names), MODELS, names, "a list without repetitions")
        step = next((name for name in names if name in STEPS), None)
        if step is not None:
            raise InputError(
                f"`{MODELS}` of the params file holds {step}, a step of the ablation; leave it out, and run "
                f"`python -m pipelines ablation`, which trains the steps."
            )
        return tuple(names)

    @cached_property
    def published(self) -> dict[str, AdoptSettings]:
        """The weights of others that get a row, by name of the entry."""
        entries = self._content.get(PUBLISHED, {})
        wanted = "a table of NAME: {weights: PATH}, or {}"
        require(isinstance(entries, dict), PUBLISHED, entries, wanted)
        if not entries:
            return {}
        from lineart.training.adopt import AdoptSettings

        return {
            str(name): settings_from(AdoptSettings, entry, f"{PUBLISHED}.{name}")
            for name, entry in entries.items()
        }

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the leaderboard: the models, then the published weights."""
        if not self.published:
            return self.models
        from lineart.training.adopt import row_name

        return (*self.models, *map(row_name, self.published))

    def check(self) -> None:
        """Ask for every section and every model, so that a slip is found before hours of work."""
        for name in SECTIONS:
            self.section(name)
        for name in self.models:
            check_model(name)
        if self.published:
            from lineart.training.adopt import check_weights

            for name, entry in self.published.items():
                entry.network(name)
                check_weights(Path(entry.weights))

    def missing(self, keys: Iterable[str]) -> dict[str, Any]:
        """Those of some dotted keys that are not in the file, with what they are by default.

        >>> Params({"train": {"epochs": 3}}).missing(["train.epochs", "train.keep", "train.loss", "qa"])
        {'train.keep': 'best', 'train.loss': {}, 'qa': {}}
        """
        return {key: self._default(key) for key in keys if not self._has(key)}

    def _has(self, key: str) -> bool:
        place: Any = self._content
        for part in key.split("."):
            if not isinstance(place, dict) or part not in place:
                return False
            place = place[part]
        return True

    def _default(self, key: str) -> Any:
        name, *parts = key.split(".")
        value = Params({}).section(name) if name in SECTIONS else {}
        for part in parts:
            value = getattr(value, part, {})
        return {} if dataclasses.is_dataclass(value) else value


def check_model(name: str) -> None:
    """Refuse a name that is neither a network's (or a step's of the ladder) nor a classical method's."""
    from lineart.models import CLASSICAL
    from lineart.models.registry import RECIPES

    if name not in RECIPES and name not in CLASSICAL:
        raise unknown_name("model", name, [*RECIPES, *CLASSICAL])


def read_params(path: Path | str = FILE) -> Params:
    """Read a params file.

    Raises:
        InputError: if there is none, it is no YAML, or it has a section that does not exist.
    """
    return Params(read_file(path))
