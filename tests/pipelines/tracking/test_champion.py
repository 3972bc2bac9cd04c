"""The alias moves when the validation pictures leave no doubt, and only then."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from mlflow import MlflowClient

from lineart.errors import InputError
from lineart.sets.pairs import write_table
from pipelines.report.records import Record
from pipelines.tracking import board as tracking
from pipelines.tracking import champion
from pipelines.tracking.champion import consider, difference

pytestmark = pytest.mark.filterwarnings(
    "ignore:::mlflow", "ignore:::sqlalchemy", "ignore:::alembic"
)
Make = Callable[..., Record]


def errors(*values: float) -> pd.DataFrame:
    """Two pictures a drawing: a-0, a-1, b-0 and so on."""
    keys = [f"{'abcdefgh'[number // 2]}-{number % 2}" for number in range(len(values))]
    return pd.DataFrame({"key": keys, "parent": [key[0] for key in keys], "mae": values})


def test_a_difference_that_is_the_same_everywhere_is_certain() -> None:
    found = difference(errors(0.1, 0.2, 0.3, 0.4), errors(0.2, 0.3, 0.4, 0.5))
    assert (found.value, found.low, found.high) == pytest.approx((-0.1, -0.1, -0.1))
    assert found.better


def test_children_travel_with_their_drawing() -> None:
    """One drawing is better by 1 in both pictures, the other worse by 1: no picture counts alone."""
    found = difference(errors(0.0, 0.0, 1.0, 1.0), errors(1.0, 1.0, 0.0, 0.0))
    assert (found.value, found.low, found.high) == (0.0, -1.0, 1.0)
    assert not found.better


def test_pictures_that_only_one_has_read_are_left_out() -> None:
    found = difference(errors(0.1, 0.2, 9.0, 9.0), errors(0.3, 0.4))
    assert found.pictures == 2
    assert found.value == pytest.approx(-0.2)


@pytest.fixture
def client(empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    monkeypatch.setattr(
        tracking.mlflow, "get_tracking_uri", lambda: f"sqlite:///{tmp_path}/mlflow.db"
    )
    return tracking.Board(experiment=champion.EXPERIMENT).client


@pytest.fixture
def trained(project: Path, record: Make) -> Callable[..., Record]:
    """Another training of clearnet, with its errors on the validation pictures."""

    def train(weights: bytes, *maes: float, version: str = "1" * 32) -> Record:
        run = project / "models" / "clearnet"
        (run / "model.safetensors").write_bytes(weights)
        (run / "validation.csv").unlink(missing_ok=True)
        if maes:
            write_table(run / "validation.csv", errors(*maes))
        return record("clearnet", version)

    return train


def crowned(client: MlflowClient) -> str:
    return str(client.get_model_version_by_alias("clearnet", "champion").version)


def test_the_alias_moves_to_what_is_better_beyond_doubt(
    client: MlflowClient, trained: Callable[..., Record], tmp_path: Path
) -> None:
    data = tmp_path / "data" / "augmented"
    first = trained(b"one", 0.2, 0.2, 0.4, 0.4)
    assert consider(first, data) == (
        "clearnet 1 is the first champion, with a validation MAE of 0.0100"
    )
    assert consider(first, data) == "clearnet 1 is the champion"

    doubtful = trained(b"two", 0.1, 0.1, 0.41, 0.41)
    said = consider(doubtful, data)
    assert said == (
        "clearnet 2 leaves the alias with 1: its MAE differs by -0.0450 on 4 validation pictures "
        "(95 % from -0.1000 to +0.0100)"
    )
    assert consider(doubtful, data) == said
    assert crowned(client) == "1"

    better = trained(b"three", 0.1, 0.1, 0.3, 0.3)
    assert consider(better, data).startswith("clearnet 3 is the new champion instead of 1: ")
    assert crowned(client) == "3"
    assert len(client.search_model_versions("name = 'clearnet'")) == 3
    kept = client.get_model_version("clearnet", "1")
    files = {Path(item.path).name for item in client.list_artifacts(kept.run_id, "model")}
    assert files == {
        *("model.safetensors", "settings.json", "summary.json", "validation.csv"),
        "MLmodel",
    }


def test_a_champion_of_other_data_reads_the_present_pictures(
    client: MlflowClient,
    trained: Callable[..., Record],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = tmp_path / "data" / "augmented"
    consider(trained(b"one", 0.0, 0.0, 0.0, 0.0), data)
    asked = []

    def read_again(run: Path, data: Path, keys: list[str] | None) -> pd.DataFrame:
        asked.append(((run / "model.safetensors").read_bytes(), keys))
        return errors(0.5, 0.5, 0.5, 0.5)

    monkeypatch.setattr(champion, "read_again", read_again)
    said = consider(trained(b"two", 0.1, 0.1, 0.3, 0.3, version="2" * 32), data)
    assert asked == [(b"one", ["a-0", "a-1", "b-0", "b-1"])]
    assert "new champion" in said
    assert said.endswith(
        "; the champion has read these pictures anew, for it was validated on others"
    )

    def cannot(run: Path, data: Path, keys: list[str] | None) -> pd.DataFrame:
        raise InputError("There is no model 'oldnet'.")

    monkeypatch.setattr(champion, "read_again", cannot)
    said = consider(trained(b"three", 0.1, version="3" * 32), data)
    assert said == ("clearnet 3 leaves the alias with 2, not compared: There is no model 'oldnet'.")
    assert crowned(client) == "2"


def test_a_champion_whose_files_are_gone_is_said(
    client: MlflowClient, trained: Callable[..., Record], tmp_path: Path
) -> None:
    data = tmp_path / "data" / "augmented"
    consider(trained(b"one", 0.2, 0.2), data)
    shutil.rmtree(tmp_path / "mlruns")
    said = consider(trained(b"two", 0.1, 0.1), data)
    assert said == (
        "clearnet 2 leaves the alias with 1, not compared: the files of clearnet 1 are gone; give the alias "
        "champion to another version in MLflow, or take it away."
    )


@pytest.mark.parametrize("experiment_too", [False, True])
def test_a_registered_model_that_was_deleted_is_made_anew(
    client: MlflowClient, trained: Callable[..., Record], tmp_path: Path, experiment_too: bool
) -> None:
    row, data = trained(b"one", 0.2, 0.2), tmp_path / "data" / "augmented"
    consider(row, data)
    client.delete_registered_model("clearnet")
    if experiment_too:
        experiment = client.get_experiment_by_name(champion.EXPERIMENT)
        assert experiment is not None
        client.delete_experiment(experiment.experiment_id)
    assert consider(row, data).startswith("clearnet 1 is the first champion")
    assert crowned(client) == "1"


def test_a_decision_cut_short_is_made_anew(
    client: MlflowClient,
    trained: Callable[..., Record],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    row, data = trained(b"one", 0.2, 0.2), tmp_path / "data" / "augmented"
    with monkeypatch.context() as broken:
        broken.setattr(MlflowClient, "set_registered_model_alias", cut)
        with pytest.raises(KeyboardInterrupt):
            consider(row, data)
    assert consider(row, data).startswith("clearnet 1 is the first champion")
    assert crowned(client) == "1"


def test_half_a_version_leaves_no_run(
    client: MlflowClient,
    trained: Callable[..., Record],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    row, data = trained(b"one", 0.2, 0.2), tmp_path / "data" / "augmented"
    with monkeypatch.context() as broken:
        broken.setattr(MlflowClient, "log_artifacts", full)
        with pytest.raises(OSError, match="No space left"):
            consider(row, data)
    experiment = client.get_experiment_by_name(champion.EXPERIMENT)
    assert experiment is not None
    assert client.search_runs([experiment.experiment_id]) == []
    assert consider(row, data).startswith("clearnet 1 is the first champion")


def test_a_model_reads_pictures_again(tmp_path: Path, project: Path) -> None:
    """The method that finds nothing is off by the ink of the picture."""
    from lineart.runs import write_json
    from lineart.sets.shards import Shards

    data, run = project / "data" / "augmented", tmp_path / "run"
    write_json(run / "settings.json", {"model": "blank", "kind": "classical", "arguments": {}})
    found = champion.read_again(run, data, ["b-1"])
    _, ink = Shards(data, "val")[1]
    assert found.to_dict("records") == [
        {"key": "b-1", "parent": "b", "mae": pytest.approx(ink.mean() / 255)}
    ]
