"""A data set in small, whose names nobody would choose, made by hand: what the stage `dataset` finds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataset_tools.report.tables import DataSet, Folders, read_dataset
from lineart.pictures.images import write_line, write_render, write_text
from lineart.sets.pairs import Pair, sha256, write_pairs, write_table
from lineart.sets.shards import TABLE, Child, encode_child, write_shard

HOSTILE = '<script>alert("x")\'&'
CHINESE = "线稿 🎨"
ARTIST = "Ann <b>& 'Sons'</b> | \"Co\""
# Six drawings: an accepted one for each split, a doubted one, one in quarantine, one that cannot be read.
IDS = ("0031", CHINESE, "plain", HOSTILE, "shifted", "torn")
VERDICTS = ("accept", "accept", "accept", "doubt", "quarantine", "quarantine")
SPLITS = {"train": ("0031", HOSTILE), "val": (CHINESE,), "test": ("plain",)}
WIDTHS = (2.0, 2.0, 4.0, 4.0, 3.0, None)  # of strokes, in pixels
COVERAGES = (0.1, 0.1, 0.2, 0.2, 0.15, None)
SIDE = 64


def drawing(left: int) -> tuple[np.ndarray, np.ndarray]:
    """A yellow box with a black outline, 32 pixels square, from column ``left`` on."""
    render, line = np.ones((SIDE, SIDE, 3), np.float32), np.zeros((SIDE, SIDE), np.float32)
    line[16:48, left : left + 32] = 1
    line[18:46, left + 2 : left + 30] = 0
    render[16:48, left : left + 32] = (1, 1, 0)
    render[line > 0] = 0
    return render, line


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """All that the stages before leave; the file of the line art ``torn`` is not there."""
    data = tmp_path / "data"
    pairs = [_pair(data / "pairs", name, place) for place, name in enumerate(IDS)]
    (data / "pairs" / pairs[5].line).unlink()
    write_pairs(data / "pairs" / "pairs.csv", pairs)
    refused = pd.DataFrame([("bad\nname <img src=x>", "cut <short>")], columns=["id", "reason"])
    write_table(data / "pairs" / "refused.csv", refused)
    write_text(data / "pairs" / "ATTRIBUTION.txt", f"Drawn by {ARTIST}\n")
    write_table(data / "pairs" / "files.csv", _files())
    _checked(data / "checked", pairs)
    _splits(data, pairs)
    _augmented(data / "augmented")
    return Folders.below(data, tmp_path / "results")


@pytest.fixture
def data(folders: Folders) -> DataSet:
    return read_dataset(folders)


@pytest.fixture
def doubted(folders: Folders) -> DataSet:
    """The same with the doubts of a model and what was measured of the checks."""
    assert folders.doubts is not None
    assert folders.results is not None
    rows = [(CHINESE, 2, 0.25), (HOSTILE, 1, 0.5)]
    write_table(
        folders.doubts / "doubts.csv", pd.DataFrame(rows, columns=["id", "rank", "disagreement"])
    )
    write_line(folders.doubts / "predictions" / f"{HOSTILE}.png", drawing(20)[1])
    write_table(folders.results / "planted_defects.csv", planted())
    alarms = [("shift", "plain", 0.01), ("shift", "thin", 0.02), ("any check", "plain", 0.03)]
    table = pd.DataFrame(alarms, columns=["check", "kind", "false_alarms"])
    write_table(folders.results / "false_alarms.csv", table)
    return read_dataset(folders)


@pytest.fixture
def curated(folders: Folders, tmp_path: Path) -> Callable[[], DataSet]:
    """The same after people took ``shifted`` back and rejected ``plain``."""

    def make() -> DataSet:
        out = tmp_path / "data" / "curated"
        pairs = pd.read_csv(folders.checked / "pairs.csv", dtype={"id": str})
        held = pd.read_csv(folders.checked / "quarantine.csv", dtype={"id": str})
        returned = held[held["id"] == "shifted"].drop(columns=["check", "reason"])
        returned = returned.assign(cluster="shifted", stroke_width=3.0, coverage=0.15)
        kept = pd.concat([pairs[pairs["id"] != "plain"], returned])
        rejected = pairs[pairs["id"] == "plain"].assign(check="review", reason="not by <us>")
        write_table(out / "pairs.csv", kept)
        write_table(out / "quarantine.csv", pd.concat([held[held["id"] != "shifted"], rejected]))
        return read_dataset(Folders.below(tmp_path / "data"))

    return make


def planted() -> pd.DataFrame:
    """Shifts that are found from 1 px on, and lost strokes that are not."""
    rows = [
        ("shift", "shift", "shift", "moved <art>", 0.5, "px", False, 100, 0.4, 0.4),
        ("shift", "shift", "shift", "moved <art>", 1.0, "px", True, 100, 0.96, 0.96),
        ("shift", "shift", "shift", "moved <art>", 2.0, "px", True, 100, 1.0, 1.0),
        (
            "missing",
            "missing broken",
            "gaps",
            "strokes broken",
            0.1,
            "of them",
            True,
            100,
            0.5,
            0.7,
        ),
    ]
    columns = "check checks defect title strength unit objection pairs recall recall_any"
    return pd.DataFrame(rows, columns=columns.split())


def _pair(folder: Path, name: str, place: int) -> Pair:
    render, line = drawing(8 + 2 * place)
    if name == "shifted":
        line = np.roll(line, 6, axis=1)
    paths = f"render/{name}.png", f"line/{name}.png"
    return Pair(
        *(name, *paths, name, "folders", ARTIST, "CC-BY-4.0" if place < 4 else "", SIDE, SIDE),
        render_sha256=sha256(write_render(folder / paths[0], render)),
        line_sha256=sha256(write_line(folder / paths[1], line)),
    )


def _files() -> pd.DataFrame:
    """Two renders as JPEG, one of them turned, and a line art with transparency."""
    columns = (
        "id role file format mode bits width height alpha profile orientation frames lossy bytes"
    )
    rows = [
        ("0031", "render", "a.jpg", "JPEG", "RGB", 8, 64, 64, False, "", 1, 1, True, 1_000_000),
        (
            "plain",
            "render",
            "b.jpg",
            "JPEG",
            "RGB",
            8,
            640,
            480,
            False,
            "Adobe",
            6,
            1,
            True,
            500_000,
        ),
        ("plain", "line", "b.png", "PNG", "LA", 16, 640, 480, True, "", 1, 1, False, 1000),
    ]
    return pd.DataFrame(rows, columns=columns.split()).assign(sha256="0" * 64)


def _checked(folder: Path, pairs: list[Pair]) -> None:
    """``shift`` finds the shifted one and doubts the hostile one, ``near`` that and the Chinese one alike."""
    findings = pd.DataFrame({"id": IDS, "verdict": VERDICTS, "stroke_width": WIDTHS})
    findings = findings.assign(coverage=COVERAGES, dx=0.0, dy=0.0)
    for check in ("decodes", "shift", "alpha", "near"):
        findings = findings.assign(**{check: 1.0, f"{check}.reason": ""})
        findings = findings.assign(**{f"{check}.where": "", f"{check}.fix": ""})
    _say(findings, 5, "decodes", 0.0, "there is no picture <here>")
    _say(findings, 4, "shift", 0.25, "shifted by 6.0 pixels", "20 16 30 32;0 0 4 4", "move it")
    _say(findings, 3, "shift", 0.75, "shifted by <1> pixel", "8 8 4 4")
    _say(findings, 2, "alpha", 1.0, "was transparent")
    for place in (1, 3):
        _say(findings, place, "near", 0.01, "nearly the same drawing (1.0% differ)")
    findings.loc[5, ["shift", "alpha", "near"]] = np.nan
    write_table(folder / "findings.csv", findings.sort_values("id"))
    rows = pd.DataFrame([dataclasses.asdict(pair) for pair in pairs])
    held = rows[4:].assign(
        check=["shift", "decodes"], reason=["shifted by 6.0 pixels", "no picture"]
    )
    nothing = dict.fromkeys(rows.columns, "") | {
        "id": "bad\nname <img src=x>",
        "width": 0,
        "height": 0,
    }
    refused = pd.DataFrame([{**nothing, "check": "decodes", "reason": "cut <short>"}])
    write_table(folder / "quarantine.csv", pd.concat([held, refused]))
    kept = rows[:4].assign(cluster=list(IDS[:4]), stroke_width=WIDTHS[:4], coverage=COVERAGES[:4])
    write_table(folder / "pairs.csv", kept.sort_values("id"))
    twice = [(CHINESE, HOSTILE, "near", 0.01), ("0031", "torn", "exact", 0.0)]
    write_table(
        folder / "duplicates.csv",
        pd.DataFrame(twice, columns=["one", "other", "kind", "difference"]),
    )
    checks = {
        "decodes": {"doubt": 0, "quarantine": 1},
        "shift": {"doubt": 1, "quarantine": 1},
        "alpha": {"doubt": 0, "quarantine": 0},
        "near": {"doubt": 0, "quarantine": 0},
    }
    write_text(folder / "summary.json", json.dumps({"pairs": 6, "checks": checks}))


def _say(
    frame: pd.DataFrame,
    place: int,
    check: str,
    score: float,
    reason: str,
    where: str = "",
    fix: str = "",
) -> None:
    columns = [check, *(f"{check}.{name}" for name in ("reason", "where", "fix"))]
    frame.loc[place, columns] = [score, reason, where, fix]


def _splits(data: Path, pairs: list[Pair]) -> None:
    kept = pd.read_csv(data / "checked" / "pairs.csv", dtype={"id": str})
    for split, ids in SPLITS.items():
        write_table(data / "splits" / f"{split}.csv", kept[kept["id"].isin(ids)])
    left_out = pd.DataFrame(columns=["id", "reason"])
    write_table(data / "splits" / "left_out.csv", left_out)


def _augmented(folder: Path) -> None:
    """Every kept drawing and one child of it."""
    rows = []
    for split, parents in SPLITS.items():
        members = []
        for parent in parents:
            for number in (0, 1):
                render, line, digest = encode_child(*drawing(10 + number))
                recipe = '[{"op":"stains","strength":0.5,"seed":7}]' if number else "[]"
                key, shard = f"{parent}-{number}", f"{split}-000000.tar"
                child = Child(key, parent, number, split, parent, shard, SIDE, SIDE, digest, recipe)
                members.append((child, render, line))
                rows.append(dataclasses.asdict(child))
        write_shard(folder / f"{split}-000000.tar", members)
    write_table(folder / TABLE, pd.DataFrame(rows))
