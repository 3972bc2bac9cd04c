import numpy as np
import pytest

from dataset_tools.views.overlay import overlay
from lineart.errors import InputError


def test_ink_is_red_on_a_faded_render(box):
    render, line = box(fill=(0, 0, 0))
    picture = overlay(render, line)
    assert picture.shape == (96, 96, 3)
    assert picture[26, 40] == pytest.approx((0.85, 0.1, 0.1))  # ink
    assert picture[48, 40] == pytest.approx((0.55, 0.55, 0.55))  # black, faded
    assert (picture[0, 0] == 1).all()  # paper


def test_a_fault_is_yellow_within_a_blue_ring(box):
    render, line = box()
    where = np.zeros((96, 96), np.uint8)
    where[80:84, 80:84] = 1
    picture = overlay(render, line, where)
    assert picture[82, 82] == pytest.approx((1, 0.865, 0.25))  # three quarters yellow on white
    changed = (picture != overlay(render, line)).any(axis=2)
    # Two pixels off the fault, one pixel broad: a square of ten without a square of eight.
    assert changed.sum() == 16 + (10**2 - 8**2)
    assert picture[82, 77] == pytest.approx((0, 0.35, 0.9))
    assert (overlay(render, line, np.zeros_like(where)) == overlay(render, line)).all()


def test_pictures_of_other_sizes_are_refused(box):
    render, line = box()
    with pytest.raises(InputError, match="Pictures of 90 x 96, 96 x 96 pixels cannot be laid"):
        overlay(render, line[:, :90])
