import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from dataset_tools.versions.versions import read_version
from lineart.errors import InputError
from lineart.sets.pairs import write_table


def pairs(*ids: str) -> pd.DataFrame:
    digests = {"render_sha256": [f"r{id}" for id in ids], "line_sha256": [f"l{id}" for id in ids]}
    return pd.DataFrame({"id": ids, **digests})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three pairs, one of them in quarantine, called as numbers are."""
    folder = tmp_path / "project" / "data"
    write_table(folder / "pairs/pairs.csv", pairs("0031", "2", "NA"))
    write_table(folder / "checked/pairs.csv", pairs("0031", "2"))
    bad = pairs("NA").assign(check="blank", reason="no ink")
    write_table(folder / "checked/quarantine.csv", bad)
    verdicts = {"id": ["0031", "2", "NA"], "verdict": ["accept", "doubt", "quarantine"]}
    write_table(folder / "checked/findings.csv", pd.DataFrame(verdicts))
    for split, ids in (("train", ["0031"]), ("val", ["2"]), ("test", [])):
        write_table(folder / f"splits/{split}.csv", pairs(*ids))
    return folder


def test_a_project_and_its_data_are_one_version(data: Path) -> None:
    version = read_version(str(data.parent))
    assert version.pictures == {id: (f"r{id}", f"l{id}") for id in ("0031", "2", "NA")}
    assert version.verdicts == {
        "0031": ("accept", ""),
        "2": ("doubt", ""),
        "NA": ("quarantine", "blank: no ink"),
    }
    assert version.splits == {"0031": "train", "2": "val"}
    below = read_version(str(data))
    assert (below.pictures, below.verdicts, below.splits) == (
        version.pictures,
        version.verdicts,
        version.splits,
    )


def test_people_overrule_the_checks(data: Path) -> None:
    write_table(data / "curated/pairs.csv", pairs("2", "NA"))
    held = pairs("0031").assign(check="review", reason="rejected by ann")
    write_table(data / "curated/quarantine.csv", held)
    assert read_version(str(data)).verdicts == {
        "0031": ("quarantine", "review: rejected by ann"),
        "2": ("doubt", ""),
        "NA": ("accept", "review"),
    }


@pytest.mark.parametrize(
    ("part", "ids", "tells"),
    [
        ("pairs", {"0031", "2", "NA"}, (True, False, False)),
        ("checked", {"0031", "2", "NA"}, (True, True, False)),
        ("splits", {"0031", "2"}, (True, False, True)),
        ("checked/pairs.csv", {"0031", "2"}, (True, False, False)),
    ],
)
def test_a_part_tells_what_it_knows(
    data: Path, part: str, ids: set[str], tells: tuple[bool, bool, bool]
) -> None:
    version = read_version(str(data / part))
    assert version.ids == ids
    found = (version.pictures, version.verdicts, version.splits)
    assert tuple(table is not None for table in found) == tells


def test_what_is_no_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"holds no data set: looked for pairs/pairs\.csv"):
        read_version(str(tmp_path))
    table = tmp_path / "other.csv"
    table.write_text("id,size\na,1\n")
    with pytest.raises(InputError, match="is no table of pairs"):
        read_version(str(table))


def run(folder: Path, *command: str) -> None:
    quiet = {**os.environ, "DVC_NO_ANALYTICS": "1"}
    subprocess.run(command, cwd=folder, env=quiet, check=True, capture_output=True)


def test_a_git_revision_comes_through_dvc(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = data.parent
    run(project, "git", "init", "-q")
    run(project, sys.executable, "-m", "dvc", "init", "-q")
    # Tables in DVC's cache, as on the road, and one in Git.
    folders = [f"data/{name}" for name in ("checked", "splits")]
    run(project, sys.executable, "-m", "dvc", "add", "-q", *folders)
    run(project, "git", "add", "-A")
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    run(project, "git", *who, "commit", "-q", "-m", "first")
    write_table(data / "splits/train.csv", pairs())
    monkeypatch.chdir(project)
    version = read_version("HEAD")
    assert version.splits == {"0031": "train", "2": "val"}
    assert version.pictures is not None
    assert version.verdicts is not None
    with pytest.raises(InputError, match="no folder or table nonsense, and as a Git revision"):
        read_version("nonsense")
    (project / ".dvc/cache").rename(project / "elsewhere")
    with pytest.raises(InputError, match=r"HEAD names data/\S+, which DVC has neither"):
        read_version("HEAD")
