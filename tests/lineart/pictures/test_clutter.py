"""What programs leave in folders: our code and DVC pass over the same names, and over nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lineart.pictures.clutter import PATTERNS, is_clutter, without_clutter
from pipelines.report.records import data_version

ROOT = Path(__file__).parents[3]
LEFT = (
    *(".DS_Store", "._cat.png", ".AppleDouble", "__MACOSX", "Icon\r"),  # macOS
    *(
        "Thumbs.db",
        "thumbs.db",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "Desktop.ini",
        "desktop.ini",
        "$RECYCLE.BIN",
    ),
    *(".directory", ".Trash-1000", ".fuse_hidden0001", ".nfs0001", "lost+found"),  # Linux
    *(
        "train.py~",
        ".train.py.swp",
        ".train.py.un~",
        "#train.py#",
        ".#train.py",
        ".cat.kra-autosave.kra",
    ),
    *("~$list.xlsx", ".~lock.list.ods#", "~WRL0001.tmp", ".idea", ".ipynb_checkpoints"),
    *(
        ".stfolder",
        ".stversions",
        ".syncthing.cat.png.tmp",
        "~syncthing~cat.png.tmp",
        ".dropbox.cache",
        "@eaDir",
    ),
    *("__pycache__", "train.cpython-311.pyc", "._train.py"),
    "cat.png:Zone.Identifier",
)
MEANT = (
    "cat.png",
    "cat~dog.png",
    "#1 cat.png",
    "cat#.png",
    "my.cat.png",
    "~cat.png",
    "$cat.kra",
    "thumbs.png",
    "Icon",
    "Icons",
)
FOLDERS = {
    "drawings": "drawings",
    "evaluation/teed": "evaluation",
    "lineart/models": "lineart/models",
}


@pytest.mark.parametrize("name", LEFT)
def test_what_programs_leave_is_clutter(name: str) -> None:
    assert is_clutter(name)


@pytest.mark.parametrize("name", MEANT)
def test_what_somebody_named_is_none(name: str) -> None:
    assert not is_clutter(name)


def test_a_folder_that_is_clutter_hides_what_is_in_it_but_not_what_it_lies_in(
    tmp_path: Path,
) -> None:
    """A project below `~/.work` is as good as any."""
    folder = tmp_path / ".work" / "drawings"
    (folder / ".stversions").mkdir(parents=True)
    for name in ("b.png", "a.png", ".stversions/c.png"):
        (folder / name).touch()
    assert without_clutter(folder.rglob("*.png"), folder) == [folder / "a.png", folder / "b.png"]


def test_dvc_has_the_same_list() -> None:
    lines = (ROOT / ".dvcignore").read_text().split("\n\n")[0].splitlines()
    assert tuple(line.removeprefix("\\") for line in lines if line[0] != "#") == PATTERNS


def test_dvc_runs_nothing_again_for_it(tmp_path: Path) -> None:
    """In drawings, beside results and beside code; and our digest of a folder stays the one of DVC."""
    (tmp_path / ".dvcignore").write_bytes((ROOT / ".dvcignore").read_bytes())
    for place in FOLDERS:
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "cat.png").write_text("a cat")
    (tmp_path / "drawings/README.md").write_text("ours")
    stage = {"cmd": "python -c 0", "deps": list(FOLDERS.values())}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"read": stage}}))
    dvc(tmp_path, "init", "--no-scm", "-q")
    dvc(tmp_path, "commit", "--force", "-q")
    before = digests(tmp_path)
    assert before == {place: data_version(tmp_path / place) + ".dir" for place in before}
    for place in FOLDERS:
        for name in LEFT:
            (tmp_path / place / name).write_text("left")
        (tmp_path / place / ".left").mkdir()
        (tmp_path / place / ".left" / "cat.png").write_text("an old cat")
    (tmp_path / "drawings/README.md").write_text("ours, changed")
    assert json.loads(dvc(tmp_path, "status", "--json")) == {}
    assert before == {place: data_version(tmp_path / place) + ".dir" for place in before}
    for name in MEANT[1:]:
        (tmp_path / "lineart/models" / name).write_text("meant")
    assert list(json.loads(dvc(tmp_path, "status", "--json"))) == ["read"]
    dvc(tmp_path, "commit", "--force", "-q")
    after = digests(tmp_path)
    assert after == {place: data_version(tmp_path / place) + ".dir" for place in after}
    assert after["lineart/models"] != before["lineart/models"]


def digests(folder: Path) -> dict[str, str]:
    """What DVC has for each folder, but the one where it passes over more: our README among the drawings."""
    locked = yaml.safe_load((folder / "dvc.lock").read_text())["stages"]["read"]["deps"]
    return {dep["path"]: dep["md5"] for dep in locked if dep["path"] != "drawings"}


def dvc(folder: Path, *arguments: str) -> str:
    quiet = {**os.environ, "DVC_NO_ANALYTICS": "1"}
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
