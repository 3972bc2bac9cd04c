"""The `dvc.yaml` files name every file of ours that a stage runs through, so that no change is overlooked."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from lineart.models.recipes import LADDER
from pipelines.__main__ import STAGES

ROOT = Path(__file__).parents[2]
ROAD = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
ABLATION = yaml.safe_load((ROOT / "ablation/dvc.yaml").read_text())["stages"]
# Command -> the stage that runs it.
GRAPH = {**ROAD, "adopt": ROAD["published"]["do"], "ladder": ABLATION["ladder"]}
PACKAGES = ("lineart", "dataset_tools", "pipelines")

# Files that change no result: messages, checks of settings, and what runs and watches the stages.
HARMLESS = {
    "lineart/__init__.py",  # `Extractor`, which no stage takes from there
    "lineart/errors.py",
    "lineart/lazy.py",
    "lineart/settings.py",
    "lineart/whole.py",  # how files are written, not what stands in them
    "pipelines/alone.py",
    "pipelines/chunks.py",
    "pipelines/failed.py",  # a stage that DVC runs has no failed rows
    "pipelines/params.py",
    "pipelines/processes.py",
    "pipelines/publish.py",
    "pipelines/runtime.py",
    "pipelines/tracking.py",
}
# Likewise, but for one stage: it runs through a part of the file that makes none of its results.
HARMLESS_FOR = {
    "train": {"pipelines/records.py"},  # the version of the data, for MLflow
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
def test_a_step_of_the_ablation_runs_as_a_model_of_the_road_does(stage: str) -> None:
    theirs = [dep.replace("${item.model}", "${item.step}") for dep in ROAD[stage]["deps"]]
    ours = [dep.removeprefix("ablation/") for dep in ABLATION[stage]["deps"]]
    assert ours == theirs
    assert ABLATION[stage]["params"] == ROAD[stage]["params"]
    assert ABLATION[stage]["matrix"]["step"] == list(LADDER)


def test_the_ablation_is_not_in_the_cache() -> None:
    """An output that is in the lock of no clone makes `dvc pull` fail, unless it is not in the cache."""
    for stage in ABLATION.values():
        assert stage["wdir"] == ".."
        for out in stage["outs"]:
            (options,) = out.values()
            assert options == {"cache": False}


@pytest.mark.parametrize("names", [[], ["teed", "tiny"]])
def test_published_weights_have_a_stage_each(tmp_path: Path, names: list[str]) -> None:
    """Also none at all, which is what the section holds at first."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    published = {name: {"weights": f"weights/{name}.pth"} for name in names}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({**params, "published": published}))
    for file in ("dvc.yaml", "ablation/dvc.yaml"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
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
