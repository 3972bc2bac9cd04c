"""Clones in every state, and where their data goes."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from dataset_tools.advice import Advice
from pipelines.doctor import libraries, project
from pipelines.doctor.place import Place

ME = ("-c", "user.name=me", "-c", "user.email=me@example.org")


def run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *ME, *arguments], check=True, capture_output=True)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A clone with one commit, and a Git that knows no settings but its own."""
    root = tmp_path / "clone"
    root.mkdir()
    (root / "file").write_bytes(b"one\ntwo\n")
    run(root, "init", "-q", "-b", "main")
    run(root, "add", ".")
    run(root, "commit", "-qm", "one")
    nothing = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    return Place(root, {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **nothing})


def found(seen: object, word: str) -> Advice:
    (advice,) = [advice for advice in seen if word in advice.words]  # type: ignore[attr-defined]
    return advice


def test_a_clone_as_it_should_be(place: Place) -> None:
    run(place.root, "config", "user.name", "me")
    run(place.root, "config", "user.email", "me@example.org")
    version, clone = project.git(place)
    assert version.words.startswith("git version ")
    assert clone.words.endswith(", main, nothing changed")
    (place.root / "file").write_text("three\n")
    assert list(project.git(place))[1].words.endswith(", main, 1 tracked files changed")


def test_no_git(place: Place, tmp_path: Path) -> None:
    (only,) = project.git(Place(place.root, {"PATH": str(tmp_path / "none")}))
    assert not only.stops
    assert only.words == "git is not there; install it, or no run will know its commit."


def test_an_archive_is_no_clone(place: Place, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    alone = {**place.environment, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    clone = found(project.git(Place(tmp_path / "archive", alone)), "git clone it")
    assert clone.stops


def test_a_clone_of_another_user(place: Place) -> None:
    why = "fatal: detected dubious ownership in repository at 'x'"
    assert "git config --global --add safe.directory" in project._no_clone(place, why).words
    (place.root / ".git" / "HEAD").write_text("torn")
    assert found(project.git(place), "clone it anew").what == "clone"


def test_the_settings_of_git(place: Place) -> None:
    seen = list(project.git(place))
    for name in ("user.name", "user.email"):
        assert not found(seen, f"git config --global {name}").stops
    run(place.root, "config", "core.autocrlf", "input")
    assert found(project.git(place), "core.autocrlf").fine


def test_lines_that_end_as_in_windows(place: Place) -> None:
    run(place.root, "config", "core.autocrlf", "true")
    (place.root / "file").unlink()
    run(place.root, "checkout", "file")
    assert (place.root / "file").read_bytes() == b"one\r\ntwo\r\n"
    turned = found(project.git(place), "git config core.autocrlf input")
    assert turned.words.startswith("core.autocrlf is true and 1 files end lines as Windows does")


def test_a_merge_half_done(place: Place) -> None:
    (place.root / ".git" / "MERGE_HEAD").write_text("0" * 40 + "\n")
    assert not found(project.git(place), "git merge --abort").fine


def test_files_that_are_gone(place: Place) -> None:
    (gone,) = project.files(place)
    assert gone.stops
    assert "git checkout dvc.yaml params.yaml pyproject.toml" in gone.words


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("", "odd  dvc no remote is set; to share data: dvc remote add"),
        ("[core]\nremote = r\n", "odd  dvc the remote r has no url; dvc remote modify r url URL"),
        (
            "no settings",
            "BAD  dvc DVC's settings cannot be read (MissingSectionHeaderError); git ch",
        ),
        ("../../far", "ok   dvc remote r, ../../far, which `dvc push` will make"),
        ("..", "ok   dvc remote r, .."),
        ("../file", "odd  dvc remote r, ../file is no folder; move that file away."),
        (
            "https://me:s3cret@host/x",
            "odd  dvc remote r, https://***@host/x does not answer; check",
        ),
        (
            "nosuch://host",
            "odd  dvc remote r, nosuch://host wants the package dvc-nosuch: .venv/bin",
        ),
    ],
)
def test_where_data_is_shared(
    place: Place, settings: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "answers", lambda address: False)
    if settings and " " not in settings and "[" not in settings:
        settings = f"[core]\n    remote = r\n['remote \"r\"']\n    url = {settings}\n"
    (place.root / ".dvc").mkdir()
    (place.root / ".dvc" / "config").write_text(settings)
    (seen,) = project.remote(place)
    assert seen.line(0).startswith(line)


def test_a_folder_that_is_not_there(place: Place) -> None:
    lost = Place(place.root / "none", {"DVC_ROOT": "none"})
    (seen,) = project.look(lost)
    assert seen.stops
    assert seen.words == f"there is no folder {lost.root}; DVC_ROOT names it; unset DVC_ROOT."
    assert list(libraries.packages(lost)) == []


def test_another_run_at_work(place: Place) -> None:
    assert not list(project.at_work(place))
    lock = place.root / ".dvc" / "tmp" / "repro.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (seen,) = project.at_work(place)
    assert "another run is at work" in seen.words
    assert not list(project.at_work(place))
