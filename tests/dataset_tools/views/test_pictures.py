import base64

import cv2
import numpy as np
import pytest

from dataset_tools.checks.finding import boxes_from
from dataset_tools.views.pictures import differences, from_near, inline, marked


def decoded(uri: str) -> np.ndarray:
    kind, _, data = uri.partition(",")
    assert kind == "data:image/webp;base64"
    found = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert found is not None
    return found


def test_line_art_is_black_on_white_and_shrunk() -> None:
    line = np.zeros((40, 80), np.float32)
    line[:, 40:] = 1
    pixels = decoded(inline(line, 20))
    assert pixels.shape == (10, 20, 3)
    assert pixels[:, :8].min() > 245
    assert pixels[:, 12:].max() < 10


def test_bytes_are_shown_like_numbers() -> None:
    line = np.zeros((16, 16), np.float32)
    line[4:8] = 1
    assert inline(line, 16) == inline((line * 255).astype(np.uint8), 16)


def test_common_missed_and_false_ink() -> None:
    truth, seen = np.array([[1, 1, 0, 0]], np.float32), np.array([[1, 0, 1, 0]], np.float32)
    common, missed, false, paper = differences(seen, truth)[0]
    assert common == pytest.approx([0.25] * 3)
    assert missed.argmax() == 0
    assert false.argmax() == 2
    assert paper == pytest.approx([1] * 3)


@pytest.mark.parametrize("text", ["", "3 4 5", "a b c d", "1.5 2 3 4", "-1 2 3 4"])
def test_what_is_no_box_is_none(text: str) -> None:
    assert boxes_from(text) == []


def test_a_frame_lies_round_the_fault_and_is_not_thinned() -> None:
    render, line = np.ones((200, 200, 3), np.float32), np.zeros((200, 200), np.float32)
    picture = marked(render, line, [(80, 40, 41, 81)], 100)
    assert picture.shape == (100, 100, 3)
    blue = np.abs(picture - np.float32((0.0, 0.35, 0.9))).max(axis=2) < 0.01
    rows, columns = np.flatnonzero(blue.any(axis=1)), np.flatnonzero(blue.any(axis=0))
    assert (rows[0], rows[-1]) == pytest.approx((19, 61), abs=1)
    assert (columns[0], columns[-1]) == pytest.approx((39, 61), abs=1)
    assert not blue[22:58, 42:58].any()


def test_a_picture_without_faults_has_no_frame() -> None:
    render, line = np.ones((20, 20, 3), np.float32), np.zeros((20, 20), np.float32)
    assert marked(render, line, [], 20) == pytest.approx(np.ones((20, 20, 3)))


def test_near_is_square_within_the_picture_and_holds_the_box() -> None:
    render, line = np.ones((300, 200, 3), np.float32), np.zeros((300, 200), np.float32)
    line[290:296, 190:196] = 1
    near = from_near(render, line, (188, 288, 10, 10))
    assert near.shape == (60, 60, 3)  # a fifth of the longer side
    ink = near.min(axis=2) < 0.9
    assert ink.sum() == 36
    assert ink[50:56, 50:56].all()


def test_near_of_a_large_fault_is_all_there_is() -> None:
    render, line = np.ones((30, 50, 3), np.float32), np.zeros((30, 50), np.float32)
    assert from_near(render, line, (0, 0, 50, 30)).shape == (30, 50, 3)
