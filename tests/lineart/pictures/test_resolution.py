"""How large a picture is in print, as each kind of file says it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from lineart.pictures.inputs import decode_sheet
from lineart.pictures.resolution import Dpi, resolution_of


def dpi_of(kit: SimpleNamespace, format: str, **options: Any) -> Dpi | None:
    return decode_sheet(kit.saved(kit.page(), format, **options), "it").dpi


def exif_of(**tags: Any) -> Image.Exif:
    exif = Image.Exif()
    numbers = {"across": 0x011A, "down": 0x011B, "unit": 0x0128, "turned": 0x0112}
    for name, value in tags.items():
        exif[numbers[name]] = value
    return exif


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP"])
@pytest.mark.parametrize("dpi", [(600, 600), (72, 72), (300, 150)])
def test_what_a_file_says_is_read(format: str, dpi: tuple[int, int], kit: SimpleNamespace) -> None:
    assert dpi_of(kit, format, dpi=dpi) == dpi


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "GIF", "WEBP"])
def test_a_file_that_says_nothing_has_none(format: str, kit: SimpleNamespace) -> None:
    assert dpi_of(kit, format) is None


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize(("turned", "seen"), [(3, (300, 150)), (6, (150, 300)), (8, (150, 300))])
def test_across_becomes_down_where_a_picture_is_turned(
    format: str, turned: int, seen: Dpi, kit: SimpleNamespace
) -> None:
    assert dpi_of(kit, format, dpi=(300, 150), exif=exif_of(turned=turned)) == seen


@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("tags", "dpi"),
    [
        ({"across": 600.0, "down": 300.0, "unit": 2}, (600, 300)),
        ({"across": 100.0, "down": 200.0, "unit": 3}, (254, 508)),  # a centimetre
        ({"across": 600.0, "down": 300.0, "unit": 1}, None),  # a ratio
        ({"turned": 1}, None),
        ({"across": 1.0, "down": 1.0, "unit": 2}, None),
    ],
)
def test_exif_says_it_too(
    format: str, tags: dict[str, Any], dpi: Dpi | None, kit: SimpleNamespace
) -> None:
    found = dpi_of(kit, format, exif=exif_of(**tags))
    assert found == (None if dpi is None else pytest.approx(dpi))


@pytest.mark.parametrize(
    "said", [IFDRational(0, 0), float("nan"), float("inf"), -300, 0, 1e9, "many", (300, 1), None]
)
def test_what_is_no_resolution_is_none(said: Any) -> None:
    image = Image.new("L", (8, 8))
    image.info["dpi"] = (300, said)
    assert resolution_of(image) is None
    del image.info["dpi"]
    image.getexif()[0x011A] = said
    assert resolution_of(image) is None
