"""Imports point one way, and each service has one door."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("lineart", "dataset_tools", "pipelines")  # each may import those before it
SERVICES = {
    "prefect": ("pipelines/",),
    "mlflow": ("pipelines/tracking/board.py", "pipelines/tracking/serving.py"),
    "label_studio_sdk": ("dataset_tools/review/client.py",),
    "dvc": (
        "dataset_tools/versions/versions.py",
        "pipelines/plan/listen.py",
    ),  # else called as a command
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top-level names of everything a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import; write the whole name"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_those_below(package: str) -> None:
    files = modules(package)
    assert files
    above = set(PACKAGES[PACKAGES.index(package) + 1 :])
    wrong = {str(path): imported(path) & above for path in files if imported(path) & above}
    assert not wrong


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_one_door(service: str) -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in modules(package)
        if service in imported(path)
    ]
    assert [user for user in users if not user.startswith(SERVICES[service] or "-")] == []


def test_no_name_of_the_tests_is_imported() -> None:
    assert not [
        path for package in PACKAGES for path in modules(package) if "tests" in imported(path)
    ]


def test_lineart_runs_without_the_services() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in modules("lineart")
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
