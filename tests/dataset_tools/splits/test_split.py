import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataset_tools.splits.duplicates import DuplicateSettings, fingerprint_pairs
from dataset_tools.splits.split import (
    Division,
    SplitSettings,
    check_leaks,
    recorded,
    split_pairs,
    write_splits,
)
from lineart.errors import InputError
from lineart.pictures.images import Picture
from lineart.sets.pairs import Pair, read_table

SETTINGS = SplitSettings()


def table(names: list[str], each: int = 1, seed: int = 0) -> pd.DataFrame:
    """Clusters of ``each`` drawings, of strokes and ink that their names and the seed decide."""
    ids = [f"{name}-{number}" for name in names for number in range(each)]
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": ids,
            "group": ids,
            "source": "drawn",
            "cluster": [id.rpartition("-")[0] for id in ids],
            "stroke_width": rng.gamma(4, 1, len(ids)),
            "coverage": rng.beta(2, 18, len(ids)),
        }
    )


def places(division: Division) -> dict[str, str]:
    return {id: name for name, part in division.splits.items() for id in part["id"]}


def numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:03d}" for number in range(count)]


@pytest.mark.parametrize(("each", "clusters"), [(1, 400), (3, 100)])
def test_shares_are_exact_and_clusters_whole(each: int, clusters: int) -> None:
    frame = table(numbered("c", clusters), each)
    division = split_pairs(frame, SETTINGS)
    assert sorted(places(division)) == sorted(frame["id"])
    held = [set(part["cluster"]) for part in division.splits.values()]
    assert sum(map(len, held)) == clusters
    for name, share in zip(division.splits, (0.6, 0.3, 0.1), strict=True):
        # Off by one at most, where clusters are of one drawing; by half a cluster where of three.
        wanted, found = share * len(frame), len(division.splits[name])
        assert abs(found - wanted) <= max(1, each / 2)
        assert division.splits[name]["id"].is_monotonic_increasing
    for counts in division.summary["strata"].values():
        total = sum(counts.values())
        for name, share in zip(division.splits, (0.6, 0.3, 0.1), strict=True):
            assert abs(counts[name] - share * total) < 1.5 * each + 0.5


def test_each_source_is_dealt_in_the_same_shares() -> None:
    frame = table(numbered("c", 400))
    frame["source"] = ["many"] * 300 + ["few"] * 100
    division = split_pairs(frame, SETTINGS)
    for source, total in (("many", 300), ("few", 100)):
        counts = division.summary["sources"][source]
        for name, share in (("train", 0.6), ("val", 0.3), ("test", 0.1)):
            # nine strata, each off by one at most and in both directions
            assert abs(counts[name] - share * total) <= 4
            assert counts[name] == (division.splits[name]["source"] == source).sum()
    assert "sources" not in split_pairs(table(numbered("c", 40)), SETTINGS).summary


def test_the_order_of_the_rows_does_not_matter() -> None:
    frame = table(numbered("c", 60))
    once = split_pairs(frame, SETTINGS)
    again = split_pairs(frame.sample(frac=1, random_state=0), SETTINGS)
    assert places(once) == places(again)
    pd.testing.assert_frame_equal(once.record, again.record)
    assert once.summary == again.summary


@pytest.mark.parametrize("more", [6, 30, 600])
def test_adding_drawings_moves_none(more: int) -> None:
    frame = table(numbered("c", 60))
    before = split_pairs(frame, SETTINGS)
    longer = pd.concat([frame, table(numbered("b", more), seed=1)])
    after = split_pairs(longer, SETTINGS, before.record)
    assert places(after).items() >= places(before).items()
    assert (after.summary["remembered"], after.summary["new"]) == (60, more)
    assert abs(len(after.splits["train"]) - 0.6 * (60 + more)) <= 1


def test_without_a_record_an_added_drawing_may_move_others() -> None:
    """What the record is for: shares cannot be exact and each drawing be decided by itself."""
    names = numbered("c", 60)
    alone = places(split_pairs(table(names), SETTINGS))
    longer = pd.concat([table(names), table(numbered("b", 6), seed=1)])
    anew = places(split_pairs(longer, SETTINGS))
    assert any(anew[id] != split for id, split in alone.items())


def test_a_drawing_that_comes_back_comes_back_to_its_split() -> None:
    frame = table(numbered("c", 60))
    first = split_pairs(frame, SETTINGS)
    without = split_pairs(frame[5:], SETTINGS, first.record)
    pd.testing.assert_frame_equal(without.record, first.record)
    assert places(split_pairs(frame, SETTINGS, without.record)) == places(first)


def test_a_second_run_changes_nothing() -> None:
    frame = table(numbered("c", 60))
    first = split_pairs(frame, SETTINGS)
    second = split_pairs(frame, SETTINGS, first.record)
    assert places(second) == places(first)
    pd.testing.assert_frame_equal(second.record, first.record)


@pytest.mark.parametrize("other", [SplitSettings(seed=1), SplitSettings((8.0, 1.0, 1.0))])
def test_another_rule_decides_anew(other: SplitSettings) -> None:
    frame = table(numbered("c", 60))
    record = split_pairs(frame, SETTINGS).record
    division = split_pairs(frame, other, record)
    assert places(division) == places(split_pairs(frame, other))
    assert division.summary["remembered"] == 0
    assert set(division.record["rule"]) == {other.rule}


@pytest.mark.parametrize("settings", [SETTINGS, SplitSettings(seed=1)])
def test_what_was_trained_on_at_another_size_is_not_tested(settings: SplitSettings) -> None:
    """Whatever the seed; the shares hold all the same, and what was tested there is tested here first."""
    large = table(numbered("c", 400))
    trained = split_pairs(large, SETTINGS).record
    small = large[::4]
    division = split_pairs(small, settings, None, (), trained)
    for (name, part), wanted in zip(division.splits.items(), (60, 30, 10), strict=True):
        assert abs(len(part) - wanted) <= 1, name
    for counts in division.summary["strata"].values():
        total = sum(counts.values())
        for name, share in zip(division.splits, (0.6, 0.3, 0.1), strict=True):
            assert abs(counts[name] - share * total) < 2
    before = dict(zip(trained["id"], trained["split"], strict=True))
    tested = [before[id] for id in division.splits["test"]["id"]]
    assert "train" not in tested
    plain = split_pairs(small, SplitSettings(seed=2)).splits["test"]["id"].map(before)
    assert tested.count("test") > (plain == "test").sum()
    # What is decided here stays decided; a new drawing of a group that was trained on is not tested either.
    again = split_pairs(small, settings, division.record, (), trained)
    assert places(again) == places(division)
    one = trained.loc[trained["split"] == "train", "group"].iloc[0]
    siblings = table(numbered("n", 90)).assign(group=one)
    longer = pd.concat([small[small["group"] != one], siblings])
    found = split_pairs(longer, settings, None, (), trained)
    assert not found.splits["test"]["id"].str.startswith("n").any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"record": "train.csv"}, r"split\.record is 'train\.csv'"),
        ({"record": "../record.csv"}, r"split\.record"),
        ({"trained": "record.txt"}, r"split\.trained"),
        ({"trained": "record.csv"}, "another than the record"),
    ],
)
def test_a_record_is_a_file_beside_the_splits(changes: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        SplitSettings(**changes)  # type: ignore[arg-type]


def test_the_same_shares_in_other_numbers_are_the_same_rule() -> None:
    assert SplitSettings((60.0, 30.0, 10.0)).rule == SETTINGS.rule


def test_a_bridge_is_left_out_with_its_reason() -> None:
    frame = table(numbered("c", 60))
    first = split_pairs(frame, SETTINGS)
    one, other = first.splits["train"]["id"].iloc[0], first.splits["test"]["id"].iloc[0]
    bridge = table(["new"]).assign(id="new")
    longer = pd.concat([frame, bridge])
    joined = longer["id"].isin([one, other, "new"])
    longer.loc[joined, "cluster"] = "all one"
    division = split_pairs(longer, SETTINGS, first.record, [(one, "new"), ("new", other)])
    assert places(division) == places(first)
    (row,) = division.left_out.to_dict("records")
    assert row["id"] == "new"
    assert row["reason"] == f"one with '{one}' in train and with '{other}' in test"
    assert division.summary["left_out"] == 1
    assert "new" not in set(division.record["id"])
    clusters = [set(part["cluster"]) for part in division.splits.values()]
    assert not clusters[0] & clusters[2]


def test_an_empty_split_is_refused() -> None:
    with pytest.raises(InputError, match=r"'test' is empty: 2 pairs in 2 clusters"):
        split_pairs(table(["dog", "cat"]), SETTINGS)
    with pytest.raises(InputError, match="no column cluster"):
        split_pairs(table(["a"]).drop(columns="cluster"), SETTINGS)
    with pytest.raises(InputError, match="table of pairs is empty"):
        split_pairs(table([]), SETTINGS)


@pytest.mark.parametrize("ratios", [(6, 3), (6, 3, 0), (1, -1, 1)])
def test_wrong_ratios_are_refused(ratios: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match=r"split\.ratios"):
        SplitSettings(ratios=ratios)


def test_leaks_are_found_whatever_the_cluster_says(
    box: Callable[..., tuple[Picture, Picture]], save: Callable[..., Pair], tmp_path: Path
) -> None:
    pairs = [save("a", box()), save("b", box(fill=(0, 1, 1))), save("c", box(side=128))]
    prints = fingerprint_pairs(pairs, tmp_path)
    frame = pd.DataFrame({"id": ["a", "b", "c"]})
    leaky = {"train": frame[:1], "val": frame[2:], "test": frame[1:2]}
    with pytest.raises(InputError, match="'a' and 'b' are nearly the same drawing") as caught:
        check_leaks(leaky, prints, DuplicateSettings())
    assert "one is in train and the other in test" in str(caught.value)
    tight = {"train": frame[:2], "val": frame[2:]}
    check_leaks(tight, prints, DuplicateSettings())
    with pytest.raises(InputError, match="'a' is in train and in test"):
        check_leaks({"train": frame[:2], "test": frame[:1]}, prints, DuplicateSettings())
    with pytest.raises(InputError, match="'a' and 0 more pairs were not looked at"):
        check_leaks(tight, prints[1:], DuplicateSettings())


def test_write_splits(tmp_path: Path) -> None:
    division = split_pairs(table(numbered("c", 30)), SETTINGS)
    for run in ("one", "two"):
        write_splits(tmp_path / run, division, "record.csv")
    for name in ("train", "val", "test", "left_out", "record"):
        file = f"{name}.csv"
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    summary = json.loads((tmp_path / "one" / "summary.json").read_text())
    assert sum(summary[name]["pairs"] for name in division.splits) == 30
    assert summary["new"] == 30
    found = read_table(tmp_path / "one" / "val.csv")["id"].tolist()
    assert found == division.splits["val"]["id"].tolist()
    record, trained = recorded(tmp_path / "one", SETTINGS)
    pd.testing.assert_frame_equal(record, division.record)
    assert trained is None
    assert recorded(tmp_path / "none", SETTINGS)[0].empty
    with pytest.raises(InputError, match=r"no .*record-big\.csv.*`split\.trained: null`"):
        recorded(tmp_path / "one", SplitSettings(trained="record-big.csv"))
