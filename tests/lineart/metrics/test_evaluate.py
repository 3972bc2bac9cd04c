"""Evaluation of methods whose scores are known."""

import json

import pytest

from lineart.errors import InputError
from lineart.metrics.evaluate import (
    EvaluateSettings,
    evaluate,
    predict,
    write_scores,
)
from lineart.metrics.scored import read_scored
from lineart.metrics.scoring import score_pictures
from lineart.metrics.table import SCORES
from lineart.models import create_model
from lineart.models.parts.cost import multiply_adds
from lineart.pictures.images import read_line
from lineart.runs import save_weights, write_json
from lineart.sets.pairs import read_table
from lineart.sets.shards import Shards

QUICK = EvaluateSettings(speed_size=32, speed_repeats=3)


@pytest.fixture
def blank(tmp_path):
    """A run of the method that draws nothing."""
    settings = {"model": "blank", "kind": "classical", "arguments": {}}
    write_json(tmp_path / "run/settings.json", settings)
    summary = {"model": "blank", "parameters": 0, "threshold": 0.5}
    write_json(tmp_path / "run/summary.json", summary)
    return tmp_path / "run"


def test_the_blank_page_scores_its_missing_ink(blank, tiny_set, tmp_path):
    scores = evaluate(blank, tiny_set, tmp_path / "out", QUICK)
    shards = Shards(tiny_set, "test")
    ink = [shards[index][1].mean() / 255 for index in range(4)]
    assert scores["originals"]["mae"] == pytest.approx((ink[0] + ink[2]) / 2, abs=1e-5)
    assert scores["children"]["mae"] == pytest.approx((ink[1] + ink[3]) / 2, abs=1e-5)
    assert scores["originals"]["f"] == scores["originals"]["centre_lines_ods"] == 0
    for name in ("ods", "ois", "ap"):
        ours, of_blank = (
            scores["children"][f"{name}_background{end}"] for end in ("", "_of_blank")
        )
        assert ours == of_blank
    assert scores["multiply_adds"] is None
    assert list(scores["children"]) == ["pictures", *SCORES]
    assert read_table(tmp_path / "out/pictures.csv")["key"].tolist() == [
        child.key for child in shards.children
    ]
    assert read_line(tmp_path / "out/predictions/test000-0.png").max() == 0
    assert json.loads((tmp_path / "out/scores.json").read_text()) == scores


def test_pictures_scored_in_chunks_score_the_same(blank, tiny_set, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    scores = evaluate(blank, tiny_set, whole, QUICK)
    about = predict(blank, tiny_set, parts, QUICK)
    shards = Shards(tiny_set, "test")
    chunks = [score_pictures(chunk, shards, parts, 0.5) for chunk in ([0], [1, 2], [3])]
    again = write_scores(parts, about, [picture for chunk in chunks for picture in chunk])
    for name in ("pictures.csv", "counts.npz"):
        assert (parts / name).read_bytes() == (whole / name).read_bytes()
    assert again | {"speed": {}} == scores | {"speed": {}}


def test_the_figures_are_those_of_the_files(blank, tiny_set, tmp_path):
    scores = evaluate(blank, tiny_set, tmp_path / "out", QUICK)
    scored = read_scored(tmp_path / "out")
    for part in ("originals", "children"):
        assert {"pictures": 2, **scored.part(part).figures()} == scores[part]


def test_a_network_has_multiply_adds(tiny_set, tmp_path):
    model = create_model("teed")
    save_weights(tmp_path / "run/model.safetensors", model.state_dict())
    write_json(
        tmp_path / "run/settings.json", {"model": "teed", "kind": "network", "arguments": {}}
    )
    summary = {"model": "teed", "parameters": 1, "threshold": 0.5}
    write_json(tmp_path / "run/summary.json", summary)
    about = predict(tmp_path / "run", tiny_set, tmp_path / "out", QUICK)
    assert about["multiply_adds"] == multiply_adds(model, 32) > 0


def test_a_folder_without_a_run(tiny_set, tmp_path):
    with pytest.raises(InputError, match=r"There is no .*summary\.json"):
        evaluate(tmp_path, tiny_set, tmp_path / "out", QUICK)


def test_a_run_without_a_threshold_is_refused_before_it_is_read(blank, tiny_set, tmp_path):
    write_json(blank / "summary.json", {"model": "blank", "parameters": 0})
    with pytest.raises(InputError, match="has no threshold"):
        predict(blank, tiny_set, tmp_path / "out", QUICK)
    assert not (tmp_path / "out").exists()
