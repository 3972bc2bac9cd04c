"""The disagreement of a prediction and a line art, on drawings whose answer is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dataset_tools.disagreement import (
    Disagreement,
    DisagreeSettings,
    compare,
    disagreement,
    mean_width,
    rank,
    reason,
    stand_out,
    summary_of,
    surplus,
)
from lineart.errors import InputError
from lineart.pictures.images import write_line


def bars(*columns, side=128, width=6):
    """Upright strokes 96 pixels long that begin at these columns."""
    line = np.zeros((side, side), np.float32)
    for column in columns:
        line[16:112, column : column + width] = 1
    return line


def soft_ring(dx=0.0, dy=0.0, radius=36, width=6, side=128):
    y, x = np.mgrid[:side, :side].astype(np.float32)
    distance = np.abs(np.hypot(x - side / 2 - dx, y - side / 2 - dy) - radius)
    return np.clip((width + 1) / 2 - distance, 0, 1)


@pytest.mark.parametrize("line", [bars(20, 80), soft_ring(), np.zeros((64, 48), np.float32)])
def test_equal_pictures_agree(line):
    found = disagreement(line, line)
    assert (found.missing, found.extra, found.displaced) == (0, 0, 0)
    assert not found.where.any()


def test_the_width_of_a_stroke_follows_from_its_rims():
    assert mean_width(bars(20, width=6)) == pytest.approx(6, abs=0.5)
    assert mean_width(soft_ring(width=9)) == pytest.approx(9, abs=0.7)
    assert mean_width(np.zeros((9, 9), np.float32)) == 1


def test_a_stroke_that_the_line_art_lacks_is_missing_with_its_area():
    both, one = bars(20, 80), bars(20)
    found = disagreement(both, one)
    assert found.missing == pytest.approx(96 * 6 / mean_width(one) ** 2)
    assert found.extra == 0
    assert np.array_equal(found.where > 0, bars(80) > 0)
    assert found.coverage == pytest.approx(96 * 6 / 128**2)


def test_a_stroke_that_the_prediction_lacks_is_extra():
    both, one = bars(20, 80), bars(20)
    assert disagreement(one, both).extra == pytest.approx(96 * 6 / mean_width(both) ** 2)
    assert disagreement(one, both).missing == 0


def test_only_the_largest_piece_counts():
    assert (
        disagreement(bars(20, 60, 90), bars(20)).missing
        == disagreement(bars(20, 60), bars(20)).missing
    )


def test_a_pixel_aside_is_neither_missing_nor_extra():
    found = disagreement(bars(20), bars(21))
    assert (found.missing, found.extra) == (0, 0)
    assert surplus(bars(20), bars(22)).sum() == 96  # one column of the six is further off


def test_what_the_network_draws_in_grey_counts_for_little():
    grey = np.where(bars(80) > 0, np.float32(0.6), bars(20))
    sure, unsure = disagreement(bars(20, 80), bars(20)), disagreement(grey, bars(20))
    assert unsure.missing == pytest.approx(0.2 * sure.missing, rel=1e-4)


@pytest.mark.parametrize("way", [(0.5, 0), (0, 1), (0.7, 0.7)])
def test_a_displacement_is_measured_to_a_part_of_a_pixel(way):
    found = disagreement(soft_ring(), soft_ring(*way)).displaced
    assert found == pytest.approx(np.hypot(*way), rel=0.2)


def test_a_displacement_counts_where_it_is_most():
    far, near = soft_ring(radius=24, side=512), soft_ring(1, 0, radius=24, side=512)
    still = np.roll(far, (-180, -180), (0, 1))
    assert disagreement(np.maximum(far, still), np.maximum(near, still)).displaced == pytest.approx(
        1, rel=0.2
    )


def made(missing=0.0, extra=0.0, displaced=0.05, coverage=0.1, stroke_width=6.0):
    where = np.zeros((40, 40), np.uint8)
    where[10:14, 20:24] = 1
    return Disagreement(missing, extra, displaced, coverage, stroke_width, where)


def test_what_is_typical_of_its_like_is_no_doubt():
    """Full pages are always half a pixel off here; a thin one that is as far off stands out."""
    full = [made(displaced=0.5 + 0.001 * at, coverage=0.4) for at in range(50)]
    thin = [made(displaced=0.1 + 0.001 * at, coverage=0.02) for at in range(49)]
    found = [*full, *thin, made(displaced=0.5, coverage=0.02)]
    table = rank([f"{at:03d}" for at in range(100)], found, [0] * 100)
    assert table["id"].iloc[0] == "099"
    assert table["rank"].tolist() == list(range(1, 101))
    assert "0.5 pixels" in table["reason"].iloc[0]
    assert table["disagreement"].iloc[1] < 0.5 * table["disagreement"].iloc[0]


def test_the_table_names_fold_measure_and_place():
    plain = [f"plain{at:02d}" for at in range(40)]
    found = [made(), made(extra=3.0), made(missing=1.0), *[made()] * 40]
    table = rank(["a", "b", "c", *plain], found, [0, 1, 2, *[2] * 40]).set_index("id")
    assert [table.loc[name, "rank"] for name in "bca"] == [1, 2, 3]
    assert table.loc["b", "disagreement"] == pytest.approx(3.0 / 0.2)  # in fifths of a square
    assert table.loc["b", "fold"] == 1
    assert table.loc["b", "reason"] == reason("extra", 3.0)
    assert "3.0 squares" in table.loc["b", "reason"]
    x, y, width, height = map(int, table.loc["b", "where"].split())
    assert (x <= 20, y <= 10, x + width >= 24, y + height >= 14) == (True,) * 4
    assert table.loc["a", "disagreement"] == 0
    summary = summary_of(table.reset_index(), DisagreeSettings())
    assert summary["pairs"] == 43
    assert summary["folds"] == [1, 1, 41]
    assert summary["out_of_line"] == 2
    assert summary["settings"]["folds"] == 3


def test_equal_doubts_are_ordered_by_name():
    table = rank(["b", "c", "a"], [made()] * 3, [0] * 3)
    assert table["id"].tolist() == ["a", "b", "c"]


def test_one_pair_alone_stands_out_from_nothing():
    table = rank(["a"], [made(missing=9.0)], [0])
    assert table["disagreement"].tolist() == [0]
    assert stand_out(table).shape == (1, 3)


def test_pairs_are_compared_with_their_predictions(save, box, tmp_path):
    render, line = box()
    pair = save("a", (render, line))
    write_line(tmp_path / "predictions" / "a.png", np.zeros_like(line))
    (found,) = compare([pair], tmp_path, tmp_path / "predictions")
    assert found.extra == pytest.approx(704 / mean_width(line) ** 2)
    with pytest.raises(InputError, match="There is no picture"):
        compare([save("b", (render, line))], tmp_path, tmp_path / "predictions")


@pytest.mark.parametrize("change", [{"folds": 1}, {"epochs": 0}, {"crop": 16}, {"batch": 0}])
def test_a_wrong_setting_is_named(change):
    with pytest.raises(InputError, match=f"disagree.{next(iter(change))}"):
        DisagreeSettings(**change)


def test_opencv_may_use_any_number_of_threads():
    one, other = soft_ring(side=256), soft_ring(1, side=256)
    threads = cv2.getNumThreads()
    try:
        found = []
        for count in (1, 2):
            cv2.setNumThreads(count)
            found.append(disagreement(one, other).displaced)
    finally:
        cv2.setNumThreads(threads)
    assert found[0] == found[1]
