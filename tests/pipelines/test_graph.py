"""The graph names each file of ours that a stage runs through, so that no change is overlooked."""

import ast
import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from lineart.errors import InputError
from lineart.models.registry import LADDER
from lineart.training.settings import TrainSettings
from pipelines.__main__ import STAGES
from pipelines.params import Params
from pipelines.plan.ablation import graph_of, write_graph
from pipelines.plan.watched import check_watched

ROOT = Path(__file__).parents[2]
ROAD = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
ABLATION = graph_of(ROAD, ())
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
# Command -> the stage that runs it.
GRAPH = {**ROAD, "adopt": ROAD["published"]["do"], "ladder": ABLATION["ladder"]}
PACKAGES = ("lineart", "dataset_tools", "pipelines")

# Files that change no result: messages, checks of settings, and what runs and watches the stages.
HARMLESS = {
    "lineart/__init__.py",  # `Extractor`, which no stage takes from there
    "lineart/pictures/clutter.py",  # but for `ingest`, which it tells what is no drawing
    "lineart/errors.py",
    "lineart/lazy.py",
    "lineart/settings.py",
    "lineart/pictures/whole.py",  # how files are written, not what stands in them
    "pipelines/alone.py",
    "pipelines/workers/chunks.py",
    "pipelines/failed.py",  # a stage that DVC runs has no failed rows
    "pipelines/params.py",
    "pipelines/workers/processes.py",
    "pipelines/tracking/publish.py",
    "pipelines/runtime.py",
    "pipelines/tracking/board.py",
}
# Likewise, but for one stage: it runs through a part of the file that makes none of its results.
HARMLESS_FOR = {
    "train": {"pipelines/report/records.py"},  # the version of the data, for MLflow
    "leaderboard": {"lineart/runs.py"},  # reads JSON
    "ladder": {"lineart/runs.py"},  # likewise
}


def file_of(module: str) -> Path | None:
    path = ROOT / Path(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def reached(path: Path, seen: set[Path]) -> set[Path]:
    """The files of this project that a file imports, directly or not."""
    seen.add(path)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] in PACKAGES:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            for found in map(file_of, [str(node.module), *names]):
                if found is not None and found not in seen:
                    reached(found, seen)
    return seen


def covered(file: str, deps: list[str]) -> bool:
    return any(file == dep or file.startswith(f"{dep}/") for dep in deps)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_code_it_runs(stage: str) -> None:
    harmless = {ROOT / file for file in HARMLESS | HARMLESS_FOR.get(stage, set())}
    files = reached(ROOT / "pipelines" / f"{stage}.py", set(harmless)) - harmless
    code = [path.relative_to(ROOT).as_posix() for path in files if path.name != "__init__.py"]
    assert len(code) > 1
    assert [file for file in code if not covered(file, GRAPH[stage]["deps"])] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_files_that_exist(stage: str) -> None:
    for dep in GRAPH[stage]["deps"]:
        if dep.partition("/")[0] in PACKAGES:
            assert (ROOT / dep).exists(), dep


def test_what_adopts_weights_scores_them_too() -> None:
    """One stage runs both commands, so it depends on what either runs through."""
    commands = [command.split()[3] for command in GRAPH["adopt"]["cmd"]]
    assert commands == ["adopt", "evaluate"]
    code = [dep for dep in ROAD["evaluate"]["deps"] if dep.partition("/")[0] in PACKAGES]
    assert [file for file in code if not covered(file, GRAPH["adopt"]["deps"])] == []
    assert "${item.weights}" in GRAPH["adopt"]["deps"]


@pytest.mark.parametrize("stage", ["train", "evaluate"])
@pytest.mark.parametrize("step", LADDER)
def test_a_step_of_the_ablation_runs_as_a_model_of_the_road_does(stage: str, step: str) -> None:
    ours, theirs = ABLATION[f"{stage}-{step}"], ROAD[stage]
    assert ours["cmd"] == f"python -m pipelines {stage} {step} --under ablation"
    code = [dep for dep in theirs["deps"] if dep.partition("/")[0] in PACKAGES]
    run = [f"ablation/models/{step}"] if stage == "evaluate" else []
    assert sorted(ours["deps"]) == sorted(["data/augmented", *run, *code])
    assert ours["params"] == [key for key in theirs["params"] if "item.model" not in key]
    own = graph_of(ROAD, {step})[f"{stage}-{step}"]["params"]
    assert set(own) - set(ours["params"]) == (
        {f"train.models.{step}"} if stage == "train" else set()
    )


def test_the_ablation_is_not_in_the_cache() -> None:
    """An output that is in the lock of no clone makes `dvc pull` fail, unless it is not in the cache."""
    assert len(ABLATION) == 2 * len(LADDER) + 1
    for stage in ABLATION.values():
        assert stage["wdir"] == ".."
        for out in stage["outs"]:
            ((path, options),) = out.items()
            assert path.startswith("ablation/")
            assert options == {"cache": False}


@pytest.mark.parametrize("names", [[], ["teed", "tiny"]])
def test_published_weights_have_a_stage_each(tmp_path: Path, names: list[str]) -> None:
    """Also none at all, which is what the section holds at first."""
    published = {name: {"weights": f"weights/{name}.pth"} for name in names}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({**PARAMS, "published": published}))
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    write_graph(tmp_path, "ablation/dvc.yaml", ())
    dvc(tmp_path, "init", "--no-scm", "-q")
    listed = dvc(tmp_path, "stage", "list", "--name-only", "dvc.yaml").split()
    road = [name for name in listed if "@" not in name]
    stages = ["ingest", "qa", "disagree", "curate", "split", "augment", "dataset", "leaderboard"]
    assert road == stages
    found = [name for name in listed if name.startswith("published")]
    assert found == [f"published@{name}" for name in names]
    assert "train@clearnet" in listed
    assert not any("ladder" in name for name in listed)


def dvc(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "dvc", *arguments]
    quiet = {**os.environ, "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_checkpoints_are_not_an_output() -> None:
    def paths(stage: dict[str, Any]) -> list[str]:
        outs = [*stage["outs"], *stage.get("metrics", [])]
        return [out if isinstance(out, str) else next(iter(out)) for out in outs]

    assert not [
        out
        for name, stage in GRAPH.items()
        if name != "published"
        for out in paths(stage)
        if out.startswith("runs")
    ]


def test_every_setting_of_a_training_is_watched() -> None:
    """DVC cannot be told "all but the others' own", so each is named: in class, file and graph."""
    fields = {field.name for field in dataclasses.fields(TrainSettings)} - {"models"}
    watched = [key.removeprefix("train.") for key in ROAD["train"]["params"]]
    assert sorted(watched) == sorted([*fields, "models.${item.model}"])
    assert set(PARAMS["train"]) == {*fields, "models"}
    assert list(PARAMS["train"]["models"]) == PARAMS["models"]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as DVC sees it after the whole road: what it watches or makes is there, of no sense."""
    project = tmp_path_factory.mktemp("done")
    for file in ("dvc.yaml", "params.yaml", ".dvcignore"):
        shutil.copy(ROOT / file, project)
    dvc(project, "init", "--no-scm", "-q")
    for name, stage in ROAD.items():
        if name == "published":
            continue
        outs = [next(iter(out)) if isinstance(out, dict) else out for out in stage["outs"]]
        for path in [*stage["deps"], *outs, *stage.get("metrics", ())]:
            for model in PARAMS["models"] if "item.model" in path else [""]:
                place = path.replace("${item.model}", model)
                place = place.replace("${ingest.folder}", PARAMS["ingest"]["folder"])
                make(project / place.replace("${split.record}", PARAMS["split"]["record"]))
    dvc(project, "commit", "--force", "--quiet")
    return project


def make(path: Path) -> None:
    """A file, or a folder with one, by the look of its name."""
    if path.suffix:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    elif not path.is_dir() or not any(path.iterdir()):
        path.mkdir(parents=True, exist_ok=True)
        (path / "some.txt").write_text(path.name)


def stale(project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dvc(project, "status", "--json"))
    return found


def test_what_is_said_of_one_network_trains_that_one_alone(done: Path) -> None:
    """Nor does a setting of trainings touch the weights of others, but for how their threshold is chosen."""
    assert stale(done) == {}
    before = (done / "params.yaml").read_text()
    train = {**PARAMS["train"]["models"], "teed": {"learning_rate": 0.002}}
    changed = {**PARAMS, "train": {**PARAMS["train"], "models": train}}
    (done / "params.yaml").write_text(yaml.safe_dump(changed))
    assert list(stale(done)) == ["train@teed"]
    (done / "params.yaml").write_text(before.replace("epochs: 3 ", "epochs: 4 "))
    assert set(stale(done)) == {f"train@{name}" for name in PARAMS["models"]}
    (done / "params.yaml").write_text(before)


def test_the_ablation_is_not_spoken_of_before_it_is_asked_for(done: Path) -> None:
    assert dvc(done, "status") == "Data and pipelines are up to date.\n"
    write_graph(done, "ablation/dvc.yaml", ())
    asked = stale(done)
    assert len(asked) == len(ABLATION)
    assert {name.partition(":")[0] for name in asked} == {"ablation/dvc.yaml"}
    assert list(json.loads(dvc(done, "status", "--json", "dvc.yaml"))) == []
    shutil.rmtree(done / "ablation")


@pytest.mark.parametrize(
    ("content", "nearest"),
    [
        ({"models": ["clearnet", "u2net"]}, "u2netp"),
        ({"train": {"cropp": 96, "models": PARAMS["train"]["models"]}}, "train.crop"),
        ({"splits": {}, "split": ...}, "split"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_right_name(
    content: dict[str, Any], nearest: str
) -> None:
    """And not with the key that it is not."""
    given = {key: value for key, value in {**PARAMS, **content}.items() if value is not ...}
    with pytest.raises(InputError, match=f"Did you mean '{nearest}'"):
        check_watched(Params(given), ROOT)


@pytest.mark.parametrize(
    ("content", "lacking"),
    [
        ({"models": [*PARAMS["models"], "ladder-1-u2netp"]}, "`train.models.ladder-1-u2netp: {}`"),
        ({"split": {}}, '`split.record: "record.csv"`'),
        ({"train": {"epochs": 3, "models": PARAMS["train"]["models"]}}, "`train.compile: false`, "),
        ({"qa": ...}, "lacks `qa: {}`, which DVC watches"),
        ({"published": ...}, "lacks `published: {}`"),
    ],
)
def test_a_key_that_dvc_would_miss_is_named(content: dict[str, Any], lacking: str) -> None:
    check_watched(Params(PARAMS), ROOT)
    given = {key: value for key, value in {**PARAMS, **content}.items() if value is not ...}
    with pytest.raises(InputError) as caught:
        check_watched(Params(given), ROOT)
    assert lacking in str(caught.value)
    assert "\n" not in str(caught.value)
