import numpy as np
import pytest

from dataset_tools.augmentation.sheet import (
    bare_paper,
    ink_colour,
    lay_behind,
)


def rows_of(*pixels):
    """Seven equal rows of RGB pixels."""
    return np.tile(np.array(pixels, np.float32), (7, 1, 1))


def lines_of(*values):
    return np.tile(np.array(values, np.float32), (7, 1))


WHITE, BLACK, GREY, RED = (1, 1, 1), (0, 0, 0), (0.5, 0.5, 0.5), (1, 0, 0)


def test_beside_black_ink_the_background_multiplies():
    render = rows_of(WHITE, (0.25, 0.25, 0.25), BLACK)
    bare = bare_paper(render, lines_of(0, 0.75, 1))
    assert bare[3] == pytest.approx([1, 0.25, 0], abs=1e-3)
    colour = np.broadcast_to(np.float32([0.5, 0.8, 0.2]), render.shape)
    assert lay_behind(render, bare, colour) == pytest.approx(render * colour, abs=1e-3)


def test_paper_ends_at_the_ink_and_not_in_the_fill():
    # Paper, the edge of a stroke, the stroke, its other edge (half ink, half red), red.
    render = rows_of(WHITE, GREY, BLACK, (0.5, 0, 0), RED, RED)
    bare = bare_paper(render, lines_of(0, 0.5, 1, 0.5, 0, 0))
    assert bare[3] == pytest.approx([1, 0.5, 0, 0, 0, 0], abs=1e-3)


def test_the_edge_of_a_fill_without_ink_is_a_mixture():
    render = rows_of(WHITE, (1, 0.5, 0.5), RED, RED)
    bare = bare_paper(render, lines_of(0, 0, 0, 0))
    assert bare[3] == pytest.approx([1, 0.5, 0, 0], abs=1e-3)
    laid = lay_behind(render, bare, np.zeros_like(render))
    assert laid[3, 1] == pytest.approx([0.5, 0, 0], abs=1e-3)  # half of red, no white fringe


def test_white_inside_an_outline_is_no_paper():
    render, line = np.ones((20, 20, 3), np.float32), np.zeros((20, 20), np.float32)
    line[4:16, 4:16] = 1
    line[6:14, 6:14] = 0
    render[line == 1] = 0
    bare = bare_paper(render, line)
    assert not bare[4:16, 4:16].any()
    assert np.all(bare[:4] == 1)


def test_a_hair_line_keeps_the_background_out():
    render, line = np.ones((20, 20, 3), np.float32), np.zeros((20, 20), np.float32)
    line[5:15, 5:15] = 1
    line[6:14, 6:14] = 0
    render[line == 1] = 0
    assert not bare_paper(render, line)[5:15, 5:15].any()


def test_a_picture_without_white_border_has_no_paper():
    render = np.full((9, 9, 3), 0.5, np.float32)
    render[3:6, 3:6] = 1
    assert not bare_paper(render, np.zeros((9, 9), np.float32)).any()


def test_ink_that_the_line_art_claims_on_white_paper_is_paper():
    render = np.ones((9, 9, 3), np.float32)
    line = np.zeros((9, 9), np.float32)
    line[4] = 1
    assert np.all(bare_paper(render, line) == 1)


def test_ink_colour():
    render = rows_of(WHITE, (0.1, 0.2, 0.3))
    assert ink_colour(render, lines_of(0, 1)) == pytest.approx((0.1, 0.2, 0.3))
    assert ink_colour(render, lines_of(0, 0.5)) == (0, 0, 0)  # no solid ink
    mostly = rows_of((0.1, 0.2, 0.3), (0.1, 0.2, 0.3), WHITE)
    assert ink_colour(mostly, lines_of(1, 1, 1)) == pytest.approx((0.1, 0.2, 0.3))
    assert ink_colour(render, lines_of(1, 0)) == (0, 0, 0)  # white lettering is no ink
