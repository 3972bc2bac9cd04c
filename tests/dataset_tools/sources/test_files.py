"""The facts of delivered files, of files whose facts are known because the test made them."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from dataset_tools.sources.files import FileFacts, facts_of, read_files, webp_chunks, write_files
from lineart.errors import InputError
from lineart.sets.pairs import sha256

SIZE = (40, 30)


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def facts(data: bytes, name: str = "render/a.png") -> FileFacts:
    return facts_of(data, "a", "render", name)


def page(mode: str = "RGB") -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 4), np.uint8)
    image = Image.fromarray(noise)
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def test_a_plain_png() -> None:
    data = saved(page(), "PNG")
    assert facts(data) == FileFacts(
        id="a",
        role="render",
        file="render/a.png",
        format="PNG",
        mode="RGB",
        bits=8,
        width=40,
        height=30,
        alpha=False,
        profile="",
        orientation=1,
        frames=1,
        lossy=False,
        bytes=len(data),
        sha256=sha256(data),
    )


@pytest.mark.parametrize(
    ("format", "options", "lossy"),
    [
        ("PNG", {}, False),
        ("JPEG", {}, True),
        ("MPO", {"save_all": True, "append_images": [page()]}, True),
        ("WEBP", {}, True),
        ("WEBP", {"lossless": True}, False),
        ("WEBP", {"save_all": True, "append_images": [page("L")]}, True),
        ("WEBP", {"save_all": True, "append_images": [page("L")], "lossless": True}, False),
        ("TIFF", {}, False),
        ("TIFF", {"compression": "tiff_lzw"}, False),
        ("TIFF", {"compression": "tiff_adobe_deflate"}, False),
        ("TIFF", {"compression": "jpeg"}, True),
    ],
)
def test_what_loses_pixels(format: str, options: dict[str, Any], lossy: bool) -> None:
    """What is called lossy gives other pixels back than were saved."""
    found = facts(saved(page(), format, **options))
    assert (found.format, found.lossy) == (format, lossy)
    back = np.asarray(Image.open(io.BytesIO(saved(page(), format, **options))).convert("RGB"))
    assert np.array_equal(back, np.asarray(page())) != lossy
    assert found.frames == (2 if "save_all" in options else 1)


def test_a_lossy_webp_with_transparency_has_its_picture_behind_other_chunks() -> None:
    data = saved(page("RGBA"), "WEBP", exif=Image.Exif().tobytes(), icc_profile=b"x" * 33)
    assert list(webp_chunks(data))[:3] == [b"VP8X", b"ICCP", b"ALPH"]
    assert facts(data).lossy
    assert facts(data).alpha


@pytest.mark.parametrize(
    ("mode", "bits", "alpha"),
    [("1", 1, False), ("L", 8, False), ("LA", 8, True), ("RGBA", 8, True), ("P", 8, False)],
)
def test_channels_and_depth(mode: str, bits: int, alpha: bool) -> None:
    found = facts(saved(page(mode), "PNG"))
    assert (found.mode, found.bits, found.alpha) == (mode, bits, alpha)


def test_sixteen_bits_and_cmyk_and_a_clear_colour() -> None:
    deep = np.asarray(page()).astype(np.uint16) * 257
    for ending in (".png", ".tif"):
        assert facts(cv2.imencode(ending, deep)[1].tobytes()).bits == 16
    assert facts(saved(page("CMYK"), "TIFF")).mode == "CMYK"
    assert facts(saved(page("P"), "PNG", transparency=3)).alpha


def test_a_turned_picture_has_the_size_it_is_shown_in() -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    for format in ("PNG", "JPEG", "TIFF"):
        found = facts(saved(page(), format, exif=exif))
        assert (found.width, found.height, found.orientation) == (30, 40, 8), format


def test_a_profile_is_named_unless_it_is_srgb() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    other = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    assert facts(saved(page(), "PNG", icc_profile=srgb)).profile == ""
    assert "XYZ" in facts(saved(page(), "PNG", icc_profile=other)).profile
    assert facts(saved(page(), "PNG", icc_profile=b"rubbish" * 30)).profile == "unreadable"


def test_pixels_are_not_decoded() -> None:
    """Half a file has a whole header; an empty or made-up one has none."""
    data = saved(page(), "PNG")
    assert facts(data[: len(data) // 2]).width == 40
    for wrong in (b"", b"text", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(InputError, match=r"^render/a\.png cannot be read as a picture"):
            facts(wrong)


def test_the_table_gives_back_what_it_got(tmp_path: Path) -> None:
    rows = [
        facts_of(saved(page("1"), "PNG"), "0031", "line", "line/0031.png"),
        facts_of(saved(page(), "JPEG"), "0031", "render", "render/0031.jpg"),
        facts_of(saved(page("RGBA"), "WEBP"), "NA", "render", "1\n2.webp"),
    ]
    write_files(tmp_path, reversed(rows))
    assert read_files(tmp_path) == {(row.id, row.role): row for row in rows}
    assert list(read_files(tmp_path)) == [("0031", "line"), ("0031", "render"), ("NA", "render")]
    assert rows[2].file == r"1\n2.webp"


def test_a_table_without_rows_and_no_table(tmp_path: Path) -> None:
    write_files(tmp_path, [])
    assert read_files(tmp_path) == {}
    with pytest.raises(InputError, match="There is no table"):
        read_files(tmp_path / "none")
