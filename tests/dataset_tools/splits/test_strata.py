import numpy as np
import pandas as pd
import pytest

from dataset_tools.splits.strata import STRATA, deal, limits_of, strata_of
from lineart.errors import InputError

RATIOS = (6, 3, 1)


def frame(widths: list[float], inks: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"stroke_width": widths, "coverage": inks})


def test_thirds_by_hand() -> None:
    table = frame([1, 2, 3, 4, 5, 6], [0.1, 0.1, 0.1, 0.1, 0.1, 0.6])
    limits = limits_of(table)
    # Of the inks five are one value: 5 / 6 is what comes nearest to a third, and to two.
    assert limits == {"stroke_width": [2, 4], "coverage": [0.1, 0.1]}
    names = [STRATA[place] for place in strata_of(table, limits)]
    assert names[:5] == ["thin, sparse"] * 2 + ["medium, sparse"] * 2 + ["bold, sparse"]
    assert names[5] == "bold, dense"


def test_a_measure_that_is_missing() -> None:
    with pytest.raises(InputError, match="no column coverage; run the stage qa"):
        limits_of(pd.DataFrame({"stroke_width": [1.0]}))


def test_ten_single_drawings_by_hand() -> None:
    dealt = deal(np.ones((10, 1), np.int64), np.zeros((3, 1), np.int64), RATIOS)
    assert [dealt.count(split) for split in range(3)] == [6, 3, 1]
    assert dealt[0] == 0  # 0.6 of the drawings are missing there


def test_a_large_cluster_goes_where_it_fits() -> None:
    """Twelve of twenty wanted in train: the cluster of nine has room nowhere else, wherever it stands."""
    counts = np.array([[1]] * 11 + [[9]])
    dealt = deal(counts, np.zeros((3, 1), np.int64), RATIOS)
    assert dealt[-1] == 0
    assert [dealt[:11].count(split) for split in range(3)] == [3, 6, 2]


def test_what_is_there_counts() -> None:
    have = np.array([[6], [0], [0]])
    dealt = deal(np.ones((4, 1), np.int64), have, RATIOS)
    assert [dealt.count(split) for split in range(3)] == [0, 3, 1]


def test_a_bias_by_hand() -> None:
    """Of ten, five may not be tested and five go there first: one is wanted there, and it is one of these."""
    ones, none = np.ones((10, 1), np.int64), np.zeros((3, 1), np.int64)
    bias = np.array([[0, 0, -1]] * 5 + [[0, 0, 1]] * 5)
    dealt = deal(ones, none, RATIOS, bias)
    assert [dealt.count(split) for split in range(3)] == [6, 3, 1]
    assert dealt.index(2) == 5
    # Where all are barred nobody is tested, however much is lacking.
    dealt = deal(ones, none, RATIOS, np.array([[0, 0, -1]] * 10))
    assert [dealt.count(split) for split in range(3)] == [7, 3, 0]


def test_who_goes_first_overfills_no_stratum() -> None:
    """Of two strata of ten, all who would like to be tested are in the first."""
    counts = np.repeat(np.eye(2, dtype=np.int64), 10, axis=0)
    bias = np.zeros((20, 3), np.int64)
    bias[:10, 2] = 1
    dealt = np.array(deal(counts, np.zeros((3, 2), np.int64), RATIOS, bias))
    held = [counts[dealt == split].sum(axis=0).tolist() for split in range(3)]
    assert held[2] == [1, 1]
    assert abs(np.array(held) - [[6, 6], [3, 3], [1, 1]]).max() <= 1


@pytest.mark.parametrize("seed", range(5))
def test_every_stratum_gets_its_share(seed: int) -> None:
    """Where clusters are small, every count is within two drawings of its share, each split within one."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((300, len(STRATA)), np.int64)
    for row in counts:
        row[rng.integers(len(STRATA))] = rng.choice([1, 1, 1, 2, 4])
    dealt = np.array(deal(counts, np.zeros((3, len(STRATA)), np.int64), RATIOS))
    held = np.array([counts[dealt == split].sum(axis=0) for split in range(3)])
    error = held - np.outer(RATIOS, counts.sum(axis=0)) / 10
    assert abs(error).max() < 2
    assert abs(error.sum(axis=1)).max() <= 1


def test_equals_go_to_the_first() -> None:
    assert deal(np.ones((1, 1), np.int64), np.zeros((2, 1), np.int64), (1, 1)) == [0]
    # A third each is no exact fraction, and still a tie is a tie.
    dealt = deal(np.ones((3, 1), np.int64), np.zeros((3, 1), np.int64), (1, 1, 1))
    assert dealt == [0, 1, 2]
