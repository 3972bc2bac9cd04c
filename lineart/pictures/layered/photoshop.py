"""Photoshop documents (.psd, .psb), parsed by psd-tools.

Read are groups, layers with pixels (text, shapes and smart objects with the picture that the program
stored of them), masks and clipping, in RGB or grey. Adjustment layers change what is below them in ways
that only Photoshop knows; a visible one is answered with what to do. Layer effects are left out.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lineart.errors import InputError
from lineart.pictures.decoding import shown
from lineart.pictures.layered.compositor import flatten
from lineart.pictures.layered.credits import licence_in, text_in
from lineart.pictures.layered.markup import parse_xml
from lineart.pictures.layered.tree import (
    Coverage,
    Document,
    Layer,
    Mask,
    Pixels,
    check_canvas,
    check_layer,
    check_tree,
    unreadable,
)

MODES = {
    "pass_through": "normal",
    "linear_dodge": "add",
    "soft_light": "soft-light-root",
}
COLOURS = ("RGB", "GRAYSCALE")
# what is wrong is said in our words
logging.getLogger("psd_tools").addHandler(logging.NullHandler())
XMP, PROFILE = 1060, 1039  # numbers of the image resources


def read_photoshop(data: bytes, name: str) -> Document:
    """The tree of a PSD or PSB file; the channels are decoded when they are drawn.

    Raises:
        InputError: if it is damaged, hostile, or in colours that are not read.
    """
    from psd_tools import PSDImage

    psd = guarded(lambda: PSDImage.open(io.BytesIO(data)), name)
    colours = guarded(lambda: psd.color_mode.name, name)
    if colours not in COLOURS:
        raise InputError(f"{name} has {colours} colours; in Photoshop, convert it to RGB.")
    check_canvas(psd.width, psd.height, name)
    layers = guarded(lambda: _children(psd, name), name)
    check_tree(layers, name)
    artist, licence = _credits(psd, name)
    return Document(
        name=name,
        width=psd.width,
        height=psd.height,
        layers=layers,
        draw=partial(flatten, width=psd.width, height=psd.height, name=name),
        artist=artist,
        license=licence,
        profile=guarded(lambda: bytes(psd.image_resources.get_data(PROFILE, b"")), name),
    )


def guarded(act: Callable[[], Any], name: str) -> Any:
    """What ``act`` returns; whatever psd-tools raises or warns of becomes one sentence.

    Raises:
        InputError: instead of any other exception.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # A channel that cannot be decoded would else be black.
            warnings.filterwarnings("error", message=".*(decode failed|replaced)")
            return act()
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{name} is damaged or no Photoshop file that psd-tools reads; save it again."
        ) from error


def _children(group: Any, name: str) -> tuple[Layer, ...]:
    """The layers of a group, the lowest first, with clipped ones gathered above their base."""
    found: list[Layer] = []
    clipped: list[Layer] = []
    base: Layer | None = None
    for item in group:
        layer = _layer(item, name)
        if item.clipping and base is not None:
            clipped.append(layer)
            continue
        found.extend(_clip(base, clipped))
        base, clipped = layer, []
    found.extend(_clip(base, clipped))
    return tuple(found)


def _clip(base: Layer | None, clipped: Sequence[Layer]) -> Iterator[Layer]:
    """A base with what is clipped to it as one group that is known by the name of the base."""
    if base is None:
        return
    if not clipped:
        yield base
        return
    inner = replace(base, name="", visible=True, opacity=1.0, mode="normal", through=False)
    above = [replace(layer, name="", atop=True, through=False) for layer in clipped]
    yield Layer(
        name=base.name,
        visible=base.visible,
        opacity=base.opacity,
        mode=base.mode,
        children=(inner, *above),
    )


def _layer(item: Any, name: str) -> Layer:
    title = str(item.name)
    where = f"{name}, layer '{shown(title, 60)}'"
    kind = item.kind.upper()
    mode = item.blend_mode.name.lower()
    common = partial(
        Layer,
        name=title,
        visible=bool(item.visible),
        opacity=item.opacity / 255 * item.fill_opacity / 255,
        mode=MODES.get(mode, mode.replace("_", "-")),
        mask=_mask(item, where),
    )
    if item.is_group():
        return common(through=mode == "pass_through", children=_children(item, name))
    width, height = item.width, item.height
    x, y = item.left, item.top
    check_layer(width, height, x, y, where)
    if not item.has_pixels():
        if kind in ("PIXEL", "TYPE"):
            return common(pixels=lambda: np.zeros((0, 0, 4), np.uint8))
        reason = (
            f"{where} is of the kind {kind.lower()}, which only Photoshop can draw; merge it with "
            f"the layers below it, or rasterise it."
        )
        return common(size=(1, 1), pixels=unreadable(reason))

    def pixels() -> Pixels:
        rgba: Pixels = guarded(
            lambda: np.asarray(item.topil(apply_icc=False).convert("RGBA")), where
        )
        if rgba.shape != (height, width, 4):
            raise InputError(f"{where} has another size than it claims; save the file again.")
        return rgba

    return common(x=x, y=y, size=(width, height), pixels=pixels)


def _mask(item: Any, where: str) -> Mask | None:
    """The pixel mask of a layer, unless it is turned off."""
    mask = item.mask
    if mask is None or mask.disabled:
        return None
    x, y, right, bottom = mask.bbox
    check_layer(right - x, bottom - y, x, y, where)

    def pixels() -> Coverage:
        if not (mask.width and mask.height):
            return np.zeros((0, 0), np.uint8)
        cover: Coverage = guarded(lambda: np.asarray(mask.topil().convert("L")), where)
        return cover

    return Mask(x, y, pixels, outside=int(mask.background_color))


def _credits(psd: Any, name: str) -> tuple[str, str]:
    """Artist and licence from the XMP packet, which nothing else hangs on."""
    try:
        packet = bytes(guarded(lambda: psd.image_resources.get_data(XMP, b""), name))
        root = parse_xml(packet.strip(b"\0 \n"), name)
    except InputError:
        return "", ""
    return text_in(root, "creator"), licence_in(root)
