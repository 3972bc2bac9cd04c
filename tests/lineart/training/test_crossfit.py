"""No network reads what it was trained on, and an interrupted round goes on where it stopped."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.pictures.images import read_line
from lineart.runs import write_json
from lineart.sets.pairs import read_table
from lineart.sets.shards import Shards
from lineart.training import crossfit
from lineart.training.crossfit import cross_predict, deal
from lineart.training.settings import TrainSettings

QUICK = TrainSettings(
    preset="tiny", epochs=1, crop=32, batch=4, warmup=1, epoch_pictures=1, validate_pictures=1
)


def test_a_deal_keeps_clusters_whole_and_folds_alike():
    clusters = [f"c{number % 13}" for number in range(40)] + ["large"] * 10
    folds = deal(clusters, 3, seed=0)
    assert len({(cluster, fold) for cluster, fold in zip(clusters, folds, strict=True)}) == 14
    sizes = Counter(folds)
    assert sorted(sizes) == [0, 1, 2]
    assert max(sizes.values()) - min(sizes.values()) <= 4
    assert deal(clusters[::-1], 3, seed=0) == folds[::-1]
    assert deal(clusters, 3, seed=1) != folds


def test_fewer_clusters_than_folds_are_refused():
    with pytest.raises(InputError, match="2 groups of drawings cannot be dealt into 3 folds"):
        deal(["a", "b", "a"], 3, seed=0)


@pytest.fixture
def pairs(save, box):
    """Twelve boxes, each further to the right than the last."""
    return [save(f"d{number:02d}", box(left=4 * number)) for number in range(12)]


FOLDS = [number % 3 for number in range(12)]


@pytest.fixture
def toys(monkeypatch):
    """Networks that draw nothing, and a record of what each was trained on."""
    seen = []

    def train(name, settings, data, out, work):
        table = read_table(data / "children.csv")
        seen.append({split: set(part["parent"]) for split, part in table.groupby("split")})
        assert len(Shards(data, "train")[0][1]) == 96  # the pictures can be read
        write_json(out / "summary.json", {"fold": len(seen)})

    monkeypatch.setattr(crossfit, "train", train)
    monkeypatch.setattr(crossfit, "load_network", lambda run: run)
    monkeypatch.setattr(crossfit, "NetworkExtractor", lambda run: lambda render: 1 - render[..., 2])
    return seen


def test_every_pair_is_read_by_the_network_that_has_not_seen_it(pairs, toys, tmp_path):
    out, work, told = tmp_path / "out", tmp_path / "work", []
    cross_predict(
        "clearnet", pairs, FOLDS, tmp_path, QUICK, work, out, lambda *way: told.append(way)
    )
    names = {pair.id for pair in pairs}
    for fold, sets in enumerate(toys):
        own = {pair.id for pair, its in zip(pairs, FOLDS, strict=True) if its == fold}
        assert sets["train"] | sets["val"] == names - own
        assert not sets["train"] & sets["val"]
        assert sets["val"]
    assert {path.stem for path in out.iterdir()} == names
    # What the toy draws is what is not blue: paper is white, the box yellow.
    prediction = read_line(out / "d03.png")
    assert np.unique(np.nonzero(prediction)[1]).tolist() == list(range(12, 60))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert list(work.iterdir()) == []


def test_an_interrupted_round_goes_on_after_the_folds_it_has(pairs, toys, tmp_path):
    out, work = tmp_path / "out", tmp_path / "work"

    def stop(done, count):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cross_predict("clearnet", pairs, FOLDS, tmp_path, QUICK, work, out, stop)
    assert not out.exists()
    assert len(toys) == 2
    cross_predict("clearnet", pairs[::-1], FOLDS[::-1], tmp_path, QUICK, work, out)
    assert len(toys) == 3
    assert len(list(out.iterdir())) == 12
    cross_predict("clearnet", pairs, FOLDS, tmp_path, QUICK, work, out)
    assert len(toys) == 6  # what is over is not remembered


def test_other_settings_start_anew(pairs, toys, tmp_path):
    def stop(done, count):
        raise KeyboardInterrupt

    for model in ("clearnet", "teed"):
        with pytest.raises(KeyboardInterrupt):
            cross_predict(
                model, pairs, FOLDS, tmp_path, QUICK, tmp_path / "work", tmp_path / "out", stop
            )
    assert len(toys) == 2
    assert len(list((tmp_path / "work").iterdir())) == 2


def test_real_networks_answer_the_same_again(pairs, tmp_path):
    answers = []
    for out in (tmp_path / "one", tmp_path / "two"):
        folds = [number % 2 for number in range(6)]
        cross_predict("clearnet", pairs[:6], folds, tmp_path, QUICK, tmp_path / "work", out)
        answers.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert len(answers[0]) == 6
    assert answers[0] == answers[1]
