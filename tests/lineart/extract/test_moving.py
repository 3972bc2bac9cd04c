"""Animations: frames, times and sizes that come out are those that went in."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin, features

from lineart.errors import InputError
from lineart.extract import animation
from lineart.extract.animation import (
    Animation,
    encode_animation,
    read_frames,
    repeats_of,
    require_room,
    several_in,
)
from lineart.pictures import decoding
from lineart.pictures.images import Bytes
from lineart.pictures.inputs import decode_picture


def inks(frames: int = 3) -> list[Bytes]:
    """All shades of ink, another way round in each frame."""
    shades = np.arange(256, dtype=np.uint8).reshape(16, 16)
    return [np.roll(shades, 5 * number) for number in range(frames)]


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_frames_are_read_with_their_times(
    format: str, kit: SimpleNamespace, tmp_path: Path
) -> None:
    options = {"lossless": True} if format == "WEBP" else {}
    data = kit.animated(format, **options)
    frames = list(read_frames(data, "it"))
    assert [frame.milliseconds for frame in frames] == [40, 40, 40]
    assert [frame.share for frame in frames] == pytest.approx([1 / 3, 2 / 3, 1])
    for number, frame in enumerate(frames):
        assert np.array_equal(frame.pixels, np.roll(kit.page(), 2 * number, axis=0))
    assert repeats_of(data, "it") == 0
    for name in ("it.gif", "it.webp", "it.png", "it.jpg", "it"):  # its content says what it is
        (tmp_path / name).write_bytes(data)
        assert several_in(tmp_path / name) == format


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_an_avif_is_read_with_its_times_and_repeats(kit: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "it.avif").write_bytes(kit.animated("AVIF", quality=95))
    data = (tmp_path / "it.avif").read_bytes()
    assert several_in(tmp_path / "it.avif") == "AVIF"
    frames = list(read_frames(data, "it"))
    assert [frame.milliseconds for frame in frames] == [40, 40, 40]
    for number, frame in enumerate(frames):
        off = frame.pixels.astype(int) - np.roll(kit.page(), 2 * number, axis=0)
        assert np.abs(off).mean() < 4
    assert repeats_of(data, "it") == 0


def pages(*images: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    images[0].save(buffer, "TIFF", save_all=True, append_images=images[1:], **options)
    return buffer.getvalue()


def test_pages_are_read_each_in_its_own_size_and_turned(tmp_path: Path) -> None:
    """Three pages of 20, 21 and 22 x 10 pixels, lying on their sides; black, dark and less dark."""
    exif = Image.Exif()
    exif[0x0112] = 6
    sheets = [Image.new("L", (20 + page, 10), 50 * page) for page in range(3)]
    (tmp_path / "scan.png").write_bytes(data := pages(*sheets, exif=exif))
    assert several_in(tmp_path / "scan.png") == "TIFF"
    frames = list(read_frames(data, "scan"))
    assert [frame.pixels.shape for frame in frames] == [(20, 10, 3), (21, 10, 3), (22, 10, 3)]
    assert [frame.pixels.max() for frame in frames] == [0, 50, 100]


@pytest.mark.parametrize(("tag", "count"), [(0, 2), (1, 1), (2, 2), (4, 1)])
def test_a_smaller_copy_and_a_mask_are_no_pages(tag: int, count: int, tmp_path: Path) -> None:
    """Values of the tag NewSubfileType of the second picture; 2 is a page of several."""
    buffer = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer) as writer:
        for value in (0, tag):
            Image.new("L", (8, 8), 255 * (value > 0)).save(writer, "TIFF", tiffinfo={254: value})
            writer.newFrame()
    (tmp_path / "scan.tif").write_bytes(buffer.getvalue())
    assert several_in(tmp_path / "scan.tif") == ("TIFF" if count > 1 else "")
    assert len(list(read_frames(buffer.getvalue(), "scan"))) == count


def test_a_thumbnail_before_the_page_is_passed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer) as writer:
        for side, tag in ((4, 1), (8, 0)):
            Image.new("L", (side, side)).save(writer, "TIFF", tiffinfo={254: tag})
            writer.newFrame()
    (tmp_path / "scan.tif").write_bytes(buffer.getvalue())
    assert several_in(tmp_path / "scan.tif") == ""
    assert decode_picture(buffer.getvalue(), "scan").shape == (8, 8, 3)


def test_pages_of_all_kinds_follow_one_another() -> None:
    modes = ["RGB", "P", "L", "1", "CMYK", "RGBA", "LA", "RGB", "P"]
    sheets = [Image.new("RGB", (8, 8), "red").convert(mode) for mode in modes]
    frames = list(read_frames(pages(*sheets), "scan"))
    assert [frame.number for frame in frames] == list(range(1, 10))
    assert frames[1].pixels[0, 0].tolist() == frames[8].pixels[0, 0].tolist()


def test_a_page_that_is_damaged_or_too_large_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pages(*(Image.new("L", (side, side)) for side in (8, 9, 8)))
    monkeypatch.setattr(decoding, "MAX_PIXELS", 64)
    frames = read_frames(data, "scan")
    assert [next(frames).number, next(frames).number] == [1, 3]
    with pytest.raises(
        InputError, match=r"^Page 2 of 3 cannot be read, the others are written \(scan claims 9 x 9"
    ):
        next(frames)
    monkeypatch.undo()
    (tmp_path / "cut.tif").write_bytes(data[: len(data) // 2])
    assert several_in(tmp_path / "cut.tif") == "TIFF"
    cut = read_frames((tmp_path / "cut.tif").read_bytes(), "cut.tif")
    assert next(cut).number == 1
    with pytest.raises(InputError, match=r"^Page 2 of 2 cannot be read"):
        list(cut)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("ending", [".gif", ".webp", ".png"])
@pytest.mark.parametrize("repeats", [None, 0, 1, 2])
def test_repeats_are_kept(
    format: str, ending: str, repeats: int | None, kit: SimpleNamespace
) -> None:
    """A GIF says how often it is shown again, a WebP and a PNG how often in all; 0 is for ever."""
    plays = 0 if repeats == 0 else 1 + (repeats or 0)
    data = kit.animated(format, loop=repeats if format == "GIF" else plays)
    assert repeats_of(data, "it") == repeats
    made = encode_animation(Animation(inks(), [40] * 3, repeats), ending, "png", (0, 0, 0))
    assert repeats_of(made, "it") == repeats
    with Image.open(io.BytesIO(made)) as image:
        assert image.info.get("loop") == (repeats if ending == ".gif" else plays)


@pytest.mark.parametrize("format", ["WEBP", "PNG"])
def test_frames_are_turned_as_a_still_is(format: str, kit: SimpleNamespace) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    options = {"lossless": True} if format == "WEBP" else {}
    data = kit.animated(format, exif=exif, **options)
    first = next(iter(read_frames(data, "it"))).pixels
    assert np.array_equal(first, np.rot90(kit.page(), -1))
    assert np.array_equal(first, decode_picture(data, "it"))


def test_a_still_or_broken_picture_is_no_animation(tmp_path: Path, kit: SimpleNamespace) -> None:
    for name, data in (("a.gif", kit.saved(kit.page(), "GIF")), ("b.png", b"text"), ("c.jpg", b"")):
        (tmp_path / name).write_bytes(data)
        assert several_in(tmp_path / name) == ""
    assert several_in(tmp_path / "missing.webp") == ""


@pytest.mark.parametrize("ending", [".gif", ".webp", ".png"])
@pytest.mark.parametrize("colour", [(0, 0, 0), (0, 0, 128)])
def test_an_animation_on_paper_keeps_every_shade(ending: str, colour: tuple[int, int, int]) -> None:
    data = encode_animation(Animation(inks(), [40, 80, 120], 0), ending, "png", colour)
    frames = list(read_frames(data, "it"))
    assert [frame.milliseconds for frame in frames] == [40, 80, 120]
    for ink, frame in zip(inks(), frames, strict=True):
        assert np.array_equal(frame.pixels[..., 0], 255 - ink)
        wanted = np.round(255 - ink / 255 * (255 - colour[2]))
        assert np.array_equal(frame.pixels[..., 2], wanted)
    assert repeats_of(data, "it") == 0


@pytest.mark.parametrize("ending", [".webp", ".png"])
def test_an_animation_without_paper_has_the_ink_as_alpha(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"it{ending}"
    path.write_bytes(
        encode_animation(Animation(inks(), [40] * 3, None), ending, "transparent", (0, 0, 128))
    )
    with Image.open(path) as image:
        assert image.n_frames == 3
        for number, ink in enumerate(inks()):
            image.seek(number)
            pixels = np.asarray(image.convert("RGBA"))
            assert np.array_equal(pixels[..., 3], ink)
            assert (pixels[ink > 0][:, :3] == (0, 0, 128)).all()


def test_too_many_frames_are_refused(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animation, "MAX_PIXELS", 3 * 48 * 64 - 1)
    with pytest.raises(InputError, match=r"it has 3 frames of 64 x 48 pixels.* take `--frames`"):
        require_room(kit.animated("GIF"), "it")
    assert len(list(read_frames(kit.animated("GIF"), "it"))) == 3  # one after the other


def test_half_an_animation_ends_in_a_sentence(kit: SimpleNamespace) -> None:
    data = kit.animated("GIF", 9)
    with pytest.raises(InputError, match=r"^it cannot be read as a picture"):
        list(read_frames(data[: len(data) // 3], "it"))
