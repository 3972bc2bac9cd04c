"""Pictures of every kind come in as float RGB on white; worked out by hand."""

import io
import os

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from lineart.errors import InputError
from lineart.pictures import decoding, images


def test_line_art_is_ink_on_paper(tmp_path):
    ink = np.array([[0, 1], [0.4, 0.6]], np.float32)
    images.write_line(tmp_path / "line.png", ink)
    assert np.array_equal(cv2.imread(str(tmp_path / "line.png"), -1), [[255, 0], [153, 102]])
    assert images.read_line(tmp_path / "line.png") == pytest.approx(ink, abs=1e-6)


def test_transparency_is_laid_over_white(tmp_path):
    pixels = np.array([[[255, 0, 0, 0], [0, 0, 0, 51]]], np.uint8)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    picture = images.read_render(tmp_path / "a.png")
    assert picture[0, 0] == pytest.approx([1, 1, 1])  # nothing of the red under full transparency
    assert picture[0, 1] == pytest.approx([0.8, 0.8, 0.8], abs=1e-6)


def test_palette_transparency_is_laid_over_white(tmp_path):
    picture = Image.new("P", (2, 1), 0)
    picture.putpalette([10, 20, 30, 0, 0, 0])
    picture.putpixel((1, 0), 1)
    picture.save(tmp_path / "p.png", transparency=0)
    read = images.read_render(tmp_path / "p.png")
    assert read[0, 0] == pytest.approx([1, 1, 1])
    assert read[0, 1] == pytest.approx([0, 0, 0])


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_sixteen_bits_are_kept(tmp_path, ending):
    deep = np.full((2, 3, 3), 1000, np.uint16)  # BGR for OpenCV; 1000 / 65535 is 3.9 of 255
    deep[..., 0] = 65535
    cv2.imwrite(str(tmp_path / f"deep{ending}"), deep)
    read = images.read_render(tmp_path / f"deep{ending}")
    assert read.shape == (2, 3, 3)
    assert read[0, 0] == pytest.approx([1000 / 65535, 1000 / 65535, 1], abs=1e-7)


def test_sixteen_bit_grey_and_alpha(tmp_path):
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((2, 2), 32768, np.uint16))
    assert images.read_render(tmp_path / "grey.png")[0, 0] == pytest.approx([32768 / 65535] * 3)
    with_alpha = np.zeros((2, 2, 4), np.uint16)
    with_alpha[..., 3] = 16384
    cv2.imwrite(str(tmp_path / "alpha.png"), with_alpha)
    assert images.read_render(tmp_path / "alpha.png")[0, 0] == pytest.approx(
        [1 - 16384 / 65535] * 3
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_exif_orientation(tmp_path, orientation, deep, ending):
    """A mark in the corner a viewer shows top left ends up top left, 8 and 16 bits alike."""
    upright = np.zeros((2, 3), np.uint8)
    upright[0, 0] = 255
    undo = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 7}[orientation]
    stored = [
        upright,
        upright[:, ::-1],
        upright[::-1, ::-1],
        upright[::-1],
        upright.T,
        np.rot90(upright),
        upright[::-1, ::-1].T,
        np.rot90(upright, -1),
    ][undo]
    picture = Image.fromarray(np.ascontiguousarray(stored))
    if deep:
        picture = Image.fromarray(np.ascontiguousarray(stored).astype(np.uint16) * 257)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / f"turned{ending}", exif=exif)
    assert images.read_render(tmp_path / f"turned{ending}")[..., 0] == pytest.approx(upright / 255)


def test_cmyk_and_profile(tmp_path):
    Image.new("CMYK", (2, 2), (0, 0, 0, 255)).save(tmp_path / "cmyk.jpg")
    assert images.read_render(tmp_path / "cmyk.jpg").max() < 0.2
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (2, 2), (200, 100, 50)).save(tmp_path / "srgb.png", icc_profile=profile)
    read = images.read_render(tmp_path / "srgb.png")[0, 0]
    assert read == pytest.approx([200 / 255, 100 / 255, 50 / 255], abs=1.01 / 255)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (
            b"not a picture at all",
            r"cannot be read as a picture \(its content is of no known format",
        ),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "cannot be read as a picture"),
    ],
)
def test_bad_files_are_one_sentence(tmp_path, content, said):
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(InputError, match=said):
        images.read_render(tmp_path / "bad.png")


def test_truncated_missing_and_huge(tmp_path, monkeypatch):
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(buffer, "PNG")
    (tmp_path / "half.png").write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    with pytest.raises(InputError, match=r"half\.png cannot be read"):
        images.read_render(tmp_path / "half.png")
    with pytest.raises(InputError, match="There is no picture"):
        images.read_render(tmp_path / "none.png")
    monkeypatch.setattr(decoding, "MAX_PIXELS", 64 * 64 - 1)
    (tmp_path / "whole.png").write_bytes(buffer.getvalue())
    with pytest.raises(InputError, match="claims 64 x 64 pixels"):
        images.read_render(tmp_path / "whole.png")


def test_png_round_trip_and_fit():
    rng = np.random.default_rng(0)
    colour = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert np.array_equal(images.decode_png(images.encode_png(colour), grey=False), colour)
    grey = colour[..., 0]
    assert np.array_equal(images.decode_png(images.encode_png(grey), grey=True), grey)
    stripes = np.tile(np.array([0, 1], np.float32), (4, 4))  # 4 x 8
    assert images.fit(stripes, 4) == pytest.approx(np.full((2, 4), 0.5))
    assert images.fit(stripes, 100) is stripes


def test_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="The disk is full"):
        images.write_bytes(tmp_path / "a.bin", b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_who_may_read_a_file_is_what_the_umask_says(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        images.write_bytes(tmp_path / "a.png", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.png").stat().st_mode & 0o777 == mode


def test_only_ordinary_files_are_read(tmp_path, monkeypatch):
    """A pipe would be waited for, a device would never end."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "device.png").symlink_to("/dev/zero")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "dangling.png").symlink_to("nowhere.png")
    (tmp_path / "whole.png").write_bytes(b"12345")
    for name in ("pipe.png", "folder.png", "device.png"):
        with pytest.raises(InputError, match=rf"{name} is no ordinary file"):
            images.read_render(tmp_path / name)
    with pytest.raises(InputError, match=r"loop\.png cannot be opened \(Too many levels"):
        images.read_render(tmp_path / "loop.png")
    with pytest.raises(InputError, match=r"There is no picture .*dangling\.png"):
        images.read_render(tmp_path / "dangling.png")
    monkeypatch.setattr(images, "MAX_BYTES", 4)
    with pytest.raises(InputError, match=r"whole\.png has 0 MB; at most 0 MB are read"):
        images.read_render(tmp_path / "whole.png")


def test_a_file_that_may_not_be_read_is_one_sentence(tmp_path, monkeypatch):
    def forbidden(_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.png").write_bytes(b"x")
    monkeypatch.setattr(images.Path, "read_bytes", forbidden)  # the tests may run as root
    with pytest.raises(InputError, match=r"a\.png cannot be opened \(Permission denied\)"):
        images.read_render(tmp_path / "a.png")
