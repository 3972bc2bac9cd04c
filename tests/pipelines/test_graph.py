"""The graph names each file of ours that a stage runs through, so that no change is overlooked."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lineart.errors import InputError
from lineart.models.registry import LADDER, METHODS, NETWORKS
from lineart.training.settings import TrainSettings
from pipelines.__main__ import STAGES
from pipelines.params import Params
from pipelines.plan.ablation import graph_of, write_graph
from pipelines.plan.watched import INTERPOLATED, check_watched
from scripts.house import PACKAGES, imported

ROOT = Path(__file__).parents[2]
ROAD = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
ABLATION = graph_of(ROAD, ())
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
# Command -> the stage that runs it.
GRAPH = {**ROAD, "adopt": ROAD["published"]["do"], "ladder": ABLATION["ladder"]}

# Files and folders that change no result: messages, tables of names, checks of settings, and what runs and
# watches the stages.
HARMLESS = [
    "lineart/errors.py",
    "lineart/lazy.py",
    "lineart/models/registry.py",
    "lineart/progress.py",
    "lineart/settings.py",
    "pipelines/alone.py",
    "pipelines/failed.py",  # a stage that DVC runs has no failed rows
    "pipelines/params.py",
    "pipelines/runtime.py",
    "pipelines/tracking",
    "pipelines/workers",
]
# Likewise, but for one stage: it runs through a part of the file that makes none of its results.
HARMLESS_FOR = {
    "train": ["pipelines/report/records.py"],  # the version of the data, for MLflow
    # A recipe stands in a network's file; who reads with it takes none of the loss.
    "evaluate": ["lineart/losses"],
    "adopt": ["lineart/losses"],
    "leaderboard": ["lineart/runs.py"],  # reads JSON
    "ladder": ["lineart/runs.py"],  # likewise
}
DOZEN = 12


def reached(path: Path, seen: set[Path]) -> set[Path]:
    """The files of this project that a file runs through, directly or not, beyond those that were seen."""
    seen.add(path)
    for found in imported(path, typing=False) - seen:
        reached(found, seen)
    return seen


def code_of(files: Iterable[Path], stage: str) -> list[str]:
    """What of the code beyond some files makes a stage's results."""
    harmless = [*HARMLESS, *HARMLESS_FOR.get(stage, [])]
    stop = {path for each in harmless for path in (ROOT / each).rglob("*.py")}
    stop |= {ROOT / each for each in harmless}
    found = set.union(*(reached(path, set(stop)) for path in files)) - stop
    return [path.relative_to(ROOT).as_posix() for path in found]


def code_in(deps: Iterable[str]) -> list[str]:
    return [dep for dep in deps if dep.partition("/")[0] in PACKAGES]


def covered(file: str, deps: list[str]) -> bool:
    return any(file == dep or file.startswith(f"{dep}/") for dep in deps)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_code_it_runs(stage: str) -> None:
    code = code_of([ROOT / "pipelines" / "stages" / f"{stage}.py"], stage)
    assert len(code) > 1
    assert [file for file in code if not covered(file, GRAPH[stage]["deps"])] == []


@pytest.mark.parametrize("stage", ["train", "evaluate"])
@pytest.mark.parametrize("model", [*NETWORKS, *METHODS])
def test_a_row_depends_on_its_own_model_alone(stage: str, model: str) -> None:
    deps = [dep.replace("${item.model}", model) for dep in GRAPH[stage]["deps"]]
    module = ROOT / "lineart" / "models" / f"{model}.py"
    assert [file for file in code_of([module], stage) if not covered(file, deps)] == []
    others = [f"lineart/models/{other}.py" for other in [*NETWORKS, *METHODS] if other != model]
    assert not [other for other in others if covered(other, deps)]


def test_a_doubt_depends_on_the_network_that_is_set() -> None:
    deps = GRAPH["disagree"]["deps"]
    assert "lineart/models/${disagree.model}.py" in deps
    for network in NETWORKS:
        module = ROOT / "lineart" / "models" / f"{network}.py"
        own = [dep.replace("${disagree.model}", network) for dep in deps]
        assert [file for file in code_of([module], "disagree") if not covered(file, own)] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_names_rooms(stage: str) -> None:
    """A dozen of them at most, and each once: none lies in another."""
    code = code_in(GRAPH[stage]["deps"])
    assert len(code) <= DOZEN
    assert not [dep for dep in code if covered(dep, [other for other in code if other != dep])]
    for dep in code:
        for name in NETWORKS:
            assert (ROOT / INTERPOLATED.sub(name, dep)).exists(), dep


def test_what_is_new_makes_no_stage_stale_that_does_not_use_it() -> None:
    """A check, an operation, a metric, a model: what depends on the folder that it is written into."""
    new = {
        "dataset_tools/checks/new.py": {"qa", "dataset"},
        "dataset_tools/augmentation/new.py": {"augment"},
        "dataset_tools/sources/new.py": {"ingest"},
        "lineart/extract/outputs.py": set(),
        "lineart/search.py": set(),
        "lineart/losses/new.py": {"disagree", "train"},
        "lineart/metrics/new.py": {"evaluate", "published", "leaderboard"},
        "lineart/models/new.py": {"published"},  # it may be another's weights
    }
    steps = {
        "lineart/losses/new.py": {"train"},
        "lineart/metrics/new.py": {"evaluate", "ladder"},
    }
    for file, users in new.items():
        stages = {name: stage.get("do", stage)["deps"] for name, stage in ROAD.items()}
        assert {name for name, deps in stages.items() if covered(file, deps)} == users, file
        stale = {
            name.partition("-")[0] for name, step in ABLATION.items() if covered(file, step["deps"])
        }
        assert stale == steps.get(file, set()), file


def test_what_adopts_weights_scores_them_too() -> None:
    """One stage runs both commands, so it depends on what either runs through."""
    commands = [command.split()[3] for command in GRAPH["adopt"]["cmd"]]
    assert commands == ["adopt", "evaluate"]
    code = code_in(ROAD["evaluate"]["deps"])
    assert [file for file in code if not covered(file, GRAPH["adopt"]["deps"])] == []
    assert "${item.weights}" in GRAPH["adopt"]["deps"]


@pytest.mark.parametrize("stage", ["train", "evaluate"])
@pytest.mark.parametrize("step", LADDER)
def test_a_step_of_the_ablation_runs_as_a_model_of_the_road_does(stage: str, step: str) -> None:
    ours, theirs = ABLATION[f"{stage}-{step}"], ROAD[stage]
    assert ours["cmd"] == f"python -m pipelines {stage} {step} --under ablation"
    code = [dep for dep in code_in(theirs["deps"]) if "item.model" not in dep]
    run = [f"ablation/models/{step}"] if stage == "evaluate" else []
    networks = [f"lineart/models/{name}.py" for name in ("ladder", "clearnet", "u2netp")]
    assert sorted(ours["deps"]) == sorted(["data/augmented", *networks, *run, *code])
    module = ROOT / "lineart" / "models" / f"{LADDER[step].model}.py"
    needed = code_of([module, ROOT / "lineart" / "models" / "ladder.py"], stage)
    assert [file for file in needed if not covered(file, ours["deps"])] == []
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
                place = place.replace("${disagree.model}", PARAMS["disagree"]["model"])
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
        (
            {"models": [*PARAMS["models"], "ladder-1-u2netp"]},
            "a step of the ablation; leave it out",
        ),
        ({"disagree": {"folds": 3}}, '`disagree.model: "clearnet"`'),
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
