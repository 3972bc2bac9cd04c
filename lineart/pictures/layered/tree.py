"""The one tree that every layered format is read as: a document, its groups and its layers.

Reading a file makes the tree alone; the pixels of a layer are decoded when they are asked for, so that a
file can be searched for drawings without decoding a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lineart.errors import InputError
from lineart.pictures.decoding import MAX_PIXELS, shown

Pixels = NDArray[np.uint8]  # (H, W, 4) red, green, blue, alpha; colours not multiplied by alpha
Coverage = NDArray[np.uint8]  # (H, W), 255 lets all through

MAX_SIDE = 100_000  # and no offset is further away
MAX_LAYERS = 20_000
MAX_DEPTH = 60  # groups within groups


@dataclass(frozen=True, eq=False)
class Mask:
    """A picture that hides parts of a layer or group."""

    x: int
    y: int
    pixels: Callable[[], Coverage]
    outside: int = 0  # how much it lets through where it has no pixels


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer with pixels, or a group with children. Two layers are equal if they are the same object."""

    name: str
    visible: bool = True
    opacity: float = 1.0
    mode: str = "normal"  # a name in blending.MODES
    x: int = 0  # where its left upper corner lies on the canvas
    y: int = 0
    size: tuple[int, int] = (0, 0)  # width and height of its pixels
    pixels: Callable[[], Pixels] | None = None  # None for a group
    children: tuple[Layer, ...] = ()  # of a group, the lowest first
    through: bool = False  # a group whose children blend with what is below the group
    atop: bool = False  # shows only where the layers below it in its group do
    mask: Mask | None = None
    place: int = -1  # the element of an SVG that it is, in document order

    @property
    def is_group(self) -> bool:
        """Whether it holds layers instead of pixels."""
        return self.pixels is None


@dataclass(frozen=True, eq=False)
class Document:
    """A layered file."""

    name: str
    width: int
    height: int
    layers: tuple[Layer, ...]  # the lowest first
    draw: Callable[[Sequence[Layer]], Pixels]  # (height, width, 4): what these layers show together
    artist: str = ""  # as the file itself says; empty where it does not
    license: str = ""
    profile: bytes = b""  # ICC profile of the colours; empty for sRGB
    scalable: bool = False  # whether it can be read at any size


def check_canvas(width: int, height: int, name: str) -> None:
    """Refuse a canvas without area or larger than any page.

    Raises:
        InputError: naming the size.
    """
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise InputError(
            f"{name} claims a canvas of {width} x {height} pixels; read are 1 to "
            f"{MAX_PIXELS // 10**6} megapixels."
        )


def check_layer(width: int, height: int, x: int, y: int, name: str) -> None:
    """Refuse a layer that is absurdly large or far away; an empty one is fine.

    Raises:
        InputError: naming size and place.
    """
    if not (
        0 <= width <= MAX_SIDE and 0 <= height <= MAX_SIDE and width * height <= MAX_PIXELS
    ) or not (abs(x) <= MAX_SIDE and abs(y) <= MAX_SIDE):
        raise InputError(
            f"{name} claims {width} x {height} pixels at ({x}, {y}); at most "
            f"{MAX_PIXELS // 10**6} megapixels no further away than {MAX_SIDE} are read."
        )


def check_tree(layers: Sequence[Layer], name: str, depth: int = 0) -> int:
    """Count the layers of a tree, and refuse one that is too deep, too large or empty.

    Raises:
        InputError: saying which.
    """
    if depth > MAX_DEPTH:
        raise InputError(f"{name} has groups nested more than {MAX_DEPTH} deep; ungroup some.")
    count = sum(1 + check_tree(layer.children, name, depth + 1) for layer in layers)
    if count > MAX_LAYERS:
        raise InputError(f"{name} has more than {MAX_LAYERS} layers; merge some.")
    if depth == 0 and not count:
        raise InputError(f"{name} has no layers; save it with its layers, not merged.")
    return count


def unreadable(reason: str) -> Callable[[], Pixels]:
    """The pixels of a layer that cannot be read: asking for them raises ``InputError(reason)``."""

    def refuse() -> Pixels:
        raise InputError(reason)

    return refuse


def leaves(layers: Sequence[Layer]) -> Iterator[Layer]:
    """All layers that are no groups, the lowest first."""
    for layer in layers:
        if layer.is_group:
            yield from leaves(layer.children)
        else:
            yield layer


def visible_leaves(layers: Sequence[Layer]) -> Iterator[Layer]:
    """The leaves that neither they nor a group around them hides, the lowest first."""
    for layer in layers:
        if layer.visible and layer.opacity > 0:
            if layer.is_group:
                yield from visible_leaves(layer.children)
            else:
                yield layer


def prune(
    layers: Sequence[Layer], keep: Collection[Layer], switched: Collection[Layer] = ()
) -> tuple[Layer, ...]:
    """The tree with the leaves ``keep`` alone; ``switched`` layers and groups are made visible."""
    kept = []
    for layer in layers:
        visible = layer.visible or layer in switched
        if layer.is_group:
            children = prune(layer.children, keep, switched)
            if children:
                kept.append(replace(layer, visible=visible, children=children))
        elif layer in keep:
            kept.append(replace(layer, visible=visible))
    return tuple(kept)


def names_of(layers: Sequence[Layer], most: int = 12) -> str:
    """The names of the layers of a tree, the topmost first, for a message."""
    names = [f"'{shown(name, 40)}'" for name in _walk_names(layers)]
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "") or "no named layer"


def _walk_names(layers: Sequence[Layer]) -> Iterator[str]:
    for layer in reversed(layers):
        if layer.name:
            yield layer.name
        yield from _walk_names(layer.children)
