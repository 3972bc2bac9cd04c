"""One page in every kind of file, and everything that is none."""

from __future__ import annotations

import io
import struct
import sys
import warnings
import zipfile
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Compression

from lineart.errors import InputError
from lineart.pictures.colours import WHITE
from lineart.pictures.decoding import decode_pixels, decode_render
from lineart.pictures.images import to_bytes
from lineart.pictures.inputs import (
    KINDS,
    PICTURES,
    decode_picture,
    decode_sheet,
    hidden_said,
    is_known,
    read_pipe,
)


def archive(method: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members.items():
            file.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def photoshop(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    PSDImage.frompil(image).save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "GIF"])
def test_formats_without_loss_give_the_page(kit: SimpleNamespace, format: str) -> None:
    assert np.array_equal(decode_picture(kit.saved(kit.page(), format), "it"), kit.page())


def test_formats_with_loss_give_nearly_the_page(kit: SimpleNamespace) -> None:
    for format, options in (("JPEG", {"quality": 95, "subsampling": 0}), ("WEBP", {"quality": 95})):
        got = decode_picture(kit.saved(kit.page(), format, **options), "it").astype(int)
        assert np.abs(got - kit.page()).mean() < 3, format


Image.init()
# What Pillow opens and the tool does not: what needs another program, what is no drawing, icons, the header
# of a layered file, films, and what holds several pictures.
NOT_READ = (
    *("EPS", "WMF", "BUFR", "GRIB", "HDF5", "FITS", "IM", "IPTC", "PCD", "GBR"),
    *("ICO", "CUR", "ICNS", "BLP", "PSD", "MPEG", "FLI", "DCX"),
)


def test_what_pillow_opens_is_read_by_its_name() -> None:
    endings = {
        ending
        for ending, format in Image.registered_extensions().items()
        if format in Image.OPEN and format not in NOT_READ
    }
    assert endings <= set(PICTURES)
    assert all(is_known(Path(f"cat{ending.upper()}")) for ending in endings)


@pytest.mark.parametrize("format", [format for format in KINDS if format in Image.SAVE])
def test_what_pillow_writes_is_read_by_its_content(format: str, kit: SimpleNamespace) -> None:
    """Of two colours, so that every format holds it; without loss but for JPEG, AVIF and JPEG 2000."""
    page = np.where(kit.page()[..., 1:2] < 128, np.uint8(0), np.uint8(255))
    page = np.repeat(page, 3, axis=2)
    image = Image.fromarray(page).convert("1" if format in ("XBM", "MSP") else "RGB")
    got = decode_picture(kit.saved(image, format), "it").astype(int)
    assert np.abs(got - page).mean() < (
        3 if format in ("JPEG", "AVIF", "WEBP", "JPEG2000") else 0.1
    )


def test_a_pgm_of_16_bits_is_scaled() -> None:
    data = b"P5 3 1 65535\n" + np.array([0, 0x8000, 0xFFFF], ">u2").tobytes()
    assert decode_picture(data, "it.pgm")[0, :, 0].tolist() == [0, 128, 255]


def ring(mode: str, level: int = 255) -> Image.Image:
    """A ring of a grey level on a transparent ground of the other one, 40 pixels square."""
    pixels = np.full((40, 40, 4), (255 - level,) * 3 + (0,), np.uint8)
    cv2.circle(pixels, (20, 20), 12, (level, level, level, 255), 3)
    image = Image.fromarray(pixels)
    return image.convert("LA") if mode == "LA" else image.quantize(4) if mode == "P" else image


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("level", [0, 255])
def test_a_ring_is_hidden_by_its_own_colour_alone(
    mode: str, level: int, kit: SimpleNamespace
) -> None:
    data = kit.saved(ring(mode, level), "PNG")
    for background, hidden in ((WHITE, level == 255), ((0, 0, 0), level == 0)):
        sheet = decode_sheet(data, "it", background)
        assert sheet.hidden == hidden
        assert sheet.pixels[0, 0].tolist() == [*background]
        assert sheet.pixels[8, 20].tolist() == [level] * 3


def test_the_advice_names_another_background_than_the_one_given() -> None:
    assert hidden_said(["a.png"], "white").endswith("such as #404040.")
    assert hidden_said(["a.png", "b.png"], "black").endswith("such as white.")


def test_a_deep_picture_lies_on_the_background_too() -> None:
    pixels = np.zeros((4, 4, 4), np.uint16)
    pixels[1] = (0, 0, 65535, 65535)  # red, as OpenCV has it
    data = cv2.imencode(".png", pixels)[1].tobytes()
    sheet = decode_sheet(data, "it", (0, 128, 0))
    assert sheet.pixels[:2, 0].tolist() == [[0, 128, 0], [255, 0, 0]]
    assert not sheet.hidden


def test_an_opaque_or_empty_picture_is_hidden_by_nothing(kit: SimpleNamespace) -> None:
    for alpha in (0, 255):
        blank = Image.new("RGBA", (9, 9), (255, 255, 255, alpha))
        assert not decode_sheet(kit.saved(blank, "PNG"), "it").hidden


def test_a_layered_file_lies_on_the_background_too(kit: SimpleNamespace) -> None:
    png = kit.saved(ring("RGBA", 255), "PNG")
    data = archive(mimetype=b"image/openraster", mergedimage_png=png)
    for background, hidden in ((WHITE, True), ((0, 0, 0), False)):
        sheet = decode_sheet(data, "it.ora", background)
        assert sheet.hidden == hidden
        assert sheet.pixels[0, 0].tolist() == [*background]
        assert sheet.pixels[8, 20].tolist() == [255] * 3


def test_layered_files_give_their_merged_picture(kit: SimpleNamespace) -> None:
    png = kit.saved(kit.page(), "PNG")
    for data in (
        archive(mimetype=b"image/openraster", mergedimage_png=png),
        photoshop(Image.fromarray(kit.page())),
    ):
        assert np.array_equal(decode_picture(data, "it"), kit.page())


def test_a_transparent_photoshop_file_lies_on_white() -> None:
    clear = np.zeros((4, 5, 4), np.uint8)
    clear[:, 2] = (0, 0, 255, 255)
    got = decode_picture(photoshop(Image.fromarray(clear)), "it.psd")
    assert got[0, 2].tolist() == [0, 0, 255]
    assert got[0, 0].tolist() == [255, 255, 255]


def test_a_grey_photoshop_file_of_16_bits() -> None:
    head = b"8BPS" + bytes([0, 1]) + bytes(6) + (1).to_bytes(2, "big")
    head += (2).to_bytes(4, "big") + (3).to_bytes(4, "big") + bytes([0, 16, 0, 1])
    data = head + bytes(12) + bytes(2) + b"\x80\x00" * 6
    assert decode_picture(data, "it.psd").tolist() == [[[128] * 3] * 3] * 2


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_bytes_are_the_rounded_floats(mode: str, kit: SimpleNamespace) -> None:
    rng = np.random.default_rng(0)
    if mode == "I;16":
        noise = Image.fromarray(rng.integers(0, 65536, (70, 9), np.uint16))
    else:
        noise = Image.fromarray(rng.integers(0, 256, (70, 9, 4), np.uint8)).convert(mode)
    data = kit.saved(noise, "TIFF" if mode == "CMYK" else "PNG")
    assert np.array_equal(decode_pixels(data), to_bytes(decode_render(data)))


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1)])
def test_dots_and_threads(size: tuple[int, int], kit: SimpleNamespace) -> None:
    for format in ("PNG", "GIF", "BMP", "TIFF"):
        data = kit.saved(Image.new("RGB", size, "white"), format)
        assert decode_picture(data, "it").shape == (size[1], size[0], 3)


WRONG = {
    "text": (b"not a picture at all", "cannot be read as a picture"),
    "an empty zip file": (archive(), "cannot be read as a picture"),
    "a zip file without a merged picture": (archive(notes_txt=b"x"), "no ORA or KRA file"),
    "a merged picture that is text": (archive(mergedimage_png=b"x"), "cannot be read"),
    "half a zip file": (archive(mergedimage_png=b"x" * 99)[:60], "no whole zip file"),
    "a merged picture that zipfile inflates without a bound": (
        archive(zipfile.ZIP_BZIP2, mergedimage_png=b"x" * 99),
        "compressed in a way that ORA and KRA files are not",
    ),
    "a merged picture in LZMA": (
        archive(zipfile.ZIP_LZMA, mergedimage_png=b"x" * 99),
        "compressed in a way that ORA and KRA files are not",
    ),
    "half a Photoshop header": (b"8BPS" + bytes(9), "damaged or no Photoshop file"),
    "a huge Photoshop header": (
        b"8BPS"
        + bytes([0, 1])
        + bytes(6)
        + b"\0\3"
        + b"\0\0\xff\xff" * 2
        + b"\0\x08\0\3"
        + bytes(9),
        "claims 65535 x 65535 pixels; at most 80 megapixels",
    ),
    "an EPS file": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "of no known format"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_picture_ends_in_a_sentence(what: str) -> None:
    data, said = WRONG[what]
    with pytest.raises(InputError) as caught:
        decode_picture(data, "it.bin")
    assert said in str(caught.value)
    assert str(caught.value).startswith("it.bin")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
def test_half_a_picture_ends_in_a_sentence(format: str, kit: SimpleNamespace) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    data = kit.saved(noise, format)
    with pytest.raises(InputError, match=r"^it cannot be read as a picture"):
        decode_picture(data[: len(data) // 2], "it")


def test_a_photoshop_file_that_would_fill_the_memory_is_refused_from_its_header() -> None:
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 56, 8000, 8000, 8, 3)
    with pytest.raises(InputError, match=r"56 channels of 8 bits; at most 512 MB are read"):
        decode_picture(head + bytes(100), "it")


@pytest.mark.parametrize("compression", Compression)
def test_half_a_photoshop_picture_is_not_read_as_black(compression: Compression) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    buffer = io.BytesIO()
    PSDImage.frompil(Image.fromarray(noise), compression=compression).save(buffer)
    data = buffer.getvalue()
    assert np.array_equal(decode_picture(data, "it.psd"), noise)
    for kept in (0.99, 0.5):
        with pytest.raises(InputError, match="damaged"):
            decode_picture(data[: int(kept * len(data))], "it.psd")


@pytest.mark.parametrize("compression", [Compression.RLE, Compression.ZIP])
def test_it_is_not_either_where_another_thread_has_silenced_warnings(
    compression: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    PSDImage.frompil(Image.fromarray(noise), compression=compression).save(buffer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        monkeypatch.setattr(warnings, "simplefilter", lambda *_: None)
        with pytest.raises(InputError, match="damaged"):
            decode_picture(buffer.getvalue()[:20_000], "it.psd")


class Pipe(io.TextIOWrapper):
    """A standard input that holds some bytes."""

    def __init__(self, data: bytes, terminal: bool = False):
        super().__init__(io.BytesIO(data))
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("pipe", "said"), [(Pipe(b""), "Nothing came"), (Pipe(b"x", True), "none is there")]
)
def test_a_pipe_without_a_picture(pipe: Pipe, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", pipe)
    with pytest.raises(InputError, match=said):
        read_pipe()


def test_without_standard_input_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as Python has it after `<&-`
    with pytest.raises(InputError, match="none is there; name a file instead"):
        read_pipe()


def test_a_file_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kit: SimpleNamespace
) -> None:
    from lineart.pictures.inputs import read_picture

    (tmp_path / "cat.png").write_bytes(kit.saved(kit.page(), "PNG"))

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"cat\.png cannot be opened \(Permission denied\)"):
        read_picture(tmp_path / "cat.png")
