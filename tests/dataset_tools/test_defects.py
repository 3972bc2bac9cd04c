"""Every planted fault does what it says, by measure, and nothing else."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage.morphology import skeletonize

from dataset_tools.checks import TITLES
from dataset_tools.defects import DEFECTS, files, light, placement, sets, sheet, strokes
from lineart.errors import InputError
from lineart.pictures.images import decode_render

WHITE = np.ones((128, 128, 3), np.float32)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def bar(width=8, length=96, side=128):
    """One level stroke in the middle."""
    line = np.zeros((side, side), np.float32)
    top, left = (side - width) // 2, (side - length) // 2
    line[top : top + width, left : left + length] = 1
    return line


def ring(radius=40, width=6, side=128):
    line = np.zeros((side, side), np.float32)
    cv2.circle(line, (side // 2, side // 2), radius, 1.0, width)
    return line


def pieces(line):
    return cv2.connectedComponents((line > 0.5).astype(np.uint8), connectivity=8)[0] - 1


@pytest.mark.parametrize("name", DEFECTS)
def test_the_table_is_sound(name):
    defect = DEFECTS[name]
    assert defect.objection in defect.strengths
    assert defect.objectionable[-1] == defect.strengths[-1]
    assert (defect.plant is None) == (defect.place in ("files", "partner"))
    assert (defect.deliver is not None) == (defect.place == "files")


def test_every_fault_should_be_found_by_a_check_there_is():
    assert {check for defect in DEFECTS.values() for check in defect.checks} <= set(TITLES)


@pytest.mark.parametrize("name", [name for name, defect in DEFECTS.items() if defect.plant])
def test_a_fault_is_the_same_again_and_leaves_the_pair_alone(name, box):
    render, line = box()
    before = render.copy(), line.copy()
    for strength in DEFECTS[name].strengths:
        one, other = (
            DEFECTS[name].plant(render, line, strength, np.random.default_rng(7)) for _ in "12"
        )
        for first, second, shape in zip(one, other, ((..., 3), (...,)), strict=True):
            np.testing.assert_array_equal(first, second)
            assert first.dtype == np.float32
            assert first.ndim == 1 + len(shape)
            assert first.min() >= 0
            assert first.max() <= 1
    np.testing.assert_array_equal(render, before[0])
    np.testing.assert_array_equal(line, before[1])


@pytest.mark.parametrize("distance", [0.5, 1, 2, 4])
def test_a_shift_moves_the_centre_of_mass_by_its_strength(distance, rng):
    line = cv2.GaussianBlur(ring(), (0, 0), 1.5)
    _, moved = placement.shift(WHITE, line, distance, rng)
    before, after = (cv2.moments(picture) for picture in (line, moved))
    centres = [(m["m10"] / m["m00"], m["m01"] / m["m00"]) for m in (before, after)]
    assert np.hypot(*np.subtract(*centres)) == pytest.approx(distance, abs=0.03)


def test_a_drift_moves_one_region_and_leaves_what_is_far(rng):
    line = np.concatenate([bar(), np.zeros((128, 256), np.float32), bar()], axis=1)
    _, moved = placement.drift(np.ones((128, 512, 3), np.float32), line, 3, rng, reach=0.05)
    halves = [np.abs(moved - line)[:, part].sum() for part in (slice(0, 256), slice(256, 512))]
    assert min(halves) == pytest.approx(0, abs=0.01)
    assert max(halves) > 10


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_erased_takes_that_share_of_the_length_in_few_stretches(share, rng):
    line = ring()
    length = skeletonize(line > 0.5).sum()
    _, left = strokes.erased(WHITE, line, share, rng)
    assert skeletonize(left > 0.5).sum() / length == pytest.approx(1 - share, abs=0.04)
    assert 1 <= pieces(left) <= 4
    assert np.all((left == 0) | (left == line))


def test_gaps_are_many_and_short(rng):
    line = ring()
    _, left = strokes.gaps(WHITE, line, 0.2, rng)
    assert pieces(left) >= 3
    assert left.sum() / line.sum() == pytest.approx(0.8, abs=0.06)


def test_added_strokes_have_the_length_and_width_that_is_asked_for(rng):
    line = ring(radius=100, side=256)
    length = skeletonize(line > 0.5).sum()
    _, more = strokes.added(WHITE, line, 0.3, rng)
    assert np.all(more >= line)
    new = skeletonize(more > 0.5).sum() - length
    assert new / length == pytest.approx(0.3, abs=0.15)
    # A slanted stroke has fewer pixels of skeleton than it is long, down to 0.7 of them.
    width = strokes.median_width(line)
    assert 0.9 * width <= (more - line).sum() / new <= 1.5 * width


@pytest.mark.parametrize("times", [0.5, 1.5, 2])
def test_weight_multiplies_the_width(times, rng):
    _, drawn = strokes.weighted(WHITE, bar(width=8), times, rng)
    # The mean width is a little more than 8, for the skeleton ends before the stroke does.
    assert drawn[:, 64].sum() == pytest.approx(8 * times, abs=1)


def test_a_hair_is_left_of_the_thinnest_stroke(rng):
    _, drawn = strokes.weighted(WHITE, bar(width=2), 0.1, rng)
    assert 0 < drawn[:, 64].sum() <= 1


def test_solid_areas_become_hollow_and_strokes_stay(rng):
    line = bar(width=4)
    cv2.circle(line, (30, 30), 16, 1.0, -1)
    cv2.circle(line, (100, 100), 12, 1.0, -1)
    _, hollow = strokes.hollowed(WHITE, line, 0.5, rng)
    assert hollow[30, 30] == 0
    assert hollow[30, 30 - 15] == 1  # its outline
    assert hollow[100, 100] == 1  # the smaller one of the two
    np.testing.assert_array_equal(hollow[60:68], line[60:68])


def test_one_enclosed_area_is_filled_and_never_the_paper(rng):
    line = ring(radius=20, width=4)
    _, filled = strokes.filled(WHITE, line, 0.1, rng)
    assert filled[64, 64] == 1
    assert filled[0, 0] == 0
    _, same = strokes.filled(WHITE, line, 0.005, rng)  # the area is 6 % of the picture
    np.testing.assert_array_equal(same, line)


def test_flooded_is_as_full_as_is_asked_for(rng):
    _, full = sheet.flooded(WHITE, ring(), 0.4, rng)
    assert (full > 0.5).mean() == pytest.approx(0.4, abs=0.001)


def test_specks_are_that_many_and_small(rng):
    line = np.zeros((400, 400), np.float32)
    line[198:202, 100:300] = 1
    _, dirty = sheet.specks(np.ones((400, 400, 3), np.float32), line, 40, rng)
    assert 30 <= pieces(dirty) - 1 <= 40  # some touch
    assert (dirty[:150] > 0.5).sum() < 40 * 9


def test_colour_is_in_a_part_of_the_ink_only(rng):
    line = ring()
    _, coloured = sheet.coloured(WHITE, line, 0.25, rng)
    changed = (coloured != line) & (line > 0)
    assert changed.sum() / (line > 0).sum() == pytest.approx(0.25, abs=0.03)
    assert len(np.unique(coloured[changed])) == 1


def test_a_frame_lies_along_the_border(rng):
    _, framed = sheet.framed(WHITE, np.zeros((128, 128), np.float32), 2, rng)
    assert framed[10:-10, 10:-10].sum() == 0
    assert (framed > 0.5).sum() == pytest.approx(4 * 2 * 126, rel=0.1)


def test_a_signature_is_in_the_emptiest_corner(rng):
    line = np.zeros((128, 128), np.float32)
    line[:20, :20] = line[:20, -20:] = line[-20:, :20] = 1
    _, signed = sheet.signed(WHITE, line, 0.15, rng)
    rows, columns = np.nonzero(signed - line)
    assert rows.min() > 100
    assert columns.min() > 100


@pytest.mark.parametrize(("stops", "grey"), [(1, 0.730), (3, 0.389)])
def test_a_stop_less_is_half_the_light(stops, grey, rng):
    # Full light is 1; half of it is sRGB 0.5 ** (1 / 2.2).
    darker, _ = light.dark(WHITE, bar(), stops, rng)
    assert darker[0, 0, 0] == pytest.approx(grey, abs=0.001)


def test_flat_keeps_the_mean_and_a_part_of_the_contrast(rng, box):
    render, line = box()
    duller, _ = light.flat(render, line, 0.3, rng)
    assert duller.mean() == pytest.approx(render.mean(), abs=1e-4)
    assert np.ptp(duller) == pytest.approx(0.3 * np.ptp(render), abs=1e-4)


def test_delivered_files_have_their_fault(rng, box):
    render, line = box()
    _, jpeg = files.jpeg(render, line, 70, rng)
    assert Image.open(io.BytesIO(jpeg)).format == "JPEG"
    clear, _ = files.transparent(render, line, 0.25, rng)
    alpha = np.asarray(Image.open(io.BytesIO(clear)).getchannel("A"))
    assert (alpha < 255).mean() == pytest.approx(0.25, abs=0.02)
    wide, _ = files.profiled(render, line, 1, rng)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(Image.open(io.BytesIO(wide)).info["icc_profile"]))
    assert ImageCms.getProfileDescription(profile).strip() == "Wide built-in"
    # With wider primaries the same numbers are a brighter yellow: red beyond what sRGB has.
    assert profile.profile.red_primary[0][0] == pytest.approx(files.WIDE[0][0], abs=1e-4)


@pytest.mark.parametrize("strength", [0.1, 0.5, 1])
def test_a_file_cut_short_cannot_be_read(strength, rng, box):
    delivered = files.truncated(*box(), strength, rng)
    broken = min(delivered, key=len)  # the line art, or the render that was longer than it
    if strength == 0.1:
        clean = files.garbled(*box(), 0, rng)
        broken = next(data for data, whole in zip(delivered, clean, strict=True) if data != whole)
    with pytest.raises(InputError):
        decode_render(broken)


def test_a_file_is_garbled_in_so_many_places(rng, box):
    clean = files.garbled(*box(), 0, rng)
    spoilt = files.garbled(*box(), 10, rng)
    apart = [
        sum(a != b for a, b in zip(*both, strict=True)) for both in zip(clean, spoilt, strict=True)
    ]
    assert sorted(apart)[0] == 0
    assert 9 <= sorted(apart)[1] <= 10  # two may fall on one place


def test_the_likest_partner_is_the_likest_and_never_oneself(rng):
    lines = [ring(40), bar(), ring(41), np.zeros((64, 64), np.float32)]
    assert sets.partners(lines, 0.01, rng)[:3].tolist() == [2, 0, 0] or sets.partners(
        lines, 0.01, rng
    )[[0, 2]].tolist() == [2, 0]
    for _ in range(5):
        drawn = sets.partners(lines, 1, rng)
        assert all(drawn[at] != at for at in range(3))
        assert drawn[3] == 3  # no other has its shape


def test_copies_are_smaller_mirrored_and_from_jpeg(rng, box):
    render, line = box(left=8)
    small, _ = sets.again_small(render, line, 0.5, rng)
    assert small.shape == (48, 48, 3)
    mirrored, _ = sets.again_mirrored(render, line, 1, rng)
    np.testing.assert_array_equal(mirrored[:, 0], render[:, -1])
    blocky, ink = sets.again_jpeg(render, line, 70, rng)
    assert 0 < np.abs(blocky - render).mean() < 0.05
    assert 0 < np.abs(ink - line).mean() < 0.05
