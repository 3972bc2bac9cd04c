"""MLflow's database in folders of odd names, in copied folders, of other versions; what it lacks."""

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy
from mlflow.entities import Run

from pipelines import database
from pipelines.report.records import Record
from pipelines.tracking import board as tracking
from pipelines.tracking import outbox
from pipelines.tracking.failures import Unsuited, unreachable

pytestmark = pytest.mark.filterwarnings(
    "ignore:::mlflow", "ignore:::sqlalchemy", "ignore:::alembic"
)
Make = Callable[..., Record]
ODD = "why? 100%41 #1 & 'é' +;\""


@pytest.fixture
def make(
    empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], tracking.Board]:
    """A project in a folder of some name, and the board in it."""

    def build(name: str) -> tracking.Board:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        if not (folder / database.FILE).exists():
            shutil.copy(empty_database, folder / database.FILE)
        address = database.address_of(folder / database.FILE)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        monkeypatch.setenv("DVC_ROOT", str(folder))
        return tracking.Board(address)

    yield_to = tracking.mlflow.get_tracking_uri()
    monkeypatch.setattr(tracking.mlflow, "set_tracking_uri", lambda uri: None)
    monkeypatch.setattr(
        tracking.mlflow, "get_tracking_uri", lambda: os.environ.get("MLFLOW_TRACKING_URI", yield_to)
    )
    return build


def model_run(board: tracking.Board) -> Run:
    (run,) = [
        run for run in board.client.search_runs([board.experiment]) if "model" in run.data.tags
    ]
    return run


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def shown(board: tracking.Board, run: Run) -> set[str]:
    return {item.path for item in board.client.list_artifacts(run.info.run_id)}


def test_an_address_says_the_file_it_was_made_of(tmp_path: Path) -> None:
    for name in ("plain", ODD, "a%3Fb", "[x]*"):
        file = tmp_path / name / "mlflow.db"
        address = database.address_of(file)
        assert database.file_of(address) == file
        assert sqlalchemy.make_url(address).database == str(file)


def test_a_folder_of_an_odd_name_holds_everything(
    make: Callable[[str], tracking.Board], records: list[Record], tmp_path: Path
) -> None:
    before = set(tmp_path.iterdir())
    board = make(ODD)
    board.publish(records[0], "network")
    run = model_run(board)
    assert shown(board, run) >= {"settings.json", "scores.json"}
    path = board.client.download_artifacts(run.info.run_id, "scores.json", str(tmp_path))
    assert Path(path).read_bytes() == (records[0].scored / "scores.json").read_bytes()
    (model,) = board.client.search_logged_models([board.experiment])
    assert board.client.list_logged_model_artifacts(model.model_id)
    assert set(tmp_path.iterdir()) - before == {tmp_path / ODD, tmp_path / "scores.json"}


@pytest.mark.parametrize("moved", [False, True])
def test_files_are_where_the_project_is(
    make: Callable[[str], tracking.Board], record: Make, tmp_path: Path, moved: bool
) -> None:
    """In the folder it was copied or moved to; the place it came from stays as it was."""
    first = make("first")
    first.experiment = first._make("other")  # made there, not in the folder of the empty database
    first.publish(record("clearnet", "1" * 32), "network")
    place = tmp_path / "second #2"
    (shutil.move if moved else shutil.copytree)(str(tmp_path / "first"), str(place))
    left = files(tmp_path / "first")

    make("second #2")
    second = tracking.Board(os.environ["MLFLOW_TRACKING_URI"], "other")
    old = model_run(second)
    assert shown(second, old) >= {"settings.json", "scores.json"}
    assert old.info.artifact_uri.startswith((place / "mlruns" / "other").as_uri())
    scores = record("clearnet").scored / "scores.json"
    scores.write_text(scores.read_text().replace('"mae": 0.01', '"mae": 0.005'))
    assert second.publish(record("clearnet", "1" * 32), "network")
    new = model_run(second)
    assert (place / "mlruns" / "other" / new.info.run_id / "artifacts" / "scores.json").exists()
    (model,) = second.client.search_logged_models([second.experiment])
    assert (place / "mlruns" / "other" / "models" / model.model_id).is_dir()
    assert files(tmp_path / "first") == left
    assert (tmp_path / "first").exists() != moved


def test_files_that_did_not_come_along_are_fetched(
    make: Callable[[str], tracking.Board], record: Make, tmp_path: Path
) -> None:
    first = make("first")
    first.experiment = first._make("other")
    first.publish(record("clearnet"), "network")
    (tmp_path / "second").mkdir()
    shutil.copy(tmp_path / "first" / database.FILE, tmp_path / "second")
    make("second")
    second = tracking.Board(os.environ["MLFLOW_TRACKING_URI"], "other")
    assert shown(second, model_run(second)) >= {"settings.json", "scores.json"}
    shutil.rmtree(tmp_path / "first")
    assert shown(second, model_run(second)) >= {"settings.json", "scores.json"}


def test_a_link_to_the_folder_is_no_other_folder(
    make: Callable[[str], tracking.Board], tmp_path: Path
) -> None:
    board = make("first")
    board._make("other")
    (tmp_path / "link").symlink_to(tmp_path / "first")
    make("link")
    found = board.client.get_experiment_by_name("other")
    assert found is not None
    assert found.artifact_location == (tmp_path / "first/mlruns/other").as_uri()


def revise(file: Path, revision: str) -> None:
    base = sqlite3.connect(file)
    with base:
        base.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    base.close()


@pytest.fixture
def older(make: Callable[[str], tracking.Board], tmp_path: Path) -> Path:
    """A database whose last change of tables is still to come."""
    make("first")._make("kept")
    file = tmp_path / "first" / database.FILE
    revise(file, database.revisions()[-2])
    return file


def test_an_older_database_of_the_project_is_upgraded_after_a_copy(
    older: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, told = database.revision_of(older), []

    def command(words: list[str], **_: object) -> object:
        told.append(words[1:])
        revise(older, database.revisions()[-1])
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr("pipelines.database.subprocess.run", command)
    board = tracking.Board(f"sqlite:///{older}")
    assert told == [["-m", "mlflow", "db", "upgrade", f"sqlite:///{older}"]]
    assert board.client.get_experiment_by_name("kept") is not None
    assert database.revision_of(older.with_name(f"mlflow.db.{before}")) == before
    assert "is upgraded; as it was it is kept in mlflow.db." in capsys.readouterr().err


def test_what_cannot_be_upgraded_stays_as_it_was(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = database.revision_of(older)

    def command(words: list[str], **_: object) -> object:
        revise(older, "halfway")
        return type("Done", (), {"returncode": 1, "stderr": "one\nno such column: a\n"})

    monkeypatch.setattr("pipelines.database.subprocess.run", command)
    with pytest.raises(
        OSError, match=r"could not be upgraded \(no such column: a\); it is as it was"
    ):
        tracking.Board(f"sqlite:///{older}")
    assert database.revision_of(older) == before


def test_an_older_database_of_others_is_left_to_them(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "elsewhere"))
    address = f"sqlite+pysqlite:///{older}"  # MLflow remembers those it has found in order
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    with pytest.raises(Unsuited) as caught:
        tracking.Board(address)
    said = unreachable(caught.value)
    assert said.endswith('keep a copy of it, then run: mlflow db upgrade "$MLFLOW_TRACKING_URI"')
    assert str(older) in said


def test_a_newer_database_is_left_alone(older: Path) -> None:
    revise(older, "ffff00001111")
    with pytest.raises(Unsuited, match="is of a newer version than this MLflow"):
        tracking.Board(f"sqlite:///{older}")
    assert database.revision_of(older) == "ffff00001111"


def test_a_database_without_its_driver_is_said(
    make: Callable[[str], tracking.Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Unsuited, match="needs the package psycopg, which is not installed"):
        tracking.Board("postgresql://127.0.0.1:9/mlflow")


def test_mlflow_is_behind_when_its_database_lacks_a_run(
    make: Callable[[str], tracking.Board], record: Make, tmp_path: Path
) -> None:
    board = make("first")
    root, scored = tmp_path / "first", ["clearnet"]
    assert outbox.is_behind(root, "leaderboard", scored)
    board.publish(record("clearnet"), "network")
    assert not outbox.is_behind(root, "leaderboard", scored)
    assert outbox.is_behind(root, "leaderboard", [*scored, "unet"])
    assert not outbox.is_behind(root, "ablation", [])
    board.client.delete_run(model_run(board).info.run_id)
    assert outbox.is_behind(root, "leaderboard", scored)
    (root / database.FILE).unlink()
    assert outbox.is_behind(root, "leaderboard", scored)


def test_files_that_are_gone_are_logged_again(
    make: Callable[[str], tracking.Board], record: Make, tmp_path: Path
) -> None:
    """The database alone says that all is well, and its pages are empty."""
    board, root = make("first"), tmp_path / "first"
    board.publish(record("clearnet"), "network")
    report = tmp_path / "index.html"
    report.write_text("a report")
    board.close(record("clearnet").version, [report])
    shutil.rmtree(root / database.ARTIFACTS)
    assert outbox.is_behind(root, "leaderboard", ["clearnet"])
    assert board.publish(record("clearnet"), "network")
    board.close(record("clearnet").version, [report])
    assert not outbox.is_behind(root, "leaderboard", ["clearnet"])
    assert len(list((root / database.ARTIFACTS).rglob("scores.json"))) == 1
    assert len(list((root / database.ARTIFACTS).rglob("index.html"))) == 1
    assert not board.publish(record("clearnet"), "network")


def test_a_server_is_not_asked_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert not outbox.is_behind(tmp_path, "leaderboard", ["clearnet"])
    (tmp_path / ".outbox" / "leaderboard").mkdir(parents=True)
    assert outbox.is_behind(tmp_path, "leaderboard", ["clearnet"])
