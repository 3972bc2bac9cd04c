import numpy as np
import pytest

from dataset_tools.checks import View


def test_measures_of_the_box(box):
    view = View(*box())
    assert view.share == pytest.approx(704 / 96**2)
    assert view.ink.sum() == 704
    # A pixel off either rim of the four pixels wide outline: 46 * 46 - 42 * 42.
    assert view.core.sum() == 46**2 - 42**2
    # In the inner corners the nearest paper is diagonally two pixels off, 2.8 as OpenCV counts it.
    assert view.distance.max() == pytest.approx(2.8)
    assert view.distance[25, 40] == 2
    assert view.distance[48, 40] == 0
    assert view.grey[48, 40] == pytest.approx(0.299 + 0.587)  # yellow
    assert view.grey_bytes[48, 40] == round(255 * 0.886)
    assert (view.line_bytes == 255 * (1 - view.ink)).all()


def test_the_width_of_strokes():
    def width(line):
        return View(np.ones((256, 256, 3), np.float32), line).stroke_width

    thin = np.zeros((256, 256), np.float32)
    thin[100:107] = 1  # seven rows
    assert width(thin) == pytest.approx(7, abs=0.1)
    assert width(np.ones((256, 256), np.float32)) == 8  # 256 / 32: an area, no stroke
    assert width(np.zeros((256, 256), np.float32)) == 1


def test_tones_count_the_render():
    render = np.zeros((10, 10, 3), np.float32)
    render[:3] = 1
    tones = View(render, np.zeros((10, 10), np.float32)).tones
    assert tones[0] == pytest.approx(0.7)
    assert tones[254] == pytest.approx(0.7)
    assert tones[255] == 1


def test_pieces_know_whether_the_render_has_them(box):
    render, line = box()
    line[5:8, 80:83] = 0.4  # faint, three by three, and not in the render
    pieces = View(render, line).pieces
    assert pieces.areas[1:].tolist() == [9, 704]
    assert pieces.boxes[1].tolist() == [80, 5, 3, 3]
    assert pieces.unseen.tolist() == [False, True, False]
    assert pieces.mask(pieces.unseen).sum() == 9


def test_the_halo_reaches_eight_pixels():
    line = np.zeros((41, 41), np.float32)
    line[20, 20] = 1
    halo = View(np.ones((41, 41, 3), np.float32), line).halo
    assert halo.sum() == 17 * 17
    assert halo[12, 12] == 1
