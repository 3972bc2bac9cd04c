"""Whatever bytes come in: a picture worked out by hand, or one sentence."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from lineart.errors import InputError
from lineart.pictures import decoding
from lineart.pictures.decoding import decode_render, shown


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size, and has no pixels."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    idat = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [
        struct.pack(">I", len(c) - 4) + c + zlib.crc32(c).to_bytes(4, "big") for c in (body, idat)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cat.png", "cat.png"),
        ("线稿 😀", "线稿 😀"),
        ("a\nb\x1b[31m", r"a\nb\x1b[31m"),
        ("\udcff\u2028\u202e", r"\udcff\u2028\u202e"),
        ("x" * 401, "x" * 397 + "..."),
    ],
)
def test_a_name_is_shown_on_one_line(name: str, said: str) -> None:
    assert shown(name) == said
    assert shown(name).encode().decode().splitlines() == [said]


@pytest.mark.parametrize(
    "size", [(60_000, 60_000), (60_000, 6_000), (2**31 - 1, 1), (1, 80_000_001)]
)
def test_a_huge_claim_is_refused_from_the_header(size: tuple[int, int]) -> None:
    with pytest.raises(
        InputError, match=rf"^big\.png claims {size[0]} x {size[1]} pixels; at most 80"
    ):
        decode_render(png_header(*size), "big.png")


def test_a_large_claim_without_pixels_is_a_truncated_file() -> None:
    with pytest.raises(InputError, match=r"^cut\.png cannot be read as a picture"):
        decode_render(png_header(8000, 2000), "cut.png")


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000)])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF"])
def test_threads_and_dots_are_read(size: tuple[int, int], format: str) -> None:
    picture = decode_render(saved(Image.new("RGB", size, "white"), format))
    assert picture.shape == (size[1], size[0], 3)
    assert picture.min() == 1


@pytest.mark.parametrize("format", ["GIF", "BMP", "PPM", "ICO", "EPS", "PCX", "TGA"])
def test_other_decoders_never_see_a_delivery(format: str) -> None:
    """Pillow would hand an EPS to Ghostscript, whatever the file is called."""
    data = saved(Image.new("RGB", (16, 16), "red"), format)
    with pytest.raises(InputError, match="its content is of no known format"):
        decode_render(data, "picture.png")


def test_the_first_of_several_frames_is_read() -> None:
    red, blue = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (4, 4), "blue")
    for format, options in (("PNG", {}), ("TIFF", {}), ("MPO", {}), ("WEBP", {"lossless": True})):
        data = saved(red, format, save_all=True, append_images=[blue], **options)
        assert decode_render(data)[0, 0] == pytest.approx([1, 0, 0], abs=0.02), format


def test_a_name_that_lies_is_no_matter() -> None:
    data = saved(Image.new("RGB", (4, 4), (0, 51, 255)), "PNG")
    assert decode_render(data, "really-a-png.jpg")[3, 3] == pytest.approx([0, 0.2, 1])


@pytest.mark.parametrize("mode", ["I", "F"])
def test_thirty_two_bits_are_refused(mode: str) -> None:
    data = saved(Image.new(mode, (4, 4), 1), "TIFF")
    with pytest.raises(InputError, match="32 bits a channel; save it with 8 or 16"):
        decode_render(data)


def test_deep_grey_with_a_profile_keeps_its_greys() -> None:
    """Pillow cannot convert such a picture; the profile of a grey picture is left out."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    deep = Image.fromarray(np.full((3, 5), 0x8000, np.uint16))
    picture = decode_render(saved(deep, "PNG", icc_profile=profile))
    assert picture.shape == (3, 5, 3)
    assert np.allclose(picture, 0x8000 / 0xFFFF, atol=1e-7)


def tiff(levels: Any, bits: int, photometric: int) -> bytes:
    """A grey TIFF by its specification: a header, the rows in one strip, a table of eight tags."""
    height, width = np.shape(levels)
    packed = "".join(f"{level:0{bits}b}" for level in np.ravel(levels))
    strip = int(packed, 2).to_bytes(len(packed) // 8, "big")
    if bits == 16:
        strip = np.frombuffer(strip, ">u2").astype("<u2").tobytes()
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8)]
    tags += [(278, height), (279, len(strip))]
    table = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in tags)
    start = 8 + len(strip) + len(strip) % 2
    head = struct.pack("<2sHI", b"II", 42, start) + strip.ljust(start - 8, b"\0")
    return head + struct.pack("<H", len(tags)) + table + bytes(4)


@pytest.mark.parametrize(("bits", "photometric"), [(12, 1), (16, 1), (16, 0)])
def test_deep_grey_is_scaled_and_white_is_where_the_file_says(bits: int, photometric: int) -> None:
    most = 2**bits - 1
    levels = np.array([[0, most // 3, most, most - most // 5]] * 2)
    picture = decode_render(tiff(levels, bits, photometric))[..., 0]
    assert picture == pytest.approx(levels / most if photometric else 1 - levels / most, abs=1e-6)


@pytest.mark.parametrize("compression", ["tiff_lzw", "zstd", "lzma"])
def test_deep_grey_of_any_compression(compression: str) -> None:
    deep = Image.fromarray(np.array([[0, 0x4000, 0xFFFF]], np.uint16))
    picture = decode_render(saved(deep, "TIFF", compression=compression))
    assert picture[0, :, 1] == pytest.approx([0, 0x4000 / 0xFFFF, 1], abs=1e-6)


def test_deep_grey_that_moves_or_has_a_clear_level() -> None:
    deep = [Image.fromarray(np.full((2, 2), level, np.uint16)) for level in (0x4000, 0)]
    moving = saved(deep[0], "PNG", save_all=True, append_images=deep[1:])
    assert decode_render(moving) == pytest.approx(0x4000 / 0xFFFF, abs=1e-6)
    assert decode_render(saved(deep[1], "PNG", transparency=0)) == pytest.approx(1)


@pytest.mark.parametrize(("extra", "answer"), [("assocalpha", 0.6), ("unassalpha", 0.55)])
def test_deep_colours_that_are_multiplied_by_their_alpha(extra: str, answer: float) -> None:
    """A half covers: 0.1 that is multiplied already is 0.1 + 0.5 of paper, one that is not 0.05 + 0.5."""
    pixels = np.full((2, 2, 4), 6554, np.uint16)
    pixels[..., 3] = 32768
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, photometric="rgb", extrasamples=[extra])
    assert decode_render(buffer.getvalue()) == pytest.approx(answer, abs=0.01)


def test_a_broken_profile_is_treated_as_absent() -> None:
    data = saved(Image.new("RGB", (4, 4), (0, 51, 255)), "PNG", icc_profile=b"no profile" * 20)
    assert decode_render(data)[0, 0] == pytest.approx([0, 0.2, 1])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_strips_do_not_show(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (70, 9, 4), np.uint8)).convert(mode)
    data = saved(noise, "TIFF" if mode == "CMYK" else "PNG")
    pictures = []
    for rows in (1, 64, 1000):
        monkeypatch.setattr(decoding, "STRIP", rows)
        pictures.append(decode_render(data))
    assert pictures[0].shape == (70, 9, 3)
    assert np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[0], pictures[2])
    if mode == "RGBA":
        red, alpha = (np.asarray(noise)[60, 4, band] / 255 for band in (0, 3))
        assert pictures[0][60, 4, 0] == pytest.approx(red * alpha + 1 - alpha, abs=1e-6)


def test_words_of_the_libraries_are_one_short_line() -> None:
    def fail(error: Exception) -> str:
        with pytest.raises(InputError) as caught, decoding.opened(data, "a\nb.png"):
            raise error
        return str(caught.value)

    data = saved(Image.new("L", (2, 2)), "PNG")
    assert fail(OSError("two\n  lines")).startswith(
        r"a\nb.png cannot be read as a picture (two lines);"
    )
    assert "(it needs more memory than there is)" in fail(MemoryError())
    assert "(its content is damaged)" in fail(KeyError())
    assert len(fail(OSError("x" * 9999))) < 300
