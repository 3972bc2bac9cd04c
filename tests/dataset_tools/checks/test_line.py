import numpy as np
import pytest

from dataset_tools.checks import CHECKS, CheckSettings, View

SETTINGS = CheckSettings()


def found(name, render, line):
    return CHECKS[name](View(render, line), SETTINGS)


@pytest.fixture
def page():
    """A bar of ink, 10 by 60 pixels, in the middle of a page of 200: (render, line)."""
    line = np.zeros((200, 200), np.float32)
    line[95:105, 70:130] = 1
    return np.repeat(1 - line[..., None], 3, axis=2), line


def test_blank_flooded_and_swapped(box):
    render, line = box()
    blank = found("blank", render, np.zeros_like(line))
    assert (blank.level, blank.reason) == (
        "quarantine",
        "the line art is blank: 0.000% of it is ink",
    )
    flooded = line.copy()
    flooded[4:92, 4:92] = 1
    assert found("flooded", render, flooded).level == "quarantine"
    assert found("polarity", render, flooded).level == "accept"
    swapped = found("polarity", render, 1 - line)
    assert (swapped.level, swapped.fix) == ("quarantine", "invert the line art")
    assert swapped.reason == "white on black: 100% of the border is ink"


def with_specks(line, count):
    """Specks of two by two pixels in rows near the top."""
    specked = line.copy()
    for number in range(count):
        row, column = 30 + 8 * (number // 15), 30 + 10 * (number % 15)
        specked[row : row + 2, column : column + 2] = 0.8
    return specked


def test_specks_are_counted_and_marked(page):
    render, line = page
    specked = with_specks(line, 12)
    dirt = found("dirt", render, specked)
    assert dirt.reason == "12 specks on the paper of the line art are not in the render"
    assert dirt.level == "doubt"
    assert (dirt.where == (specked > line)).all()
    assert found("dirt", render, with_specks(line, 9)).level == "accept"


def test_specks_that_the_render_has_are_drawn(page):
    _, line = page
    specked = with_specks(line, 12)
    render = np.repeat(1 - specked[..., None], 3, axis=2)
    assert found("dirt", render, specked).level == "accept"


def test_grey_paper_and_grain_are_told_apart(page):
    render, line = page
    grey = found("texture", render, np.maximum(line, np.float32(0.05)))
    assert grey.level == "doubt"
    assert grey.reason == "the paper of the line art is not white: grey by 5.0%, uneven by 0.0%"
    grain = np.random.default_rng(0).uniform(0, 0.12, line.shape).astype(np.float32)
    grain = found("texture", render, np.maximum(line, grain))
    # The mean of what is even from 0 to 0.12, and 0.12 over the root of 12.
    assert grain.reason == "the paper of the line art is not white: grey by 6.0%, uneven by 3.5%"
    dark = found("texture", render, np.maximum(line, np.float32(0.2)))
    assert dark.level == "quarantine"


def test_a_frame_is_marked_on_all_four_sides(page):
    render, line = page
    framed = line.copy()
    framed[5, 5:195] = framed[194, 5:195] = framed[5:195, 5] = framed[5:195, 194] = 1
    border = found("border", render, framed)
    assert border.level == "quarantine"
    assert border.reason == "a frame runs along 4 of the four sides of the line art"
    assert (border.where == (framed > line)).all()


def test_a_frame_that_the_render_has_is_drawn(page):
    _, line = page
    framed = line.copy()
    framed[5, 5:195] = framed[194, 5:195] = framed[5:195, 5] = framed[5:195, 194] = 1
    assert found("border", np.repeat(1 - framed[..., None], 3, axis=2), framed).level == "accept"


def test_a_signature_in_a_corner_is_marked(page):
    render, line = page
    signed = line.copy()
    signed[180:184, 160:190] = 1  # 30 pixels of 200
    border = found("border", render, signed)
    assert border.level == "doubt"
    assert (
        border.reason
        == "marks or a signature in the margin of the line art, 15% of its side in all"
    )
    assert border.where.sum() == 4 * 30
    moved = line.copy()
    moved[150:154, 130:160] = 1  # no longer in the margin
    assert found("border", render, moved).level == "accept"
