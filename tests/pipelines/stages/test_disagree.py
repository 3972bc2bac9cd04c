"""The stage disagree ranks the checked pairs by predictions that have not seen them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dataset_tools.disagreement import DisagreeSettings
from lineart.pictures.images import write_line
from lineart.runs import read_json
from lineart.sets.pairs import read_table, write_pairs, write_table
from pipelines.stages import disagree as stage


@pytest.fixture
def project(tmp_path, monkeypatch, save, box):
    """Eight boxes, of which one has a line art without its right side; what reads them knows all sides."""
    pairs, whole = [], {}
    for number in range(8):
        render, line = box(left=4 * number)
        whole[f"d{number}"] = line.copy()
        if number == 5:
            line[:, 4 * number + 40 :] = 0
        pairs.append(save(f"d{number}", (render, line)))
    write_pairs(tmp_path / "pairs.csv", pairs)
    table = read_table(tmp_path / "pairs.csv")
    clusters = pd.Series([f"c{number // 2}" for number in range(8)])
    write_table(tmp_path / "checked" / "pairs.csv", table.assign(cluster=clusters))
    calls = []

    def cross_predict(model, rows, folds, folder, settings, work, out, on_fold):
        calls.append((model, folds, settings, work))
        for row in rows:
            write_line(out / f"{row.id}.png", np.asarray(whole[row.id], np.float32))

    monkeypatch.setattr(stage, "cross_predict", cross_predict)
    params = "disagree: {folds: 2, epochs: 3, seed: 7}\npipelines: {workers: 1}\n"
    (tmp_path / "params.yaml").write_text(params)
    return tmp_path, calls


def run(place):
    names = {name: str(place / name) for name in ("checked", "out", "runs")}
    return stage.disagree.fn(params=str(place / "params.yaml"), pairs=str(place), **names)


def test_the_faulty_line_art_comes_first_with_reason_and_place(project):
    place, calls = project
    said = run(place)
    doubts = read_table(place / "out" / "doubts.csv")
    assert list(doubts.columns[:5]) == ["id", "rank", "disagreement", "fold", "reason"]
    assert doubts["id"].iloc[0] == "d5"
    assert said.startswith(
        "8 pairs ranked; most doubtful is 'd5': the network sees ink that the line art lacks"
    )
    x, y, width, height = map(int, doubts["where"].iloc[0].split())
    assert x + width / 2 == pytest.approx(20 + 45, abs=4)  # the middle of the right side
    assert y + height / 2 == pytest.approx(48, abs=2)
    assert doubts["disagreement"].iloc[1] == 0
    assert len(list((place / "out" / "predictions").iterdir())) == 8
    summary = read_json(place / "out" / "summary.json")
    assert (summary["pairs"], summary["folds"], summary["out_of_line"]) == (8, [4, 4], 1)
    ((model, folds, settings, work),) = calls
    assert (model, settings.preset, settings.epochs, settings.seed) == ("clearnet", "tiny", 3, 7)
    assert folds[0::2] == folds[1::2]  # relatives are in one fold
    assert work == place / "runs"


def test_the_same_again_gives_the_same_files(project):
    place, _ = project
    run(place)
    first = {path: path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()}
    run(place)
    assert first == {
        path: path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()
    }


def test_a_training_is_limited_by_its_epochs_alone():
    """A limit by the clock would give other predictions on another machine."""
    assert stage.training(DisagreeSettings()).minutes is None
