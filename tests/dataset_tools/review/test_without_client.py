"""Review where the extra `review` is not installed: it says so, and how to install it."""

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import importlib.abc, sys

class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "label_studio_sdk":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nothing())
from dataset_tools.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
WORDS = (
    f"Review needs the client of Label Studio, and {sys.executable} has no module label_studio_sdk; "
    f"install the extra `review` (Python 3.11 to 3.13): "
    f"{sys.executable} -m pip install -c constraints.txt -e '.[review]'"
)


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "review", *arguments],
        env={"PYTHONPATH": str(Path(__file__).parents[3]), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def params(tmp_path: Path) -> str:
    (tmp_path / "params.yaml").write_text("review: {}\n")
    return f"--params={tmp_path / 'params.yaml'}"


def test_a_command_says_what_is_missing(params: str) -> None:
    assert run("pull", params) == (1, "", f"{WORDS}\n")


def test_the_doctor_says_what_is_missing(params: str, tmp_path: Path) -> None:
    server = {"LABEL_STUDIO_URL": "http://127.0.0.1:1", "LABEL_STUDIO_API_KEY": "0" * 40}
    data = f"--data={tmp_path}"
    status, out, _ = run("doctor", params, data, **server)
    assert status == 1
    assert f"BAD  server    {WORDS}" in out.splitlines()
