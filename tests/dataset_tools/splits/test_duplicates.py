import dataclasses

import cv2
import numpy as np
import pytest

from dataset_tools.splits import duplicates
from dataset_tools.splits.duplicates import (
    Duplicate,
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
from lineart.pictures.images import to_bytes

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
    assert [(one, other, kind) for one, other, kind, _ in near] == [
        ("a", "b", "exact"), ("a", "c", "near"), ("a", "d", "near"),
        ("b", "c", "near"), ("b", "d", "near"), ("c", "d", "near"),
    ]  # fmt: skip
    assert near[0].difference == near[1].difference == 0
    assert near == near_duplicates(prints[::-1], SETTINGS)


def test_no_pair_within_the_limit_is_missed_by_the_first_glance(monkeypatch):
    """Against the plain way: every difference of every pair, of pictures that are more or less alike."""
    rng = np.random.default_rng(3)
    drawn = rng.integers(0, 256, (6, 64, 64)) * (rng.random((6, 64, 64)) < 0.1)
    noise = rng.integers(0, 60, (10, 6, 64, 64)) * (rng.random((10, 6, 64, 64)) < 0.02)
    pictures = np.clip(drawn + noise, 0, 255).reshape(60, 64, 64).astype(np.uint8)
    flat = pictures.reshape(60, -1)
    wanted = {
        (a, b)
        for a in range(60)
        for b in range(a + 1, 60)
        if difference_of(flat[a : a + 1], flat[b : b + 1])[0] <= 0.05
    }
    monkeypatch.setattr(duplicates, "BLOCK", 16)
    found = {(a, b) for a, b, _ in duplicates._alike(pictures, pictures, 0.05)}
    assert found == wanted
    assert 60 < len(wanted) < 60 * 59 / 2


def test_a_mirror_image_is_found_and_a_symmetric_drawing_is_not_its_own(box, save, tmp_path):
    render, line = box(left=8)
    render[40:44, 12:32], line[40:44, 12:32] = 0, 1  # from its left side to the middle
    mirror = save("b", (render[:, ::-1], line[:, ::-1]))
    middle = box(left=24)  # 24 + 48 + 24 pixels: symmetric
    half = [cv2.resize(picture, (48, 48), interpolation=cv2.INTER_AREA) for picture in middle]
    pairs = [save("a", (render, line)), mirror, save("c", middle), save("d", (half[0], half[1]))]
    prints = fingerprint_pairs(pairs, tmp_path)
    assert near_duplicates(prints, SETTINGS) == [
        Duplicate("a", "b", "mirrored", 0.0),
        Duplicate("c", "d", "near", 0.0),
    ]
    only = near_duplicates(prints, DuplicateSettings(mirrored=False))
    assert [item.kind for item in only] == ["near"]


@pytest.mark.parametrize("quality", [90, 50, 30])
def test_a_copy_from_jpeg_at_half_size_is_found(box, save, tmp_path, quality):
    render, line = box()

    def resaved(picture):
        small = cv2.resize(to_bytes(picture), (48, 48), interpolation=cv2.INTER_AREA)
        done, data = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, quality))
        assert done
        return cv2.imdecode(data, cv2.IMREAD_UNCHANGED).astype(np.float32) / 255

    copy = resaved(render), 1 - resaved(1 - line)
    prints = fingerprint_pairs([save("a", (render, line)), save("b", copy)], tmp_path)
    assert [item.kind for item in near_duplicates(prints, SETTINGS)] == ["near"]


def test_ridges_are_thin_dark_structures(box, save):
    render, line = box(fill=(0.3, 0.3, 0.3))
    pair = save("a", (render, line))
    drawn, ink = np.frombuffer(fingerprint(pair, render, line).ridges, np.uint8).reshape(2, 32, 32)
    # 96 pixels are 32 cells of 3: the outline, 4 wide, fills one cell, and a third of the next.
    assert ink[8, 10] == 127
    assert ink[9, 10] == 127 // 3
    assert ink[16, 10] == 0  # inside of the box
    assert ink[0, 0] == 0
    # Beside the dark inside only as much as the outline is darker than it: 0.3 of black.
    assert drawn[8, 10] == pytest.approx(0.3 * 127, abs=2)
    assert drawn[16, 10] == 0


def test_more_than_one_block_is_compared(prints, monkeypatch):
    whole = near_duplicates(prints, SETTINGS)
    monkeypatch.setattr("dataset_tools.splits.duplicates.BLOCK", 2)
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
    near = [
        Duplicate("a", "b", "exact", 0.0),
        Duplicate("a", "c", "mirrored", 0.0),
        Duplicate("c", "d", "near", 0.01),
    ]
    # a, b, c, d are joined: the first of x, y, z, w; e and f share their group
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
    with pytest.raises(InputError, match=r"qa.duplicates.render"):
        DuplicateSettings(render=1.5)
    with pytest.raises(InputError, match=r"qa.duplicates.line"):
        DuplicateSettings(line=-0.1)


@pytest.mark.parametrize("moved", [(1, 1), (-7, 4)])
def test_a_drawing_elsewhere_on_the_sheet_is_the_same(box, save, tmp_path, moved):
    drawn = box(side=128, left=40)
    there = [np.roll(picture, moved, (0, 1)) for picture in drawn]
    prints = fingerprint_pairs([save("a", drawn), save("b", (there[0], there[1]))], tmp_path)
    assert near_duplicates(prints, SETTINGS) == [Duplicate("a", "b", "near", 0.0)]


def test_the_same_drawing_with_another_line_art_is_found_by_its_render(box, save, tmp_path):
    render, line = box()
    lopsided = line.copy()
    lopsided[:, :40] = 0  # its middle is elsewhere, and half of its ink is gone
    pale, _ = box(fill=(0.98, 0.98, 0))
    prints = fingerprint_pairs([save("a", (render, line)), save("b", (pale, lopsided))], tmp_path)
    (found,) = near_duplicates(prints, SETTINGS)
    assert (found.one, found.other, found.kind) == ("a", "b", "near")
    assert 0 < found.difference < 0.018
