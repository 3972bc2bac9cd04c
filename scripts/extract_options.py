"""Make the pictures of docs/extract.md: each option of ``lineart extract``, before and after.

    python scripts/extract_options.py [PICTURE] [--model NAME]

To be run again when the weights change. The picture is read once; the rest is style and format.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import resvg_py

from dataset_tools.views.contact import Tile, contact_sheet
from lineart.extract.outputs import FORMATS, encode
from lineart.extract.pixels import on_paper
from lineart.extract.style import Style, apply
from lineart.inference.extractor import Extractor
from lineart.pictures.images import Bytes, Picture, write_render
from lineart.pictures.inputs import decode_picture, read_picture

PICTURES = Path(__file__).resolve().parents[1] / "docs/images/extract"
CELL = 240  # pixels a shown picture
DETAIL = (190, 130)  # row and column of the part that is shown enlarged
ZOOM = 2  # times as large
SQUARE = 16  # pixels a side of the board behind transparent paper

STYLES = {
    "ink": [Style(), Style(ink="navy"), Style(ink="#b03060")],
    "paper": [Style(), Style(ink="white", paper="black"), Style(ink="navy", paper="#f4ecd8")],
    "weight": [Style(weight=-2), Style(), Style(weight=2), Style(weight=5)],
    "detail": [Style(detail=-3), Style(), Style(detail=3)],
    "clean": [Style(), Style(clean=60), Style(clean=300)],
    "binary": [Style(), Style(binary=True)],
    "blacks": [Style(), Style(blacks="outline")],
}
ENLARGED = ("weight", "binary")
CLOSINGS = (0, 4, 10)  # pixels
FILL = np.array((150, 200, 250), np.uint8)  # of the bucket
MODELS = ("difference_of_gaussians", "canny")
COLOURED = Path(__file__).resolve().parents[1] / "lineart/web/examples/manga_head.jpg"
BOARD, CHALK = (40, 75, 60), (232, 230, 216)
LARGE = 4  # times as large; its strokes are then broader than a network knows


def main(picture: Path, model: str) -> None:
    """Write one sheet an option."""
    render = read_picture(picture)
    ink = Extractor(model)(render)
    for option, styles in STYLES.items():
        tiles = [Tile(render, "the picture")] if option not in ENLARGED else []
        tiles += [Tile(styled(ink, style, option), caption(option, style)) for style in styles]
        save(option, tiles)
    shown = [name for name in FORMATS if name != "psd"]  # which looks like ora
    save("format", [Tile(formatted(name, ink, render), name) for name in shown])
    closings = [Style(close=gap) for gap in CLOSINGS]
    save("close", [Tile(filled(apply(ink, one)), caption("close", one)) for one in closings])
    others = [Tile(Extractor(name)(render), name) for name in MODELS]
    save("model", [Tile(render, "the picture"), Tile(ink, model), *others])
    save("own", own(model))
    save("input", light(ink, model))
    save("read-at", large(render, model))


def own(model: str) -> list[Tile]:
    """A picture with lines of several colours, and its ink in one and in its own."""
    render = read_picture(COLOURED)
    ink = Extractor(model)(render)
    tiles = [Tile(render, "the picture")]
    for style in (Style(), Style(ink="own")):
        data = encode("png", apply(ink, style), style, render)
        tiles.append(Tile(decode_picture(data, "own"), caption("ink", style)))
    return tiles


def light(ink: Picture, model: str) -> list[Tile]:
    """The lines in chalk on a board, read as they are and inverted."""
    board = on_paper(ink, CHALK, BOARD)
    tiles = [Tile(board, "the picture")]
    for input in ("dark-on-light", "auto"):
        tiles.append(Tile(Extractor(model, input=input)(board), f"--input {input}"))
    return tiles


def large(render: Bytes, model: str) -> list[Tile]:
    """The picture enlarged, read at its own size and as its strokes are broad."""
    size = (render.shape[1] * LARGE, render.shape[0] * LARGE)
    page = np.asarray(cv2.resize(render, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    tiles = [Tile(page, f"{size[0]} x {size[1]}")]
    for read_at in ("1x", "auto"):
        tiles.append(Tile(Extractor(model, read_at=read_at)(page), f"--read-at {read_at}"))
    return tiles


def caption(option: str, style: Style) -> str:
    """What has to be typed."""
    value = getattr(style, option)
    if value == getattr(Style(), option):
        return "as it is"
    if option == "paper":
        return f"--ink {style.ink} --paper {value}"
    return f"--{option}" if value is True else f"--{option} {value}"


def styled(ink: Picture, style: Style, option: str) -> Bytes:
    """Ink in a style as it looks on paper; a part of it enlarged where single pixels matter."""
    shown = decode_picture(encode("png", apply(ink, style), style), option)
    if option not in ENLARGED:
        return shown
    side = CELL // ZOOM
    part = shown[DETAIL[0] :, DETAIL[1] :][:side, :side]
    return np.repeat(np.repeat(part, ZOOM, axis=0), ZOOM, axis=1)


def filled(ink: Picture) -> Bytes:
    """Ink on paper, and what a bucket fills that is emptied into its upper left corner."""
    _, pieces = cv2.connectedComponents((ink < 0.5).view(np.uint8), connectivity=4)
    page = np.where((pieces == pieces[0, 0])[..., None], FILL, np.uint8(255))
    return np.asarray(page * (1 - ink[..., None]), np.uint8)


def formatted(name: str, ink: Picture, render: Bytes) -> Bytes:
    """A format as a program shows it that can."""
    data = encode(name, ink, Style(), render)
    if FORMATS[name].ending == ".svg":
        data = bytes(resvg_py.svg_to_bytes(svg_string=data.decode(), background="white"))
    if name != "transparent":
        return decode_picture(data, name)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    rows, columns = np.indices(ink.shape) // SQUARE
    board = np.where((rows + columns) % 2, 255, 214)[..., None]
    return np.uint8(board * (1 - pixels[..., 3:] / 255)).repeat(3, axis=2)


def save(name: str, tiles: list[Tile]) -> None:
    """Write a sheet of one row."""
    write_render(PICTURES / f"{name}.png", contact_sheet([tiles], CELL))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("picture", nargs="?", type=Path, default=PICTURES / "picture.jpg")
    parser.add_argument("--model", default="clearnet")
    given = parser.parse_args()
    main(given.picture, given.model)
