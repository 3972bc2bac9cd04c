"""How a picture is brought before a network, and its ink back: light ink inverted, broad strokes reduced.

The networks learn from strokes of a few pixels, and read what is broader as two edges. So a drawing whose
strokes are broad is read reduced; the ink that is found is brought to the size of the picture.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.errors import InputError, unknown_name
from lineart.pictures.decoding import MAX_PIXELS
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.polarity import inverted, is_light_on_dark
from lineart.pictures.widths import stroke_width

AUTO, DARK, LIGHT = "auto", "dark-on-light", "light-on-dark"
INPUTS = (AUTO, DARK, LIGHT)
OWN_SIZE = "1x"
SIDES = (32, 20_000)  # pixels of the longer side that a picture can be read at
BROAD = 14.0  # pixels; broader strokes are read reduced, up to here that brings nothing
READ = 6.0  # pixels; as broad as strokes are then read
THIN = 1.5  # pixels; as broad as the thinner ones stay
THINNER = 0.3  # of the strokes, by length


@dataclass(frozen=True)
class Prepared:
    """A picture as it is read."""

    picture: Bytes | Picture  # (h, w, 3)
    shape: tuple[int, int]  # of the picture itself, (H, W)
    inverted: bool = False  # whether its light is dark here

    @property
    def resized(self) -> bool:
        """Whether it is read at another size than its own."""
        return self.picture.shape[:2] != self.shape

    @property
    def size_said(self) -> str:
        """The size it is read at, for a sentence."""
        return f"{self.picture.shape[1]} x {self.picture.shape[0]}"

    def back(self, ink: Picture) -> Picture:
        """Ink, ``(h, w)`` in [0, 1], at the picture's own size: ``(H, W)`` float32."""
        return brought(ink, self.shape) if self.resized else ink


@dataclass(frozen=True)
class Manner:
    """How pictures are read; the defaults are those of a network."""

    input: str = (
        AUTO  # dark-on-light, light-on-dark, or auto, which tells drawings in light ink by itself
    )
    read_at: str = AUTO  # pixels of the longer side, a factor such as 0.5x, or auto, by the strokes

    def __post_init__(self) -> None:
        if self.input not in INPUTS:
            raise unknown_name("input", self.input, INPUTS)
        _side_wanted(self.read_at, 1000)

    @property
    def steady(self) -> Manner:
        """The same for frames, which must all be read alike: nothing is left to what each shows."""
        return Manner(
            DARK if self.input == AUTO else self.input,
            OWN_SIZE if self.read_at == AUTO else self.read_at,
        )

    def prepared(self, picture: Bytes | Picture) -> Prepared:
        """A picture as it is to be read.

        Args:
            picture: ``(H, W, 3)`` RGB, uint8 or float in [0, 1].

        Raises:
            InputError: if the size wanted is more than can be read.
        """
        height, width = picture.shape[:2]
        light = self.input == LIGHT or (self.input == AUTO and is_light_on_dark(picture))
        turned: Any = inverted(picture) if light else picture
        longer = max(height, width)
        side = _side_wanted(self.read_at, longer) or round(longer * reduction(turned))
        scale = side / longer
        if scale == 1:
            return Prepared(turned, (height, width), light)
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        if not SIDES[0] <= side <= SIDES[1] or math.prod(small) > MAX_PIXELS:
            raise InputError(
                f"A picture of {width} x {height} pixels cannot be read at {small[0]} x {small[1]}; wanted "
                f"are {SIDES[0]} to {SIDES[1]} pixels on its longer side, at most "
                f"{MAX_PIXELS // 10**6} megapixels. Name another size with --read-at."
            )
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        resized: Any = cv2.resize(turned, small, interpolation=how)
        if resized.dtype != np.uint8:
            resized = np.clip(resized, 0, 1)
        return Prepared(resized, (height, width), light)


def _side_wanted(read_at: str, longer: int) -> int:
    """The longer side that is asked for of a picture's own; 0 for auto.

    Raises:
        InputError: if that is no size.
    """
    if read_at == AUTO:
        return 0
    number = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)(x?)", read_at.lower())
    value = float(number[1]) if number else 0.0
    if number is None or not 0 < value < 1e6 or (not number[2] and value != int(value)):
        raise InputError(
            f"{read_at!r} is no size to read at; wanted are the pixels of the longer side, such as 1200, a "
            f"factor, such as 0.5x, or {AUTO}."
        )
    return max(1, round(longer * value)) if number[2] else int(value)


def reduction(picture: Bytes | Picture) -> float:
    """By what a picture is reduced so that its strokes are as broad as networks know them; 1 if they are."""
    width = stroke_width(picture)
    if width <= BROAD:
        return 1.0
    return min(1.0, max(READ / width, THIN / stroke_width(picture, THINNER)))


def brought(ink: Picture, shape: tuple[int, int]) -> Picture:
    """Ink ``(h, w)`` in [0, 1] at another size, ``(H, W)``.

    Enlarged, its edges are as sharp as those of ink of that size, and pale strokes stay as pale.
    """
    size = (shape[1], shape[0])
    scale = max(shape) / max(ink.shape)
    if scale < 1:
        return cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
    # How dark the stroke is that a pixel lies in or beside.
    dark = cv2.blur(cv2.dilate(ink, np.ones((3, 3), np.uint8)), (3, 3))
    strokes = np.clip(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    dark = np.maximum(cv2.resize(dark, size, interpolation=cv2.INTER_LINEAR), np.float32(1e-3))
    sharp: NDArray[Any] = np.clip((strokes / dark - 0.5) * scale + 0.5, 0, 1) * dark
    return sharp.astype(np.float32, copy=False)


AS_IT_IS = Manner(DARK, OWN_SIZE)
