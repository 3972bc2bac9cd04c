"""The scores of a set: their files, their parts, their figures."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lineart.errors import InputError
from lineart.metrics.scored import Scored, read_scored, write_scored
from lineart.metrics.table import COUNTS, PICTURE_METRICS, SCORES


@pytest.fixture
def scored():
    """Three pictures, one a child; of 10 line pixels 2, 4 and 6 are found."""
    rows = [
        {"key": key, "parent": key[0], "child": child, **dict.fromkeys(PICTURE_METRICS, value)}
        for key, child, value in (("a-0", 0, 0.25), ("a-1", 1, 0.5), ("b-0", 0, 0.123457))
    ]
    counts = np.stack([np.tile([hits, 10, hits, 10], (99, 1)) for hits in (2, 4, 6)])
    return Scored(pd.DataFrame(rows), {name: counts for name in COUNTS})


def test_parts_and_their_figures(scored):
    originals, children = scored.part("originals"), scored.part("children")
    assert originals.pictures["key"].tolist() == ["a-0", "b-0"]
    assert children.pictures["key"].tolist() == ["a-1"]
    figures = originals.figures()
    assert list(figures) == list(SCORES)
    assert figures["mse"] == round((0.25 + 0.123457) / 2, 6)
    assert figures["centre_lines_ods"] == figures["strokes_ois"] == 0.4  # 8 of 20
    assert children.figures()["ods_background"] == 0.4
    assert scored.part("children").part("originals").figures() == {}


def test_what_is_written_is_read(scored, tmp_path):
    write_scored(tmp_path, scored)
    found = read_scored(tmp_path)
    pd.testing.assert_frame_equal(found.pictures, scored.pictures)
    for name in COUNTS:
        assert (found.counts[name] == scored.counts[name]).all()
        assert found.counts[name].dtype == np.int64
    before = (tmp_path / "counts.npz").read_bytes()
    write_scored(tmp_path, found)
    assert (tmp_path / "counts.npz").read_bytes() == before


def test_what_cannot_be_read(scored, tmp_path):
    with pytest.raises(InputError, match=r"There is no table .*pictures\.csv"):
        read_scored(tmp_path)
    write_scored(tmp_path, scored)
    (tmp_path / "counts.npz").write_bytes(b"not an archive")
    with pytest.raises(InputError, match=r"counts\.npz is damaged"):
        read_scored(tmp_path)
    (tmp_path / "counts.npz").unlink()
    with pytest.raises(InputError, match=r"There is no .*counts\.npz"):
        read_scored(tmp_path)
    write_scored(tmp_path, dataclasses.replace(scored, pictures=scored.pictures[:2]))
    with pytest.raises(InputError, match=r"3 pictures under centre_lines .* has 2 rows"):
        read_scored(tmp_path)
    write_scored(
        tmp_path, dataclasses.replace(scored, pictures=scored.pictures.drop(columns="hd95"))
    )
    with pytest.raises(InputError, match="lacks the columns hd95"):
        read_scored(tmp_path)
