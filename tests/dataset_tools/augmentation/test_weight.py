import cv2
import numpy as np
import pytest

from dataset_tools.augmentation.weight import (
    Drawn,
    grow,
    of_one_colour,
    reweigh,
    shrink,
    stroke_width,
    taper,
    weight,
)
from lineart.pictures.discs import discs, mean_reach

INK = np.float32([0.1, 0.1, 0.3])
FILL = np.float32([0.9, 0.4, 0.2])
FINE = 8  # the reference is drawn so many times larger


def ring(width, size=120, radius=36.0):
    """A disc with an outline ``width`` pixels wide, every pixel a mean over 8 x 8 points."""
    points = (np.arange(size * FINE) + 0.5) / FINE - size / 2
    away = np.hypot(points[None, :], points[:, None])
    inked = np.abs(away - radius) < width / 2
    paper = away >= radius

    def mean(mask):
        return mask.reshape(size, FINE, size, FINE).mean(axis=(1, 3)).astype(np.float32)

    line, bare = mean(inked), mean(paper & ~inked)
    fill = 1 - line - bare
    render = bare[..., None] + line[..., None] * INK + fill[..., None] * FILL
    return Drawn(render.astype(np.float32), line, bare)


@pytest.mark.parametrize("width", [5.0, 6.5, 9.25])
@pytest.mark.parametrize("other", [4.0, 6.0, 7.5, 10.0])
def test_another_weight_is_what_another_pen_had_drawn(width, other):
    changed = reweigh(ring(width), (other - width) / 2)
    expected = ring(other)
    # Ink by area: within a twentieth of a pixel on either side of the stroke.
    length = 2 * np.pi * 36
    assert changed.line.sum() / length == pytest.approx(other, abs=0.15)
    # Pixel by pixel only the anti-aliasing of the edges may differ, in both pictures alike.
    for ours, theirs in zip(vars(changed).values(), vars(expected).values(), strict=True):
        assert np.abs(ours - theirs).mean() < 0.012
    # What was true of every pixel still is: ink over what is below.
    rest = 1 - changed.line - changed.bare
    again = changed.bare[..., None] + changed.line[..., None] * INK + rest[..., None] * FILL
    assert np.abs(changed.render - again).max() < 0.06


def test_render_and_line_change_by_the_same_share():
    drawn = ring(6)
    for change in (-2.0, -0.7, 0.7, 2.0):
        changed = reweigh(drawn, change)
        inked = (1 - changed.render[..., 2]).sum() - (1 - FILL[2]) * (
            1 - changed.line - changed.bare
        ).sum()
        assert inked / (1 - INK[2]) == pytest.approx(changed.line.sum(), rel=0.01)


def test_nothing_changes_without_change_or_without_ink():
    drawn = ring(6)
    assert reweigh(drawn, 0.0) is drawn
    blank = Drawn(np.ones((20, 20, 3), np.float32), *np.zeros((2, 20, 20), np.float32))
    changed, notes = weight(blank, np.random.default_rng(0), 1.0)
    assert changed is blank
    assert notes == {"width": 0.0, "change": 0.0}


def test_discs_reach_as_far_as_asked():
    for reach in (0.3, 1.0, 1.7, 4.0, 9.5):
        small, large, part = discs(reach)
        assert 0 <= part <= 1
        ends = [
            mean_reach(max((np.argwhere(d) - len(d) // 2).astype(int) ** 2 @ [1, 1]))
            for d in (small, large)
        ]
        assert (1 - part) * ends[0] + part * ends[1] == pytest.approx(reach)
    # A square of three pixels reaches (|cos| + |sin|) pixels: 4 / pi on average.
    assert mean_reach(2) == pytest.approx(4 / np.pi, abs=0.01)
    assert mean_reach(400) == pytest.approx(20, abs=0.2)


def test_a_black_shape_is_not_taken_for_a_stroke():
    line = np.zeros((128, 128), np.float32)
    line[20:100, 20:100] = 1
    drawn = Drawn(np.repeat(1 - line[..., None], 3, axis=2), line, 1 - line)
    for seed in range(4):
        _, notes = weight(drawn, np.random.default_rng(seed), 1.0)
        assert notes["width"] > 70
        assert abs(notes["change"]) == 128 / 64


@pytest.mark.parametrize("width", [1, 2, 3, 7, 12])
def test_width_of_straight_strokes(width):
    line = np.zeros((60, 60), np.float32)
    line[:, 20 : 20 + width] = 1
    assert stroke_width(line) == pytest.approx(width, abs=1)


def test_a_hair_line_beside_a_bold_one_is_not_eaten():
    line = np.zeros((80, 80), np.float32)
    line[5:75, 10:22] = 1
    line[5:75, 50] = 1
    thinner = shrink(line, 3.0)
    assert thinner[40, 13:19].all()
    assert not thinner[40, 10:13].any()
    assert not thinner[40, 19:22].any()
    assert np.all(thinner[8:72, 50] == 1)
    assert thinner[:, 30:45].max() == 0


def test_hair_lines_pale_by_fractions_of_a_pixel():
    line = np.zeros((20, 20), np.float32)
    line[:, 10] = 1
    # The smallest disc, a cross, reaches 0.9 pixels on average and one pixel here.
    assert shrink(line, 0.25)[10, 10] == pytest.approx(0.75, abs=0.03)
    assert grow(line, 0.25)[10, 9:12] == pytest.approx([0.25, 1, 0.25], abs=0.03)


def test_ink_of_two_colours_is_left_alone():
    drawn = ring(6)
    render = drawn.render.copy()
    render[60:][drawn.line[60:] > 0.5] = (0.7, 0, 0)
    two = Drawn(render, drawn.line, drawn.bare)
    assert of_one_colour(drawn.render, drawn.line)
    assert not of_one_colour(render, drawn.line)
    assert weight(two, np.random.default_rng(0), 1.0)[1]["change"] == 0


def test_threads_of_opencv_change_nothing():
    before = cv2.getNumThreads()
    made = []
    for threads in (1, 4):
        cv2.setNumThreads(threads)
        made.append([reweigh(ring(6), change).render for change in (-2.3, 2.3)])
    cv2.setNumThreads(before)
    assert np.array_equal(*map(np.array, made))


def test_a_tapering_stroke_is_ink_over_what_is_below_and_never_breaks():
    drawn = ring(9, size=288, radius=100)
    for seed in range(5):
        tapering, notes = taper(drawn, np.random.default_rng(seed), 1.0)
        assert notes["change"] == pytest.approx(-0.42 * notes["width"])
        assert (tapering.line <= drawn.line).all()
        rest = 1 - tapering.line - tapering.bare
        again = tapering.bare[..., None] + tapering.line[..., None] * INK + rest[..., None] * FILL
        assert np.abs(tapering.render - again).max() < 0.08
        # Round the ring: the ink of a ray is the width there, from a sixth to nearly all of nine pixels.
        rays = cv2.warpPolar(tapering.line, (140, 180), (143.5, 143.5), 140, cv2.WARP_POLAR_LINEAR)
        widths = rays.sum(axis=1)
        assert widths.min() > 0.8
        assert widths.min() < 5
        assert widths.max() > 5.5
        assert widths.max() - widths.min() > 2


def test_a_hair_line_does_not_taper():
    drawn = ring(1.5)
    same, notes = taper(drawn, np.random.default_rng(0), 1.0)
    assert same is drawn
    assert notes["change"] == 0
