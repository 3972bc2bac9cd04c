"""The record: DVC leaves it where the stage reads it, and the committed ones have their shares."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from dataset_tools.splits.record import read_record
from dataset_tools.splits.split import SplitSettings, split_pairs
from dataset_tools.splits.strata import STRATA, limits_of, strata_of
from lineart.sets.pairs import read_table, write_table

ROOT = Path(__file__).parents[3]
RECORDS = ROOT / "data/splits"
STAGE = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["split"]
PROGRAM = """
from pathlib import Path
from dataset_tools.splits.split import recorded, split_pairs, write_splits
from lineart.sets.pairs import read_table
from pipelines.params import read_params
out, settings = Path("data/splits"), read_params().split
record, trained = recorded(out, settings)
division = split_pairs(read_table(Path("pairs.csv")), settings, record, (), trained)
write_splits(out, division, settings.record)
"""


def table(count: int) -> pd.DataFrame:
    ids = [f"d{number * 37 % 1000:03d}" for number in range(count)]
    widths = [1 + number % 7 for number in range(count)]
    inks = [number % 11 / 100 for number in range(count)]
    return pd.DataFrame(
        {
            **{"id": ids, "group": ids, "cluster": ids, "source": "drawn"},
            **{"stroke_width": widths, "coverage": inks},
        }
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
    records = project(tmp_path, now)
    write_table(records / "record.csv", first.record)
    dvc(tmp_path, "init", "--no-scm", "-q")
    dvc(tmp_path, "repro", "-q")
    for split, part in grown.splits.items():
        assert read_table(records / f"{split}.csv")["id"].tolist() == part["id"].tolist()
    assert read_table(records / "record.csv")["id"].nunique() == 66
    # Were it not for the record, the six new ones would have moved others.
    assert split_pairs(now, SplitSettings()).record.to_dict() != grown.record.to_dict()
    # Another size has a record of its own, and leaves this one where it is; there and back, nothing is lost.
    small = (records / "record.csv").read_bytes()
    project(tmp_path, table(300), {"seed": 1, "record": "record-all.csv"})
    dvc(tmp_path, "repro", "-q")
    large = (records / "record-all.csv").read_bytes()
    assert (records / "record.csv").read_bytes() == small
    project(tmp_path, now, {"trained": "record-all.csv"})
    dvc(tmp_path, "repro", "-q")
    assert (records / "record.csv").read_bytes() == small
    assert (records / "record-all.csv").read_bytes() == large
    for split, part in grown.splits.items():
        assert read_table(records / f"{split}.csv")["id"].tolist() == part["id"].tolist()


def project(folder: Path, pairs: pd.DataFrame, changes: dict[str, object] | None = None) -> Path:
    """The stage `split` on a table, as a project of its own; the folder of its records."""
    settings = {"record": "record.csv", **(changes or {})}
    write_table(folder / "pairs.csv", pairs)
    (folder / "params.yaml").write_text(yaml.safe_dump({"split": settings}))
    (folder / "program.py").write_text(PROGRAM)
    stage = {"cmd": "python program.py", "deps": ["pairs.csv"], "params": ["split"]}
    stage |= {key: STAGE[key] for key in ("outs", "metrics")}
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"split": stage}}))
    return folder / "data/splits"


def test_the_record_is_in_git_and_not_in_the_cache() -> None:
    assert {"data/splits/${split.record}": {"cache": False, "persist": True}} in STAGE["outs"]
    if not shutil.which("git") or not (ROOT / ".git").exists():
        return
    command = ["git", "-C", str(ROOT), "check-ignore", "-q", "--no-index"]
    ignored = {
        name: subprocess.run([*command, f"data/splits/{name}.csv"]).returncode == 0
        for name in ("record", "record-all", "train")
    }
    assert ignored == {"record": False, "record-all": False, "train": True}


def test_the_committed_record_has_its_shares_in_every_stratum() -> None:
    """Of the drawings of the small size, as they were measured there: off by less than a drawing."""
    frame = read_table(ROOT / "tests/data/default_size.csv")
    record = read_record(RECORDS / "record.csv")
    split = frame["id"].map(dict(zip(record["id"], record["split"], strict=True)))
    strata = pd.Series(strata_of(frame, limits_of(frame)), name="stratum")
    counts = pd.crosstab(strata, split)[["train", "val", "test"]].to_numpy()
    assert counts.sum() == 399
    assert counts.shape == (len(STRATA), 3)
    assert abs(counts - np.outer(counts.sum(axis=1), (0.6, 0.3, 0.1))).max() < 1
    assert counts.sum(axis=0).tolist() == [240, 119, 40]
    assert split.groupby(frame["cluster"]).nunique().eq(1).all()  # no drawing on two sides


def test_nothing_the_shipped_weights_were_trained_on_is_tested() -> None:
    small, large = (read_record(RECORDS / name) for name in ("record.csv", "record-all.csv"))
    shares = large["split"].value_counts(normalize=True)
    assert {name: round(share, 2) for name, share in shares.items()} == {
        "train": 0.6,
        "val": 0.3,
        "test": 0.1,
    }
    trained, tested = large[large["split"] == "train"], small[small["split"] == "test"]
    for column in ("id", "group"):
        assert not set(tested[column]) & set(trained[column])
    # What weights were chosen on is tested only where a stratum lacks drawings that they never met.
    unseen = set(large.loc[large["split"] == "test", "id"])
    assert (tested["id"].isin(unseen).sum(), len(tested)) == (33, 40)


def test_each_size_names_its_record() -> None:
    params = {
        size: yaml.safe_load((ROOT / f"params/{size}.yaml").read_text())["split"]
        for size in ("default", "paper", "release")
    }
    assert params["default"] == {"record": "record.csv", "trained": "record-all.csv"}
    assert params["paper"] == params["release"] == {"record": "record-all.csv", "trained": None}
