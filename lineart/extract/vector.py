"""Ink as vectors: outlines that are filled, or strokes along the middle of the lines.

Outlines are traced by vtracer (visioncortex, MIT), at twice the size where the picture is small, so that the
grey of soft edges moves the curve by parts of a pixel. Middle lines are the thinned ink, followed from end to
end and straight on through crossings, smoothed, simplified by Douglas and Peucker's rule, and drawn as curves
through what is left; each stroke is as wide as the ink is along it in the median.
"""

from __future__ import annotations

import re

import cv2
import numpy as np

from lineart.errors import InputError
from lineart.extract.own import grouped
from lineart.extract.pixels import Inks
from lineart.extract.printed import svg_size
from lineart.extract.strokes import joined
from lineart.extract.trace import Points, followed, middle_of
from lineart.pictures.colours import Colour
from lineart.pictures.images import Bytes, Picture, encode_png, to_bytes
from lineart.pictures.resolution import Dpi
from lineart.pictures.thinning import Mask

ENLARGED = 4_000_000  # pixels up to which a picture is traced at twice its size
SOLID = 128  # ink from here on, of 255, is ink
SPECK = 4  # pixels; smaller outlines are dropped, and smaller holes in lines are filled
OVERLAP = (
    5  # pixels a side of the square by which outlines of one colour reach below those of others
)
SLACK = 0.4  # pixels by which a simplified stroke may leave the middle
SMOOTHING = 4  # times the points of a stroke are drawn to the mean of their neighbours
CORNER = 0.5  # cosine of the turn from which on a point is a corner: 60 degrees


def outlines(ink: Picture, inks: Inks, dpi: Dpi | None = None) -> bytes:
    """An SVG whose filled outlines are the ink, ``(H, W)`` in [0, 1]; in millimetres if ``dpi`` is known.

    Ink of many colours is cut into outlines of a few, of which each reaches a little below the next, so that
    no paper shines through where they meet.

    Raises:
        InputError: if vtracer is not installed, as on Python 3.14, where its release crashes.
    """
    height, width = ink.shape
    scale = 2 if ink.size <= ENLARGED else 1
    size = (width * scale, height * scale)
    pixels = to_bytes(ink)
    if scale > 1:
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    solid = pixels >= SOLID
    body = []
    for colour, part in [(inks, None)] if isinstance(inks, tuple) else grouped(inks, ink > 0):
        drawn = solid
        if part is not None:
            there = cv2.resize(part.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
            drawn = solid & (cv2.dilate(there, np.ones((OVERLAP, OVERLAP), np.uint8)) > 0)
        group = f'<g fill="{_hex(colour)}" transform="scale({1 / scale:g})">'
        body += [group, *_traced(drawn, scale), "</g>"]
    return _svg(width, height, dpi, body)


def _traced(solid: Mask, scale: int) -> list[str]:
    """The outlines of ink that was enlarged ``scale`` times, as elements of an SVG; errors as above."""
    try:
        import vtracer
    except ModuleNotFoundError as error:
        raise InputError(
            "Outlines need vtracer, which comes with Python 3.11 to 3.13 (its release for 3.14 crashes); "
            "take the format `centre`, which does without."
        ) from error
    page = np.where(solid, np.uint8(0), np.uint8(255))
    traced = vtracer.convert_raw_image_to_svg(
        encode_png(page),
        img_format="png",
        colormode="binary",
        mode="spline",
        filter_speckle=scale * SPECK // 2,  # a side
        corner_threshold=60,
        length_threshold=4.0,
        splice_threshold=45,
        path_precision=2,
    )
    return [
        f'<path d="{shape}" transform="{move}"/>'
        for shape, move in re.findall(r'<path d="([^"]*)"[^>]* transform="([^"]*)"', traced)
    ]


def centre_lines(ink: Picture, inks: Inks, dpi: Dpi | None = None) -> bytes:
    """An SVG of strokes along the middle of the ink, ``(H, W)`` in [0, 1]; in millimetres likewise."""
    height, width = ink.shape
    strokes, depth = strokes_of(to_bytes(ink) >= SOLID)
    lines = []
    for points in strokes:
        rows, columns = points.T
        # The way to paper is counted from the middle of a pixel, of which there are one or two.
        thickness = max(1.0, 2 * float(np.median(depth[rows, columns])) - 0.5)
        colour = (
            "" if isinstance(inks, tuple) else f' stroke="{_hex(_median(inks[rows, columns]))}"'
        )
        lines.append(f'<path d="{_path(points)}"{colour} stroke-width="{thickness:.2f}"/>')
    colour = f' stroke="{_hex(inks)}"' if isinstance(inks, tuple) else ""
    group = f'<g fill="none"{colour} stroke-linecap="round" stroke-linejoin="round">'
    return _svg(width, height, dpi, [group, *lines, "</g>"])


def strokes_of(solid: Mask) -> tuple[list[Points], Picture]:
    """Strokes along the middle of ink ``(H, W)``, ``(N, 2)`` pixels each, and each pixel's way to paper."""
    # With a rim of paper, for on a page that is all ink there would be no way to any.
    rimmed = np.pad(solid, 1)
    # Lines would go round each pinhole, and others bend to it.
    paper = (~rimmed).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    rimmed |= (stats[:, cv2.CC_STAT_AREA] < SPECK)[labels]
    measured = cv2.distanceTransform(rimmed.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    depth = np.asarray(measured, np.float32)[1:-1, 1:-1]
    middle = middle_of(np.ascontiguousarray(rimmed[1:-1, 1:-1]))
    return joined(followed(middle), depth), depth


def _path(points: Points) -> str:
    """The ``d`` of a stroke through pixels ``(N, 2)``, rows and columns; a dot is a line of no length."""
    middle = points[:, ::-1].astype(np.float32) + np.float32(0.5)
    for _ in range(SMOOTHING):
        mean = middle.copy()
        mean[1:-1] = (middle[:-2] + 2 * middle[1:-1] + middle[2:]) / 4
        middle = mean
    kept = _fewer(middle)
    if len(kept) == 1:
        kept = np.repeat(kept, 2, axis=0)
    return f"M{_pair(kept[0])}C" + " ".join(map(_pair, _controls(kept)))


def _fewer(points: Picture) -> Picture:
    """Those of the points ``(N, 2)`` that make the line, to within :data:`SLACK`; the ends stay.

    By Douglas and Peucker's rule, written out: OpenCV 5 keeps other points than OpenCV 4 does.

    >>> _fewer(np.float32([[0, 0], [1, 0.3], [2, 0], [2, 1], [2, 2]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]
    """
    kept = np.zeros(len(points), bool)
    kept[[0, -1]] = True
    exact, parts = points.astype(np.float64), [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        inner, way = exact[first + 1 : last] - exact[first], exact[last] - exact[first]
        length = np.sqrt((way**2).sum())
        if length:
            away = np.abs(inner[:, 0] * way[1] - inner[:, 1] * way[0]) / length
        else:  # a ring
            away = np.sqrt((inner**2).sum(axis=1))
        most = int(away.argmax())
        if away[most] > SLACK:
            middle = first + 1 + most
            kept[middle] = True
            parts += [(first, middle), (middle, last)]
    return points[kept]


def _controls(points: Picture) -> Picture:
    """Control points of the cubic curves through ``(N, 2)`` points, three each: ``(3 * (N - 1), 2)``.

    A curve runs through a point along the chord between its neighbours, and through a corner along neither.
    """
    steps = np.diff(points, axis=0)
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    ways = steps / np.maximum(lengths, np.float32(1e-6))
    chords = np.zeros_like(points)
    chords[1:-1] = points[2:] - points[:-2]
    tangents = chords / np.maximum(np.linalg.norm(chords, axis=1, keepdims=True), np.float32(1e-6))
    tangents[0], tangents[-1] = ways[0], ways[-1]
    closed = np.array_equal(points[0], points[-1]) and len(points) > 3
    if closed:
        joint = points[1] - points[-2]
        tangents[0] = tangents[-1] = joint / max(float(np.linalg.norm(joint)), 1e-6)
    corners = np.zeros(len(points), bool)
    corners[1:-1] = (ways[1:] * ways[:-1]).sum(axis=1) < CORNER
    if closed:  # a ring may begin at a corner
        corners[[0, -1]] = float((ways[0] * ways[-1]).sum()) < CORNER
    leave = np.where(corners[:-1, None], ways, tangents[:-1])
    arrive = np.where(corners[1:, None], ways, tangents[1:])
    curves = [points[:-1] + leave * lengths / 3, points[1:] - arrive * lengths / 3, points[1:]]
    return np.stack(curves, axis=1).reshape(-1, 2)


def _pair(point: Picture) -> str:
    return "{:g} {:g}".format(*np.round(point.astype(float), 2).tolist())


def _svg(width: int, height: int, dpi: Dpi | None, body: list[str]) -> bytes:
    size = svg_size(width, height, dpi)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *body, "</svg>\n"]).encode()


def _median(colours: Bytes) -> Colour:
    red, green, blue = np.median(colours, axis=0).astype(int).tolist()
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
