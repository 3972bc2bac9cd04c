"""Crispness of lines whose ridges are known."""

import numpy as np
import pytest

from lineart.metrics.crispness import average_crispness, crispness, normals, ridges, truth_crispness


def profile(*values):
    """A vertical line of this profile, 20 pixels from every edge."""
    picture = np.zeros((60, 40 + len(values)), np.float32)
    picture[20:40, 20 : 20 + len(values)] = values
    return picture


@pytest.mark.parametrize("turn", [False, True])
def test_only_the_ridge_of_a_soft_line_stays(turn):
    line = profile(0.2, 0.6, 1, 0.6, 0.2)
    found = ridges(line.T).T if turn else ridges(line)
    middle = found[25:35]  # away from the ends
    assert np.array_equal(np.flatnonzero(middle.any(axis=0)), [22])
    assert (middle[:, 22] == 1).all()
    assert middle.sum() / line[25:35].sum() == pytest.approx(1 / 2.6)


def test_a_line_of_one_pixel_is_crisp():
    assert average_crispness(profile(1)) == average_crispness(profile(0.3)) == 1


def test_blur_makes_it_less_crisp():
    assert average_crispness(profile(0.5, 1, 0.5)) > average_crispness(
        profile(0.5, 0.8, 1, 0.8, 0.5)
    )


def test_direction_across_a_line():
    upright = normals(profile(1))[30, 20]
    assert min(upright, np.pi - upright) == pytest.approx(0, abs=0.05)
    assert normals(profile(1).T)[20, 30] == pytest.approx(np.pi / 2, abs=0.05)


def test_the_frame_fades():
    line = np.zeros((40, 40), np.float32)
    line[20] = 1
    faded = ridges(line)[20]
    assert faded[:6] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert faded[-6:] == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0])


def test_empty_and_tiny_pages():
    paper, line = np.zeros((60, 41), np.float32), profile(1)
    assert crispness(paper, line) == 0
    assert truth_crispness(line, paper) == 0
    assert (crispness(line, paper), truth_crispness(paper, line)) == (1, 1)
    assert average_crispness(np.ones((1, 1), np.float32)) == 0  # nothing but frame
    assert average_crispness(np.ones((1, 30), np.float32)) == 0
