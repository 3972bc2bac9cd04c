"""`dvc.yaml` names every file of ours that a stage runs through, so that a change is not overlooked."""

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.__main__ import STAGES

ROOT = Path(__file__).parents[2]
GRAPH = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
PACKAGES = ("lineart", "dataset_tools", "pipelines")

# Files that change no result: messages, checks of settings, and what runs and watches the stages.
HARMLESS = {
    "lineart/errors.py",
    "lineart/settings.py",
    "pipelines/chunks.py",
    "pipelines/params.py",
    "pipelines/processes.py",
    "pipelines/runtime.py",
    "pipelines/tracking.py",
}
# Likewise, but for one stage: it runs through a part of the file that makes none of its results.
HARMLESS_FOR = {
    "train": {"pipelines/records.py"},  # the version of the data, for MLflow
    "leaderboard": {"lineart/runs.py"},  # reads JSON
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


def test_checkpoints_are_not_an_output() -> None:
    def paths(stage: dict[str, Any]) -> list[str]:
        return [*stage["outs"], *stage.get("metrics", [])]

    assert not [out for stage in GRAPH.values() for out in paths(stage) if out.startswith("runs")]
