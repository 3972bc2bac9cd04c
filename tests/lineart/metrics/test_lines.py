"""Line metrics on pages worked by hand, and what each says of an empty one."""

import math

import cv2
import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt
from skimage.measure import euler_number, label

from lineart.metrics.lines import (
    Ink,
    background_response,
    centre_line_dice,
    chamfer,
    checkerboard,
    false_lines,
    hausdorff_95,
    loops_error,
    missed_lines,
    pieces_error,
    reach,
    ripple,
    width_error,
)

SHAPE = (30, 40)  # a diagonal of 50
BLANK = Ink(np.zeros(SHAPE, bool))


def ink(rows, columns=slice(5, 25)):
    mask = np.zeros(SHAPE, bool)
    mask[rows, columns] = True
    return Ink(mask)


def bar(width, length=200):
    mask = np.zeros((width + 20, length + 20), bool)
    mask[10 : 10 + width, 10 : 10 + length] = True
    return Ink(mask)


def test_distances_of_parallel_lines():
    assert chamfer(ink(10), ink(13)) == 3
    assert hausdorff_95(ink(10), ink(13)) == 3


def test_chamfer_is_the_mean_of_both_ways():
    # The short line lies on the long one; the long one's other ten pixels are 1 to 10 pixels away.
    short, long = ink(10, slice(5, 15)), ink(10, slice(5, 25))
    assert chamfer(short, long) == chamfer(long, short) == pytest.approx((0 + 55 / 20) / 2)
    assert hausdorff_95(short, long) == pytest.approx(
        np.percentile([0] * 10 + list(range(1, 11)), 95)
    )


def test_distances_are_blind_to_width():
    assert chamfer(bar(5), bar(5)) == 0
    assert chamfer(bar(1), bar(1)) == hausdorff_95(bar(1), bar(1)) == 0


def test_centre_line_dice():
    assert centre_line_dice(ink(10, slice(5, 15)), ink(10)) == pytest.approx(2 / 3)
    assert centre_line_dice(ink(10), ink(20)) == 0
    assert centre_line_dice(bar(5), bar(5)) == 1


def test_pieces_and_loops():
    ring = np.zeros(SHAPE, bool)
    ring[5:20, 5:20] = True
    ring[8:17, 8:17] = False
    eyes = np.zeros(SHAPE, bool)
    eyes[[2, 2, 1, 3], [1, 3, 2, 2]] = True  # a diamond: corners touch, one loop
    assert (Ink(ring).pieces, Ink(ring).loops) == (1, 1)
    assert (Ink(eyes).pieces, Ink(eyes).loops) == (1, 1)
    assert (Ink(ring | np.roll(eyes, 25, 1)).pieces, Ink(ring | np.roll(eyes, 25, 1)).loops) == (
        2,
        2,
    )
    assert pieces_error(ink([10, 12, 14]), ink(10)) == pieces_error(ink(10), ink([10, 12, 14])) == 2
    assert loops_error(Ink(ring), ink(10)) == 1


def test_paper_cut_off_by_the_edge_is_no_loop():
    corner = np.zeros(SHAPE, bool)
    corner[10, :11] = corner[:11, 10] = True
    assert Ink(corner).loops == 0
    assert (Ink(np.ones(SHAPE, bool)).pieces, Ink(np.ones(SHAPE, bool)).loops) == (1, 0)


def test_pieces_and_loops_against_scikit_image():
    rng = np.random.default_rng(0)
    for _ in range(30):
        mask = rng.random((25, 25)) < rng.uniform(0.1, 0.8)
        pieces = label(mask, connectivity=2).max()
        assert Ink(mask).pieces == pieces
        assert Ink(mask).loops == pieces - euler_number(mask, connectivity=2)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 7, 10])
def test_stroke_width(width):
    # The two ends of a long bar narrow a little.
    assert bar(width).width == pytest.approx(width, rel=0.06)


def test_width_error_has_no_sign():
    assert width_error(bar(3), bar(6)) == width_error(bar(6), bar(3)) == pytest.approx(3, abs=0.3)


def test_empty_pages():
    line = ink(10)
    for distance in (chamfer, hausdorff_95):
        assert distance(BLANK, BLANK) == 0
        assert distance(BLANK, line) == distance(line, BLANK) == 50
    assert centre_line_dice(BLANK, BLANK) == 1
    assert centre_line_dice(BLANK, line) == centre_line_dice(line, BLANK) == 0
    assert pieces_error(BLANK, ink([10, 20])) == pieces_error(ink([10, 20]), BLANK) == 2
    assert loops_error(BLANK, BLANK) == loops_error(BLANK, line) == 0
    assert width_error(BLANK, BLANK) == 0
    assert width_error(BLANK, line) == width_error(line, BLANK) == line.width == pytest.approx(1)


def test_missed_and_false_lines_are_told_apart():
    """On 128 x 96 pixels the reach is 1.2: a line one pixel aside is there, one two aside is not."""
    truth, prediction = np.zeros((2, 96, 128), bool)
    truth[20, 10:50] = truth[40, 10:50] = truth[60, 10:50] = True
    prediction[21, 10:50] = prediction[42, 10:50] = True
    assert missed_lines(Ink(prediction), Ink(truth)) == pytest.approx(2 / 3, abs=0.03)
    assert false_lines(Ink(prediction), Ink(truth)) == pytest.approx(1 / 2, abs=0.03)
    both = Ink(prediction | truth)
    assert missed_lines(both, Ink(truth)) == 0
    assert false_lines(both, Ink(truth)) == pytest.approx(1 / 4, abs=0.03)


def test_ink_at_the_reach_is_within_it():
    """The diagonal of 112 x 384 pixels is 400, the reach exactly 3."""
    truth, prediction = np.zeros((2, 112, 384), bool)
    truth[50] = prediction[53] = True
    assert reach(truth.shape) == pytest.approx(3)
    assert missed_lines(Ink(prediction), Ink(truth)) == 0
    assert missed_lines(Ink(np.roll(prediction, 1, axis=0)), Ink(truth)) == 1


def test_missed_and_false_lines_of_empty_pages():
    empty, drawn = Ink(np.zeros((32, 32), bool)), Ink(np.eye(32, dtype=bool))
    assert missed_lines(empty, empty) == false_lines(empty, empty) == 0
    assert missed_lines(empty, drawn) == 1
    assert missed_lines(drawn, empty) == 0
    assert false_lines(empty, drawn) == 0
    assert false_lines(drawn, empty) == 1


def test_background_response_leaves_out_what_is_near_a_line():
    line = ink(10, slice(None)).mask.astype(np.float32)
    prediction = np.zeros(SHAPE, np.float32)
    prediction[7:14] = 1  # up to 3 pixels from the line
    assert background_response(prediction, line) == 0
    prediction[14] = 1  # 4 pixels from it, one of the 23 rows of background
    assert background_response(prediction, line) == pytest.approx(1 / 23)


def test_background_response_of_empty_pages():
    paper, grey = np.zeros(SHAPE, np.float32), np.full(SHAPE, 0.25, np.float32)
    assert background_response(paper, ink(10).mask.astype(np.float32)) == 0
    assert background_response(grey, paper) == 0.25  # all of it is background
    assert background_response(grey, np.ones(SHAPE, np.float32)) == 0  # none is


def test_ripples():
    down, right = np.indices((32, 40))
    for pattern in (down, right, down + right):
        assert ripple(pattern % 2) == pytest.approx(0.5)
        assert ripple(0.3 + 0.1 * (pattern % 2)) == pytest.approx(0.05)
    assert ripple(np.full((32, 40), 0.7)) == pytest.approx(0, abs=1e-12)
    assert ripple(right // 2 % 2) == pytest.approx(0, abs=1e-12)  # four pixels long
    assert ripple(np.ones((5, 13))) == pytest.approx(0, abs=1e-12)  # no full block


def test_noise_is_hardly_a_ripple():
    noise = np.random.default_rng(0).choice([0.0, 1.0], (256, 256))
    # Three patterns with a variance of 1/4 over 64 pixels each.
    assert ripple(noise) == pytest.approx(math.sqrt(3 / 256), rel=0.05)


def test_checkerboard_is_what_the_truth_has_not():
    board = (np.indices((32, 32)).sum(axis=0) % 2).astype(np.float32)
    paper = np.zeros((32, 32), np.float32)
    assert checkerboard(board, paper) == pytest.approx(0.5)
    assert checkerboard(board, board) == 0
    assert checkerboard(paper, board) == checkerboard(paper, paper) == 0  # a blank page has none


def test_distances_do_not_depend_on_threads():
    """OpenCV alone gives other last digits with another number of threads."""
    rng = np.random.default_rng(5)
    mask = rng.random((200, 300)) < 0.002
    prediction = Ink(np.roll(mask, 4, axis=1))
    before, found = cv2.getNumThreads(), []
    try:
        for threads in (1, 4):
            cv2.setNumThreads(threads)
            found.append((Ink(mask).from_ink, chamfer(prediction, Ink(mask))))
    finally:
        cv2.setNumThreads(before)
    assert (found[0][0] == found[1][0]).all()
    assert found[0][1] == found[1][1]
    exact = distance_transform_edt(~mask).astype(np.float32)
    assert (found[0][0] == exact).all()
