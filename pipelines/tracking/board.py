"""MLflow: an experiment a kind of comparison, a parent run a version of the data, a child run a model.

MLflow is where numbers go to be looked at; no stage ever reads one back. What
counts is on disk, so a run is brought to what the disk says as often as one likes:

- a run whose tag ``record`` equals the record's digest is complete and left alone, if its files are there;
- a run begun by live curves that agree with the history on disk is completed;
- any other run of the same model and version is replaced (MLflow keeps deleted runs for a while);
- the parent is the oldest run with the role ``comparison`` on that version of the data, made where it is
  missing; a child that hangs elsewhere is hung there.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import mlflow
from alembic.util.exc import CommandError
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    LoggedModelOutput,
    Metric,
    Param,
    Run,
    RunTag,
)
from mlflow.exceptions import MlflowException

from pipelines import database, runtime
from pipelines.report.exhibits import write_exhibits
from pipelines.report.records import Record, numbers, parameters
from pipelines.tracking.failures import NEWER, OLDER, Unsuited

EXPERIMENT = "leaderboard"
PARENT = "mlflow.parentRunId"
COMPARISON = "comparison"  # the role of a parent
DATASET = "augmented"
CURVES = ("train_loss", "val_mae", "learning_rate", "tau")
WATCHED = "val_mae"  # the curve by which two trainings are told apart
SORTED_BY = "originals/mae"


Row = Mapping[str, float]


class Board:
    """The experiment of a comparison, made where it is missing.

    Args:
        uri: of the MLflow server or database; None for what the environment says.
        experiment: its name.

    Raises:
        MlflowException: or another of :data:`pipelines.tracking.failures.FAILURES`, if it cannot be reached;
            so do all methods.
    """

    def __init__(self, uri: str | None = None, experiment: str = EXPERIMENT):
        self.uri = uri or mlflow.get_tracking_uri()
        mlflow.set_tracking_uri(self.uri)
        for name in ("alembic", "urllib3"):  # they report each table made, each retry
            logging.getLogger(name).setLevel(logging.ERROR)
        self.file = database.file_of(self.uri)
        with database.turn(self.file):
            if self.file is not None:
                database.bring_home(self.file)
            found = self._find(experiment)
            if found is None:
                self.experiment = self._make(experiment)
            else:
                self.experiment = found.experiment_id
        if found is not None and found.lifecycle_stage == "deleted":
            self._restore()

    def _find(self, experiment: str) -> Experiment | None:
        """The experiment of a name, deleted or not."""
        if self.file is not None:
            self._suit(self.file)
        try:
            self.client = MlflowClient(self.uri)
            return self.client.get_experiment_by_name(experiment)
        except ModuleNotFoundError as error:
            raise Unsuited(
                f"needs the package {error.name}, which is not installed; install it, or name another driver "
                f"in MLFLOW_TRACKING_URI, such as postgresql+psycopg2://"
            ) from error
        except (MlflowException, CommandError) as error:
            revision = database.refused(str(error))
            if revision is None:
                raise
            known = revision in database.revisions()
            raise Unsuited(OLDER if known else NEWER) from error

    def _suit(self, file: Path) -> None:
        """Upgrade a database of the project that an older MLflow has made; a copy is kept.

        MLflow would do so by itself where a table is missing, and without a copy.
        """
        revision, known = database.revision_of(file), database.revisions()
        if revision is None or revision == known[-1]:
            return
        if revision not in known:
            raise Unsuited(NEWER)
        if file.is_relative_to(runtime.root()):
            copy = database.upgrade(file, self.uri, revision)
            said = f"{file} was of an older MLflow and is upgraded; as it was it is kept in {copy.name}."
            print(said, file=sys.stderr)

    def _make(self, experiment: str) -> str:
        place = None
        if self.file is not None:
            place = (self.file.parent / database.ARTIFACTS / experiment).as_uri()
        made = self.client.create_experiment(experiment, artifact_location=place)
        self.client.set_experiment_tag(made, "mlflow.note.content", NOTES.get(experiment, ""))
        return str(made)

    def _restore(self) -> None:
        """Bring a deleted experiment back. MLflow brings back each run in it, those long replaced, too."""
        self.client.restore_experiment(self.experiment)
        kept: set[tuple[str, str]] = set()
        runs = self.client.search_runs([self.experiment], filter_string="tags.model != ''")
        for run in sorted(runs, key=lambda run: "record" not in run.data.tags):
            known = run.data.tags["model"], run.data.tags.get("data_version", "")
            if known in kept:
                self._delete(iter([run]))
            kept.add(known)

    def runs(self, model: str, version: str) -> list[Run]:
        """All runs of a model on a version of the data, the newest first."""
        wanted = f"tags.model = '{model}' and tags.data_version = '{version}'"
        return list(self.client.search_runs([self.experiment], filter_string=wanted))

    def points(self, run: str) -> dict[int, float]:
        """The watched curve of a run, by step."""
        history = self.client.get_metric_history(run, WATCHED)
        return {metric.step: metric.value for metric in history}

    def begun(self, model: str, version: str, rows: Sequence[Row]) -> str | None:
        """A run that is not complete and whose curve does not contradict these rows."""
        for run in self.runs(model, version):
            if "record" in run.data.tags or "unfinished" in run.data.tags:
                continue
            known = self.points(run.info.run_id)
            if all(known.get(int(row["step"]), row[WATCHED]) == row[WATCHED] for row in rows):
                return str(run.info.run_id)
        return None

    def begin(self, model: str, version: str) -> str:
        """A new run."""
        tags = {"model": model, "data_version": version, PARENT: self.comparison(version)}
        return str(self.client.create_run(self.experiment, tags=tags, run_name=model).info.run_id)

    def comparison(self, version: str) -> str:
        """The parent of all runs on a version of the data."""
        wanted = f"tags.role = '{COMPARISON}' and tags.data_version = '{version}'"
        with database.turn(self.file):
            found = self.client.search_runs(
                [self.experiment], filter_string=wanted, order_by=["attributes.start_time ASC"]
            )
            if found:
                return str(found[0].info.run_id)
            tags = {"role": COMPARISON, "data_version": version}
            name = f"data {version[:12]}"
            run = self.client.create_run(self.experiment, tags=tags, run_name=name)
            return str(run.info.run_id)

    def add_curve(self, run: str, rows: Sequence[Row]) -> None:
        """Log the rows of a history that the run does not have yet."""
        known, now = self.points(run), _now()
        metrics = [
            Metric(name, row[name], now, int(row["step"]))
            for row in rows
            if int(row["step"]) not in known
            for name in CURVES
        ]
        for start in range(0, len(metrics), 1000):  # MLflow takes so many at once
            self.client.log_batch(run, metrics=metrics[start : start + 1000])

    def publish(self, record: Record, role: str, data: Path | None = None) -> bool:
        """Bring MLflow to what a record says; False if it said so already.

        Args:
            record: what is on disk.
            role: ``network``, ``published`` or ``floor``, kept as a tag.
            data: the augmented sets, for some pictures; None if they are not there any more.
        """
        runs = self.runs(record.model, record.version)
        complete = [
            run
            for run in runs
            if run.data.tags.get("record") == record.digest and self._has_files(run)
        ]
        if complete:
            self._delete(run for run in runs if run is not complete[0])
            self._hang(complete[0])
            return False
        rows: list[Row] = []
        if record.history is not None:
            rows = [
                {str(k): v for k, v in row.items()} for row in record.history.to_dict("records")
            ]
        run = self.begun(record.model, record.version, rows)
        steps = {int(row["step"]) for row in rows}
        if run is None or not set(self.points(run)) <= steps:
            run = self.begin(record.model, record.version)
        else:
            self._hang(self.client.get_run(run))
        # If this is cut short, the tag tells the next one not to build on half a run.
        self.client.set_tag(run, "unfinished", "true")
        self.add_curve(run, rows)
        self._fill(run, record, role, data)
        self.client.set_terminated(run)
        self.client.set_tag(run, "record", record.digest)
        self.client.delete_tag(run, "unfinished")
        self._delete(old for old in runs if old.info.run_id != run)
        return True

    def close(self, version: str, files: Sequence[Path]) -> None:
        """End a comparison and put its report files into it."""
        parent = self.comparison(version)
        self.attach(parent, files)
        if self.client.get_run(parent).info.status != "FINISHED":
            self.client.set_terminated(parent)

    def attach(self, run: str, files: Sequence[Path]) -> None:
        """Put report files into a run, replacing what is there, if they have changed."""
        sums = hashlib.sha256()
        for path in files:
            sums.update(path.read_bytes())
        digest = sums.hexdigest()[:16]
        known = self.client.get_run(run)
        if known.data.tags.get("report") == digest and self._has_files(known):
            return
        for path in files:
            self.client.log_artifact(run, str(path), "report")
        self.client.set_tag(run, "report", digest)

    def link(self, server: str) -> str:
        """Where a browser finds the leaderboard: for models, sorted, best first."""
        key = quote(f"metrics.`{SORTED_BY}`", safe="")
        return (
            f"{server.rstrip('/')}/#/experiments/{self.experiment}/runs?orderByKey={key}"
            f"&orderByAsc=true&workflowType=machine_learning"
        )

    def _has_files(self, run: Run) -> bool:
        """Whether what was logged as files is still beside the database; of a server's nobody asks."""
        return self.file is None or database.is_there(run.info.artifact_uri)

    def _hang(self, run: Run) -> None:
        """Make a run the child of its comparison."""
        parent = self.comparison(run.data.tags["data_version"])
        if run.data.tags.get(PARENT) != parent:
            self.client.set_tag(run.info.run_id, PARENT, parent)

    def _fill(self, run: str, record: Record, role: str, data: Path | None) -> None:
        """Everything but the curve."""
        model = self._logged_model(run, record)
        results = numbers(record)
        now = _now()
        metrics = [
            Metric(
                name,
                value,
                now,
                0,
                model_id=model,
                dataset_name=DATASET,
                dataset_digest=record.version,
            )
            for name, value in results.items()
        ]
        tags = {**record.facts, "role": role, "kind": str(record.summary["kind"])}
        if record.weights is not None:
            tags["weights_sha256"] = file_sha256(record.weights)
        source = '{"uri": "data/augmented"}'
        dataset = Dataset(DATASET, record.version, "local", source)
        self.client.log_inputs(
            run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "test")])]
        )
        self.client.log_batch(
            run,
            metrics=metrics,
            params=[Param(key, value) for key, value in parameters(record).items()],
            tags=[RunTag(key, value) for key, value in tags.items()],
        )
        self.client.log_table(run, record.pictures, "pictures.json")
        for path in (record.run / "settings.json", record.scored / "scores.json"):
            self.client.log_artifact(run, str(path))
        with tempfile.TemporaryDirectory() as folder:
            write_exhibits(record, data, Path(folder))
            self.client.log_artifacts(run, folder)

    def _logged_model(self, run: str, record: Record) -> str:
        """The model itself: with weights where there are any, else by name and settings."""
        arguments = {
            str(key): str(value) for key, value in record.settings.get("arguments", {}).items()
        }
        if record.weights is None:
            external = mlflow.create_external_model(
                record.model,
                source_run_id=run,
                params=arguments,
                model_type=str(record.summary["kind"]),
                experiment_id=self.experiment,
            )
            model = external.model_id
        else:
            logged = self.client.create_logged_model(
                self.experiment,
                record.model,
                source_run_id=run,
                params=arguments,
                tags={"weights_sha256": file_sha256(record.weights)},
                model_type=str(record.summary["kind"]),
            )
            model = logged.model_id
            with tempfile.TemporaryDirectory() as folder:
                for path in (record.weights, record.run / "settings.json"):
                    shutil.copy(path, folder)
                self.client.log_model_artifacts(model, folder)
            self.client.finalize_logged_model(model, "READY")
        self.client.log_outputs(run, [LoggedModelOutput(model, step=0)])
        return str(model)

    def _delete(self, runs: Iterator[Run]) -> None:
        for run in runs:
            models = self.client.search_logged_models(
                [self.experiment], filter_string=f"source_run_id = '{run.info.run_id}'"
            )
            for model in models:
                self.client.delete_logged_model(model.model_id)
            self.client.delete_run(run.info.run_id)


NOTES = {
    EXPERIMENT: """The leaderboard: a parent run a version of the data (tag `data_version`), below it a run
a model. Compare rows of one version only. Rows whose `role` is `floor` do not learn: a network has to beat
them. Rows whose `role` is `published` are the weights of others, not trained here.""",
    "ablation": """The steps from U²-NetP to CLEAR-Net: a parent run a version of the data, below it a run
a step, each with one thing more than the one before.""",
    "registry": """The versions of the registered models, a run each, which no later training replaces.""",
}


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _now() -> int:
    return int(time.time() * 1000)
