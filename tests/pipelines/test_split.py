"""What DVC makes of the record: it is there when the stage runs, and the stage goes by it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml

from dataset_tools.split import SplitSettings, split_pairs
from lineart.pairs import read_table, write_table

ROOT = Path(__file__).parents[2]
STAGE = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["split"]
PROGRAM = """
from pathlib import Path
from dataset_tools.split import SplitSettings, recorded, split_pairs, write_splits
from lineart.pairs import read_table
out = Path("data/splits")
write_splits(out, split_pairs(read_table(Path("pairs.csv")), SplitSettings(), recorded(out)))
"""


def table(count: int) -> pd.DataFrame:
    ids = [f"d{number * 37 % 1000:03d}" for number in range(count)]
    widths = [1 + number % 7 for number in range(count)]
    inks = [number % 11 / 100 for number in range(count)]
    return pd.DataFrame(
        {"id": ids, "group": ids, "cluster": ids, "stroke_width": widths, "coverage": inks}
    )


def dvc(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "dvc", *arguments]
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    quiet = {**os.environ, "DVC_NO_ANALYTICS": "1", "PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_clone_with_nothing_but_the_record_splits_as_it_says(tmp_path: Path) -> None:
    """Neither DVC's cache nor its remote storage is asked, and the outputs are those of the road."""
    old, now = table(60), table(66)
    first = split_pairs(old, SplitSettings())
    grown = split_pairs(now, SplitSettings(), first.record)
    write_table(tmp_path / "pairs.csv", now)
    write_table(tmp_path / "data/splits/record.csv", first.record)
    (tmp_path / "program.py").write_text(PROGRAM)
    stage = {"cmd": "python program.py", "deps": ["pairs.csv"]}
    stage |= {key: STAGE[key] for key in ("outs", "metrics")}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"split": stage}}))
    dvc(tmp_path, "init", "--no-scm", "-q")
    dvc(tmp_path, "repro", "-q")
    for split, part in grown.splits.items():
        found = read_table(tmp_path / f"data/splits/{split}.csv")
        assert found["id"].tolist() == part["id"].tolist()
    assert read_table(tmp_path / "data/splits/record.csv")["id"].nunique() == 66
    # Were it not for the record, the six new ones would have moved others.
    assert split_pairs(now, SplitSettings()).record.to_dict() != grown.record.to_dict()


def test_the_record_is_in_git_and_not_in_the_cache() -> None:
    assert {"data/splits/record.csv": {"cache": False, "persist": True}} in STAGE["outs"]
    if not shutil.which("git") or not (ROOT / ".git").exists():
        return
    command = ["git", "-C", str(ROOT), "check-ignore", "-q", "--no-index"]
    ignored = {
        name: subprocess.run([*command, f"data/splits/{name}.csv"]).returncode == 0
        for name in ("record", "train")
    }
    assert ignored == {"record": False, "train": True}
