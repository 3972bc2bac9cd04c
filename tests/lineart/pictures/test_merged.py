"""Layered files whose merged picture is missing or a dummy, and what else comes in a zip file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Resource
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import ImageResource, ImageResources, VersionInfo

from lineart.errors import InputError
from lineart.pictures.images import Bytes
from lineart.pictures.inputs import decode_picture

MADE = Path(__file__).parents[2] / "data" / "layered"  # a README there has the answers
PROGRAMS = {  # a file, what its program exports of it, and by how many levels of 255 ours may differ
    "krita-figures.ora": ("krita-figures.png", 0),
    "krita-nested.ora": ("krita-nested.png", 1),  # groups in groups, at 50 %, multiplied
    "krita-blends.ora": ("krita-blends.png", 3),
    "krita-figures.kra": ("krita-figures.png", 0),
    "krita-clip.kra": ("krita-clip.png", 0),
    "gimp-figures.psd": ("gimp-figures.png", 1),
    "gimp-nested.psd": ("gimp-nested.png", 1),
    "gimp-blends.psd": ("gimp-blends.png", 1),
}
WHITE, BLACK = 255, 0
SAYS_NOTHING, SAYS_NO, SAYS_YES = None, False, True


def page(colour: int, size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def rezipped(data: bytes, **other: bytes | None) -> bytes:
    """A zip file with other members, or without those that are None; `_` stands for the dot of a name."""
    changed = {name.replace("_", "."): new for name, new in other.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        members = {name: old.read(name) for name in old.namelist()} | changed
        for name, member in members.items():
            if member is not None:
                new.writestr(name, member)
    return buffer.getvalue()


def zipped(**members: bytes) -> bytes:
    return rezipped(b"PK\x05\x06" + bytes(18), **members)


def dummied(psd: PSDImage, colour: int = WHITE, says: bool | None = SAYS_NOTHING) -> bytes:
    """The bytes of a Photoshop file whose merged picture is of one colour, and what it says of it."""
    record = psd._record
    level = colour * 257 if psd.depth == 16 else colour
    record.image_data = ImageData.new(record.header, color=level)
    resources = ImageResources()
    if says is not None:
        about: Any = VersionInfo(has_composite=says)
        resources[Resource.VERSION_INFO] = ImageResource(key=Resource.VERSION_INFO, data=about)
    record.image_resources = resources
    buffer = io.BytesIO()
    record.write(buffer)
    return buffer.getvalue()


def painted(mode: str = "RGB", depth: int = 8, version: int = 1, opacity: int = 255) -> PSDImage:
    """A black box of 12 x 10 pixels at (6, 5) on a canvas of 40 x 30, in a layer; version 2 is a PSB."""
    psd = PSDImage.new(mode, (40, 30), depth=depth)  # type: ignore[arg-type]
    psd._record.header.version = version
    box = np.zeros((10, 12, 4), np.uint8)
    box[..., 3] = 255
    psd.create_pixel_layer(Image.fromarray(box), "ink", top=5, left=6, opacity=opacity)
    return psd


def box_on_white(level: int = 0) -> Bytes:
    """What :func:`painted` shows, its ink at a grey level."""
    wanted = np.full((30, 40, 3), 255, np.uint8)
    wanted[5:15, 6:18] = level
    return wanted


def exported(name: str) -> np.ndarray:
    """What a program exports of a file, on white."""
    pixels = np.asarray(Image.open(MADE / name).convert("RGBA"), float)
    alpha = pixels[..., 3:] / 255
    return pixels[..., :3] * alpha + 255 * (1 - alpha)


@pytest.mark.parametrize("file", PROGRAMS)
@pytest.mark.parametrize("merged", [None, WHITE, BLACK])
def test_without_a_merged_picture_it_is_what_the_program_exports(
    file: str, merged: int | None
) -> None:
    if file.endswith(".psd"):
        says = SAYS_NO if merged is None else SAYS_NOTHING
        data = dummied(PSDImage.open(MADE / file), merged or 0, says)
    else:
        png = None if merged is None else page(merged)
        data = rezipped((MADE / file).read_bytes(), mergedimage_png=png)
    reference, levels = PROGRAMS[file]
    assert np.abs(decode_picture(data, file) - exported(reference)).max() <= levels


def test_a_merged_picture_is_taken_as_it_is() -> None:
    """Whatever the layers show: the program that painted them knows better."""
    marked = Image.new("L", (8, 6), 255)
    marked.putpixel((3, 2), 7)
    buffer = io.BytesIO()
    marked.save(buffer, "PNG")
    data = (MADE / "krita-figures.ora").read_bytes()
    got = decode_picture(rezipped(data, mergedimage_png=buffer.getvalue()), "it.ora")
    assert np.array_equal(got[..., 0], np.asarray(marked))


@pytest.mark.parametrize("says", [SAYS_NOTHING, SAYS_NO, SAYS_YES])
@pytest.mark.parametrize("colour", [WHITE, BLACK])
@pytest.mark.parametrize(("mode", "depth"), [("RGB", 8), ("RGB", 16), ("L", 8), ("L", 16)])
def test_a_dummy_in_a_photoshop_file_is_not_taken_for_the_page(
    mode: str, depth: int, colour: int, says: bool | None
) -> None:
    data = dummied(painted(mode, depth), colour, says)
    assert np.array_equal(decode_picture(data, "it.psd"), box_on_white())


def test_a_large_document_is_put_together_too() -> None:
    data = dummied(painted(version=2))
    assert data.startswith(b"8BPS\0\2")
    assert np.array_equal(decode_picture(data, "it.psb"), box_on_white())


def test_opacity_counts_and_hidden_layers_stay_hidden() -> None:
    assert np.array_equal(decode_picture(dummied(painted(opacity=51)), "it.psd"), box_on_white(204))
    hidden = painted()
    hidden[0].visible = False
    assert (decode_picture(dummied(hidden, BLACK), "it.psd") == 255).all()


def test_pages_that_are_blank_stay_so() -> None:
    empty = PSDImage.new("RGB", (8, 6))
    empty.create_pixel_layer(Image.new("RGBA", (1, 1)), "empty")
    alike = PSDImage.new("RGB", (8, 6))
    alike.create_pixel_layer(Image.new("RGBA", (8, 6), (255, 0, 0, 255)), "red")
    none = PSDImage.new("RGB", (8, 6))
    for psd, colour in ((empty, (255, 255, 255)), (alike, (255, 0, 0)), (none, (255, 255, 255))):
        got = decode_picture(dummied(psd), "it.psd")
        assert got.shape == (6, 8, 3)
        assert (got == colour).all()


def test_a_blank_page_of_a_format_that_demands_one_is_believed_where_layers_cannot_be_drawn() -> (
    None
):
    data = zipped(stack_xml=b"<image", mergedimage_png=page(WHITE))
    assert (decode_picture(data, "it.ora") == 255).all()


UNREAD = {
    "CMYK": (dummied(painted("CMYK")), "it has CMYK colours; in Photoshop, convert it to RGB)"),
    "an adjustment layer": (
        (MADE / "agpsd-adjusted.psd").read_bytes(),
        "'turn round' is of the kind invert, which only Photoshop can draw",
    ),
    "a stack that is broken": (
        zipped(stack_xml=b"<image"),
        "stack.xml of it is no well-formed XML",
    ),
    "a stack without its pictures": (
        zipped(stack_xml=b'<image w="4" h="4"><stack><layer src="a.png"/></stack></image>'),
        "names the picture 'a.png', which is not in the file",
    ),
    "a Krita document that is broken": (zipped(maindoc_xml=b"<DOC/>"), "it is no Krita document"),
}


@pytest.mark.parametrize("what", UNREAD)
def test_layers_that_cannot_be_put_together_are_answered_with_why(what: str) -> None:
    data, why = UNREAD[what]
    with pytest.raises(InputError) as caught:
        decode_picture(data, "it")
    said = str(caught.value)
    assert said.startswith("it holds no merged picture, or a blank one, and its layers cannot be")
    assert why in said
    assert said.endswith("or export a PNG.")
    assert ".)" not in said


def test_a_photoshop_file_with_nothing_in_it() -> None:
    with pytest.raises(InputError, match="holds neither layers nor a merged picture"):
        decode_picture(dummied(PSDImage.new("RGB", (8, 6)), says=SAYS_NO), "it.psd")


def test_an_archive_of_pictures_is_answered_with_unpacking_it() -> None:
    """Krita does not read it, so "save it again in Krita" would be of no use."""
    with pytest.raises(InputError) as caught:
        decode_picture(zipped(page1_png=page(WHITE), page2_png=page(WHITE)), "it.cbz")
    said = str(caught.value)
    assert said.startswith("it.cbz is a zip file, but no ORA or KRA file; if there are pictures in")
    assert "unpack it and name the folder" in said
    assert "Krita" not in said
