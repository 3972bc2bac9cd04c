"""Dried drops on paper: water stains with hard and soft rims, and the rings that cups leave.

The tide line of a dried drop follows R. Deegan et al., "Capillary flow as the cause of ring stains from
dried liquid drops", Nature 389 (1997): what the liquid carries is left at the rim. Stains are made at half
the size of the picture and enlarged: a rim is never as crisp as ink.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.fields import (
    cloud,
    enlarge,
    frame,
    glaze,
    grain,
    ramp,
    smooth_noise,
    soften,
)
from dataset_tools.augmentation.sheet import Colour, Notes, Sheet
from lineart.pictures.images import Picture

UNIT = 256  # widths of rims are in parts of the longer side, so many
COARSE = 128  # longer side of the grid on which the outline of a stain is made, in cells

STAIN_COLOURS: dict[str, Colour] = {
    "water": (0.80, 0.76, 0.68),
    "tea": (0.70, 0.52, 0.31),
    "dirt": (0.55, 0.51, 0.47),
    "yellow": (0.88, 0.76, 0.46),
    "wash": (0.56, 0.62, 0.74),
}
CUPS: dict[str, Colour] = {
    "coffee": (0.50, 0.33, 0.19),
    "tea": (0.68, 0.47, 0.25),
    "wine": (0.55, 0.30, 0.38),
}


def stains(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """Dried water: one to three stains with a hard or a soft rim, and their splashes."""
    side = max(frame(render))
    render, kinds = render.copy(), []
    for _ in range(int(rng.integers(1, 4))):
        kind = str(rng.choice(("hard", "soft"), p=(0.7, 0.3)))
        name = str(rng.choice(list(STAIN_COLOURS), p=(0.25, 0.25, 0.15, 0.2, 0.15)))
        kinds.append(f"{kind} {name}")
        radius = side * (0.06 + 0.34 * rng.beta(1.5, 1.6))
        patch = _Patch(render, rng.uniform(0, 1, 2), 2.1 * radius + 0.1 * side)
        distance = _outline(rng, patch, radius)
        amount = _hard(rng, patch, distance) if kind == "hard" else _soft(rng, patch, distance)
        patch.lay(render, amount * np.float32(strength), STAIN_COLOURS[name])
    return render, {"kinds": kinds}


def rings(render: Picture, sheet: Sheet, rng: Generator, strength: float) -> tuple[Picture, Notes]:
    """The rings of one to three cups: broken, thicker at one side, with a drop or two."""
    side = max(frame(render))
    render, name = render.copy(), str(rng.choice(list(CUPS)))
    radius = side * rng.uniform(0.1, 0.24)
    count = int(rng.integers(1, 4))
    for _ in range(count):
        patch = _Patch(render, rng.uniform(-0.05, 1.05, 2), 1.5 * radius + 0.02 * side)
        patch.lay(render, _ring(rng, patch, radius) * np.float32(strength), CUPS[name])
    return render, {"kind": name, "count": count}


class _Patch:
    """The part of a picture that a stain may reach, and a grid over it at half the size.

    Args:
        render: the picture, ``(H, W, 3)``.
        middle: of the stain, as parts of width and height.
        reach: how far the stain may go, in pixels.
    """

    def __init__(self, render: Picture, middle: np.ndarray, reach: float):
        height, width = frame(render)
        x, y = float(middle[0]) * width, float(middle[1]) * height
        left, top = math.floor(max(x - reach, 0)), math.floor(max(y - reach, 0))
        right, bottom = math.ceil(min(x + reach, width)), math.ceil(min(y + reach, height))
        self.box = np.s_[top : max(bottom, top + 1), left : max(right, left + 1)]
        self.shape = frame(render[self.box])
        self.half = (max(1, self.shape[0] // 2), max(1, self.shape[1] // 2))
        self.side = max(height, width)  # of the whole picture, in pixels
        self.middle = (x - left, y - top)  # in the box, in pixels

    @property
    def cells(self) -> float:
        """Cells of the half-size grid that the picture's longer side would have."""
        return self.side / 2

    def offsets(self, grid: tuple[int, int]) -> tuple[Picture, Picture]:
        """x ``(1, columns)`` and y ``(rows, 1)`` from the stain's middle, in pixels, over the box."""
        (height, width), (rows, columns) = self.shape, grid
        x = (np.arange(columns, dtype=np.float32) + 0.5) * (width / columns) - self.middle[0]
        y = (np.arange(rows, dtype=np.float32) + 0.5) * (height / rows) - self.middle[1]
        return x[None, :].astype(np.float32), y[:, None].astype(np.float32)

    def lay(self, render: Picture, amount: Picture, colour: Colour) -> None:
        """Glaze the box of ``render`` with an amount ``(H, W)`` in [0, 1] on the half-size grid."""
        whole = np.clip(enlarge(amount, self.shape), 0, 1)
        render[self.box] = glaze(render[self.box], whole, colour)


def _outline(rng: Generator, patch: _Patch, radius: float) -> Picture:
    """How far inside a stain each cell of the half-size grid is, in :data:`UNIT` parts of the side."""
    side = patch.side
    step = max(2.0, side / COARSE)  # pixels a cell of the grid on which the outline is made
    small = (max(2, math.ceil(patch.shape[0] / step)), max(2, math.ceil(patch.shape[1] / step)))
    x, y = patch.offsets(small)
    squeeze = np.float32(rng.uniform(0.75, 1.3))
    distance = np.sqrt((x * squeeze) ** 2 + (y / squeeze) ** 2) - np.float32(radius)
    # Lobes of the size of the drop, and the small ones of water creeping along fibres.
    lobes = cloud(rng, small, 1.1 * radius / step, 3) - np.float32(0.5)
    distance += np.float32(radius * rng.uniform(0.5, 1.1)) * lobes
    distance += np.float32(0.02 * side) * smooth_noise(rng, small, 0.05 * side / step)
    for _ in range(int(rng.integers(0, 7))):
        bearing, far = rng.uniform(0, 2 * math.pi), radius * rng.uniform(1.1, 1.9)
        drop = np.hypot(
            x - np.float32(far * math.cos(bearing)), y - np.float32(far * math.sin(bearing))
        )
        distance = np.minimum(distance, drop - np.float32(side * rng.uniform(0.006, 0.03)))
    # The lobes bent the distances; divide by the slope to have them again.
    slope = np.hypot(*np.gradient(distance)).astype(np.float32) / np.float32(step)
    slope = soften(slope, 0.02 * COARSE)
    inside = distance / np.clip(slope, 0.5, 3) * np.float32(-UNIT / side)
    return enlarge(inside.astype(np.float32), patch.half)


def _hard(rng: Generator, patch: _Patch, inside: Picture) -> Picture:
    """How much a stain with tide lines left in the paper, in [0, 1], on the half-size grid."""
    shape, side = patch.half, patch.cells
    uneven = cloud(rng, shape, rng.uniform(0.1, 0.3) * side)
    inside = inside + grain(rng, shape, 3) * np.float32(0.25)
    fade = np.float32(0.3) + np.float32(0.7) * ramp(uneven, 0.25, 0.7)
    amount = _tide(inside, rng.uniform(0.6, 1.5), rng.uniform(3, 13)) * fade
    for _ in range(int(rng.integers(0, 3))):  # it dried, and was wetted again less far
        shift = np.float32(rng.uniform(4, 30)) * (np.float32(0.6) + np.float32(0.8) * uneven)
        here = ramp(cloud(rng, shape, 0.3 * side, 2), 0.35, 0.6)
        older = _tide(inside - shift, rng.uniform(0.6, 1), rng.uniform(2, 7)) * here
        amount = np.maximum(amount, older * np.float32(rng.uniform(0.3, 0.8)))
    body = np.float32(rng.uniform(0.15, 0.5)) * (np.float32(0.5) + uneven / 2)
    return np.minimum(amount + body * ramp(inside, -0.5, 0.5), 1)


def _soft(rng: Generator, patch: _Patch, inside: Picture) -> Picture:
    """The same for a stain whose rim is a band."""
    uneven = cloud(rng, patch.half, rng.uniform(0.1, 0.3) * patch.cells)
    width = rng.uniform(5, 20)
    body = ramp(inside, -width, width) * (np.float32(0.3) + np.float32(0.35) * uneven)
    rim = np.exp(-((inside / width) ** 2)) * np.float32(rng.uniform(0.1, 0.45))
    return np.minimum(body + rim * uneven, 1)


def _tide(inside: Picture, crisp: float, spread: float) -> Picture:
    """A tide line: a crisp edge outside, a thin dark line, and a tail that spreads inwards."""
    depth = np.maximum(inside, 0)
    line = np.exp(-depth / np.float32(crisp)) * np.float32(0.55)
    tail = np.exp(-depth / np.float32(spread)) * np.float32(0.45)
    return (line + tail) * ramp(inside, -0.6, 0.3)


def _ring(rng: Generator, patch: _Patch, radius: float) -> Picture:
    """How much a cup left in the paper, in [0, 1], on the half-size grid."""
    x, y = patch.offsets(patch.half)
    unit = np.float32(UNIT / patch.side)
    away = (np.sqrt(x * x + y * y) - np.float32(radius)) * unit
    away = away + smooth_noise(rng, patch.half, 0.08 * patch.cells) * np.float32(0.8)
    bearing = np.arctan2(y, x) + np.float32(rng.uniform(0, 2 * math.pi))
    thick = np.float32(1.2) + np.float32(rng.uniform(0.5, 2.2)) * (1 + np.cos(bearing))
    amount = _tide(thick - np.abs(away), 0.7, 3)  # a rim on either side of the band
    # The cup did not touch everywhere.
    touched = cloud(rng, patch.half, rng.uniform(0.1, 0.3) * patch.cells, 3)
    amount = amount * ramp(touched, rng.uniform(0, 0.35), 0.6)
    for _ in range(int(rng.integers(0, 3))):
        turn, far = rng.uniform(0, 2 * math.pi), radius * rng.uniform(1.05, 1.4)
        drop = np.hypot(x - np.float32(far * math.cos(turn)), y - np.float32(far * math.sin(turn)))
        size = np.float32(rng.uniform(1.5, 4))
        amount = np.maximum(amount, _tide(size - drop * unit, 0.8, 3))
    return np.minimum(amount, 1)
