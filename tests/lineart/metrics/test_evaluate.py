"""Evaluation of methods whose scores are known."""

import json

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.images import read_line
from lineart.metrics.evaluate import EvaluateSettings, best_threshold, evaluate, measure_speed
from lineart.pairs import read_table
from lineart.runs import write_json
from lineart.shards import Shards

QUICK = EvaluateSettings(speed_size=32, speed_repeats=3)


def test_the_blank_page_scores_its_missing_ink(tiny_set, tmp_path):
    write_json(
        tmp_path / "run/settings.json", {"model": "blank", "kind": "classical", "arguments": {}}
    )
    summary = {"model": "blank", "parameters": 0, "threshold": 0.5}
    write_json(tmp_path / "run/summary.json", summary)
    scores = evaluate(tmp_path / "run", tiny_set, tmp_path / "out", QUICK)
    shards = Shards(tiny_set, "test")
    ink = [shards[index][1].mean() / 255 for index in range(4)]
    assert scores["originals"]["mae"] == pytest.approx((ink[0] + ink[2]) / 2, abs=1e-5)
    assert scores["children"]["mae"] == pytest.approx((ink[1] + ink[3]) / 2, abs=1e-5)
    assert scores["originals"]["f"] == 0
    assert read_table(tmp_path / "out/pictures.csv")["key"].tolist() == [
        child.key for child in shards.children
    ]
    assert read_line(tmp_path / "out/predictions/test000-0.png").max() == 0
    assert json.loads((tmp_path / "out/scores.json").read_text()) == scores


def test_best_threshold_is_the_middle_of_the_best(tiny_set):
    """A prediction of 0.2 on paper and 0.6 on ink is right at every threshold in (0.2, 0.6]."""
    shards = Shards(tiny_set, "val")
    lines = iter([shards[index][1] for index in range(2)])

    def extract(render):
        return np.where(next(lines) > 127, 0.6, 0.2).astype(np.float32)

    threshold, f = best_threshold(extract, shards, [0, 1])
    assert f == 1
    assert threshold == pytest.approx(0.41, abs=0.011)


def test_speed_names_what_it_holds_for():
    speed = measure_speed(lambda render: render[..., 0], 32, 3)
    assert speed["pictures_per_second"] > 0
    assert (speed["size"], speed["device"], speed["precision"]) == (32, "cpu", "float32")


def test_a_folder_without_a_run(tiny_set, tmp_path):
    with pytest.raises(InputError, match=r"There is no .*summary\.json"):
        evaluate(tmp_path, tiny_set, tmp_path / "out", QUICK)
