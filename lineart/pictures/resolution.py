"""Print resolution: how many pixels of a picture an inch of paper has, across and down, as its file says."""

from __future__ import annotations

import contextlib
from typing import Any

from PIL import Image

from lineart.pictures.decoding import orientation_of

Dpi = tuple[float, float]  # pixels an inch, across and down

INCH = 25.4  # millimetres
LEAST, MOST = 10, 100_000  # beyond lies what programs write who know of none, such as 1 x 1
X, Y, UNIT = 0x011A, 0x011B, 0x0128  # tags of EXIF
UNITS = {2: 1.0, 3: INCH / 10}  # inch and centimetre; 1 is none


def resolution_of(image: Image.Image) -> Dpi | None:
    """What a picture file says that was opened, its pixels not loaded yet; None if it says nothing.

    As the picture is seen: where EXIF turns it by a quarter, across becomes down.
    """
    said = image.info.get("dpi")
    if image.format in ("JPEG", "MPO") and image.info.get("jfif_unit") not in (1, 2):
        said = None  # of EXIF Pillow takes one for both, and 72 if there is none
    with contextlib.suppress(TypeError, ValueError, ArithmeticError):  # what is no number is none
        across, down = said if said is not None else _of_exif(Image.Image.getexif(image))
        found = (_whole(float(across)), _whole(float(down)))
        if all(LEAST <= one <= MOST for one in found):
            return found[::-1] if orientation_of(image) in (5, 6, 7, 8) else found
    return None


def _of_exif(exif: Image.Exif) -> tuple[Any, Any]:
    unit = UNITS.get(exif.get(UNIT, 2), 0.0)
    return exif.get(X, 0) * unit, exif.get(Y, exif.get(X, 0)) * unit


def _whole(dpi: float) -> float:
    """The whole number that a PNG, which counts pixels a metre, does not tell from ``dpi``; else as it is.

    >>> _whole(599.9988), _whole(72.5)
    (600.0, 72.5)
    """
    whole = float(round(dpi))
    return whole if per_metre(whole) == per_metre(dpi) else dpi


def per_metre(dpi: float) -> int:
    """Pixels a metre, as PNG counts them.

    >>> per_metre(254)
    10000
    """
    return round(dpi * 1000 / INCH)
