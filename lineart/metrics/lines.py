"""Metrics of lines as lines: where they run, whether they hold together, how wide they are.

MSE, PSNR and SSIM cannot tell a blank page from a wrong drawing, nor a broken line from one a pixel
aside; these can. All but two look at yes-or-no ink (:class:`Ink`); the background's false response and the
checkerboard look at the grey of the prediction. :mod:`lineart.metrics.crispness` has the sharpness.

What each says of an empty page is decided here. With both pages empty all is well: errors and distances
are 0, shares are 1. With one empty, a distance is the picture's diagonal (none on the page is longer), a
share is 0, and pieces, loops and widths are compared with 0.
"""

from __future__ import annotations

import math
from functools import cached_property

import cv2
import numpy as np

from lineart.metrics.boundary import TOLERANCE
from lineart.metrics.pixels.metric import Metric
from lineart.metrics.pixels.pixel import INK
from lineart.pictures.images import Picture
from lineart.pictures.thinning import Mask, thin

BACKGROUND_MARGIN = 3.0  # pixels; paper nearer to ink is no background, for blur may reach it
BLOCK = 8  # pixels a side of the squares in which a ripple must hold its beat


class Ink:
    """Yes-or-no ink, and what several metrics need of it, made once when asked for.

    Args:
        mask: ``(H, W)`` bool.
    """

    def __init__(self, mask: Mask):
        self.mask = mask
        self.empty = not mask.any()

    @cached_property
    def centre(self) -> Mask:
        """The lines thinned to one pixel."""
        return thin(self.mask)

    @cached_property
    def from_centre(self) -> Picture:
        """Each pixel's distance to the nearest centre line, in pixels; not for an empty page."""
        return _distance_to(self.centre)

    @cached_property
    def from_ink(self) -> Picture:
        """Each pixel's distance to the nearest ink, in pixels; not for an empty page."""
        return _distance_to(self.mask)

    @cached_property
    def pieces(self) -> int:
        """Connected pieces of ink, corners touching (the Betti number b0)."""
        return int(cv2.connectedComponents(self.mask.view(np.uint8), connectivity=8)[0]) - 1

    @cached_property
    def loops(self) -> int:
        """Pieces of paper shut in by ink (the Betti number b1)."""
        paper = np.pad(~self.mask, 1, constant_values=True)
        return int(cv2.connectedComponents(paper.view(np.uint8), connectivity=4)[0]) - 2

    @cached_property
    def width(self) -> float:
        """The mean width of the strokes in pixels, 0 on an empty page.

        Twice the distance from the centre lines to the nearest paper, found on the page doubled, where every
        stroke has an even width and so a true middle.
        """
        if self.empty:
            return 0.0
        double = np.pad(self.mask.repeat(2, axis=0).repeat(2, axis=1), 1)
        return float(_distance_to(~double)[thin(double)].mean(dtype=np.float64))


def _distance_to(mask: Mask) -> Picture:
    away = (~mask).view(np.uint8)
    near = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # OpenCV's last digits depend on its threads; the square of a distance is a whole number.
    return np.asarray(np.sqrt(np.rint(np.square(near, dtype=np.float32))))


def _one_is_empty(prediction: Ink, line: Ink) -> float | None:
    """The distance where a page is empty: 0 if both are, the diagonal if one is, else None."""
    if prediction.empty or line.empty:
        return 0.0 if prediction.empty and line.empty else math.hypot(*line.mask.shape)
    return None


def chamfer(prediction: Ink, line: Ink) -> float:
    """How far the centre lines are from one another, in pixels.

    The mean distance from the pixels of one to the nearest of the other, both ways, and the mean of
    the two. Others divide by the diagonal, or by all pixels of the page; their figures are not these.
    """
    decided = _one_is_empty(prediction, line)
    if decided is not None:
        return decided
    there = line.from_centre[prediction.centre].mean(dtype=np.float64)
    back = prediction.from_centre[line.centre].mean(dtype=np.float64)
    return float(there + back) / 2


def hausdorff_95(prediction: Ink, line: Ink) -> float:
    """The distance that 95 % of the centre line pixels keep, in pixels; the worse of both ways."""
    decided = _one_is_empty(prediction, line)
    if decided is not None:
        return decided
    there = np.percentile(line.from_centre[prediction.centre], 95)
    return float(max(there, np.percentile(prediction.from_centre[line.centre], 95)))


def centre_line_dice(prediction: Ink, line: Ink) -> float:
    """The clDice of Shit et al., CVPR 2021: centre lines that lie in the other's strokes, both ways.

    The harmonic mean of the two shares. It is blind to width, and to a shift of less than half a stroke.
    """
    if prediction.empty or line.empty:
        return float(prediction.empty and line.empty)
    precision = line.mask[prediction.centre].mean()
    recall = prediction.mask[line.centre].mean()
    return float(2 * precision * recall / max(precision + recall, 1e-12))


def pieces_error(prediction: Ink, line: Ink) -> float:
    """How many pieces of line there are too many or too few."""
    return float(abs(prediction.pieces - line.pieces))


def loops_error(prediction: Ink, line: Ink) -> float:
    """How many closed loops there are too many or too few."""
    return float(abs(prediction.loops - line.loops))


def width_error(prediction: Ink, line: Ink) -> float:
    """How much the mean stroke width is off, in pixels."""
    return abs(prediction.width - line.width)


def missed_lines(prediction: Ink, line: Ink) -> float:
    """The share of the truth's lines that are missing: no ink of the prediction within reach.

    Of the pixels of the truth's centre lines, as far as the edge benchmark reaches (0.0075 of the
    diagonal). Nothing can be missing from an empty truth.
    """
    return _astray(line, prediction)


def false_lines(prediction: Ink, line: Ink) -> float:
    """The share of the prediction's lines that should not be: no ink of the truth within reach.

    As :func:`missed_lines`, the other way round; a blank prediction has no false line.
    """
    return _astray(prediction, line)


def _astray(of: Ink, other: Ink) -> float:
    """The share of the centre lines of one that have no ink of the other within reach."""
    if of.empty or other.empty:
        return float(other.empty and not of.empty)
    return float((other.from_ink[of.centre] > reach(of.mask.shape)).mean())


def reach(shape: tuple[int, ...]) -> float:
    """How far from a line ink still belongs to it, in pixels; a distance of just so much does.

    >>> round(reach((256, 256)), 3)
    2.715
    """
    return TOLERANCE * math.hypot(*shape) * (1 + 1e-6)


def background_response(prediction: Picture, line: Picture) -> float:
    """The mean ink that a prediction lays where there is only paper for 3 pixels round.

    0 for a blank page, and where no paper is that far from ink.
    """
    truth = line >= INK
    background = _distance_to(truth) > BACKGROUND_MARGIN if truth.any() else ~truth
    return float(prediction[background].mean(dtype=np.float64)) if background.any() else 0.0


def checkerboard(prediction: Picture, line: Picture) -> float:
    """How much stronger ripples of two pixels are than in the line art, as an amplitude in [0, 0.5].

    Enlarging by transposed convolution leaves them (Odena et al., "Deconvolution and checkerboard
    artifacts", Distill 2016). See :func:`ripple`; a blank page has none, and neither has a perfect one.
    """
    return max(0.0, ripple(prediction) - ripple(line))


def ripple(picture: Picture) -> float:
    """The amplitude of columns, rows and checks that alternate from pixel to pixel, in [0, 0.5].

    In blocks of 8 x 8 pixels the picture is compared with the three patterns, so that a ripple that
    holds its beat adds up and noise does not; the root of the mean square over blocks.

    >>> board = np.indices((16, 16)).sum(axis=0) % 2
    >>> ripple(board), ripple(np.ones((16, 16)))
    (0.5, 0.0)
    """
    height, width = picture.shape
    picture = np.pad(picture, ((0, -height % BLOCK), (0, -width % BLOCK)), mode="edge")
    blocks = picture.reshape(picture.shape[0] // BLOCK, BLOCK, -1, BLOCK).astype(np.float64)
    beat = 1 - 2 * (np.arange(BLOCK) % 2)
    flat = np.ones(BLOCK)
    energy = np.zeros((blocks.shape[0], blocks.shape[2]))
    for down, right in ((flat, beat), (beat, flat), (beat, beat)):
        energy += (np.einsum("ayxb,y,b->ax", blocks, down, right) / BLOCK**2) ** 2
    return float(np.sqrt(energy.mean()))


OWN_REACH = "centre line pixels without ink of the other within 0.0075 of the diagonal"
METRICS: dict[str, Metric] = {
    "chamfer": Metric(
        "Chamfer (px)",
        "lines",
        "lower",
        0,
        math.inf,
        "centre lines, mean of both ways",
        chamfer,
        "ink",
    ),
    "hd95": Metric(
        "HD95 (px)",
        "lines",
        "lower",
        0,
        math.inf,
        "centre lines, 95th percentile, worse way",
        hausdorff_95,
        "ink",
    ),
    "cldice": Metric(
        "clDice", "lines", "higher", 0, 1, "Shit et al. 2021", centre_line_dice, "ink"
    ),
    "missed_lines": Metric("Missed lines", "lines", "lower", 0, 1, OWN_REACH, missed_lines, "ink"),
    "false_lines": Metric("False lines", "lines", "lower", 0, 1, OWN_REACH, false_lines, "ink"),
    "pieces_error": Metric(
        "Pieces off",
        "lines",
        "lower",
        0,
        math.inf,
        "Betti number b0, corners touching",
        pieces_error,
        "ink",
    ),
    "loops_error": Metric(
        "Loops off", "lines", "lower", 0, math.inf, "Betti number b1", loops_error, "ink"
    ),
    "width_error": Metric(
        "Width off (px)",
        "lines",
        "lower",
        0,
        math.inf,
        "mean stroke width, twice the distance",
        width_error,
        "ink",
    ),
    "background_response": Metric(
        "False response",
        "lines",
        "lower",
        0,
        1,
        "mean ink over 3 px from any line",
        background_response,
    ),
    "checkerboard": Metric(
        "Checkerboard",
        "lines",
        "lower",
        0,
        0.5,
        "2 px ripples (Odena et al. 2016) over truth's",
        checkerboard,
    ),
}
