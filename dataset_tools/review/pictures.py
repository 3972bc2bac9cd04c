"""The three pictures of a task, and how they travel to the reviewer's browser.

``inline`` puts them into the task itself as data URIs: no set-up, right for some hundreds of pairs.
``files`` writes them into a folder (``data/review``) for a Label Studio on the same machine that may read
it. An address (``https://…``) is put in front of the same files, for a web server or a bucket that holds
them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np

from dataset_tools.review.tasks import PICTURES
from dataset_tools.views.pictures import marked
from lineart.pictures.images import decode_png, encode_png, fit, read_file, write_bytes
from lineart.pictures.masks import Box
from lineart.sets.pairs import Pair
from lineart.settings import require

LOCAL = "/data/local-files/?d="  # Label Studio's address of a file it may serve


@dataclass(frozen=True)
class PictureSettings:
    """What the reviewer sees."""

    travel: str = "inline"  # inline, files, or the address that data/review is served at
    size: int = 640  # longer side in pixels; larger pairs are shrunk

    def __post_init__(self) -> None:
        fine = self.travel in ("inline", "files") or self.travel.startswith(("http://", "https://"))
        wanted = "inline, files, or an address that begins with http:// or https://"
        require(fine, "review.pictures.travel", self.travel, wanted)
        require(64 <= self.size <= 8192, "review.pictures.size", self.size, "64 to 8192 pixels")


def draw(pair: Pair, folder: Path, boxes: list[Box], size: int) -> dict[str, bytes]:
    """The pictures of a task as PNG: render, line art, and the overlay with the faults marked.

    Args:
        pair: whose pictures are PNG files, as the stage ingest writes them.
        folder: that they lie in.
        boxes: of the faults, in pixels of the pair.
        size: longer side of each, in pixels; never enlarged.

    Raises:
        InputError: if a picture cannot be read.
    """
    files = [read_file(folder / name) for name in (pair.render, pair.line)]
    render = decode_png(files[0], grey=False) / np.float32(255)
    line = 1 - decode_png(files[1], grey=True) / np.float32(255)
    over = encode_png(marked(render, line, boxes, size))
    if max(line.shape) > size:
        files = [encode_png(fit(render, size)), encode_png(fit(1 - line, size))]
    # What is small enough is shown as it lies there: to encode it again would be half of the work.
    return dict(zip(PICTURES, (*files, over), strict=True))


def send(
    pictures: dict[str, bytes], name: str, content: str, travel: str, folder: Path
) -> dict[str, str]:
    """Put pictures where the browser finds them; returns the address of each.

    Files bear the pair's content in their name: a picture that changed has another address, and what a
    reviewer once saw stays as it was.

    Raises:
        InputError: if a file cannot be written.
    """
    if travel == "inline":
        return {
            kind: f"data:image/png;base64,{base64.b64encode(data).decode()}"
            for kind, data in pictures.items()
        }
    start = f"{LOCAL}{folder.name}/" if travel == "files" else f"{travel.rstrip('/')}/"
    addresses = {}
    for kind, data in pictures.items():
        file = f"{name}-{content[:12]}-{kind}.png"
        write_bytes(folder / file, data)
        addresses[kind] = start + quote(file)
    return addresses


def way_of(settings: PictureSettings, folder: Path) -> str:
    """How the pictures travel, and what that needs, in words.

    Args:
        settings: of the pictures.
        folder: that those lie in which travel as files.
    """
    if settings.travel == "inline":
        return "inside the tasks; this needs nothing, and is right for up to 500 pairs"
    if settings.travel == "files":
        return f"as files that Label Studio reads in {folder}"
    return f"from {settings.travel}; this needs a server that shows {folder} there to the browser"
