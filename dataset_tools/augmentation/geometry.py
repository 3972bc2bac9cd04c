"""Where a child's picture lies: mirror, rotation, scale, shift, perspective and elastic bending, as one map.

:func:`draw_motion` chooses, :mod:`dataset_tools.augmentation.warp` resamples, once, whatever was chosen.
Elastic bending follows P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural
networks applied to visual document analysis", ICDAR 2003, with displacements so slow that no line folds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lineart.pictures.images import Picture
from lineart.settings import require

CORNER = 0.14  # part of the longer side that perspective moves a corner by, at most
STEEPEST = 0.3  # pixels a pixel by which elastic bending stretches, about; at 1 a line could fold

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class GeometrySettings:
    """How far a child may move from its parent."""

    flip: float = 0.5  # probability of a mirror image
    rotation: float = 20.0  # largest rotation to either side, in degrees
    scale: tuple[float, ...] = (0.7, 1.4)  # smallest and largest
    shift: float = 0.08  # largest shift, as a part of the side; more where the frame is filled
    perspective: tuple[float, ...] = (0.25, 1.0)  # [probability, greatest strength]
    elastic: tuple[float, ...] = (0.25, 1.0)  # [probability, greatest strength]

    def __post_init__(self) -> None:
        require(0 <= self.flip <= 1, "augment.geometry.flip", self.flip, "from 0 to 1")
        require(
            0 <= self.rotation <= 180, "augment.geometry.rotation", self.rotation, "from 0 to 180"
        )
        ordered = len(self.scale) == 2 and 0.25 <= self.scale[0] <= self.scale[1] <= 4
        wanted = "two numbers from 0.25 to 4, the smaller one first"
        require(ordered, "augment.geometry.scale", list(self.scale), wanted)
        require(0 <= self.shift <= 0.5, "augment.geometry.shift", self.shift, "from 0 to 0.5")
        require_chance("augment.geometry.perspective", self.perspective)
        require_chance("augment.geometry.elastic", self.elastic)


def require_chance(setting: str, value: tuple[float, ...]) -> None:
    """Refuse what is not [probability, greatest strength].

    Raises:
        InputError: naming the setting.
    """
    right = len(value) == 2 and all(0 <= number <= 1 for number in value)
    require(right, setting, list(value), "[probability from 0 to 1, strength from 0 to 1]")


def draw_strength(rng: Generator, chance: tuple[float, ...]) -> float:
    """The strength of something that happens with [probability, greatest strength]; 0 where it does not.

    Draws two numbers in any case, so that one setting changes nothing that is drawn after it.
    """
    probability, greatest = chance
    happens, strength = rng.uniform() < probability, greatest * rng.uniform(0.35, 1)
    return round(float(strength), 4) if happens else 0.0


@dataclass(frozen=True)
class Bend:
    """Elastic bending: smooth random displacements."""

    amount: float  # in pixels, at most in either direction
    cell: float  # over how many pixels it varies
    seed: int  # of the displacements


@dataclass(frozen=True)
class Motion:
    """A map of the plane: ``matrix``, then ``corners``, then ``bend``."""

    matrix: Matrix  # 2 x 3, from old to new pixel coordinates (x, y)
    corners: Matrix | None = None  # 3 x 3, perspective of the new frame
    bend: Bend | None = None

    @property
    def scale(self) -> float:
        """How much larger the matrix makes things: the root of how areas grow."""
        return math.sqrt(abs(np.linalg.det(self.matrix[:, :2])))


def draw_motion(
    rng: Generator, line: Picture, settings: GeometrySettings
) -> tuple[Motion, dict[str, Any]]:
    """Draw a motion within the frame of ``line``, and its notes for the recipe.

    The frame keeps its size. The ink's centre of mass stays in the middle half of the frame, or as far
    in as the parent has it (up to perspective and bending), so that no child is an empty corner.
    """
    height, width = line.shape
    flip = bool(rng.uniform() < settings.flip)
    # Two uniform numbers: small rotations are more common than large ones.
    rotation = float(rng.uniform(-0.5, 0.5, 2).sum() * settings.rotation)
    low, high = settings.scale
    scale = float(np.exp(rng.uniform(math.log(low), math.log(high))))
    reach = settings.shift + max(scale - 1, 0) / 2
    shift = rng.uniform(-reach, reach, 2)

    linear = turning(rotation, scale, flip)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    size = np.array([width, height])
    away = (ink_centre(line) - centre) / size
    moved = linear @ (away * size) / size + shift
    limit = np.maximum(np.abs(away), 0.25)
    shift += np.clip(moved, -limit, limit) - moved
    matrix = np.column_stack([linear, centre - linear @ centre + shift * size])
    notes: dict[str, Any] = {
        "flip": flip,
        "rotation": rotation,
        "scale": scale,
        "shift": [float(v) for v in shift * size],
    }
    tilt, tilts = draw_strength(rng, settings.perspective), rng.uniform(-1, 1, (4, 2))
    corners = None
    if tilt:
        shifts = tilt * CORNER * max(height, width) * tilts
        corners = perspective((height, width), shifts)
        notes["perspective"] = {"strength": tilt, "corners": shifts.tolist()}
    waves, cell = draw_strength(rng, settings.elastic), rng.uniform(0.12, 0.35)
    seed = int(rng.integers(2**32))
    bend = None
    if waves:
        bend = elastic(waves, float(cell) * max(height, width), seed)
        notes["elastic"] = {"strength": waves, **vars(bend)}
    return Motion(matrix, corners, bend), notes


def turning(rotation: float, scale: float, flip: bool = False) -> Matrix:
    """The 2 x 2 matrix that mirrors left and right if ``flip``, then turns (degrees) and scales."""
    turn = math.radians(rotation)
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    return np.array([[cos, sin], [-sin, cos]]) @ np.diag([-1.0 if flip else 1.0, 1.0])


def perspective(shape: tuple[int, int], shifts: Matrix) -> Matrix:
    """The 3 x 3 matrix that moves the corners of a frame ``(H, W)`` by ``shifts`` (4, 2), in pixels.

    The corners are those of :func:`numpy.ndindex`: top left, top right, bottom left, bottom right.
    """
    height, width = shape
    frame = np.array([[x, y] for y in (-0.5, height - 0.5) for x in (-0.5, width - 0.5)])
    ends = (frame + shifts).astype(np.float32)
    return cv2.getPerspectiveTransform(frame.astype(np.float32), ends).astype(np.float64)


def elastic(strength: float, cell: float, seed: int) -> Bend:
    """The bending of a strength in [0, 1] that varies over ``cell`` pixels: the slower, the further."""
    return Bend(amount=strength * STEEPEST * cell / 2, cell=cell, seed=seed)


def ink_centre(line: Picture) -> NDArray[np.float64]:
    """The centre of mass (x, y) of the ink in pixels; the middle of a blank picture."""
    height, width = line.shape
    columns, rows = line.sum(0, dtype=np.float64), line.sum(1, dtype=np.float64)
    if columns.sum() < 1:
        return np.array([(width - 1) / 2, (height - 1) / 2])
    x = columns @ np.arange(width) / columns.sum()
    y = rows @ np.arange(height) / rows.sum()
    return np.array([x, y])
