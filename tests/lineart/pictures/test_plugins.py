"""HEIC and JPEG XL, and what is said where their libraries are missing."""

from __future__ import annotations

import base64
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from lineart.errors import InputError
from lineart.pictures.inputs import decode_sheet
from lineart.pictures.plugins import plugin_for

# The page of the fixture ``kit``, on its side and 300 dpi by EXIF; no library of ours writes HEIC.
HEIC = base64.b85decode(
    "0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<0005VZDn*}000000000XXk=`10000000000aA{+7000000000000000"
    "00000G-+&aV*mgE07O6l0ssL300001>;M4(000000052v0ssI200Mdd0RR9100000SO5S3IB98aW&i*H00062000$f"
    "Zf0cy000000RRAKc4ILB0000LX>Mj^0ssI300IC2MR;ju000004sdC7Z2$lO00031009SSaB^?}008D`aAR)(004Gq"
    "c4I>U18@KU0FVFx0000U@BsY%`1k+-4+CHT0RR|40Sp2E{{wIU00RJ!0009300RIXx&lC90096hLID8-Z~y=U0FVFx"
    "0{{R603M(qfd!W8<fgf}2xu@M00096AOHXZ03l)k0RRR>0l{;?i2wiq6Ju{|a&BX6cmM$a4FCp!0000KX>)L800000"
    "0000$0000$0000eV{Bn?0000$000010000m000010000000002|NsB+000020000GaA|mH000000|*ER00009X>xCL"
    "0{{R38EJ5BVE_OC000000RRC8fdT^sgoXeB02*m>Wo7^X0000001jhhb7KGk009620002)ZDe6|0001rC;_hqI9uEM"
    "YPahs{cfq?^W)>GA2<Q-JC414z43QG!;H*|d&QxH|Lji<`j8v-PXGVvy7WGp21(vE15n)}9vo_Yq@TF{^q1`9${X!G"
    "yPo&&QlE~|oG53N^fTD7PyhZ0I^Xj&wnBc`OvmXTP&Ix@IZ(@PgWdKoo7>UH)6w|l*X{O8JD30f00u>PX=VTbO-%qQ"
    "0000800aRN00RI3009670003R00jU50096106qa500jU50096107d~Q00RI30096300000000000W1Ij009610W1Ij"
    "009"
)


def test_a_heic_is_read_upright_and_with_its_resolution(kit: SimpleNamespace) -> None:
    pytest.importorskip("pi_heif")
    sheet = decode_sheet(HEIC, "it.heic")
    off = np.abs(sheet.pixels.astype(int) - np.rot90(kit.page(), -1))
    assert off.mean() < 0.1
    assert sheet.dpi == (300, 300)
    with pytest.raises(InputError, match=r"^it\.heic cannot be read as a picture"):
        decode_sheet(HEIC[:-50], "it.heic")


@pytest.mark.parametrize("turned", [False, True])  # by EXIF, which does not count in a JPEG XL
def test_a_jpeg_xl_is_read_to_the_pixel(turned: bool, kit: SimpleNamespace) -> None:
    library = pytest.importorskip("pylibjxl")
    exif = Image.Exif()
    exif[0x0112] = 6
    options = {"exif": exif.tobytes()} if turned else {}
    data = library.encode(kit.page(), lossless=True, **options)
    assert np.array_equal(decode_sheet(data, "it.jxl").pixels, kit.page())
    half = np.dstack([kit.page(), np.full((48, 64), 102, np.uint8)])
    black = decode_sheet(library.encode(half, lossless=True), "it.jxl", (0, 0, 0)).pixels
    assert np.array_equal(black, np.round(kit.page() * 0.4))
    with pytest.raises(InputError, match=r"^it\.jxl cannot be read as a picture"):
        decode_sheet(data[: len(data) // 2], "it.jxl")


@pytest.mark.parametrize(
    ("head", "library"), [(HEIC, "pi-heif"), (b"\xff\x0a" + bytes(20), "pylibjxl")]
)
def test_without_its_library_the_sentence_says_what_to_install(
    head: bytes, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library.replace("-", "_"), None)
    with pytest.raises(
        InputError, match=rf"^it is a picture .* needs {library}; install it .*\[formats\]"
    ):
        decode_sheet(head, "it")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_other_pictures_need_no_plugin(format: str, kit: SimpleNamespace) -> None:
    assert plugin_for(kit.saved(kit.page(), format), "it") == ""
    assert plugin_for(b"\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf", "it") == ""
