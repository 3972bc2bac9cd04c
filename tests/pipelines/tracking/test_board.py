"""MLflow ends up saying what the disk says, however often and in whatever order it is told."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST

from lineart.sets.pairs import read_table, write_table
from pipelines.report import tables
from pipelines.report.records import Record, in_outbox
from pipelines.stages import leaderboard
from pipelines.tracking import board as tracking
from pipelines.tracking import outbox
from pipelines.tracking.failures import unreachable
from pipelines.tracking.live import live_curves

pytestmark = pytest.mark.filterwarnings(
    "ignore:::mlflow", "ignore:::sqlalchemy", "ignore:::alembic"
)

UNREACHABLE = "http://127.0.0.1:9"
Make = Callable[..., Record]


@pytest.fixture
def board(empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tracking.Board:
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    return tracking.Board(f"sqlite:///{tmp_path / 'mlflow.db'}")


def runs(board: tracking.Board) -> list[Run]:
    """The models' runs, without their parents."""
    found = board.client.search_runs([board.experiment])
    return [run for run in found if run.data.tags.get("role") != tracking.COMPARISON]


def parents(board: tracking.Board) -> list[Run]:
    found = board.client.search_runs([board.experiment])
    return [run for run in found if run.data.tags.get("role") == tracking.COMPARISON]


def curve(board: tracking.Board, run: Run) -> list[tuple[int, float]]:
    history = board.client.get_metric_history(run.info.run_id, "val_mae")
    return sorted((metric.step, metric.value) for metric in history)


def test_a_record_is_logged_once(board: tracking.Board, records: list[Record]) -> None:
    assert board.publish(records[0], "network")
    assert not board.publish(records[0], "network")
    (run,) = runs(board)
    assert run.data.metrics["originals/mae"] == 0.01
    assert run.data.metrics["children/mae"] == 0.02
    assert run.data.metrics["speed/pictures_per_second"] == 12.5
    assert run.data.params == {"train.batch": "8", "train.loss.gamma": "2.0"}
    assert run.data.tags["role"] == "network"
    assert run.data.tags["git_commit"] == "abc"
    assert run.data.tags[tracking.PARENT] == board.comparison(records[0].version)
    assert curve(board, run) == [(10, 0.04), (20, 0.02)]
    (given,) = run.inputs.dataset_inputs
    assert given.dataset.digest == "0" * 32
    table = board.client.load_table(board.experiment, "pictures.json", [run.info.run_id])
    assert list(table["key"]) == ["c-0", "c-1", "d-0", "d-1"]


def test_a_network_is_logged_with_its_weights(board: tracking.Board, records: list[Record]) -> None:
    for row in records:
        board.publish(row, tables.role(row))
    models = {m.name: m for m in board.client.search_logged_models([board.experiment])}
    assert set(models) == {"clearnet", "dark_threshold"}
    names = board.client.list_logged_model_artifacts(models["clearnet"].model_id)
    assert {item.path for item in names} >= {"model.safetensors", "settings.json"}


def test_new_scores_replace_the_run(
    board: tracking.Board, records: list[Record], record: Make
) -> None:
    board.publish(records[0], "network")
    scores = records[0].scored / "scores.json"
    scores.write_text(scores.read_text().replace('"mae": 0.01', '"mae": 0.005'))
    again = record("clearnet")
    assert board.publish(again, "network")
    (run,) = runs(board)
    assert run.data.metrics["originals/mae"] == 0.005
    assert len(board.client.search_logged_models([board.experiment])) == 1


def test_another_version_of_the_data_has_its_own_run(board: tracking.Board, record: Make) -> None:
    board.publish(record("clearnet", "1" * 32), "network")
    board.publish(record("clearnet", "2" * 32), "network")
    assert {run.data.tags["data_version"] for run in runs(board)} == {"1" * 32, "2" * 32}


def test_live_curves_become_the_run(board: tracking.Board, records: list[Record]) -> None:
    rows = rows_of(records[0])
    first = live_curves("clearnet", records[0].version)
    first(rows[0])
    resumed = live_curves("clearnet", records[0].version)
    for row in rows:
        resumed(row)
    (live,) = runs(board)
    assert curve(board, live) == [(10, 0.04), (20, 0.02)]
    board.publish(records[0], "network")
    (run,) = runs(board)
    assert run.info.run_id == live.info.run_id
    assert curve(board, run) == [(10, 0.04), (20, 0.02)]


def test_curves_of_another_training_are_not_mixed_in(
    board: tracking.Board, records: list[Record]
) -> None:
    abandoned = live_curves("clearnet", records[0].version)
    abandoned({**rows_of(records[0])[0], "val_mae": 0.9})
    board.publish(records[0], "network")
    (run,) = runs(board)
    assert curve(board, run) == [(10, 0.04), (20, 0.02)]


def test_a_longer_curve_than_the_history_is_not_kept(
    board: tracking.Board, records: list[Record]
) -> None:
    longer = live_curves("clearnet", records[0].version)
    for row in [*rows_of(records[0]), {**rows_of(records[0])[1], "step": 30}]:
        longer(row)
    board.publish(records[0], "network")
    (run,) = runs(board)
    assert curve(board, run) == [(10, 0.04), (20, 0.02)]


def test_a_publication_cut_short_is_begun_anew(
    board: tracking.Board, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MlflowClient, "set_terminated", cut)
    with pytest.raises(KeyboardInterrupt):
        board.publish(records[0], "network")
    monkeypatch.undo()
    board.publish(records[0], "network")
    (run,) = runs(board)
    table = board.client.load_table(board.experiment, "pictures.json", [run.info.run_id])
    assert len(table) == 4


def test_numbers_wait_for_a_server_that_does_not_answer(
    board: tracking.Board, project: Path, record: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    out, data = project / "reports", project / "data" / "augmented"
    for name in leaderboard.REPORT:
        out.mkdir(exist_ok=True)
        (out / name).write_text(name)
    rows = [record("clearnet", "1" * 32)]
    tracking.mlflow.set_tracking_uri(UNREACHABLE)
    assert "Connection refused" in leaderboard.publish_records(rows, out, data)
    waiting = project / ".outbox" / "leaderboard"
    assert [item.model for item in in_outbox(waiting).values()] == ["clearnet"]
    outbox.tell(project)
    said = capsys.readouterr().err
    assert said.startswith(
        f"Not in MLflow yet, leaderboard: MLflow at {UNREACHABLE} did not answer"
    )
    assert said.endswith("the numbers wait in .outbox for the next run\n")

    # The data has moved on since; what waits is logged all the same.
    tracking.mlflow.set_tracking_uri(board.uri)
    now = [record("dark_threshold", "2" * 32)]
    assert leaderboard.publish_records(now, out, data) == "2 new in MLflow"
    assert not waiting.parent.exists()
    logged = {run.data.tags["model"]: run for run in runs(board)}
    assert logged["clearnet"].data.metrics["originals/mae"] == 0.01
    assert curve(board, logged["clearnet"]) == [(10, 0.04), (20, 0.02)]
    (ended,) = [run for run in parents(board) if run.data.tags["data_version"] == "2" * 32]
    assert ended.info.status == "FINISHED"
    report = board.client.list_artifacts(ended.info.run_id, "report")
    assert {Path(item.path).name for item in report} == set(leaderboard.REPORT)


def test_a_database_that_somebody_holds_costs_no_stage(
    project: Path, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(file: Path) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(tracking.database, "bring_home", held)
    monkeypatch.setattr(
        tracking.mlflow, "get_tracking_uri", lambda: f"sqlite:///{project}/mlflow.db"
    )
    said = leaderboard.publish_records([record("clearnet", "1" * 32)], project, project)
    assert "did not answer (database is locked); the numbers wait in .outbox" in said


def test_a_version_of_the_data_has_one_parent(board: tracking.Board, record: Make) -> None:
    """Whoever comes first makes it: a live curve, or the leaderboard."""
    row = record("clearnet", "1" * 32)
    live_curves("clearnet", row.version)(rows_of(row)[0])
    for version in ("1" * 32, "2" * 32):
        for model in ("clearnet", "dark_threshold"):
            board.publish(record(model, version), "network")
    one, other = parents(board)
    families = {
        parent.info.run_id: {
            (run.data.tags["model"], run.data.tags["data_version"])
            for run in runs(board)
            if run.data.tags[tracking.PARENT] == parent.info.run_id
        }
        for parent in (one, other)
    }
    for parent in (one, other):
        version = parent.data.tags["data_version"]
        assert families[parent.info.run_id] == {
            ("clearnet", version),
            ("dark_threshold", version),
        }


def test_a_run_of_before_there_were_parents_is_hung_below_one(
    board: tracking.Board, records: list[Record]
) -> None:
    board.publish(records[0], "network")
    (run,) = runs(board)
    board.client.delete_tag(run.info.run_id, tracking.PARENT)
    board.client.delete_run(board.comparison(records[0].version))
    assert not board.publish(records[0], "network")
    (run,) = runs(board)
    (parent,) = parents(board)
    assert run.data.tags[tracking.PARENT] == parent.info.run_id


@pytest.mark.parametrize("experiment", ["leaderboard", "ablation"])
def test_a_deleted_experiment_comes_back(
    board: tracking.Board, record: Make, experiment: str
) -> None:
    """With a run a model: MLflow brings back those that were replaced long ago, too."""
    first = tracking.Board(board.uri, experiment)
    first.publish(record("clearnet", "1" * 32), "network")
    scores = record("clearnet").scored / "scores.json"
    scores.write_text(scores.read_text().replace('"mae": 0.01', '"mae": 0.005'))
    first.publish(record("clearnet", "1" * 32), "network")
    (last,) = runs(first)
    first.client.delete_experiment(first.experiment)

    again = tracking.Board(board.uri, experiment)
    assert again.experiment == first.experiment
    assert [run.info.run_id for run in runs(again)] == [last.info.run_id]
    assert not again.publish(record("clearnet", "1" * 32), "network")
    assert len(parents(again)) == 1


def test_each_comparison_has_its_experiment(board: tracking.Board, records: list[Record]) -> None:
    live_curves("clearnet", records[0].version, "ablation")(rows_of(records[0])[0])
    assert runs(board) == []
    other = tracking.Board(board.uri, "ablation")
    assert [run.data.tags["model"] for run in runs(other)] == ["clearnet"]
    assert len(parents(other)) == 1


def test_a_run_shows_some_of_its_pictures(
    board: tracking.Board, records: list[Record], project: Path
) -> None:
    board.publish(records[0], "network", project / "data" / "augmented")
    (run,) = runs(board)
    shown = board.client.list_artifacts(run.info.run_id, "pictures")
    assert [Path(item.path).name for item in shown] == [
        "1-worst.png",
        "2-median.png",
        "3-best.png",
    ]


def test_a_run_has_the_points_of_its_curves(
    board: tracking.Board, records: list[Record], project: Path, tmp_path: Path
) -> None:
    board.publish(records[0], "network", project / "data" / "augmented")
    (run,) = runs(board)
    path = board.client.download_artifacts(run.info.run_id, "precision_recall.csv", str(tmp_path))
    points = read_table(Path(path))
    assert list(points) == ["part", "protocol", "threshold", "recall", "precision"]
    assert set(points["protocol"]) == {"centre_lines", "strokes"}


def test_training_goes_on_without_mlflow(
    records: list[Record], capsys: pytest.CaptureFixture[str]
) -> None:
    before = tracking.mlflow.get_tracking_uri()
    tracking.mlflow.set_tracking_uri(UNREACHABLE)
    on_epoch = live_curves("clearnet", records[0].version)
    for row in rows_of(records[0]):
        on_epoch(row)
    tracking.mlflow.set_tracking_uri(before)
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"MLflow at {UNREACHABLE} did not answer (Connection refused)")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MlflowException("x" * 300), f"did not answer ({'x' * 300})"),
        (MlflowException("no such run", RESOURCE_DOES_NOT_EXIST), "refused (no such run)"),
        (OSError("[Errno 13] Permission denied"), "did not answer (Permission denied)"),
        (MlflowException("why\n[SQL: SELECT 1]"), "did not answer (why)"),
    ],
)
def test_a_reason_is_said_whole_and_without_a_password(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking.mlflow, "get_tracking_uri", lambda: "postgresql://me:secret@a/b")
    assert unreachable(error) == f"MLflow at postgresql://me:***@a/b {said}"


def test_the_digest_sees_every_number(records: list[Record], record: Make) -> None:
    table = records[0].run / "history.csv"
    history = read_table(table)
    before = records[0].digest
    write_table(table, history.assign(val_mae=history["val_mae"] + 1))
    assert record("clearnet").digest != before
    assert record("clearnet", "1" * 32).digest != before


def rows_of(row: Record) -> list[dict[str, float]]:
    assert row.history is not None
    return [{str(k): v for k, v in r.items()} for r in row.history.to_dict("records")]
