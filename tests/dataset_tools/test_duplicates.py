import dataclasses

import cv2
import numpy as np
import pytest

from dataset_tools.duplicates import (
    DuplicateSettings,
    check_no_leak,
    clusters_of,
    difference_of,
    exact_duplicates,
    fingerprint,
    fingerprint_pairs,
    near_duplicates,
)
from lineart.errors import InputError

SETTINGS = DuplicateSettings()


@pytest.fixture
def prints(box, save, tmp_path):
    """Box, the box again, the box in blue, the box at twice the size, another, a blank page."""
    render, line = box()
    large = [
        cv2.resize(picture, (192, 192), interpolation=cv2.INTER_LINEAR)
        for picture in (render, line)
    ]
    cross = np.zeros_like(line)
    cross[44:52, 8:88] = cross[8:88, 44:52] = 1
    blank = np.ones_like(render), np.zeros_like(line)
    pairs = [
        save("a", (render, line)),
        save("b", (render, line)),
        save("c", box(fill=(0.6, 0.6, 1))),
        save("d", (large[0], large[1])),
        save("e", (np.repeat(1 - cross[..., None], 3, axis=2), cross)),
        save("f", blank),
    ]
    return fingerprint_pairs(pairs, tmp_path)


def test_exact_duplicates_are_equal_pixels(prints):
    assert exact_duplicates(prints) == {"b": "a"}
    assert exact_duplicates(prints[::-1]) == {"b": "a"}


def test_pixels_not_files_are_compared(box, save):
    render, line = box()
    pair = save("a", (render, line))
    assert fingerprint(pair, render, line).pixels == fingerprint(pair, render + 1e-5, line).pixels
    wide = fingerprint(pair, render.reshape(48, 192, 3), line.reshape(48, 192))
    assert wide.pixels != fingerprint(pair, render, line).pixels


def test_near_duplicates_are_recoloured_and_rescaled_but_not_other_drawings(prints):
    near = near_duplicates(prints, SETTINGS)
    assert [(one, other) for one, other, _ in near] == [
        ("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"),
    ]  # fmt: skip
    assert near[0][2] == near[1][2] == 0
    assert near == near_duplicates(prints[::-1], SETTINGS)


def test_more_than_one_block_is_compared(prints, monkeypatch):
    whole = near_duplicates(prints, SETTINGS)
    monkeypatch.setattr("dataset_tools.duplicates.BLOCK", 2)
    assert near_duplicates(prints, SETTINGS) == whole


def test_like_drawings_are_told_apart(box, save, tmp_path):
    render, line = box()
    other_render, other_line = box()
    other_line[44:48, 28:52] = 1  # a mouth
    other_render[44:48, 28:52] = 0
    prints = fingerprint_pairs(
        [save("a", (render, line)), save("b", (other_render, other_line))], tmp_path
    )
    assert near_duplicates(prints, SETTINGS) == []


def test_difference_by_hand():
    one, other = np.array([[0, 200], [0, 0]], np.uint8), np.array([[100, 100], [0, 0]], np.uint8)
    # (100 + 100) / (200 + 200); and two blank pictures are not one drawing
    assert difference_of(one, other).tolist() == [0.5, 1.0]


def test_clusters_join_groups_and_duplicates(prints):
    prints = [dataclasses.replace(item, group=g) for item, g in zip(prints, "xyzwvv", strict=True)]
    near = [("a", "c", 0.0), ("d", "c", 0.01)]
    # a, b (exact), c, d are joined: the first of x, y, z, w; e and f share their group
    assert clusters_of(prints, near) == dict(zip("abcdef", "wwwwvv", strict=True))
    assert clusters_of(prints[::-1], near[::-1]) == clusters_of(prints, near)


@pytest.mark.parametrize(
    ("apart", "message"),
    [
        ("b", "show the same render"),
        ("d", "nearly the same drawing"),
        ("e", "belong to one group, 'v'"),
    ],
)
def test_a_planted_leak_is_caught(prints, apart, message):
    prints = [dataclasses.replace(item, group=g) for item, g in zip(prints, "xyzwvv", strict=True)]
    splits = dict.fromkeys("abcdef", "train")
    check_no_leak(splits, prints, SETTINGS)
    with pytest.raises(InputError, match=f"'{apart}'.*{message}|{message}") as caught:
        check_no_leak({**splits, apart: "test"}, prints, SETTINGS)
    assert f"'{apart}'" in str(caught.value)
    assert "test" in str(caught.value)
    assert "train" in str(caught.value)


def test_settings_out_of_range_are_refused():
    with pytest.raises(InputError, match=r"qa.duplicates.bits"):
        DuplicateSettings(bits=65)
    with pytest.raises(InputError, match=r"qa.duplicates.line"):
        DuplicateSettings(line=-0.1)
