"""The registered model and its champion: every new training is a version, the best one has the alias.

The alias moves on the validation pictures alone, never on the test split, and only if the newcomer's MAE is
lower beyond doubt: the 95 % interval of the difference, paired by picture and resampled by drawing,
leaves 0 out. A champion that was validated on other data reads the present validation pictures once more,
with the weights that are registered, so that like is compared with like.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lineart.errors import InputError
from lineart.sets.pairs import read_table
from lineart.sets.shards import Shards
from pipelines.report.records import Record
from pipelines.tracking.board import Board, file_sha256
from pipelines.tracking.failures import FAILURES, is_missing
from pipelines.tracking.servable import make_servable

EXPERIMENT = "registry"  # one run a version, which no later training replaces
ALIAS = "champion"
FILES = (
    *("model.safetensors", "model.onnx", "settings.json"),
    *("summary.json", "card.json", "validation.csv"),
)
FOLDER = "model"  # of the artifacts
# the tag with the sentence; a version without it was not thought over to the end
DECISION = "decision"
REPLICATES = 1000


@dataclass(frozen=True)
class Difference:
    """The newcomer's MAE less the champion's, with its 95 % interval; below 0 the newcomer is better."""

    value: float
    low: float
    high: float
    pictures: int

    @property
    def better(self) -> bool:
        """Whether the newcomer is better beyond doubt."""
        return self.high < 0

    def __str__(self) -> str:
        return (
            f"its MAE differs by {self.value:+.4f} on {self.pictures} validation pictures "
            f"(95 % from {self.low:+.4f} to {self.high:+.4f})"
        )


def difference(newcomer: pd.DataFrame, champion: pd.DataFrame, seed: int = 0) -> Difference:
    """How far apart two models are on the pictures both have read.

    Args:
        newcomer: ``key, parent, mae``, a row a picture.
        champion: likewise.
        seed: of the resampling.
    """
    both = newcomer.merge(champion[["key", "mae"]], on="key", suffixes=("", "_champion"))
    apart = (both["mae"] - both["mae_champion"]).groupby(both["parent"])
    sums, counts = apart.sum().to_numpy(), apart.count().to_numpy()
    chosen = np.random.default_rng(seed).integers(0, len(sums), (REPLICATES, len(sums)))
    means = sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Difference(float(sums.sum() / counts.sum()), float(low), float(high), len(both))


def consider(record: Record, data: Path) -> str:
    """Register a trained network and move the alias if it has earned it; says what came of it.

    Args:
        record: of the network.
        data: the augmented sets it was trained on.

    Raises:
        MlflowException: among :data:`pipelines.tracking.failures.FAILURES`, if MLflow cannot be reached.
    """
    if record.weights is None:
        return f"{record.model} has no weights here, so its champion stays as it is"
    registry = Registry(record.model)
    newcomer, champion = registry.version_of(record), registry.champion()
    if champion is not None and champion.version == newcomer.version:
        return f"{record.model} {champion.version} is the champion"
    if DECISION in newcomer.tags:
        return str(newcomer.tags[DECISION])
    if champion is None:
        error = record.summary["validation"]["mae"]
        moved, said = True, f"is the first champion, with a validation MAE of {error:.4f}"
    else:
        try:
            moved, said = _compare(record, data, champion, registry)
        except InputError as error:  # the leaderboard need not fail for a champion of long ago
            moved, said = False, f"leaves the alias with {champion.version}, not compared: {error}"
    decision = f"{record.model} {newcomer.version} {said}"
    if moved:
        registry.crown(newcomer)
    registry.client.set_model_version_tag(record.model, newcomer.version, DECISION, decision)
    return decision


def _compare(record: Record, data: Path, champion: Any, registry: Registry) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory() as place:
        run = registry.download(champion, Path(place))
        ours = validation(record.run)
        theirs = None
        if ours is not None and champion.tags["data_version"] == record.version:
            theirs = validation(run)
        again = ""
        if ours is None:
            ours = read_again(record.run, data, None)
        if theirs is None:
            theirs = read_again(run, data, ours["key"].tolist())
            again = "; the champion has read these pictures anew, for it was validated on others"
    found = difference(ours, theirs)
    what = "is the new champion instead of" if found.better else "leaves the alias with"
    return found.better, f"{what} {champion.version}: {found}{again}"


def validation(run: Path) -> pd.DataFrame | None:
    """The validation pictures of a run folder with their scores; None if they were not kept."""
    path = run / "validation.csv"
    return read_table(path) if path.exists() else None


def read_again(run: Path, data: Path, keys: list[str] | None) -> pd.DataFrame:
    """The MAE of a run folder's model on validation pictures, ``key, parent, mae``.

    Args:
        run: a run folder (:mod:`lineart.runs`).
        data: the augmented sets.
        keys: of the pictures; all of the split for None.
    """
    from lineart.inference.network import load_extractor
    from lineart.metrics.pixels.pixel import mae
    from lineart.metrics.pixels.validation import as_on_disk

    extract, shards = load_extractor(run), Shards(data, "val")
    rows = []
    for index, child in enumerate(shards.children):
        if keys is None or child.key in keys:
            render, line = (picture / np.float32(255) for picture in shards[index])
            about = {"key": child.key, "parent": child.parent}
            rows.append({**about, "mae": mae(as_on_disk(extract(render)), line)})
    return pd.DataFrame(rows)


class Registry:
    """The registered model of one name, made where it is missing.

    Args:
        name: of the model.
    """

    def __init__(self, name: str):
        self.name = name
        board = Board(experiment=EXPERIMENT)
        self.client, self.experiment = board.client, board.experiment
        wanted = f"name = '{name}'"
        if not self.client.search_registered_models(filter_string=wanted):
            self.client.create_registered_model(name)

    def champion(self) -> Any | None:
        """The version with the alias."""
        (model,) = self.client.search_registered_models(filter_string=f"name = '{self.name}'")
        number = model.aliases.get(ALIAS)
        return None if number is None else self.client.get_model_version(self.name, str(number))

    def crown(self, version: Any) -> None:
        """Give the alias to a version."""
        self.client.set_registered_model_alias(self.name, ALIAS, version.version)

    def version_of(self, record: Record) -> Any:
        """The version of these weights on this data, made where it is missing."""
        assert record.weights is not None
        return self.version(record.run, record.weights, record.version, record.facts)

    def version(self, run: Path, weights: Path, data: str, about: Mapping[str, str]) -> Any:
        """The version of some weights, made where it is missing, so that MLflow can serve it.

        Args:
            run: the run folder, of which :data:`FILES` are kept.
            weights: the file in it.
            data: version of the data it was trained on.
            about: further tags.
        """
        tags = {"weights_sha256": file_sha256(weights), "data_version": data}
        for version in self.client.search_model_versions(f"name = '{self.name}'"):
            if tags.items() <= version.tags.items():
                return version
        mlflow_run = self.client.create_run(self.experiment, tags=tags, run_name=self.name)
        number = mlflow_run.info.run_id
        try:
            return self._versioned(number, run, tags, about)
        except BaseException:
            with contextlib.suppress(Exception):  # the first failure is the one to tell
                self.client.delete_run(number)
            raise

    def _versioned(
        self, number: str, run: Path, tags: Mapping[str, str], about: Mapping[str, str]
    ) -> Any:
        """Fill a run of MLflow with the files of a run folder, and make a version of it."""
        with tempfile.TemporaryDirectory() as folder:
            for name in FILES:
                if (run / name).exists():
                    shutil.copy(run / name, folder)
            make_servable(Path(folder))
            self.client.log_artifacts(number, folder, FOLDER)
        self.client.set_terminated(number)
        place = f"{self.client.get_run(number).info.artifact_uri}/{FOLDER}"
        return self.client.create_model_version(
            self.name, source=place, run_id=number, tags={**tags, **about}
        )

    def download(self, version: Any, place: Path) -> Path:
        """The run folder of a version, copied to ``place``.

        Raises:
            InputError: if its run or its files are not there any more.
        """
        try:
            if any(self.client.list_artifacts(version.run_id, FOLDER)):
                return Path(self.client.download_artifacts(version.run_id, FOLDER, str(place)))
        except FAILURES as error:
            if not is_missing(error):
                raise
        raise InputError(
            f"the files of {self.name} {version.version} are gone; give the alias {ALIAS} to another version "
            f"in MLflow, or take it away."
        )
