"""Faults of drawing: strokes erased, added, broken, too bold or too thin.

Lengths are those of the skeleton, the middle line of the ink; the width is the median along it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from lineart.pictures.images import Picture

BITS = 4  # of the fractions of a pixel that OpenCV draws with
FINE = 4  # times the size: at which rims are drawn, so that they move by parts of a pixel
WIDTHS = 4  # stroke widths: a gap is at most this long, an erased stretch at least


def median_width(line: Picture) -> float:
    """The median width of the strokes in pixels, along their skeleton; 0 without ink."""
    ink = line > 0.5
    middle = skeletonize(ink)
    if not middle.any():
        return 0.0
    distance = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 5)
    # The distance counts to the middle of the first pixel of paper, half a pixel beyond the rim; and the
    # skeleton of a stroke an even number of pixels wide runs half a pixel beside its middle.
    return 2 * float(np.median(distance[middle])) - 0.5


def erased(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Erase whole stretches of strokes, together ``strength`` of the length of the skeleton."""
    skeleton = skeletonize(line > 0.5)
    wanted = round(strength * int(skeleton.sum()))
    least = WIDTHS * median_width(line)

    def lengths() -> Iterator[float]:
        while True:
            yield max(least, float(rng.uniform(0.3, 1)) * wanted)

    return render, _without(line, skeleton, wanted, lengths(), rng)


def gaps(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Break the strokes by gaps of one to four widths, together ``strength`` of the skeleton."""
    skeleton = skeletonize(line > 0.5)
    wanted = round(strength * int(skeleton.sum()))
    width = median_width(line)

    def lengths() -> Iterator[float]:
        while True:
            # The ends of a gap are round, so it must be longer than wide to be one.
            yield width * float(rng.uniform(1.5, WIDTHS + 0.5))

    return render, _without(line, skeleton, wanted, lengths(), rng)


def added(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Draw bent strokes where there is no ink, together ``strength`` of the length of the skeleton."""
    total = int(skeletonize(line > 0.5).sum())
    missing, width = strength * total, max(1.0, median_width(line))
    drawn = line
    for _ in range(1000):  # a page full of ink has no room; it is left as it is
        if missing <= 0:
            break
        length = max(2 * width, min(missing, float(rng.uniform(0.3, 1)) * strength * total))
        path = _bent(line.shape, length, rng)
        middle = np.zeros(line.shape, np.uint8)
        cv2.polylines(middle, [_fixed(path)], False, 1, 1, cv2.LINE_8, BITS)
        new, whole = int(np.count_nonzero(middle[drawn < 0.25])), int(middle.sum())
        if new < 0.7 * whole or whole < 0.5 * length:  # on other ink, or out of the picture
            continue
        drawn = np.maximum(drawn, _stroke(line.shape, path, width))
        missing -= new
    return render, drawn


def weighted(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Draw all strokes ``strength`` times as wide, or less wide; none below half a pixel vanishes."""
    by = median_width(line) * (strength - 1) / 2  # on either side
    height, width = line.shape
    large = cv2.resize(line, (width * FINE, height * FINE), interpolation=cv2.INTER_CUBIC)
    ink = large > 0.5
    side = ink if by < 0 else ~ink
    distance = cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5) / FINE
    grown = (distance > -by) if by < 0 else ink | (distance <= by)
    # What is thinner than what is taken away keeps a hair, one pixel of the large picture.
    grown = grown | skeletonize(ink)
    small = cv2.resize(grown.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return render, np.asarray(small, np.float32)


def hollowed(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Leave only the outline of the largest solid areas, those that make up ``strength`` of their number.

    Solid is ink more than two strokes' widths from side to side; a little more than half a width of it
    stays as the outline. Nothing is done where there is none.
    """
    width = max(2.0, median_width(line))
    ink = (line > 0.5).astype(np.uint8)
    distance = cv2.distanceTransform(ink, cv2.DIST_L2, 5)
    inside = (distance > 0.6 * width).astype(np.uint8)
    _, label, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    solid = np.unique(label[distance > width]).tolist()
    areas = sorted(solid, key=lambda area: (-int(stats[area, cv2.CC_STAT_AREA]), area))
    chosen = areas[: max(1, round(strength * len(areas)))]
    return render, np.where(np.isin(label, chosen), np.float32(0), line)


def filled(
    render: Picture, line: Picture, strength: float, rng: Generator
) -> tuple[Picture, Picture]:
    """Fill one enclosed area with ink: the largest of at most ``strength`` of the picture.

    Areas smaller than two squares of a stroke's width are left out; nothing is done where there is none.
    """
    paper = (line <= 0.5).astype(np.uint8)
    count, label, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    sizes = stats[:, cv2.CC_STAT_AREA]
    least = 2 * median_width(line) ** 2
    areas = [area for area in range(1, count) if least <= sizes[area] <= strength * line.size]
    if not areas:
        return render, line
    area = (label == max(areas, key=lambda area: int(sizes[area]))).astype(np.uint8)
    # One pixel further, over the soft rim of the strokes around it.
    return render, np.where(cv2.dilate(area, np.ones((3, 3))) > 0, np.float32(1), line)


def _without(
    line: Picture,
    skeleton: NDArray[np.bool_],
    wanted: int,
    lengths: Iterator[float],
    rng: Generator,
) -> Picture:
    """The line art without ``wanted`` pixels of its skeleton, in stretches of these lengths."""
    if not wanted:
        return line
    left = {(int(row), int(column)) for row, column in np.argwhere(skeleton)}
    gone = np.zeros(skeleton.shape, bool)
    while wanted > 0 and left:
        start = sorted(left)[int(rng.integers(len(left)))]
        stretch = _stretch(start, left, min(wanted, max(1, round(next(lengths)))))
        for pixel in stretch:
            gone[pixel] = True
        left -= set(stretch)
        wanted -= len(stretch)
    # Each pixel of ink goes with the nearest pixel of the skeleton.
    away = (~skeleton).astype(np.uint8)
    _, label = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    erased = np.zeros(int(label.max()) + 1, bool)
    erased[label[gone]] = True
    return np.where(erased[label], np.float32(0), line)


def _stretch(
    start: tuple[int, int], left: set[tuple[int, int]], length: int
) -> list[tuple[int, int]]:
    """Up to ``length`` pixels that hang together, nearest to ``start`` along the skeleton first."""
    found, seen, at = [start], {start}, 0
    while at < len(found) and len(found) < length:
        row, column = found[at]
        at += 1
        for pixel in (
            *((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)),
            *(
                (row - 1, column - 1),
                (row - 1, column + 1),
                (row + 1, column - 1),
                (row + 1, column + 1),
            ),
        ):
            if pixel in left and pixel not in seen and len(found) < length:
                seen.add(pixel)
                found.append(pixel)
    return found


def _bent(shape: tuple[int, ...], length: float, rng: Generator) -> NDArray[np.float64]:
    """A bent stroke as points (x, y), ``(N, 2)``; it turns by up to a right angle on its way."""
    height, width = shape
    count = max(3, round(length / 2))
    heading = rng.uniform(0, 2 * math.pi) + np.linspace(0, rng.uniform(-1, 1) * math.pi / 2, count)
    steps = length / count * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    path = np.cumsum(steps, axis=0)
    path -= path.mean(axis=0)
    room = np.array([width, height]) / 2
    return path + room + rng.uniform(-0.8, 0.8, 2) * room


def _stroke(shape: tuple[int, ...], path: NDArray[np.float64], width: float) -> Picture:
    """A stroke along points (x, y), drawn finely and made small, for OpenCV draws soft lines too wide."""
    large = np.zeros((shape[0] * FINE, shape[1] * FINE), np.uint8)
    points = _fixed(path * FINE + (FINE - 1) / 2)
    cv2.polylines(large, [points], False, 255, max(1, round(width * FINE)), cv2.LINE_8, BITS)
    small = cv2.resize(large, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255


def _fixed(path: NDArray[np.float64]) -> NDArray[np.int32]:
    """Points as OpenCV wants them: whole numbers of fractions of a pixel, ``(N, 1, 2)``."""
    return np.round(path * (1 << BITS)).astype(np.int32)[:, None]
