import json

import pandas as pd
import pytest

from dataset_tools.duplicates import DuplicateSettings, fingerprint_pairs
from dataset_tools.split import SplitSettings, check_leaks, split_of, split_pairs, write_splits
from lineart.errors import InputError
from lineart.pairs import read_table

SETTINGS = SplitSettings()


def table(clusters):
    return pd.DataFrame({"id": [f"d{n:03d}" for n in range(len(clusters))], "cluster": clusters})


@pytest.mark.parametrize(
    ("cluster", "seed", "split"),
    [
        # printf '0:dog' | sha256sum -> 1efaba..., that is 0x1e / 256 = 0.12: below 0.6, train
        ("dog", 0, "train"),
        ("owl", 0, "train"),  # 7ceae6...: 0.49
        ("ant", 0, "train"),  # 988c57...: 0.596, just below
        ("elk", 0, "val"),  # b7c4dd...: 0.72
        ("cat", 0, "test"),  # ecddd8...: 0.93
        ("fox", 0, "test"),  # e81ad2...: 0.907, just above 0.9
        ("cat", 1, "val"),  # ccc27c...: 0.80
    ],
)
def test_split_by_hand(cluster, seed, split):
    assert split_of(cluster, SplitSettings(seed=seed)) == split


def test_ratios_are_kept_on_many():
    names = [split_of(str(n), SETTINGS) for n in range(4000)]
    # Four standard deviations of a binomial of 4,000 are 0.031, 0.029, 0.019.
    assert names.count("train") / 4000 == pytest.approx(0.6, abs=0.031)
    assert names.count("val") / 4000 == pytest.approx(0.3, abs=0.029)
    assert names.count("test") / 4000 == pytest.approx(0.1, abs=0.019)


def test_clusters_stay_whole_and_every_pair_is_somewhere():
    frame = table([f"c{n // 3}" for n in range(150)])
    splits = split_pairs(frame.sample(frac=1, random_state=0), SETTINGS)
    assert sorted(pd.concat(splits.values())["id"]) == frame["id"].tolist()
    clusters = [set(part["cluster"]) for part in splits.values()]
    assert sum(map(len, clusters)) == 50
    assert all(part["id"].is_monotonic_increasing for part in splits.values())


def test_adding_drawings_moves_none():
    names = [f"c{n}" for n in range(60)]
    before = split_pairs(table(names), SETTINGS)
    after = split_pairs(table(names + [f"new{n}" for n in range(30)]), SETTINGS)
    for name, part in before.items():
        assert set(part["cluster"]) <= set(after[name]["cluster"])


def test_an_empty_split_is_refused():
    with pytest.raises(InputError, match=r"'val' is empty: 2 pairs in 2 clusters"):
        split_pairs(table(["dog", "cat"]), SETTINGS)
    with pytest.raises(InputError, match="no column cluster"):
        split_pairs(table(["a"]).drop(columns="cluster"), SETTINGS)


@pytest.mark.parametrize("ratios", [(6, 3), (6, 3, 0), (1, -1, 1)])
def test_wrong_ratios_are_refused(ratios):
    with pytest.raises(InputError, match=r"split\.ratios"):
        SplitSettings(ratios=ratios)


def test_leaks_are_found_whatever_the_cluster_says(box, save, tmp_path):
    pairs = [save("a", box()), save("b", box(fill=(0, 1, 1))), save("c", box(side=128))]
    prints = fingerprint_pairs(pairs, tmp_path)
    # The clusters claim that all is well.
    frame = pd.DataFrame({"id": ["a", "b", "c"], "cluster": ["dog", "cat", "elk"]})
    leaky = split_pairs(frame, SETTINGS)
    with pytest.raises(InputError, match="'a' and 'b' are nearly the same drawing") as caught:
        check_leaks(leaky, prints, DuplicateSettings())
    assert "one is in train and the other in test" in str(caught.value)
    tight = {"train": frame[:2], "val": frame[2:]}
    check_leaks(tight, prints, DuplicateSettings())
    with pytest.raises(InputError, match="'a' is in train and in test"):
        check_leaks({"train": frame[:2], "test": frame[:1]}, prints, DuplicateSettings())
    with pytest.raises(InputError, match="'a' and 0 more pairs were not looked at"):
        check_leaks(tight, prints[1:], DuplicateSettings())


def test_write_splits(tmp_path):
    frame = table([f"c{n}" for n in range(30)])
    splits = split_pairs(frame, SETTINGS)
    for run in ("one", "two"):
        write_splits(tmp_path / run, splits)
    for name in ("train.csv", "val.csv", "test.csv", "summary.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    summary = json.loads((tmp_path / "one" / "summary.json").read_text())
    assert sum(part["pairs"] for part in summary.values()) == 30
    assert read_table(tmp_path / "one" / "val.csv")["id"].tolist() == splits["val"]["id"].tolist()
