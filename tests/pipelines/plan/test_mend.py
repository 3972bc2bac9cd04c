"""What a kill leaves broken: DVC itself is asked whether it can go on."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import zc.lockfile

from lineart.errors import InputError
from pipelines.plan import graph, mend

PROJECT = """stages:
  one:
    cmd: cp params.yaml out
    params: [number]
    outs: [out]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one stage, its state database beside it."""
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    root = tmp_path / "root"
    root.mkdir()
    (root / "dvc.yaml").write_text(PROJECT)
    (root / "params.yaml").write_text("number: 1\n")
    subprocess.run([sys.executable, "-m", "dvc", "init", "--no-scm", "-q"], cwd=root, check=True)
    return root


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"write": {"x": 3}}', '{"read": {"x": [{}]}}', "\x00"]
)
def test_a_torn_rwlock_is_mended(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".dvc" / "tmp" / "rwlock"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert mend.rwlock(tmp_path)
    assert json.loads(path.read_text()) == {}
    assert not mend.rwlock(tmp_path)


def test_whoever_is_no_dvc_any_more_is_taken_out(tmp_path: Path) -> None:
    """Also if the system has given its number to another process since."""
    path = tmp_path / ".dvc" / "tmp" / "rwlock"
    path.parent.mkdir(parents=True)
    dvc = [sys.executable, "-c", "print(flush=True); input()", "dvc", "repro"]
    with subprocess.Popen(dvc, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as alive:
        try:
            assert alive.stdout is not None
            alive.stdout.readline()  # while a process begins, the system has no words of it
            there, reused = {"pid": alive.pid, "cmd": "x"}, {"pid": os.getppid(), "cmd": "x"}
            gone = {"pid": 2**22 + 1, "cmd": "x"}
            known = {
                "write": {"a": gone, "b": there},
                "read": {"c": [gone, there, reused], "d": [gone]},
            }
            path.write_text(json.dumps(known))
            assert mend.rwlock(tmp_path)
            assert json.loads(path.read_text()) == {"write": {"b": there}, "read": {"c": [there]}}
            assert not mend.rwlock(tmp_path)
        finally:
            alive.communicate(b"\n")


def test_a_list_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".dvc" / "tmp" / "rwlock"
    path.parent.mkdir(parents=True)
    path.write_text("")
    guard = zc.lockfile.LockFile(str(path.with_name("rwlock.lock")))
    try:
        assert not mend.rwlock(tmp_path)
    finally:
        guard.close()
    assert path.read_text() == ""


def test_dvc_goes_on_after_a_torn_rwlock_and_a_broken_memory(project: Path) -> None:
    (project / ".dvc" / "tmp").mkdir(exist_ok=True)
    (project / ".dvc" / "tmp" / "rwlock").write_text("")
    assert graph.plan(project, "dvc.yaml").stages == ("one",)
    databases = list((project.parent / "site").rglob("cache.db"))
    assert databases
    for database in databases:
        database.write_bytes(b"no database")
        with (
            contextlib.closing(sqlite3.connect(database)) as base,
            pytest.raises(sqlite3.DatabaseError),
        ):
            base.execute("select * from Settings")
    assert graph.plan(project, "dvc.yaml").stages == ("one",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<<<<<<< HEAD\nschema: '2.0'\n=======\n",
        "schema: '2.0'\nstages:\n  one:\n    cmd: cp\n    deps:\n    - path: params.yaml\n      ha",
    ],
)
def test_a_torn_lock_is_named_with_the_way_out(project: Path, text: str) -> None:
    (project / "dvc.lock").write_text(text)
    with pytest.raises(InputError, match=r"^dvc.lock cannot be read: .*git checkout -- dvc.lock"):
        graph.plan(project, "dvc.yaml")
    assert (project / "dvc.lock").read_text() == text


def test_other_words_of_dvcs_are_passed_on(project: Path) -> None:
    (project / "dvc.yaml").write_text("stages: [")
    with pytest.raises(InputError, match=r"dvc.yaml' is invalid"):
        graph.plan(project, "dvc.yaml")


def test_an_unpacked_archive_is_told_how_to_become_a_repository(project: Path) -> None:
    (project / ".dvc" / "config").write_text("")  # as it is in Git, which DVC then asks for
    with pytest.raises(InputError, match=r"is no Git repository.*`git init`"):
        graph.ask(project, "status")


def test_a_full_disk_is_said_without_dvcs_wishes(tmp_path: Path) -> None:
    said = "ERROR: unexpected error - [Errno 28] No space left on device\n\nHaving any troubles?"
    assert mend.advice(tmp_path, said) == "The disk is full; free some space and run again."
