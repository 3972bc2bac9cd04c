"""How the ink looks: its colour, its paper, the weight of strokes, how much detail, specks, yes or no.

All of it is done to ink that has been extracted, so another look costs no new extraction. In this order:
detail, blacks, weight, binary, clean, close; the colour is laid on when the ink is written
(:mod:`lineart.extract.outputs`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.extract.blacks import outlined
from lineart.extract.closing import MOST, closed
from lineart.extract.own import OWN
from lineart.extract.trace import middle_of
from lineart.pictures.colours import Colour as Colour
from lineart.pictures.colours import colour_of
from lineart.pictures.discs import grow, shrink
from lineart.pictures.images import Bytes, Picture, to_bytes
from lineart.settings import require

BLACKS = ("keep", "outline")
SOLID = 128  # ink from here on, of 255, is a stroke whose middle stays however thin it is made
VISIBLE = 26  # ink from here on, of 255, is part of a speck; what is paler is haze between specks
STRIP = 256  # rows worked on at a time: what lies between is a small part of the picture


@dataclass(frozen=True)
class Style:
    """How the ink looks; the defaults leave it as it was extracted."""

    # colour of the ink: a CSS name, #rgb, #rrggbb or rgb(r, g, b); "own" for those the picture has
    ink: str = "black"
    weight: float = 0.0  # pixels added to the width of strokes, or taken where negative
    detail: float = 0.0  # shift of the ink's logit: above 0 faint strokes darken, below they go
    clean: int = 0  # pixels; separate specks of a smaller area are dropped
    binary: bool = False  # ink or paper and nothing between, as pixel art and printing plates want
    close: int = 0  # pixels; gaps up to this are closed, so that a flood fill does not leak
    blacks: str = "keep"  # solid areas of ink: keep them, or outline: their edge alone
    paper: str = "white"  # colour of what lies below the ink, in formats that have it

    def __post_init__(self) -> None:
        if not self.own:
            colour_of(self.ink)
        colour_of(self.paper)
        require(_within(self.weight, 32), "weight", self.weight, "in [-32, 32] pixels")
        require(_within(self.detail, 10), "detail", self.detail, "in [-10, 10]")
        require(self.blacks in BLACKS, "blacks", self.blacks, " or ".join(BLACKS))
        require(self.clean >= 0, "clean", self.clean, "0 pixels or more")
        require(0 <= self.close <= MOST, "close", self.close, f"0 to {MOST} pixels")

    @property
    def own(self) -> bool:
        """Whether the ink has the colours that the picture has."""
        return self.ink.lower() == OWN


def _within(value: float, limit: float) -> bool:
    return math.isfinite(value) and abs(value) <= limit


def apply(ink: Picture, style: Style) -> Picture:
    """Give extracted ink a style, the colour apart.

    Args:
        ink: ``(H, W)`` float32 in [0, 1], ink 1; left as it is.
        style: see there.

    Returns:
        ``(H, W)`` float32 in [0, 1]; ``ink`` itself if the style changes nothing.
    """
    if style.detail:
        ink = shift(ink, style.detail)
    if style.blacks == "outline":
        ink = outlined(ink)
    if style.weight:
        ink = reweigh(ink, style.weight)
    if style.binary:
        ink = solid(ink)
    if style.clean > 1:
        ink = without_specks(ink, style.clean)
    if style.close:
        ink = closed(ink, style.close)
        ink = solid(ink) if style.binary else ink
    return ink


def solid(ink: Picture) -> Picture:
    """1 where ink is at least a half, else 0."""
    return (ink >= 0.5).astype(np.float32)


def shift(ink: Picture, logit: float) -> Picture:
    """Add ``logit`` to the logit of ink; 0 and 1 stay what they are.

    >>> shift(np.array([[0, 0.5, 1]], np.float32), np.log(3)).tolist()
    [[0.0, 0.75, 1.0]]
    """
    odds = np.float32(math.exp(logit))
    shifted = np.empty(ink.shape, np.float32)
    for top in range(0, len(ink), STRIP):
        rows = ink[top : top + STRIP]
        shifted[top : top + STRIP] = rows * odds / (1 + rows * (odds - 1))
    return shifted


def reweigh(ink: Picture, pixels: float) -> Picture:
    """Make strokes wider by ``pixels``, half on either side, or thinner where it is negative.

    A stroke made thinner ends as a line one pixel wide and stays whole; ink paler than a half may vanish.
    """
    before = to_bytes(ink)
    after = grow(before, pixels / 2)
    if pixels < 0:
        after = np.maximum(shrink(before, -pixels / 2), _hairlines(before))
    return as_ink(after)


def _hairlines(ink: Bytes) -> Bytes:
    """The middle of each stroke with soft edges, nowhere darker than the ink itself."""
    middle = middle_of(ink >= SOLID).view(np.uint8) * np.uint8(255)
    bell = np.array([0.15, 1, 0.15]) / math.sqrt(1.3)  # a straight line keeps 1 in its middle
    soft = np.asarray(cv2.sepFilter2D(middle, cv2.CV_8U, bell, bell), np.uint8)
    return np.minimum(np.maximum(soft, middle), ink)


def without_specks(ink: Picture, area: int) -> Picture:
    """Drop connected pieces of visible ink that have fewer than ``area`` pixels, corners touching."""
    visible = (ink >= VISIBLE / 255).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(visible, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < area
    small[0] = False  # the paper
    if not small.any():
        return ink
    specks = small[labels].view(np.uint8)
    rim = cv2.dilate(specks, np.ones((3, 3), np.uint8))  # what is too pale to be a part of one
    kept = (rim == 0) | (visible > specks)
    return np.where(kept, ink, np.float32(0))


def as_ink(pixels: NDArray[np.uint8]) -> Picture:
    """0..255 to float32 in [0, 1], the same shape."""
    return np.divide(pixels, np.float32(255), dtype=np.float32)
