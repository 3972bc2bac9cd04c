"""Whatever bytes come in: a picture worked out by hand, or one sentence."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from lineart import decoding
from lineart.decoding import decode_render, shown
from lineart.errors import InputError


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
