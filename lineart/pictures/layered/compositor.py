"""What the layers of a tree show together, with groups, masks and clipping.

Layers are drawn in order onto one canvas of float32 colours multiplied by alpha; a group has a canvas of
its own, as large as what it holds (W3C *Compositing and Blending Level 1*, isolated groups).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lineart.errors import InputError
from lineart.pictures.images import to_bytes
from lineart.pictures.layered.blending import MODES, Float, blend, colours
from lineart.pictures.layered.tree import Layer, Mask, Pixels, visible_leaves

Box = tuple[int, int, int, int]  # left, top, right, bottom; the last two are outside

MAX_CANVASES = 120_000_000  # pixels of all canvases alive at once, 16 bytes each
TILE = 256  # pixels a side blended at a time: what is between then fits a processor's cache


def flatten(layers: Sequence[Layer], width: int, height: int, name: str) -> Pixels:
    """What a tree of layers shows on an empty canvas: ``(height, width, 4)``.

    Raises:
        InputError: if the pixels of a visible layer cannot be read, or its blend mode is not known.
    """
    canvas = np.zeros((height, width, 4), np.float32)
    _draw(layers, canvas, (0, 0), width * height, name)
    out = np.zeros(canvas.shape, np.uint8)
    for tile in _tiles(canvas):
        part = canvas[tile]
        if part[..., 3].any():
            out[tile] = to_bytes(np.concatenate([colours(part), part[..., 3:]], axis=-1))
    return out


def _draw(
    layers: Sequence[Layer], canvas: Float, corner: tuple[int, int], spent: int, name: str
) -> None:
    """Draw layers onto a canvas whose left upper corner lies at ``corner`` of the document."""
    for layer in layers:
        if not layer.visible or layer.opacity <= 0:
            continue
        if layer.mode not in MODES:
            raise InputError(
                f"{name}: the blend mode {layer.mode!r} of the layer {layer.name!r} is not read; "
                f"merge the layer, or set it to one of {', '.join(MODES)}."
            )
        if layer.is_group and layer.through:
            _draw_through(layer, canvas, corner, spent, name)
            continue
        box = _overlap(_bounds(layer), canvas, corner)
        if box is None:
            continue
        if layer.is_group:
            inside = _canvas(box, spent, name)
            area = inside.shape[0] * inside.shape[1]
            _draw(layer.children, inside, box[:2], spent + area, name)
            _lay(canvas, corner, box, inside, layer)
        else:
            assert layer.pixels is not None
            left, top, right, bottom = box
            pixels = layer.pixels()
            part = pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x]
            _lay(canvas, corner, box, part, layer)


def _lay(
    canvas: Float, corner: tuple[int, int], box: Box, pixels: Pixels | Float, layer: Layer
) -> None:
    """Blend the picture of a layer, which fills ``box`` of the document, onto the canvas."""
    cover = _cover(layer, box)
    left, top = box[0] - corner[0], box[1] - corner[1]
    target = canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]]
    for tile in _tiles(target):
        if not pixels[tile][..., 3].any():
            continue
        above = _multiplied(pixels[tile])
        if cover is not None or layer.opacity < 1:
            above = above * (layer.opacity if cover is None else cover[tile])
        if layer.mode == "normal" and not layer.atop and above[..., 3].min() >= 1:
            target[tile] = above
        else:
            target[tile] = blend(target[tile], above, layer.mode, layer.atop)


def _multiplied(pixels: Pixels | Float) -> Float:
    """A picture as floats with colours multiplied by alpha; one of floats is so already."""
    if pixels.dtype != np.uint8:
        return pixels.astype(np.float32, copy=False)
    picture = np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
    picture[..., :3] *= picture[..., 3:]
    return picture


def _draw_through(
    layer: Layer, canvas: Float, corner: tuple[int, int], spent: int, name: str
) -> None:
    """Draw a group that blends with what is below it: between canvas and result, by its opacity."""
    if layer.opacity >= 1 and layer.mask is None:
        _draw(layer.children, canvas, corner, spent, name)
        return
    box = _overlap(_bounds(layer), canvas, corner)
    if box is None:
        return
    left, top, right, bottom = (side - corner[index % 2] for index, side in enumerate(box))
    target = canvas[top:bottom, left:right]
    after = _canvas(box, spent, name)
    after[:] = target
    _draw(layer.children, after, box[:2], spent + after.shape[0] * after.shape[1], name)
    cover = _cover(layer, box)
    for tile in _tiles(target):
        share = layer.opacity if cover is None else cover[tile]
        target[tile] += (after[tile] - target[tile]) * share


def _canvas(box: Box, spent: int, name: str) -> Float:
    """An empty canvas for a group, unless those alive already are too large together."""
    height, width = box[3] - box[1], box[2] - box[0]
    if spent + height * width > MAX_CANVASES:
        raise InputError(
            f"{name} needs too much memory for its groups; merge some, or save it smaller."
        )
    return np.zeros((height, width, 4), np.float32)


def _cover(layer: Layer, box: Box) -> Float | None:
    """Opacity times mask over a box, ``(H, W, 1)``; None for a layer without a mask."""
    if layer.mask is None:
        return None
    left, top, right, bottom = box
    whole = np.full((bottom - top, right - left), layer.mask.outside, np.uint8)
    pixels = layer.mask.pixels()
    inner = _overlap(_bounds_of_mask(layer.mask, pixels), whole, (left, top))
    if inner is not None:
        x, y = inner[0] - layer.mask.x, inner[1] - layer.mask.y
        height, width = inner[3] - inner[1], inner[2] - inner[0]
        whole[inner[1] - top : inner[3] - top, inner[0] - left : inner[2] - left] = pixels[
            y : y + height, x : x + width
        ]
    return (whole.astype(np.float32) * (layer.opacity / 255))[..., None]


def _bounds_of_mask(mask: Mask, pixels: NDArray[Any]) -> Box:
    return mask.x, mask.y, mask.x + pixels.shape[1], mask.y + pixels.shape[0]


def _bounds(layer: Layer) -> Box:
    """The box of the document that a layer, or what a group shows, can touch."""
    if not layer.is_group:
        return layer.x, layer.y, layer.x + layer.size[0], layer.y + layer.size[1]
    boxes = [_bounds(leaf) for leaf in visible_leaves(layer.children)]
    if not boxes:
        return 0, 0, 0, 0
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _overlap(box: Box, canvas: NDArray[Any], corner: tuple[int, int]) -> Box | None:
    """The part of a box of the document on a canvas; None if there is none."""
    left, top = max(box[0], corner[0]), max(box[1], corner[1])
    right = min(box[2], corner[0] + canvas.shape[1])
    bottom = min(box[3], corner[1] + canvas.shape[0])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _tiles(picture: NDArray[Any]) -> Iterator[tuple[slice, slice]]:
    height, width = picture.shape[:2]
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield slice(top, top + TILE), slice(left, left + TILE)
