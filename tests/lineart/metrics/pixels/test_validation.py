"""The threshold is chosen where F is best, and every validation picture has its scores."""

import numpy as np
import pytest

from lineart.metrics.pixels.validation import validate
from lineart.sets.pairs import read_table
from lineart.sets.shards import Shards


def test_the_threshold_is_the_middle_of_the_best(tiny_set, tmp_path):
    """A prediction of 0.2 on paper and 0.6 on ink is right at every threshold in (0.2, 0.6]."""
    shards = Shards(tiny_set, "val")
    lines = iter([shards[index][1] for index in (0, 5)])

    def extract(render):
        return np.where(next(lines) > 127, 0.6, 0.2).astype(np.float32)

    found = validate(extract, shards, 2)
    assert found.f == 1
    assert found.threshold == pytest.approx(0.41, abs=0.011)
    assert found.means["f"] == 1
    assert found.pictures["mae"].between(0.2, 0.4).all()
    found.write(tmp_path)
    table = read_table(tmp_path / "validation.csv")
    assert table[["key", "parent", "child"]].to_numpy().tolist() == [
        ["val000-0", "val000", 0],
        ["val002-1", "val002", 1],
    ]
    assert table["mae"].mean() == pytest.approx(found.means["mae"], abs=1e-6)
