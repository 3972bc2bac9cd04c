"""Imports point one way, between the packages and inside them, and each service has one door."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from scripts.house import DOORS, PACKAGES, files, imported, rooms

ROOT = Path(__file__).parents[1]
# The floors of each package, from the ground up. A room imports rooms of the floors below its own, and of the
# packages before its own.
FLOORS = {
    "lineart": [
        "errors lazy cores local progress",
        "settings",
        "pictures",
        "sets losses arithmetic search",
        "models",
        "runs",
        "catalogue",
        "inference",
        "extract export metrics",
        "training web",
        "cli",
    ],
    "dataset_tools": [
        "advice sources augmentation views",
        "checks defects splits",
        "qa augment disagreement align versions",
        "report",
        "review",
    ],
    "pipelines": [
        "database alone",
        "runtime",
        "failed",
        "report",
        "params",
        "workers tracking plan doctor",
        "stages serving",
        "road",
    ],
}
FLOOR = {
    f"{package}/{room}": number
    for package, floors in FLOORS.items()
    for number, floor in enumerate(floors)
    for room in floor.split()
}
SERVICES = {
    "prefect": ("pipelines/",),
    "mlflow": ("pipelines/tracking/",),
    "label_studio_sdk": ("dataset_tools/review/client.py",),
    "dvc": ("dataset_tools/versions/", "pipelines/plan/listen.py"),  # else called as a command
}


def top_level(path: Path) -> set[str]:
    """The top-level names of everything a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import; write the whole name"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_those_below(package: str) -> None:
    found = files(package)
    assert found
    above = set(PACKAGES[PACKAGES.index(package) + 1 :])
    wrong = {str(path): top_level(path) & above for path in found if top_level(path) & above}
    assert not wrong


def test_every_room_has_a_floor() -> None:
    inside = {room for room in rooms() if room.rpartition("/")[2] not in DOORS}
    assert inside == set(FLOOR)


def test_a_room_imports_only_rooms_below() -> None:
    """Also for types alone: who needs another's types depends on it."""
    wrong = [
        f"{room} -> {other}"
        for room, others in rooms().items()
        for other in others
        if room in FLOOR and other in FLOOR
        if room.partition("/")[0] == other.partition("/")[0] and FLOOR[other] >= FLOOR[room]
    ]
    assert wrong == []


def test_no_file_imports_what_imports_it() -> None:
    graph = {path: imported(path) for package in PACKAGES for path in files(package)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(path.relative_to(ROOT).as_posix() for path in error.args[1]))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_one_door(service: str) -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in files(package)
        if service in top_level(path)
    ]
    assert users
    assert [user for user in users if not user.startswith(SERVICES[service])] == []


def test_no_name_of_the_tests_is_imported() -> None:
    outside = {"tests", "scripts", "benchmarks"}
    assert not [
        path for package in PACKAGES for path in files(package) if top_level(path) & outside
    ]


def test_lineart_runs_without_the_services() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files("lineart")
        if path.name != "__main__.py"
    ]
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print(sorted({set(SERVICES)!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
