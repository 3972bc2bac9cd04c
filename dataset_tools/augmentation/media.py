"""What ink is drawn with: a darker shade of what it borders, pencil, wax, a marker that bleeds.

A render is ``(1 - line) * below + line * ink`` wherever it came from, so ink gets another colour by adding
``line * (new - old)``, and gives way to paper by adding ``line * gone * (below - old)``: both are exact on
anti-aliased edges, and the line art stays as it is. A stroke broken by the tooth of the paper is meant as one
line, so its truth is whole.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import (
    as_bytes,
    clamp,
    cloud,
    coarse,
    enlarge,
    frame,
    grain,
    merge,
    ramp,
    soften,
)
from dataset_tools.augmentation.sheet import Notes, Sheet, ink_colour
from dataset_tools.augmentation.weight import stroke_width
from lineart.pictures.discs import disc
from lineart.pictures.images import Picture, luminance

SOLID, CLEAR = (
    0.9,
    0.03,
)  # of ink: where its own colour is seen, and where that of what lies below is
PALEST = 0.86  # part of the light of what is below that ink has at most: seen as a line still
WIDE = 1.8  # strokes' widths; areas of ink wider than that are solids, and stay as they are
THICKEST = 20  # a stroke is at most the longer side over this
SOFT = 1.5  # pixels over which a solid passes into strokes

# How each is drawn: [pressure at its least and most], [width of a grain in pixels], share of paper in fills.
DRY = {
    "graphite": ((0.45, 1.0), (0.7, 1.6), 0.0),
    "coloured pencil": ((0.45, 0.95), (0.8, 2.0), 0.5),
    "charcoal": ((0.5, 1.0), (1.2, 2.6), 0.2),
    "wax": ((0.4, 0.9), (1.6, 3.6), 0.7),
    "dry brush": ((0.3, 1.1), (0.8, 1.6), 0.0),
}


def coloured(
    render: Picture, sheet: Sheet, rng: Generator, strength: float
) -> tuple[Picture, Notes]:
    """Draw the lines in a darker, more saturated shade of what they border; in some, other lines stay."""
    old, width = ink_below(render, sheet.line), _width(sheet.line)
    fill = _darkest(render, sheet.line, width)
    shade, tint = rng.uniform(0.35, 0.8), rng.uniform(-0.12, 0.12, 3)
    saturation = rng.uniform(1, 1.7)
    grey = luminance(fill)[..., None]
    new = (grey + np.float32(saturation) * (fill - grey)) * np.float32(shade)
    new = np.clip(new + tint.astype(np.float32) * np.float32(1 - shade) * grey, 0, 1)
    new = np.minimum(new, np.float32(PALEST) * fill)
    amount = np.full(sheet.line.shape, min(1.0, 1.6 * strength), np.float32)
    kind = str(rng.choice(("all", "some", "fading"), p=(0.7, 0.2, 0.1)))
    if kind != "all":  # two-tone ink: by places, sharply or softly
        field = cloud(rng, frame(render), 0.25 * max(frame(render)), 2)
        edge = 0.02 if kind == "some" else 0.3
        amount *= ramp(field, 0.5 - edge, 0.5 + edge)
    amount *= 1 - _solids(sheet.line, width)
    change = merge([amount * sheet.line] * 3) * (new - old)
    return clamp(render + change), {"kind": kind, "shade": shade, "saturation": saturation}


def dry(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Draw with what the tooth of the paper breaks: pencil, crayon, charcoal, wax, a brush that runs dry."""
    kind = str(rng.choice(list(DRY)))
    pressure, size, paper = DRY[kind]
    shape, width = frame(render), _width(sheet.line)
    old = ink_below(render, sheet.line)
    below = _below(render, sheet.line, width)
    level = cloud(rng, shape, rng.uniform(0.05, 0.25) * max(shape), 3)
    low, high = pressure
    level = np.float32(1) - np.float32(min(1.0, 1.2 * strength)) * (
        np.float32(1 - low) - np.float32(high - low) * level
    )
    scale = max(1.0, max(shape) / 512)
    tooth = grain(rng, shape, rng.uniform(*size) * scale) * np.float32(0.28) + np.float32(0.5)
    hard = rng.uniform(0.12, 0.45)
    there = ramp(level - tooth, -np.float32(hard), np.float32(hard))
    there *= np.float32(1 - 0.5 * strength * rng.uniform(0, 1))  # paler, too
    there = 1 - np.float32(min(1.0, 1.6 * strength)) * (1 - there)
    if rng.uniform() < 0.5:  # several strokes beside each other, as far as the line is wide
        there *= _strokes(rng, sheet.line, width, strength)
    gone = (1 - there) * (1 - np.float32(0.6) * _solids(sheet.line, width))
    drawn = render + merge([sheet.line * gone] * 3) * (below - old)
    if paper and rng.uniform() < 0.7:  # fills of the same stick let the paper through
        holes = ramp(tooth, 0.5, 0.8) * np.float32(paper * strength * rng.uniform(0.3, 1))
        drawn += merge([holes * (1 - sheet.line) * (1 - sheet.bare)] * 3) * (1 - drawn)
    return clamp(drawn), {"kind": kind}


def bleed(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Draw with a marker or on wet paper: edges run a little, unevenly, and dry darker or paler inside."""
    shape = frame(render)
    reach = rng.uniform(0.6, 1.6) * max(1.0, max(shape) / 512)
    run = cloud(rng, shape, 0.06 * max(shape), 3) * np.float32(strength)
    around = np.maximum(soften(sheet.line, reach) - sheet.line, 0) * run
    pale = np.float32(0.35 * strength) * cloud(rng, shape, 0.1 * max(shape), 3) * sheet.line
    old = ink_below(render, sheet.line)
    below = _below(render, sheet.line, _width(sheet.line))
    drawn = render + merge([around] * 3) * (old - render) + merge([pale] * 3) * (below - old)
    return clamp(drawn), {"reach": reach}


def ink_below(render: Picture, line: Picture) -> Picture:
    """The colour of the ink, ``(H, W, 3)``: of the solid ink nearby, and the median where there is none."""
    median = np.array(ink_colour(render, line), np.float32)
    solid = (line > SOLID).astype(np.float32)
    near = _mean_near(render, solid, 4.0)
    known = np.clip(soften(solid, 4.0) * 40, 0, 1)[..., None]
    return median + known * (near - median)


def _below(render: Picture, line: Picture, width: float) -> Picture:
    """What is seen beside the ink, ``(H, W, 3)``; white where nothing is near."""
    clear = (line < CLEAR).astype(np.float32)
    reach = 1 + width
    near = _mean_near(render, clear, reach)
    return 1 + np.clip(soften(clear, reach) * 60, 0, 1)[..., None] * (near - 1)


def _mean_near(render: Picture, where: Picture, sigma: float) -> Picture:
    """The mean colour of what is marked by ``where``, within about ``sigma`` pixels."""
    shape = frame(render)
    half = coarse(shape, max(2, max(shape) // 2))
    parts = [channel * where for channel in cv2.split(render)]
    seen = [
        soften(
            np.asarray(cv2.resize(part, half[::-1], interpolation=cv2.INTER_AREA), np.float32),
            max(0.6, sigma / 2),
        )
        for part in (*parts, where)
    ]
    share = np.maximum(seen[3], np.float32(1e-4))
    return np.clip(enlarge(merge([part / share for part in seen[:3]]), shape), 0, 1)


def _darkest(render: Picture, line: Picture, width: float) -> Picture:
    """The darker of what lies on both sides of a stroke, ``(H, W, 3)``, softly."""
    reach = disc(math.ceil((1.5 * width + 2) ** 2))
    beside = np.where((line < CLEAR)[..., None], render, np.float32(1))
    darkest = np.asarray(cv2.erode(as_bytes(beside), reach), np.float32) / np.float32(255)
    return soften(darkest, 0.5 + width / 3)


def _width(line: Picture) -> float:
    return max(1.0, min(stroke_width(line), max(line.shape) / THICKEST))


def _solids(line: Picture, width: float) -> Picture:
    """Areas of ink too wide for strokes, ``(H, W)``, 1 inside."""
    reach = max(2.0, WIDE * width / 2)
    core = cv2.erode(as_bytes(line), disc(math.ceil(reach**2)))
    whole = cv2.dilate(core, disc(math.ceil((reach + 2) ** 2)))
    return soften(np.asarray(whole, np.float32) / np.float32(255), SOFT)


def _strokes(rng: Generator, line: Picture, width: float, strength: float) -> Picture:
    """Paler gaps that run along a wide line, where the strokes of which it is made do not meet."""
    away = cv2.distanceTransform((line > 0.3).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    gap = np.float32(max(1.6, width * rng.uniform(0.3, 0.6)))
    place = np.abs(np.asarray(away, np.float32) / gap % 1 - np.float32(0.5))
    open_ = ramp(cloud(rng, frame(line), 0.05 * max(line.shape), 2), 0.45, 0.7)
    return 1 - np.float32(0.7 * strength) * open_ * ramp(place, 0.25, 0.45)
