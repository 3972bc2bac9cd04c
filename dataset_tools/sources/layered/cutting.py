"""From a drawing's layers to its two pictures: ink alone, everything on white, cut out with a margin."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dataset_tools.sources.layered.figures import Figure
from lineart.errors import InputError
from lineart.pictures.decoding import decode_render
from lineart.pictures.images import Picture
from lineart.pictures.layered.tree import (
    Document,
    Layer,
    Pixels,
    leaves,
    names_of,
    visible_leaves,
)

WHITE = 0.8  # ink brighter than this fades to none at white: that is a correction, not a line
PAPERED = 0.9  # an ink layer as opaque as this within its bounds is a scan with its paper
SEEN = 12  # alpha of 255 from which on a pixel counts as content
FLAT = 3  # levels of 255 that a flat layer may vary by


@dataclass(frozen=True, eq=False)
class Cut:
    """A drawing cut out of its file."""

    render: Picture
    line: Picture
    longest: int  # pixels of the longer side of the canvas it was cut from


def cut_out(document: Document, figure: Figure, margin: float) -> Cut:
    """Draw a figure and cut it out.

    Args:
        document: the file.
        figure: one of its drawings, checked.
        margin: paper left around it, as a share of its longer side; the canvas limits it.

    Raises:
        InputError: if a layer cannot be drawn, the ink is empty, or there is nothing but ink and paper.
    """
    called = f"{document.name}, drawing '{figure.name}'" if figure.name else document.name
    line = ink_of(document.draw(figure.tree(document, figure.ink)))
    seen = line * 255 > SEEN
    if not seen.any():
        inks = names_of(figure.tree(document, figure.ink))
        raise InputError(f"{called}: its ink layers are empty ({inks}).")
    paper = _paper(document, figure)
    colours = document.draw(figure.tree(document, figure.rest - paper))
    if not (colours[..., 3] > SEEN).any():
        raise InputError(
            f"{called} shows nothing but ink and paper: "
            f"{names_of(figure.tree(document, figure.own | figure.shared))}."
        )
    if figure.shared - paper:  # scenery behind several drawings is no part of any
        colours = document.draw(figure.tree(document, figure.own - figure.ink - paper))
    box = box_of(seen | (colours[..., 3] > SEEN), margin)
    del colours
    whole = document.draw(figure.tree(document, figure.own | figure.shared))
    return Cut(
        render=on_white(whole[box], document.profile),
        line=line[box],
        longest=max(document.width, document.height),
    )


def ink_of(pixels: Pixels) -> Picture:
    """How much ink there is, ``(H, W)`` in [0, 1], whatever its colour.

    It is the alpha of the ink, less where the ink is white. A layer that is opaque nearly everywhere is
    a scan: there ink is what is darker than the paper in any channel.
    """
    alpha = pixels[..., 3].astype(np.float32) / 255
    dark = 1 - pixels[..., :3].min(axis=-1).astype(np.float32) / 255
    rows, columns = (
        np.nonzero(pixels[..., 3].any(axis=1))[0],
        np.nonzero(pixels[..., 3].any(axis=0))[0],
    )
    if not rows.size:
        return alpha
    within = alpha[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if (within > 0.5).mean() > PAPERED:
        return alpha * dark
    return alpha * np.minimum(1, dark / (1 - WHITE))


def on_white(pixels: Pixels, profile: bytes = b"") -> Picture:
    """A drawing laid on white paper, ``(H, W, 3)``, its colours converted to sRGB."""
    alpha = pixels[..., 3:].astype(np.float32) / 255
    render = pixels[..., :3].astype(np.float32) / 255 * alpha + (1 - alpha)
    if not profile:
        return render
    file = io.BytesIO()
    image = Image.fromarray(np.round(render * 255).astype(np.uint8))
    image.save(file, "PNG", icc_profile=profile, compress_level=1)
    return decode_render(file.getvalue())


def box_of(content: NDArray[Any], margin: float) -> tuple[slice, slice]:
    """The box of a mask with a margin, a share of its longer side, around it, within the picture."""
    rows, columns = np.nonzero(content.any(axis=1))[0], np.nonzero(content.any(axis=0))[0]
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    border = round(margin * max(bottom - top, right - left))
    return (
        slice(max(0, top - border), min(content.shape[0], bottom + border)),
        slice(max(0, left - border), min(content.shape[1], right + border)),
    )


def _paper(document: Document, figure: Figure) -> frozenset[Layer]:
    """The layers below all others that are of one colour all over the canvas."""
    paper: set[Layer] = set()
    for leaf in leaves(document.layers):
        if leaf not in figure.rest:
            continue
        tree = figure.tree(document, [leaf])
        if not any(visible_leaves(tree)):
            continue
        pixels = document.draw(tree)
        empty = not pixels[..., 3].any()
        if not empty and np.ptp(pixels, axis=(0, 1)).max() > FLAT:
            break
        paper.add(leaf)
    return frozenset(paper)
