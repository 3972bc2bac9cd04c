"""The whole road in a copy of the repository, in small: twenty drawings, a few steps of training."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from filelock import FileLock

from lineart.pictures.images import write_line, write_render

ROOT = Path(__file__).parents[2]
Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]

pytestmark = pytest.mark.road

SMALL = {
    "ingest": {"source": "folders", "folder": "drawings", "size": 64},
    "qa": {},
    "disagree": {"folds": 2, "model": "clearnet", "epochs": 1, "crop": 32},
    "split": {"record": "record.csv"},
    "augment": {"children": 1},
    "dataset": {},
    "models": ["clearnet", "dark_threshold"],
    "published": {},
    "train": {
        **yaml.safe_load((ROOT / "params.yaml").read_text())["train"],
        **{"preset": "tiny", "epochs": 1, "crop": 32, "epoch_pictures": 2},
        "models": {"clearnet": {}, "dark_threshold": {}},
    },
    "evaluate": {"speed_size": 32, "speed_repeats": 3},
    "leaderboard": {},
    "review": {},
    "pipelines": {"workers": 2},
}
BEFORE = ("ingest", "qa", "disagree", "curate", "split")  # what stands before the augmentation
OUTPUTS = ("data", "models", "evaluation", "reports")


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory, draw: Draw) -> Path:
    """A Git repository with the files of this one, small settings and twenty-four drawings."""
    clone = tmp_path_factory.mktemp("road") / "clone"
    listed = run(ROOT, "git", "ls-files", "-co", "--exclude-standard", "-z").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    (clone / "params.yaml").write_text(yaml.safe_dump(SMALL))
    for seed in range(24):
        render, line = draw(seed)
        write_render(clone / f"drawings/render/drawing{seed:02d}.png", render)
        write_line(clone / f"drawings/line/drawing{seed:02d}.png", line)
    (clone / "drawings/render/orphan.png").write_bytes(b"no partner")
    git(clone, "init", "-q", "-b", "main")
    commit(clone)
    return clone


@pytest.fixture(scope="module")
def log(road: Path) -> str:
    return run(road, sys.executable, "-m", "pipelines", "repro")


def run(folder: Path, *command: str, status: int = 0) -> str:
    """What a command says; the test fails if it ends with another status."""
    here = os.path.dirname(sys.executable)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT", "MLFLOW", "DVC", "GIT"))
    }
    path = here + os.pathsep + kept.get("PATH", "")
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    return run(folder, "git", *who, *arguments)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it is")


def ran(log: str) -> list[str]:
    return [line.split("'")[1] for line in log.splitlines() if line.startswith("Running stage")]


def files(folder: Path) -> dict[str, str]:
    """Every output by name, with its digest."""
    found: Iterator[Path] = (path for top in OUTPUTS for path in (folder / top).rglob("*"))
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
        if path.is_file() and path.name != ".gitignore"
    }


def locked(folder: Path) -> dict[str, Any]:
    stages: dict[str, Any] = yaml.safe_load((folder / "dvc.lock").read_text())["stages"]
    return stages


def test_it_ends_with_a_leaderboard(road: Path, log: str) -> None:
    stages = ran(log)
    assert stages[:2] == ["ingest", "qa"]
    assert {"disagree", "curate", "split", "augment", "dataset"} < set(stages)
    models = [stage for stage in stages if "@" in stage]
    assert sorted(models) == [  # DVC keeps no order between models
        "evaluate@clearnet",
        "evaluate@dark_threshold",
        "train@clearnet",
        "train@dark_threshold",
    ]
    assert all(stages.index(model) < stages.index("leaderboard") for model in models)
    assert (road / "reports/dataset.html").exists()
    assert "ingest: 24 pairs from folders, 1 drawings refused" in log
    assert "untouched originals" in log
    assert str(road / "reports/index.html") in log
    frame = pd.read_csv(road / "reports/leaderboard.csv")
    assert set(frame["model"]) == {"clearnet", "dark_threshold"}
    assert "Traceback" not in log


@pytest.mark.filterwarnings("ignore:::mlflow", "ignore:::sqlalchemy")
def test_mlflow_has_a_run_a_model_on_the_version_dvc_has(road: Path, log: str) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{road / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("leaderboard")
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id])
    (parent,) = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
    runs = {run.data.tags["model"]: run for run in found if run is not parent}
    assert set(runs) == {"clearnet", "dark_threshold"}
    assert {run.data.tags["mlflow.parentRunId"] for run in runs.values()} == {parent.info.run_id}
    assert client.get_model_version_by_alias("clearnet", "champion").version == 1
    (augmented,) = locked(road)["augment"]["outs"]
    for run in runs.values():
        assert run.data.tags["data_version"] + ".dir" == augmented["md5"]
        assert run.data.tags["dvc_stage"] == "leaderboard"
    scores = json.loads((road / "evaluation/clearnet/scores.json").read_text())
    logged = runs["clearnet"].data.metrics
    assert logged["originals/mae"] == scores["originals"]["mae"]


def test_nothing_is_done_twice_but_what_mlflow_lost(road: Path, log: str) -> None:
    before = files(road)
    assert ran(run(road, "dvc", "repro")) == []
    (road / "mlflow.db").unlink()
    again = run(road, sys.executable, "-m", "pipelines", "repro")
    assert "Everything is up to date." in again
    assert "leaderboard: 2 new in MLflow; clearnet 1 is the first champion" in again
    assert ran(again) == []
    assert files(road) == before


def test_a_fresh_clone_pulls_the_same_files(road: Path, log: str) -> None:
    commit(road)
    run(road, "dvc", "push")
    clone = road.parent / "fresh"
    git(road.parent, "clone", "-q", str(road), str(clone))
    run(clone, "dvc", "pull")
    assert files(clone) == files(road)
    assert len(files(clone)) > 60


def test_a_change_of_augment_reruns_what_follows(road: Path, log: str) -> None:
    before = locked(road)
    changed = {**SMALL, "augment": {"children": 1, "seed": 1}}
    (road / "params.yaml").write_text(yaml.safe_dump(changed))
    again = run(road, sys.executable, "-m", "pipelines", "repro")
    follows = [stage for stage in ran(log) if stage not in BEFORE]
    assert sorted(ran(again)) == sorted(follows)
    after = locked(road)
    for stage in BEFORE:
        assert after[stage] == before[stage]
    assert after["augment"]["outs"] != before["augment"]["outs"]


def test_a_row_that_fails_does_not_stop_the_others(road: Path, log: str) -> None:
    """Its training cannot begin, for its lock is held; the run after that does what is missing alone."""
    now = yaml.safe_load((road / "params.yaml").read_text())
    now["models"] = ["teed", *SMALL["models"]]
    now["train"]["models"]["teed"] = {}  # a key that DVC watches
    (road / "params.yaml").write_text(yaml.safe_dump(now))
    board = locked(road)["leaderboard"]
    with FileLock(road / "runs" / "teed.lock"):
        failing = run(road, sys.executable, "-m", "pipelines", "repro", status=1)
    assert ran(failing) == ["train@teed"]
    reason = "teed is being trained in"
    assert f"teed has no figures, for its stage train failed: {reason}" in failing
    assert "Not done, for it hangs on that: evaluate@teed." in failing
    assert "Traceback" not in failing
    frame = pd.read_csv(road / "reports/leaderboard.csv")
    assert list(frame["model"]) == ["clearnet", "dark_threshold", "teed"]
    assert list(frame["role"]) == ["network", "floor", "failed"]
    assert frame["reason"][2].startswith(reason)
    assert reason in (road / "reports/index.html").read_text()
    assert locked(road)["leaderboard"] == board  # no result of a stage

    mended = run(road, sys.executable, "-m", "pipelines", "repro")
    assert ran(mended) == ["train@teed", "evaluate@teed", "leaderboard"]
    assert "[1 of 3] train@teed" in mended
    frame = pd.read_csv(road / "reports/leaderboard.csv")
    assert set(frame["model"]) == {"clearnet", "dark_threshold", "teed"}
    assert "reason" not in frame


def test_what_stages_took_is_said_before_they_run_again(road: Path, log: str) -> None:
    now = yaml.safe_load((road / "params.yaml").read_text())
    (road / "params.yaml").write_text(yaml.safe_dump({**now, "leaderboard": {"rows": 23}}))
    (road / ".dvc/tmp/rwlock").write_text("")  # as a kill leaves it
    again = run(road, sys.executable, "-m", "pipelines", "repro")
    assert ran(again) == ["leaderboard"]
    assert "These times are estimates, from what the stages took in this folder." in again
    assert "(*) was measured with other settings" in again
    assert again.startswith("To be done: 1 stage, ")
