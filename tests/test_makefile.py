"""Which Python `make` takes, with interpreters that only say who they are and note what they were told."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# An interpreter of version 3.$minor, whose environments hold another one like it.
INTERPRETER = """#!/bin/sh
case "$1 $2" in
  -c*) exec {real} -IS -c "import sys; sys.version_info = (3, {minor}); $2" ;;
  --version*) echo "Python 3.{minor}.0" ;;
  "-m venv") rm -rf "$4"; mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; echo "venv 3.{minor}" ;;
  "-m pip") echo "pip 3.{minor}" ;;
esac
"""
Make = Callable[..., tuple[int, str, str]]


def interpreter(path: Path, minor: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(INTERPRETER.format(real=sys.executable, minor=minor))
    path.chmod(0o755)
    return path


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Run `make` in a folder that holds the Makefile; only the interpreters given are on the PATH."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "constraints-label-studio.txt"):
        shutil.copyfile(ROOT / name, tmp_path / name)

    def run(*arguments: str, **interpreters: int) -> tuple[int, str, str]:
        tools = tmp_path / "tools"
        shutil.rmtree(tools, ignore_errors=True)
        for name, minor in interpreters.items():
            interpreter(tools / name.replace("_", "."), minor)
        for name in ("sh", "rm", "mkdir", "cp", "touch", "test", "echo"):
            (tools / name).symlink_to(shutil.which(name) or name)
        done = subprocess.run(
            [shutil.which("make") or "make", *arguments],
            cwd=tmp_path,
            env={"PATH": str(tools)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize(
    ("interpreters", "minor"),
    [
        ({"python3": 13}, 13),
        ({"python3": 11, "python3_13": 13}, 11),  # what `python3` is, if it fits
        ({"python3": 14, "python3_13": 13, "python3_12": 12}, 13),  # else the newest that does
        ({"python3": 9, "python3_11": 11}, 11),
    ],
)
def test_the_first_that_fits_is_taken(make: Make, interpreters: dict[str, int], minor: int) -> None:
    status, out, _ = make("install", **interpreters)
    assert status == 0
    assert f"venv 3.{minor}\n" in out
    assert f"pip 3.{minor}\n" in out


@pytest.mark.parametrize("minor", [10, 14])
def test_one_that_does_not_fit_is_told(make: Make, minor: int, tmp_path: Path) -> None:
    status, out, words = make("install", python3=minor)
    assert status == 2
    assert f"Python 3.11, 3.12 or 3.13 is needed, and python3 is Python 3.{minor}.0;" in words
    assert out == ""
    assert not (tmp_path / ".venv").exists()


def test_another_python_makes_the_environments_anew(make: Make) -> None:
    make("install", ".label-studio/venv/.installed", python3=11)
    assert make("install", "PYTHON=python3", python3=11)[1].startswith("make: Nothing to be done")
    assert make("install", python3=13)[1].startswith(
        "make: Nothing to be done"
    )  # was not asked for
    _, out, _ = make("install", ".label-studio/venv/.installed", "PYTHON=python3", python3=13)
    assert "The Python of .venv is 3.11, and python3 is 3.13: .venv is made anew.\n" in out
    assert out.count("venv 3.13\n") == 2
    assert out.count("pip 3.13\n") == 2
    assert make("install", "PYTHON=python3", python3=13)[1].startswith("make: Nothing to be done")


def test_one_that_does_not_fit_costs_nothing(make: Make, tmp_path: Path) -> None:
    make("install", python3=11)
    assert make("install", "PYTHON=python3", python3=14)[0] == 2
    assert (tmp_path / ".venv/.installed").exists()


def test_an_environment_whose_interpreter_is_gone_is_made_anew(make: Make, tmp_path: Path) -> None:
    make("install", python3=11)
    (tmp_path / ".venv/bin/python").unlink()
    (tmp_path / ".venv/bin/python").symlink_to("/nowhere/python3.11")
    _, out, _ = make("install", python3=13)
    assert "The Python of .venv is gone, and python3 is 3.13: .venv is made anew.\n" in out
    assert "pip 3.13\n" in out
