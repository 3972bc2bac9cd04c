"""The script that trains where there are no services, in miniature: it stops when told, goes on, and ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SMALL = {
    "ingest.count": 40,
    "ingest.size": 64,
    "augment.children": 1,
    "train.preset": "tiny",
    "train.crop": 32,
    "train.epochs": 2,
    "train.epoch_pictures": 2,
    "train.validate_pictures": 4,
    "evaluate.speed_size": 32,
    "evaluate.speed_repeats": 3,
}


def call(tmp_path: Path, minutes: float, **others: int) -> subprocess.CompletedProcess[str]:
    settings = {**SMALL, **{f"train.{name}": value for name, value in others.items()}}
    changes = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    script = ["scripts/accelerator.py", "--work", tmp_path / "w", "--out", tmp_path / "o"]
    return subprocess.run(
        [sys.executable, *script, "--minutes", str(minutes), *changes],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_from_drawings_to_what_is_taken_home(tmp_path: Path) -> None:
    assert call(tmp_path, 0.001).returncode != 0  # no time at all: ended before anything was whole
    done = call(tmp_path, 5)
    assert done.returncode == 0, done.stderr
    home = {path.name for path in (tmp_path / "o/clearnet").iterdir()}
    assert home == {
        "history.csv",
        "model.safetensors",
        "pictures.csv",
        "scores.json",
        "settings.json",
        "sheet.png",
        "summary.json",
    }
    summary = json.loads((tmp_path / "o/clearnet/summary.json").read_text())
    assert (summary["epochs"], summary["preset"]) == (2, "tiny")
    again = call(tmp_path, 5)
    assert "training clearnet:" in done.stdout
    assert "training clearnet:" not in again.stdout  # what is done is not done again
    longer = call(tmp_path, 5, epochs=3)
    assert longer.returncode == 1
    assert "was begun with other settings in the section train" in longer.stderr
