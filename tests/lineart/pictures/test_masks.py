"""Boxes around what a mask marks."""

import numpy as np

from lineart.pictures.masks import boxes_of


def test_boxes_hold_the_largest_faults_first_and_merge_where_they_touch():
    mask = np.zeros((100, 200), np.uint8)
    mask[10:20, 10:40] = 1  # 300 pixels
    mask[50:70, 150:170] = 1  # 400 pixels, two parts: three columns of nothing between
    mask[50:70, 158:161] = 0
    mask[99, 0] = 1  # in the corner: its padding is cut
    # Two pixels of padding, a hundredth of the longer side.
    assert boxes_of(mask) == [(148, 48, 24, 24), (8, 8, 34, 14), (0, 97, 3, 3)]
    assert boxes_of(mask, most=1) == [(148, 48, 24, 24)]
    assert boxes_of(np.zeros_like(mask)) == []
