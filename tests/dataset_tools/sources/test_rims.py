"""What thinner ink uncovers, on a box whose ink is 8 pixels wide and whose colour is placed by the test."""

import numpy as np
import pytest

from dataset_tools.sources.rims import nearest_outside, wrong_share
from lineart.pictures.images import Picture


def ring(outer: int, inner: int) -> Picture:
    """Ink between two squares around the middle of 64 x 64 pixels, given by half their sides."""
    ink = np.zeros((64, 64), np.float32)
    ink[32 - outer : 32 + outer, 32 - outer : 32 + outer] = 1
    ink[32 - inner : 32 + inner, 32 - inner : 32 + inner] = 0
    return ink


def box(half: int, colour: tuple[float, float, float] = (1, 0.5, 0)) -> Picture:
    picture = np.ones((64, 64, 3), np.float32)
    picture[32 - half : 32 + half, 32 - half : 32 + half] = colour
    return picture


BOLD, THIN = ring(24, 16), ring(21, 19)  # the thin ink is in the middle of the bold one


@pytest.mark.parametrize("half", [19, 20, 21, 24])
def test_colour_that_reaches_the_middle_leaves_no_rim(half: int) -> None:
    assert wrong_share(box(half), BOLD, THIN) == 0


def test_colour_that_ends_at_the_bold_ink_leaves_a_white_rim() -> None:
    uncovered = (48**2 - 42**2) + (38**2 - 32**2)
    rim = 38**2 - 32**2  # between the colour and the thin ink
    assert wrong_share(box(16), BOLD, THIN) == pytest.approx(rim / uncovered)


def test_an_old_black_line_under_the_ink_is_seen() -> None:
    colours = box(24)
    colours[BOLD > 0] = 0
    # Outside, the nearest pixel is paper, which is no darker than a colour either.
    assert wrong_share(colours, BOLD, THIN) == 1


def test_what_has_no_colour_or_no_thinner_ink_is_fine() -> None:
    assert wrong_share(np.ones((64, 64, 3), np.float32), BOLD, THIN) == 0
    assert wrong_share(box(16), BOLD, BOLD) == 0
    everywhere = np.ones((64, 64), np.float32)
    assert wrong_share(box(16), everywhere, THIN) == 0


def test_the_nearest_pixel_outside() -> None:
    mask = np.zeros((3, 7), bool)
    mask[:, 1:6] = True
    nearest = nearest_outside(mask)
    assert nearest[1].tolist()[:3] == [7, 7, 7]
    assert nearest[1].tolist()[4:] == [13, 13, 13]
