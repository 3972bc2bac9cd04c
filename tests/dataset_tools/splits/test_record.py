from pathlib import Path

import pandas as pd
import pytest

from dataset_tools.splits.record import COLUMNS, read_record, recall
from lineart.errors import InputError
from lineart.sets.pairs import write_table


def record(**split_of: str) -> pd.DataFrame:
    """Each drawing is its own group, unless it is called GROUP_NUMBER."""
    rows = [(id, id.split("_")[0], split, "rule") for id, split in split_of.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def table(**cluster_of: str) -> pd.DataFrame:
    rows = [(id, id.split("_")[0], cluster) for id, cluster in cluster_of.items()]
    return pd.DataFrame(rows, columns=["id", "group", "cluster"])


def test_what_was_decided_is_remembered_and_the_rest_is_free() -> None:
    recalled = recall(table(a="a", b="b", new="new"), record(a="val", b="train", gone="test"), ())
    assert recalled.splits == {"a": "val", "b": "train"}
    assert not recalled.left_out
    assert not recalled.clusters


def test_a_new_drawing_follows_the_cluster_it_joins() -> None:
    recalled = recall(table(a="a", near="a"), record(a="test"), [("a", "near")])
    assert recalled.splits == {"a": "test", "near": "test"}


def test_a_new_drawing_follows_a_group_whose_drawings_are_gone() -> None:
    assert recall(table(dog_2="dog"), record(dog_1="val"), ()).splits == {"dog_2": "val"}


def test_a_bridge_between_two_splits_is_left_out() -> None:
    now = table(a="a", b="a", bridge="a", tail="a")
    links = [("a", "bridge"), ("b", "bridge"), ("b", "tail"), ("a", "somebody in quarantine")]
    recalled = recall(now, record(a="train", b="val"), links)
    assert recalled.splits == {"a": "train", "b": "val", "tail": "val"}
    assert recalled.left_out == {"bridge": "one with 'a' in train and with 'b' in val"}
    assert recalled.clusters == {"a": "a", "b": "b", "tail": "b"}


def test_of_a_chain_one_link_is_enough() -> None:
    """a - c1 - c2 - b: c1 follows a, then c2 stands between two."""
    now = table(a="a", b="a", c1="a", c2="a")
    links = [("a", "c1"), ("c1", "c2"), ("b", "c2")]
    recalled = recall(now, record(a="train", b="val"), links)
    assert recalled.splits == {"a": "train", "b": "val", "c1": "train"}
    assert recalled.left_out == {"c2": "one with 'c1' in train and with 'b' in val"}


def test_what_hangs_on_a_bridge_alone_is_free() -> None:
    now = table(a="a", b="a", bridge="a", far="a", further="a")
    links = [("a", "bridge"), ("b", "bridge"), ("bridge", "far"), ("far", "further")]
    recalled = recall(now, record(a="train", b="val"), links)
    assert set(recalled.left_out) == {"bridge"}
    assert set(recalled.splits) == {"a", "b"}
    assert recalled.clusters["far"] == recalled.clusters["further"] == "far"


def test_old_drawings_that_turn_out_to_be_one_do_not_move() -> None:
    """The split that scores are compared on stays as it is; the other one loses the drawing."""
    recalled = recall(table(a="a", b="a"), record(a="train", b="test"), [("a", "b")])
    assert recalled.splits == {"b": "test"}
    assert recalled.left_out == {"a": "decided for train, but one with 'b', which stays in test"}


def test_a_group_that_two_branches_decided_differently() -> None:
    now = table(dog_1="dog", dog_2="dog", dog_3="dog")
    recalled = recall(now, record(dog_1="train", dog_2="val"), ())
    assert recalled.splits == {"dog_2": "val"}
    assert set(recalled.left_out) == {"dog_1", "dog_3"}
    assert recalled.left_out["dog_3"] == "one with its group in train and with 'dog_2' in val"


def test_old_neighbours_through_a_drawing_in_quarantine_stay() -> None:
    recalled = recall(table(a="a", b="a"), record(a="train", b="test"), [("a", "q"), ("b", "q")])
    assert recalled.splits == {"a": "train", "b": "test"}
    assert recalled.clusters == {"a": "a", "b": "b"}


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    assert read_record(path).empty
    frame = record(**{"0031": "train", "NA": "val"})
    write_table(path, frame)
    pd.testing.assert_frame_equal(read_record(path), frame)


@pytest.mark.parametrize(
    "text",
    [
        "id,split\na,train\n",
        "id,group,split,rule\na,a,training,r\n",
        "id,group,split,rule\na,a,train,r\n<<<<<<< HEAD\na,a,val,r\n",
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"is no record of a split.*git checkout"):
        read_record(path)
