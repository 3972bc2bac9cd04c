"""Faults of the sheet of the line art: how it was saved, scanned, cleaned, framed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation import fields
from dataset_tools.defects.strokes import median_width
from lineart.pictures.images import Bytes, Picture, to_bytes

# Ink of these colours, as a grey value makes them: red, orange, blue, green, violet.
COLOURS = (0.7, 0.4, 0.89, 0.55, 0.75)


def inverted(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """White ink on black paper."""
    return render, (1 - line).astype(np.float32, copy=False)


def flooded(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Fill areas between the strokes with ink, until ``strength`` of the picture is ink.

    Whole areas in an order drawn at random; of the last, as much as is wanted, from the top down.
    """
    ink = line > 0.5
    count, label = cv2.connectedComponents((~ink).astype(np.uint8), connectivity=4)
    filled = line.copy()
    for area in 1 + rng.permutation(count - 1):
        missing = round(strength * line.size) - int((filled > 0.5).sum())
        if missing <= 0:
            break
        rows, columns = np.nonzero(label == area)
        filled[rows[:missing], columns[:missing]] = 1
    return render, filled


def resaved(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A line art that was a JPEG of this quality before it became a PNG."""
    return render, _through_jpeg(line, round(strength))


def grey(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Ink that lacks ``strength`` of its blackness, everywhere alike; at 1 the sheet is blank."""
    return render, (line * np.float32(1 - strength)).astype(np.float32, copy=False)


def coloured(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Strokes in colour, which a grey picture shows in grey: ``strength`` of the ink, in one region."""
    rows, columns = np.nonzero(line > 0.5)
    if not len(rows):
        return render, line
    chosen = int(rng.integers(len(rows)))
    distance = np.hypot(rows - rows[chosen], columns - columns[chosen])
    reach = np.quantile(distance, strength)
    y, x = np.ogrid[: line.shape[0], : line.shape[1]]
    inside = np.hypot(y - rows[chosen], x - columns[chosen]) <= reach
    factor = np.float32(COLOURS[int(rng.integers(len(COLOURS)))])
    return render, np.where(inside, line * factor, line)


def soft(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A line art blurred by a Gaussian of ``strength`` pixels."""
    return render, np.clip(fields.soften(line, strength), 0, 1)


def specks(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """So many specks of dirt, up to a half of a stroke's width across, on the paper."""
    drawn = to_bytes(line)
    widest = max(1.0, 0.5 * median_width(line))
    paper = np.argwhere(drawn < 16)
    if not len(paper):
        return render, line
    for _ in range(round(strength)):
        row, column = paper[int(rng.integers(len(paper)))]
        across = float(rng.uniform(1, max(1.5, widest)))
        black = float(rng.uniform(0.6, 1))
        _dot(drawn, int(row), int(column), across, black)
    return render, np.maximum(line, drawn.astype(np.float32) / 255)


def texture(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Grain of paper in the line art, its darkest parts ``strength`` of black."""
    grain = fields.grain(rng, fields.frame(line), 2.0)
    tooth = np.clip((grain + 1) / 4, 0, 1) * np.float32(strength)
    return render, np.maximum(line, tooth.astype(np.float32))


def framed(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A frame of ``strength`` pixels along the border, a little way in."""
    height, width = line.shape
    inset = round(float(rng.uniform(0, 0.03)) * min(height, width))
    broad = round(strength)
    frame = np.zeros_like(line)
    frame[inset : height - inset, inset : width - inset] = 1
    frame[inset + broad : height - inset - broad, inset + broad : width - inset - broad] = 0
    return render, np.maximum(line, frame)


def marked(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Crop marks of ``strength`` pixels in the four corners."""
    height, width = line.shape
    side = min(height, width)
    inset = round(float(rng.uniform(0.02, 0.05)) * side)
    length = max(2, round(0.05 * side))
    broad, marks = round(strength), np.zeros_like(line)
    for rows in (marks, marks[::-1]):
        for corner in (rows, rows[:, ::-1]):
            corner[inset : inset + length, inset : inset + broad] = 1
            corner[inset : inset + broad, inset : inset + length] = 1
    return render, np.maximum(line, marks)


def signed(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """A signature, a scrawl ``strength`` of the side wide, in that corner that has least ink."""
    height, width = line.shape
    side = max(6, round(strength * min(height, width)))
    across, down = side, max(4, side // 3)
    margin = max(1, round(0.02 * min(height, width)))
    lefts, tops = (margin, width - margin - across), (margin, height - margin - down)
    corners = [(left, top) for left in lefts for top in tops]
    left, top = min(
        corners, key=lambda at: float(line[at[1] : at[1] + down, at[0] : at[0] + across].sum())
    )
    steps = np.arange(24)
    x = left + (across - 1) * steps / steps[-1] + rng.uniform(-1, 1, 24) * across / 24
    y = top + (down - 1) * np.where(steps % 2, rng.uniform(0, 0.5, 24), rng.uniform(0.5, 1, 24))
    points = np.round(np.stack([x, y], axis=1)).astype(np.int32)
    drawn = to_bytes(line)
    cv2.polylines(drawn, [points[:, None]], False, 255, 1, cv2.LINE_AA)
    return render, np.maximum(line, drawn.astype(np.float32) / 255)


def _through_jpeg(line: Picture, quality: int) -> Picture:
    done, data = cv2.imencode(".jpg", to_bytes(1 - line), (cv2.IMWRITE_JPEG_QUALITY, quality))
    assert done, "OpenCV could not encode a JPEG"
    paper = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return 1 - np.asarray(paper, np.float32) / 255


def _dot(drawn: Bytes, row: int, column: int, across: float, black: float) -> None:
    """A round speck with a soft rim, at most to the edges of the picture."""
    reach = int(np.ceil(across / 2))
    top, left = max(0, row - reach), max(0, column - reach)
    part = drawn[top : row + reach + 1, left : column + reach + 1]
    y, x = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    cover = np.clip((across + 1) / 2 - np.hypot(y - row, x - column), 0, 1)
    np.maximum(part, to_bytes(cover * black), out=part)
