"""Are the files what they should be, apart from what they show?

What a file says of itself comes from :mod:`dataset_tools.sources.files`; a drawing that never was a raster
file has no such facts. What a file no longer says, as of a JPEG saved again as PNG, is seen in the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dataset_tools.checks.finding import Finding, graded, note, require_limits, yes_or_no
from dataset_tools.checks.view import View
from lineart.pictures.masks import Mask, grown, shrunk
from lineart.settings import require

if TYPE_CHECKING:
    from dataset_tools.sources.files import FileFacts

BLACK, WHITE = 0.92, 0.2  # ink between the two is grey
HAIR = 2.0  # pixels: a stroke thinner than this is a hairline


@dataclass(frozen=True)
class FileLimits:
    """What files must be like."""

    min_side: int = 16  # pixels; a smaller picture is of no use
    ringing_doubt: float = 0.0045  # mean roughness of the paper near strokes, in units of black
    ringing: float = 0.05
    grey_doubt: float = 0.08  # share of the ink that is grey
    grey: float = 2.0  # never: a pencil is grey

    def __post_init__(self) -> None:
        require(self.min_side >= 1, "qa.checks.files.min_side", self.min_side, "1 or more")
        require_limits(self, "qa.checks.files", ("ringing", "grey"))


def sizes(view: View, limits: FileLimits) -> Finding:
    """Render and line art have one size, and it is large enough."""
    (height, width), (h, w) = view.render.shape[:2], view.line.shape
    if (height, width) != (h, w):
        # One aspect is as near as whole pixels allow.
        alike = abs(w * height - h * width) <= max(width, height, w, h)
        reason = f"the render is {width} x {height} pixels, the line art {w} x {h}"
        if not alike:
            fix = "deliver both as they are on the canvas, uncropped"
            return yes_or_no("sizes", False, f"{reason}, of another aspect", fix)
        return yes_or_no("sizes", False, reason, f"resize the line art to {width} x {height}")
    least = limits.min_side
    reason = f"{width} x {height} pixels; at least {least} a side are wanted"
    return yes_or_no("sizes", min(height, width) >= least, reason, "deliver it larger")


def lossy(view: View, limits: FileLimits) -> Finding:
    """The line art never lost anything to compression: its paper is clean beside the strokes, too.

    Measured is the mean Laplacian of the paper from three pixels off the ink to the reach of a JPEG's
    blocks, less that of the paper beyond, which texture of paper has as well.
    """
    rough = np.abs(cv2.Laplacian(view.line_bytes, cv2.CV_16S))
    near, beyond = view.halo - grown(view.inked, 5), 1 - view.halo
    ringing = max(0.0, _mean(rough, near) - _mean(rough, beyond)) / 255
    reason = f"the paper beside the strokes is rough by {ringing:.1%} of black, as a JPEG leaves it"
    fix = "deliver the line art as PNG, from before it was compressed"
    found = graded("lossy", ringing, limits.ringing, limits.ringing_doubt, reason, fix=fix)
    file = view.line_file
    if found.level == "accept" and file is not None and file.lossy:
        return note("lossy", f"the line art came as {file.format}; no traces of it are seen", fix)
    return found


def grey_coded(view: View, limits: FileLimits) -> Finding:
    """The ink of the line art is black: not grey, not coloured, not blurred.

    Ink is grey where no pixel around is black, or, in hairlines, which have no black pixel wherever they
    run between two rows, where all nine pixels are grey. The rim of a stroke is thinner than either.
    """
    line = view.line
    grey = np.asarray((line > WHITE) & (line < BLACK), np.uint8)
    grey = shrunk(grey, 3) if view.stroke_width < HAIR else grey & (grown(line, 3) < BLACK)
    share = float(grey.sum()) / max(1, np.count_nonzero(line > WHITE))
    reason = f"{share:.0%} of the ink is grey instead of black"
    fix = "deliver the ink layer alone, in black on white"
    return graded("grey_coded", share, limits.grey, limits.grey_doubt, reason, grey, fix)


def alpha(view: View, limits: FileLimits) -> Finding:
    """No file was transparent; what was lies on white paper now."""
    names = [name for name, file in _files(view) if file.alpha]
    if not names:
        return Finding("alpha", 1.0)
    were = "was" if len(names) == 1 else "were"
    return note("alpha", f"{' and '.join(names)} {were} transparent and laid on white paper")


def profile(view: View, limits: FileLimits) -> Finding:
    """The files are plain sRGB pictures: one frame, no colour profile, no inks of print, not turned."""
    notes, frames = [], 0
    for name, file in _files(view):
        if file.profile:
            notes.append(f"the colours of {name} were converted from {file.profile}")
        if file.mode == "CMYK":
            notes.append(f"{name} came in inks of print (CMYK)")
        if file.orientation != 1:
            notes.append(f"{name} was turned as its orientation says")
        if file.frames > 1:
            notes.append(f"{name} came with {file.frames} frames, of which the first was taken")
            frames = file.frames
    if frames:
        fix = "deliver one picture a file"
        return Finding("profile", 0.6, "; ".join(notes), "doubt", fix=fix)
    return note("profile", "; ".join(notes))


def _files(view: View) -> list[tuple[str, FileFacts]]:
    """The files that there are facts of, with what to call them."""
    files = (("the render", view.render_file), ("the line art", view.line_file))
    return [(name, file) for name, file in files if file is not None]


def _mean(values: NDArray[np.int16], mask: Mask) -> float:
    """The mean of the values under a mask; 0 under none."""
    return float(cv2.mean(values, mask)[0])  # type: ignore[index]
