"""The three pictures of a task, and how they travel to the reviewer's browser.

``inline`` puts them into the task itself as data URIs: no set-up, right for some hundreds of pairs.
``files`` writes them below ``data/review`` for a Label Studio on the same machine that may read it. An
address (``https://…``) is put in front of the same files, for a web server or a bucket that holds them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from dataset_tools.checks.finding import Box
from dataset_tools.report.pictures import marked
from dataset_tools.review.tasks import PICTURES
from lineart.images import encode_png, fit, write_bytes
from lineart.pairs import Pair
from lineart.settings import require

FOLDER = Path("data/review")  # below the project's folder; what travels by file lies here
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

    Raises:
        InputError: if a picture cannot be read.
    """
    render, line = pair.pictures(folder)
    shown = (fit(render, size), fit(1 - line, size), marked(render, line, boxes, size))
    return {name: encode_png(picture) for name, picture in zip(PICTURES, shown, strict=True)}


def send(
    pictures: dict[str, bytes], name: str, content: str, travel: str, folder: Path = FOLDER
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


def way_of(settings: PictureSettings) -> tuple[str, str]:
    """How the pictures travel, and what that needs, in words."""
    if settings.travel == "inline":
        return "inside the tasks", "nothing; right for up to 500 pairs"
    if settings.travel == "files":
        needs = (
            "Label Studio on this machine, started with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and "
            f"LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={FOLDER.resolve().parent}"
        )
        return "as files that Label Studio reads", needs
    return f"from {settings.travel}", f"a server that shows {FOLDER} there to the browser"
