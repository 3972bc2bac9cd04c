"""Contact sheets: rows of pictures with captions, laid into one picture. For reports and curators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lineart.pictures.images import Bytes, Picture, fit

GAP = 6  # between cells, in pixels
CAPTION = 16  # height of a caption, in pixels
TEXT = 11  # size of its letters
GROUND = 0.93  # a grey on which white paper has an edge


class Tile(NamedTuple):
    """A picture of a contact sheet and what stands below it."""

    # render (H, W, 3) or line art (H, W); None leaves the place empty
    picture: Picture | Bytes | None
    caption: str = ""


def contact_sheet(rows: Sequence[Sequence[Tile]], cell: int = 160) -> Picture:
    """Lay rows of pictures into one.

    Args:
        rows: from top to bottom, each from left to right; they may differ in length. A line art (ink is
            1, or 255 as bytes) is shown as black ink on white paper.
        cell: longest side of a shown picture, in pixels; larger ones are shrunk, smaller ones kept.

    Returns:
        ``(H, W, 3)`` RGB float32 in [0, 1]. There is room for captions below a row that has one.
    """
    columns = max((len(row) for row in rows), default=0)
    captions = [CAPTION if any(tile.caption for tile in row) else 0 for row in rows]
    height = GAP + sum(cell + caption + GAP for caption in captions)
    sheet = np.full((height, GAP + columns * (cell + GAP), 3), GROUND, np.float32)
    top = GAP
    for row, caption in zip(rows, captions, strict=True):
        for column, tile in enumerate(row):
            left = GAP + column * (cell + GAP)
            if tile.picture is not None:
                _paste(sheet[top : top + cell, left : left + cell], _as_rgb(tile.picture))
            if tile.caption:
                strip = sheet[top + cell : top + cell + caption, left : left + cell]
                strip[:] = _write(tile.caption, cell, caption)
        top += cell + caption + GAP
    return sheet


def _as_rgb(picture: Picture | Bytes) -> Picture:
    values = np.asarray(picture, np.float32)
    if picture.dtype == np.uint8:
        values = values / np.float32(255)
    return np.repeat(1 - values[..., None], 3, axis=2) if values.ndim == 2 else values


def _paste(cell: Picture, picture: Picture) -> None:
    """Shrink a picture into a square cell and centre it there."""
    picture = fit(picture, cell.shape[0])
    height, width = picture.shape[:2]
    top, left = (cell.shape[0] - height) // 2, (cell.shape[1] - width) // 2
    cell[top : top + height, left : left + width] = picture


def _write(text: str, width: int, height: int) -> Picture:
    """A line of text on the sheet's grey, shortened with dots to fit; ``(height, width, 3)``."""
    font = ImageFont.load_default(TEXT)
    if font.getlength(text) > width:
        while text and font.getlength(text + "...") > width:
            text = text[:-1]
        text += "..."
    strip = Image.new("L", (width, height), round(GROUND * 255))
    ImageDraw.Draw(strip).text((0, 1), text, fill=40, font=font)
    grey = np.asarray(strip, np.float32) / 255
    return np.repeat(grey[..., None], 3, axis=2)
