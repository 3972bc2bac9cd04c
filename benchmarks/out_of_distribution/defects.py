"""Four faults that make line art useless for colouring, each a mean over the pixels where it shows.

A prediction can have a small error and still be spoilt: a faint grey over the whole page weighs little in MSE
and is the first thing that one sees. Each figure looks only where its fault can be, so that it does not
depend on how much of the picture that is, and is None where there is no such place: a mean over a handful
of pixels says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lineart.metrics.lines import Ink
from lineart.metrics.pixels.pixel import INK
from lineart.pictures.images import Picture, luminance

Mask = NDArray[np.bool_]

TOUCHED = 0.02  # ink that covers this much of a pixel is ink to keep away from
FAR = 8.0  # pixels from any ink to paper that no line's softness reaches
NEAR = 3.0  # pixels from any ink within which a dark pixel may be dark because of it
DARK = 0.25  # luminance of fills that can be taken for ink
BROAD = 7  # pixels across of the smallest dark fill; dots of screentone are no areas
DEEP = 4.0  # pixels inside solid ink, where no edge is near: of strokes wider than 8
RIM = 4  # pixels of the picture's border that a network sees half of
LEAST = 200  # pixels that a mean is taken over at least


def haze(prediction: Picture, line: Picture, render: Picture) -> float | None:
    """Mean ink on paper that is more than 8 pixels from any ink of the truth: grey in flat areas.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink 1; the others too.
        line: ``(H, W)``, the truth.
        render: ``(H, W, 3)``, what was read.
    """
    return _mean(prediction, _from_ink(line) > FAR)


def dark_fill(prediction: Picture, line: Picture, render: Picture) -> float | None:
    """Mean ink where the picture is dark and the truth is paper: hair, cloth and night read as ink.

    Dark is a luminance below 0.25, over an area at least 7 pixels across that is more than 3 from any ink.
    """
    dark = ((luminance(render) < DARK) & (_from_ink(line) > NEAR)).astype(np.uint8)
    square = np.ones((BROAD, BROAD), np.uint8)
    # outside of the picture counts as light, so that the opened area never leaves the dark
    opened = cv2.morphologyEx(
        dark, cv2.MORPH_OPEN, square, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    return _mean(prediction, opened > 0)


def hollow(prediction: Picture, line: Picture, render: Picture) -> float | None:
    """Mean ink that is missing more than 4 pixels inside of solid ink: black areas read as grey."""
    return _mean(1 - prediction, Ink(line < INK).from_ink > DEEP)


def rim(prediction: Picture, line: Picture, render: Picture) -> float | None:
    """Mean ink in the outermost 4 pixels where the truth has none within 3: a grey edge of the page."""
    border = np.ones(line.shape, bool)
    border[RIM:-RIM, RIM:-RIM] = False
    return _mean(prediction, border & (_from_ink(line) > NEAR))


def _from_ink(line: Picture) -> Picture:
    """Each pixel's distance to the nearest ink, however faint; beyond all bounds on an empty page."""
    ink = Ink(line > TOUCHED)
    return np.full(line.shape, np.inf) if ink.empty else ink.from_ink


def _mean(values: Picture, where: Mask) -> float | None:
    return float(values[where].mean(dtype=np.float64)) if where.sum() >= LEAST else None


@dataclass(frozen=True)
class Defect:
    """A fault as the tables show it."""

    title: str
    function: Callable[[Picture, Picture, Picture], float | None]
    bearable: float  # what the mean over the set may be in weights that are handed on


DEFECTS: Mapping[str, Defect] = {
    "haze": Defect("Haze", haze, 0.01),
    "dark_fill": Defect("Dark fill", dark_fill, 0.03),
    "hollow": Defect("Hollow", hollow, 0.05),
    "rim": Defect("Rim", rim, 0.01),
}
