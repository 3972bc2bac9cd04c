"""A project in small, with results made up by hand: what the leaderboard stage finds."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from lineart.metrics.scored import PARTS, Scored, write_scored
from lineart.metrics.table import BLANK, COUNTS, PICTURE_METRICS
from lineart.pictures.images import write_line, write_render, write_text
from lineart.sets.pairs import Pair, sha256, write_pairs, write_table
from lineart.sets.shards import TABLE, Child, encode_child, write_shard
from pipelines.report.records import Record

METRICS = ("mse", "mae", "psnr", "ssim", "f")


def drawing(seed: int, size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """A drawing that passes the checks: coloured shapes with black outlines, and the outlines."""
    rng = np.random.default_rng(seed)
    render = np.ones((size, size, 3), np.float32)
    line = np.zeros((size, size), np.float32)
    for _ in range(3):
        points = rng.integers(6, size - 6, (int(rng.integers(3, 6)), 1, 2)).astype(np.int32)
        hull = cv2.convexHull(points)
        colour = tuple(float(value) for value in rng.uniform(0.5, 1, 3))
        cv2.fillPoly(render, [hull], colour)
        cv2.fillPoly(line, [hull], 0.0)
        cv2.polylines(render, [hull], True, (0, 0, 0), 2, cv2.LINE_AA)
        cv2.polylines(line, [hull], True, 1.0, 2, cv2.LINE_AA)
    return render, line


@pytest.fixture(scope="session")
def draw() -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    return drawing


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's, with two experiments. Making the tables takes longer than all tests, so it is done once."""
    from pipelines.tracking import board as tracking
    from pipelines.tracking import champion

    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    for experiment in (tracking.EXPERIMENT, champion.EXPERIMENT):
        tracking.Board(f"sqlite:///{path}", experiment)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two test drawings with a child each, one pair in quarantine, a network and a floor."""
    pairs = [_pair(tmp_path / "data" / "pairs", name, seed) for seed, name in enumerate("abcd")]
    write_pairs(tmp_path / "data/pairs/pairs.csv", pairs)
    write_text(tmp_path / "data/pairs/ATTRIBUTION.txt", "Drawn by <Nobody & Sons>, CC-BY-SA-4.0\n")
    _checked(tmp_path / "data" / "checked", pairs)
    for name, some in (("train", pairs[:1]), ("val", pairs[1:2]), ("test", pairs[2:3])):
        write_pairs(tmp_path / f"data/splits/{name}.csv", some)
    data = tmp_path / "data" / "augmented"
    _augmented(data)
    digest = sha256((data / TABLE).read_bytes())[:12]
    _model(tmp_path, "clearnet", digest, error=0.01)
    _model(tmp_path, "dark_threshold", digest, error=0.05)
    return tmp_path


@pytest.fixture
def record(project: Path) -> Callable[..., Record]:
    """A record of the project, read afresh."""

    def make(model: str, version: str = "0" * 32) -> Record:
        folders = project / "models" / model, project / "evaluation" / model
        return Record(model, version, *folders, {"git_commit": "abc"})

    return make


@pytest.fixture
def records(record: Callable[..., Record]) -> list[Record]:
    return [record("clearnet"), record("dark_threshold")]


def _pair(folder: Path, name: str, seed: int) -> Pair:
    render, line = drawing(seed)
    digests = (
        sha256(write_render(folder / f"render/{name}.png", render)),
        sha256(write_line(folder / f"line/{name}.png", line)),
    )
    names = f"render/{name}.png", f"line/{name}.png"
    return Pair(name, *names, name, "folders", "Nobody", "CC0-1.0", 64, 64, *digests)


def _checked(folder: Path, pairs: list[Pair]) -> None:
    bad = pd.DataFrame([dataclasses.asdict(pairs[3])])
    write_table(folder / "quarantine.csv", bad.assign(check="blank", reason="no ink <at all>"))
    summary = {
        "pairs": 4,
        "verdicts": {"accept": 3, "doubt": 0, "quarantine": 1},
        "checks": {"blank": {"doubt": 0, "quarantine": 1}},
    }
    write_text(folder / "summary.json", json.dumps(summary))


def _augmented(folder: Path) -> None:
    rows = []
    for split, parents in (("train", "a"), ("val", "b"), ("test", "cd")):
        members = []
        for parent in parents:
            for number in (0, 1):
                render_png, line_png, digest = encode_child(*drawing(ord(parent)))
                key, shard = f"{parent}-{number}", f"{split}-000000.tar"
                recipe = '[{"op":"geometry"},{"op":"stains"}]' if number else "[]"
                child = Child(key, parent, number, split, parent, shard, 64, 64, digest, recipe)
                members.append((child, render_png, line_png))
                rows.append(dataclasses.asdict(child))
        write_shard(folder / f"{split}-000000.tar", members)
    write_table(folder / TABLE, pd.DataFrame(rows))


def _model(root: Path, name: str, digest: str, error: float) -> None:
    scores = dict(zip(METRICS, (error**2, error, 20.0, 0.9, 0.8), strict=True))
    network = name == "clearnet"
    summary = {
        "model": name,
        "kind": "network" if network else "classical",
        "parameters": 1000 if network else 0,
        "threshold": 0.5,
        "validation": scores,
        "data": digest,
    }
    settings: dict[str, object] = {"model": name, "arguments": {}}
    if network:
        summary |= {"preset": "tiny", "epochs": 2, "steps": 20, "pictures": 160, "seconds": 90.0}
        summary |= {"stopped_by": "epochs", "tau": 1.2, "best_epoch": 2}
        settings["train"] = {"batch": 8, "loss": {"gamma": 2.0}}
        history = pd.DataFrame(
            {
                "epoch": [1, 2],
                "step": [10, 20],
                "pictures": [80, 160],
                "seconds": [45.0, 90.0],
                "learning_rate": [0.001, 0.0005],
                "tau": [1.2, 1.2],
                "train_loss": [0.5, 0.25],
                "val_mae": [0.04, 0.02],
            }
        )
        write_table(root / "models" / name / "history.csv", history)
        (root / "models" / name / "model.safetensors").write_bytes(b"weights")
    write_text(root / "models" / name / "settings.json", json.dumps(settings))
    write_text(root / "models" / name / "summary.json", json.dumps(summary))
    _evaluated(root / "evaluation" / name, summary, error, scores)


def _evaluated(
    out: Path, summary: dict[str, object], error: float, known: dict[str, float]
) -> None:
    """What evaluation leaves: originals with half and one and a half times the error, children more."""
    keys = [(f"{parent}-{number}", parent, number) for parent in "cd" for number in (0, 1)]
    rows = []
    for place, (key, parent, number) in enumerate(keys):
        row = {"key": key, "parent": parent, "child": number}
        row |= {name: known.get(name, 0.25) for name in PICTURE_METRICS}
        row["mae"] = round(error * (0.5, 1.5, 1.5, 2.5)[place], 6)
        rows.append(row)
        write_line(out / "predictions" / f"{key}.png", drawing(place)[1])
    scored = Scored(pd.DataFrame(rows), _counts(round(100 * (1 - 10 * error)), len(rows)))
    write_scored(out, scored)
    speed = {
        "pictures_per_second": 12.5,
        "spread": 0.5,
        "with_files_per_second": 10.0,
        "with_files_spread": 0.25,
        "size": 64,
        "device": "cpu",
        "precision": "float32",
    }
    result = {
        "model": summary["model"],
        "parameters": summary["parameters"],
        "multiply_adds": 2_500_000_000 if summary["kind"] == "network" else None,
        "threshold": 0.5,
        **{part: {"pictures": 2, **scored.part(part).figures()} for part in PARTS},
        "speed": speed,
    }
    write_text(out / "scores.json", json.dumps(result))


def _counts(found: int, pictures: int) -> dict[str, np.ndarray]:
    """Each picture has 100 line pixels, ``found`` of 100 drawn ones are right, up to a threshold of 0.5;
    above it nothing is drawn. A blank page has 100 of 125 pixels right."""
    lines = np.zeros((pictures, 99, 4), np.int64)
    lines[:, :50] = found, 100, found, 100
    lines[:, 50:, 1] = 100
    blank = np.broadcast_to(np.array([100, 100, 100, 125]), lines.shape)
    return {name: blank if name == BLANK else lines for name in COUNTS}
