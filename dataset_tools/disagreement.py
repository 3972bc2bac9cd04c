"""Where a line art and a network that never saw it do not agree: a ranking of the pairs by doubt.

The network reads the render alone. A stroke that it draws and the line art lacks, or the other way round, is
either its own failing or a fault of the label that no rule sees. Its failings are typical, pairs with as much
ink and strokes as wide share them; so each measure is compared with the pairs most alike, and what stands
out is doubted. Where the predictions come from: :mod:`lineart.training.crossfit`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lineart.errors import unknown_name
from lineart.models.registry import NETWORKS
from lineart.pictures.images import Picture, read_line
from lineart.pictures.masks import Mask, boxes_of
from lineart.sets.pairs import Pair
from lineart.settings import require

INK = 0.5  # from here on a pixel is ink, of a line art or of a prediction
ALIKE = 40  # pairs that one is compared with
HIGH = 0.9  # the quantile of a measure that counts as one step out of line
OUT = 3  # steps out of line from which a pair is worth a look
WIDE = 4  # strokes' widths: the deviation of the window in which a displacement is measured
COARSE = 4  # pixels of the coarser grid, at least, that this deviation spans


@dataclass(frozen=True)
class DisagreeSettings:
    """The settings of the stage disagree: small networks, trained for a look at every pair."""

    folds: int = 3  # each is read by a network that was trained on the others
    model: str = "clearnet"  # a network by name
    preset: str = "tiny"  # its widths, if it is CLEAR-Net: paper, light, swift or tiny
    epochs: int = 6  # of each training; one shows every pair once
    crop: int = 96  # side of the square crops, in pixels
    batch: int = 4  # pictures a step
    seed: int = 0  # of the folds and the trainings

    def __post_init__(self) -> None:
        if self.model not in NETWORKS:
            raise unknown_name("network of disagree", self.model, NETWORKS)
        require(self.folds >= 2, "disagree.folds", self.folds, "2 or more")
        for name in ("epochs", "batch"):
            require(getattr(self, name) >= 1, f"disagree.{name}", getattr(self, name), "1 or more")
        require(self.crop >= 32, "disagree.crop", self.crop, "32 pixels or more")


@dataclass(frozen=True, eq=False)
class Disagreement:
    """What is measured of one pair; areas in squares of a stroke's width, lengths in pixels."""

    missing: float  # area of the largest piece of ink that the line art lacks
    extra: float  # area of the largest piece of ink that the prediction lacks
    displaced: float  # length from the ink to that of the prediction, where they are furthest apart
    coverage: float  # share of the line art that is ink
    stroke_width: float  # mean
    where: Mask  # (H, W), 1 where ink is missing or extra


MEASURES = ("missing", "extra", "displaced")
# The least step: however well the network knows the set, no one objects to a fifth of a square of a
# stroke's width, or to a fiftieth of a pixel.
LEAST = {"missing": 0.2, "extra": 0.2, "displaced": 0.02}


def disagreement(prediction: Picture, line: Picture) -> Disagreement:
    """Compare a line art with a prediction from its render.

    A pixel of tolerance: ink counts as missing or extra only where the other has none next to it.

    Args:
        prediction: ``(H, W)`` in [0, 1], ink is 1.
        line: likewise.

    Returns:
        The measures; all are 0 for equal pictures, blank ones too.
    """
    width = mean_width(line)
    missing, extra = surplus(prediction, line), surplus(line, prediction)
    return Disagreement(
        missing=_largest(missing) / width**2,
        extra=_largest(extra) / width**2,
        displaced=displacement(prediction, line, WIDE * width),
        coverage=float((line > INK).mean()),
        stroke_width=width,
        where=((missing > 0) | (extra > 0)).astype(np.uint8),
    )


def compare(pairs: list[Pair], folder: Path, predictions: Path) -> list[Disagreement]:
    """Compare a chunk of pairs, whose pictures lie in ``folder``, with ``predictions/ID.png``.

    Raises:
        InputError: if a picture cannot be read.
    """
    return [
        disagreement(read_line(predictions / f"{pair.id}.png"), read_line(folder / pair.line))
        for pair in pairs
    ]


def surplus(one: Picture, other: Picture) -> Picture:
    """The ink of ``one`` where ``other`` has none within a pixel, and how sure that is, in [0, 1].

    Sure is black ink far from any other; what either of them has in grey counts for little, for a network
    that does not know draws in grey.
    """
    near = cv2.dilate(other, np.ones((3, 3), np.uint8))
    return np.asarray(np.maximum(2 * one - 1, 0) * np.maximum(1 - 2 * near, 0), np.float32)


def displacement(prediction: Picture, line: Picture, window: float) -> float:
    """How far the ink of a line art lies from that of a prediction, where it is furthest.

    Least squares of the difference on the gradient (Lucas and Kanade, 1981) in a Gaussian window of this
    deviation in pixels around every pixel; only windows with enough rims of ink count. True for parts of a
    pixel, a lower bound beyond about two. A change of the strokes' width counts, where one of their rims
    outweighs the other.

    Returns:
        In pixels; 0 if either picture has no ink.
    """
    across, down = _slopes(prediction)
    apart = prediction - line
    # What is taken together over so wide a window can be summed up on a coarser grid first.
    step = max(1, int(window / COARSE))
    size = tuple(max(1, round(side / step)) for side in reversed(line.shape))

    def around(field: Picture) -> Picture:
        small = cv2.resize(field, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(small, (0, 0), window / step), np.float32)

    rims = around(np.hypot(*_slopes(line)))
    xx, yy, xy = around(across * across), around(down * down), around(across * down)
    # Where strokes run one way, nothing is to be said of the way along them.
    ridge = np.float32(0.025) * (xx + yy).max()
    if ridge <= 0 or rims.max() <= 0:
        return 0.0
    xx, yy = xx + ridge, yy + ridge
    x, y = around(across * apart), around(down * apart)
    scale = xx * yy - xy * xy
    length = np.hypot((yy * x - xy * y) / scale, (xx * y - xy * x) / scale)
    return float(length[rims > 0.3 * rims.max()].max())


def mean_width(line: Picture) -> float:
    """The mean width of the strokes in pixels, twice their area over the length of their rims; 1 at least."""
    ink = (line > INK).astype(np.uint8)
    outlines, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    rim = sum(cv2.arcLength(outline, True) for outline in outlines)
    return max(1.0, 2 * float(ink.sum()) / rim) if rim else 1.0


def rank(ids: Sequence[str], found: Sequence[Disagreement], folds: Sequence[int]) -> pd.DataFrame:
    """The table of doubts, the most doubtful pair first.

    A pair's disagreement is by how many steps the measure that is most out of line exceeds the median of
    the pairs most alike; a step is what one pair in ten of all exceeds.

    Args:
        ids: of the pairs.
        found: what was measured of each.
        folds: of each.

    Returns:
        Columns ``id``, ``rank`` (from 1), ``disagreement``, ``fold``, ``reason``, ``where`` (boxes
        ``x y w h`` in pixels, ``;`` between), and the numbers of :class:`Disagreement`.
    """
    names = [f.name for f in dataclasses.fields(Disagreement) if f.name != "where"]
    table = pd.DataFrame(
        [{name: getattr(one, name) for name in names} for one in found], columns=names
    )
    steps = stand_out(table)
    worst = [MEASURES[at] for at in steps.argmax(axis=1)]
    table.insert(0, "id", list(ids))
    table.insert(1, "disagreement", steps.max(axis=1))
    table.insert(2, "fold", list(folds))
    values = [float(table[name].iloc[at]) for at, name in enumerate(worst)]
    table.insert(3, "reason", [reason(*item) for item in zip(worst, values, strict=True)])
    table.insert(
        4,
        "where",
        [";".join(" ".join(map(str, box)) for box in boxes_of(one.where)) for one in found],
    )
    table = table.sort_values(["disagreement", "id"], ascending=[False, True]).round(4)
    table.insert(1, "rank", range(1, len(table) + 1))
    return table.reset_index(drop=True)


def summary_of(doubts: pd.DataFrame, settings: DisagreeSettings) -> dict[str, Any]:
    """What a table of doubts comes to, for ``summary.json``."""
    return {
        "pairs": len(doubts),
        "folds": doubts["fold"].value_counts().sort_index().tolist(),
        "out_of_line": int((doubts["disagreement"] >= OUT).sum()),
        "median": {name: round(float(doubts[name].median()), 4) for name in MEASURES},
        "settings": dataclasses.asdict(settings),
    }


def stand_out(table: pd.DataFrame) -> NDArray[np.float64]:
    """How far each measure of each pair is out of line, from 0 up: ``(N, 3)``, as in ``MEASURES``."""
    kin = _alike(table)
    columns = []
    for name in MEASURES:
        values = table[name].to_numpy(float)
        above = np.maximum(values - np.median(values[kin], axis=1), 0)
        step = float(np.quantile(above, HIGH, method="lower"))
        columns.append(above / max(step, LEAST[name]))
    return np.stack(columns, axis=1)


def reason(measure: str, value: float) -> str:
    """What stands out, in words."""
    if measure == "displaced":
        return f"a part of the ink lies {value:.1f} pixels from where the network sees it"
    squares = f"a piece of {value:.1f} squares of a stroke's width"
    if measure == "missing":
        return f"the network sees ink that the line art lacks, {squares}"
    return f"the line art has ink that the network does not see, {squares}"


def _alike(table: pd.DataFrame) -> NDArray[np.intp]:
    """The numbers of the pairs most like each in coverage and stroke width, ``(N, at most ALIKE)``."""
    logs = np.log(table[["coverage", "stroke_width"]].to_numpy(float) + 1e-3)
    spread = logs.std(axis=0)
    logs = logs / np.where(spread > 0, spread, 1)
    _, kin = cKDTree(logs).query(logs, min(ALIKE, len(logs)))
    return np.asarray(kin, np.intp).reshape(len(logs), -1)


def _largest(surplus: Picture) -> float:
    """The heaviest connected piece of a surplus, in pixels."""
    count, label = cv2.connectedComponents((surplus > 0).astype(np.uint8), connectivity=8)
    weights = np.bincount(label.ravel(), surplus.ravel(), count)
    return float(weights[1:].max(initial=0))


def _slopes(picture: Picture) -> tuple[Picture, Picture]:
    """Across and down, a pixel."""
    across, down = (cv2.Scharr(picture, cv2.CV_32F, *way) / 32 for way in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)
