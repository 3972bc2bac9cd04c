"""The flow of a night: what is done when a part of the world is away, and that a step never outlives it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lineart.errors import InputError
from pipelines.road import refresh as module
from pipelines.road.refresh import leaderboard, refresh, reviews, step

ROOT = Path(__file__).parents[3]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps as they are taken, none of which does anything."""
    taken: list[str] = []

    def note(name: str) -> Callable[..., str]:
        def take(*arguments: object) -> str:
            taken.append(str(arguments[0]) if name == "step" else name)
            return "3 new verdicts"

        return take

    for name in ("reviews", "step", "leaderboard"):
        monkeypatch.setattr(module, name, note(name))
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:1")
    return taken


def test_a_night(steps: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert refresh.fn() == "everything is up to date, and pushed"
    assert steps == ["reviews", "repro", "push", "leaderboard"]
    assert capsys.readouterr().out == "review pull: 3 new verdicts\n"


def test_the_remote_can_be_left_alone(steps: list[str]) -> None:
    assert refresh.fn(push=False) == "everything is up to date"
    assert steps == ["reviews", "repro", "leaderboard"]


def test_without_an_address_the_verdicts_are_those_at_home(
    steps: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LABEL_STUDIO_URL")
    refresh.fn()
    assert steps == ["repro", "push", "leaderboard"]
    assert "the verdicts are those of data/reviews.csv" in capsys.readouterr().out


def test_label_studio_is_away_and_the_rest_is_done(
    steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(root: Path) -> str:
        raise InputError("Label Studio cannot be reached.")

    monkeypatch.setattr(module, "reviews", away)
    with pytest.raises(InputError) as error:
        refresh.fn()
    assert steps == ["repro", "push", "leaderboard"]
    assert str(error.value) == (
        "The verdicts did not come home; but for them everything is up to date, and pushed. "
        "Label Studio cannot be reached."
    )


def test_an_extra_that_is_not_installed_ends_it_at_once(
    steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataset_tools.review.client.MISSING", "label_studio_sdk")
    with pytest.raises(InputError, match="no module label_studio_sdk; install the extra `review`"):
        refresh.fn()
    assert steps == []


def test_the_pull_fails_in_a_sentence_and_leaves_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "params.yaml").write_text("review: {}\n")
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "0" * 40)
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:1 cannot be reached"):
        reviews.fn(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]


def test_each_step_is_tried_three_times() -> None:
    assert [task.retries for task in (reviews, step, leaderboard)] == [2, 2, 2]


def test_a_step_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'repro' failed; .* `python -c 1/0` repeats it"):
        step.fn("repro", ["-c", "1/0"], tmp_path)


def test_a_step_runs_where_it_is_told(tmp_path: Path) -> None:
    step.fn("repro", ["-c", "open('here', 'w')"], tmp_path)
    assert (tmp_path / "here").exists()


WORKING = """
import sys, time
from pathlib import Path
try:
    Path("started").touch()
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.5)
    Path("put away").touch()
    sys.exit(130)
"""
# SIGTERM comes to the steps as it does to Prefect's flows, as an exception.
STEPPING = """
import signal, sys
from pathlib import Path
from pipelines.road.refresh import step
signal.signal(signal.SIGTERM, signal.default_int_handler)
step.fn("repro", ["-c", Path("working").read_text()], Path.cwd())
"""


def test_a_step_that_is_stopped_puts_its_work_away_first(tmp_path: Path) -> None:
    (tmp_path / "working").write_text(WORKING)
    process = subprocess.Popen(
        [sys.executable, "-c", STEPPING],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    process.wait(60)
    assert (tmp_path / "put away").exists()
