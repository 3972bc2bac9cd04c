"""A delivery of hostile files: each ends in a sentence in ``refused.csv``, and stops none of the others."""

from __future__ import annotations

import io
import os
import socket
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dataset_tools.sources import IngestSettings, Made, list_drawings, make_pairs, write_ingest
from dataset_tools.sources.drawing import safe_id
from dataset_tools.sources.files import read_files
from lineart.errors import InputError
from lineart.sets.pairs import read_pairs, read_table

ODD_NAMES = ["a\nb", "线稿 07", "😀👩‍🚀", "v1.2.final", " spaces ", "-rf", "x" * 200]
ODD_NAMES.append(os.fsdecode(b"\xff\xfe"))


def sheet(size: int = 24) -> Image.Image:
    """A red box with its outline on the left, the outline alone on the right."""
    pixels = np.full((size, 2 * size, 3), 255, np.uint8)
    pixels[4:20, [4, 19, 28, 43]] = pixels[[4, 19], 4:20] = pixels[[4, 19], 28:44] = 0
    pixels[5:19, 5:19] = (200, 30, 30)
    return Image.fromarray(pixels)


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def claims(width: int, height: int) -> bytes:
    """A PNG whose header claims a size, with a few bytes of pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(bytes(200))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        for chunk in (header, pixels)
    )


def deep() -> bytes:
    pixels = np.asarray(sheet()).astype(np.uint16) * 257
    return saved(Image.fromarray(pixels[..., 1]))


WHOLE = saved(sheet())
# Content of a file, and what is said of it; None where it is a picture all the same.
FILES: dict[str, tuple[bytes, str | None]] = {
    "bomb": (claims(60_000, 60_000), "claims 60000 x 60000 pixels; at most 80 megapixels are read"),
    "long": (claims(60_000, 6_000), "claims 60000 x 6000 pixels"),
    "claim": (claims(4_000, 3_000), "cannot be read as a picture"),
    "half": (WHOLE[: len(WHOLE) // 2], "cannot be read as a picture"),
    "empty": (b"", "is empty (0 bytes)"),
    "text": (b"a text, not a picture", "its content is of no known format"),
    "script": (
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "its content is of no known format",
    ),
    "gif": (saved(sheet(), "GIF"), "its content is of no known format"),
    "float": (saved(sheet().convert("F"), "TIFF"), "32 bits a channel"),
    "mislabelled": (saved(sheet(), "JPEG", quality=95), None),
    "moving": (saved(sheet(), save_all=True, append_images=[sheet()]), None),
    "palette": (saved(sheet().convert("P")), None),
    "cmyk": (saved(sheet().convert("CMYK"), "TIFF"), None),
    "deep": (deep(), None),
    "grey": (saved(sheet().convert("LA")), None),
}


def pipe(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path has at most 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


# No files at all, and what is said of them.
OTHERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (pipe, "is no ordinary file"),
    "socket": (unix_socket, "is no ordinary file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "is no ordinary file"),
    "loop": (lambda path: path.symlink_to(path.name), "cannot be opened (Too many levels"),
    "dangling": (lambda path: path.symlink_to("nowhere.png"), "There is no picture"),
    "folder": (Path.mkdir, "is a folder; put pictures directly in"),
}


def put(path: Path, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if name in OTHERS:
        OTHERS[name][0](path)
    else:
        path.write_bytes(FILES[name][0] if name in FILES else WHOLE)


def deliver(folder: Path, source: str, names: list[str]) -> None:
    """Put files into the layout of a source; of a pair it is the render that is hostile."""
    for name in names:
        if source == "sheets":
            put(folder / f"{name}.png", name)
        else:
            put(folder / "render" / f"{name}.png", name)
            put(folder / "line" / f"{name}.png", "whole")


def ingest(folder: Path, source: str, out: Path) -> tuple[dict[str, Made], dict[str, str]]:
    settings = IngestSettings(source=source, folder=str(folder), size=64)
    drawings, refused = list_drawings(settings)
    made = make_pairs(drawings, settings, out)
    write_ingest(out, [*refused, *made], settings)
    table = read_table(out / "refused.csv")
    reasons = dict(zip(table["id"], table["reason"], strict=True))
    return {item.pair.id: item for item in made if isinstance(item, Made)}, reasons


@pytest.mark.parametrize("source", ["folders", "sheets"])
def test_each_ends_in_a_sentence_and_stops_no_other(tmp_path: Path, source: str) -> None:
    names = [*FILES, *OTHERS, "one", "two", "three"]
    deliver(tmp_path / "in", source, names)
    made, reasons = ingest(tmp_path / "in", source, tmp_path / "out")
    good = {name for name, (_, said) in FILES.items() if said is None} | {"one", "two", "three"}
    assert set(made) == good
    expected = {name: said for name, (_, said) in [*FILES.items(), *OTHERS.items()] if said}
    folder = expected.pop("folder")
    assert folder in reasons.pop("folder_png-" + safe_id("folder.png")[-8:])
    if source == "folders":  # the line art that the folder stood beside
        assert "has no partner" in reasons.pop("folder")
    assert set(reasons) == set(expected)
    for name, said in expected.items():
        assert said in reasons[name]
        assert reasons[name].splitlines() == [reasons[name]]
    facts = read_files(tmp_path / "out")
    assert set(facts) == {(name, role) for name in good for role in ("render", "line")}
    told = {name: facts[name, "render"] for name in good}
    assert {name for name, row in told.items() if row.lossy} == {"mislabelled"}
    assert {name for name, row in told.items() if row.frames > 1} == {"moving"}
    assert (told["deep"].bits, told["cmyk"].mode, told["palette"].mode) == (16, "CMYK", "P")
    assert told["mislabelled"].format == "JPEG"


@pytest.mark.parametrize("source", ["folders", "sheets"])
def test_odd_names_become_pairs(tmp_path: Path, source: str) -> None:
    """Newlines, emoji and bytes that are no UTF-8: every table can be written and read."""
    deliver(tmp_path / "in", source, ODD_NAMES)
    made, reasons = ingest(tmp_path / "in", source, tmp_path / "out")
    assert reasons == {}
    assert set(made) == {safe_id(name) for name in ODD_NAMES}
    pairs = read_pairs(tmp_path / "out" / "pairs.csv")
    assert len({pair.group for pair in pairs}) == len(ODD_NAMES)
    for pair in pairs:
        pair.pictures(tmp_path / "out")
    assert len(read_files(tmp_path / "out")) == 2 * len(ODD_NAMES)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_of_a_bad_file_is_told(tmp_path: Path, name: str) -> None:
    deliver(tmp_path / "in", "folders", ["one", "two"])
    put(tmp_path / "in" / "render" / f"{name}.png", "text")
    put(tmp_path / "in" / "line" / f"{name}.png", "whole")
    made, reasons = ingest(tmp_path / "in", "folders", tmp_path / "out")
    assert set(made) == {"one", "two"}
    assert list(reasons) == [safe_id(name)]
    assert "its content is of no known format" in reasons[safe_id(name)]
    assert len(reasons[safe_id(name)].splitlines()) == 1


@pytest.mark.parametrize("source", ["folders", "sheets"])
def test_dots_and_threads_are_pairs_for_the_checks_to_judge(tmp_path: Path, source: str) -> None:
    deliver(tmp_path / "in", source, ["one", "two", "three", "four"])
    for name, size in (("dot", (2, 1)), ("thread", (2, 20_000)), ("bar", (20_000, 1))):
        image = saved(Image.new("RGB", size, "white"))
        if source == "sheets":
            (tmp_path / "in" / f"{name}.png").write_bytes(image)
        for kind in ("render", "line") if source == "folders" else ():
            (tmp_path / "in" / kind / f"{name}.png").write_bytes(image)
    made, reasons = ingest(tmp_path / "in", source, tmp_path / "out")
    assert reasons == {}
    half = source == "sheets"
    assert (made["dot"].pair.width, made["dot"].pair.height) == (1 if half else 2, 1)
    assert (made["thread"].pair.width, made["thread"].pair.height) == (1, 64)
    assert (made["bar"].pair.width, made["bar"].pair.height) == (64, 1)


@pytest.mark.parametrize("source", ["folders", "sheets"])
def test_a_folder_that_may_not_be_looked_into(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    deliver(tmp_path, source, ["one"])
    monkeypatch.setattr(Path, "iterdir", forbidden)  # the tests may run as root
    with pytest.raises(InputError, match=r"cannot be looked into \(Permission denied\)"):
        list_drawings(IngestSettings(source=source, folder=str(tmp_path)))


def test_names_of_macos_meet_those_of_others(tmp_path: Path) -> None:
    """One system spells é in one character, the other in two; both mean one drawing."""
    put(tmp_path / "in" / "render" / "caf\u00e9.png", "whole")
    put(tmp_path / "in" / "line" / "cafe\u0301.png", "whole")
    made, reasons = ingest(tmp_path / "in", "folders", tmp_path / "out")
    assert (list(made), reasons) == (["café"], {})
