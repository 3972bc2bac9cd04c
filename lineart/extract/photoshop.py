"""Photoshop files of layers, written with psd-tools; most painting programs open them."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from lineart.errors import InputError
from lineart.extract.layers import Layer, merged
from lineart.pictures.images import Bytes
from lineart.pictures.resolution import Dpi

if TYPE_CHECKING:
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerRecord

MOST = 30_000  # pixels a side that the format takes
PER_INCH, INCHES = 1, 1  # units: of a resolution, and of what a program shows sizes in


def photoshop(layers: list[Layer], dpi: Dpi | None = None) -> bytes:
    """The bytes of a PSD file.

    Args:
        layers: the lowest first.
        dpi: pixels an inch in print, across and down; None if that is not known.

    Raises:
        InputError: if a side is longer than the format takes.
    """
    # slow to load
    from psd_tools.constants import ColorMode, Compression, Resource
    from psd_tools.psd import PSD
    from psd_tools.psd.header import FileHeader
    from psd_tools.psd.image_data import ImageData
    from psd_tools.psd.image_resources import ImageResource, ImageResources
    from psd_tools.psd.layer_and_mask import (
        ChannelImageData,
        GlobalLayerMaskInfo,
        LayerAndMaskInformation,
        LayerInfo,
        LayerRecords,
    )
    from psd_tools.psd.tagged_blocks import TaggedBlocks

    height, width = layers[0].pixels.shape[:2]
    if max(height, width) > MOST:
        raise InputError(
            f"A PSD file has at most {MOST} pixels a side, the picture has {width} x {height}; "
            f"take the format ora."
        )
    header = FileHeader(height=height, width=width, channels=3, depth=8, color_mode=ColorMode.RGB)
    shown = ImageData(Compression.RLE)
    shown.set_data(_planes(merged(layers)), header)
    resources = ImageResources.new()
    if dpi is not None:
        across, down = (round(one * 65536) for one in dpi)
        said = struct.pack(">I2HI2H", across, PER_INCH, INCHES, down, PER_INCH, INCHES)
        key = Resource.RESOLUTION_INFO
        resources[key] = ImageResource(key=key, data=said)
    records, channels = zip(*map(_layer, layers), strict=True)
    info = LayerInfo(len(layers), LayerRecords(records), ChannelImageData(channels))
    section = LayerAndMaskInformation(info, GlobalLayerMaskInfo(), TaggedBlocks())
    buffer = io.BytesIO()
    PSD(
        header=header,
        image_resources=resources,
        layer_and_mask_information=section,
        image_data=shown,
    ).write(buffer)
    return buffer.getvalue()


def _layer(layer: Layer) -> tuple[LayerRecord, ChannelDataList]:
    """A layer's record, and its channels."""
    from psd_tools.constants import ChannelID, Compression, Tag
    from psd_tools.psd.layer_and_mask import ChannelData, ChannelDataList, ChannelInfo, LayerRecord

    height, width, count = layer.pixels.shape
    record = LayerRecord(bottom=height, right=width, name=layer.name)
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, layer.name)
    numbers = [*range(3), ChannelID.TRANSPARENCY_MASK][:count]
    channels = ChannelDataList()
    for number, plane in zip(numbers, _planes(layer.pixels), strict=True):
        channel = ChannelData(Compression.RLE)
        channel.set_data(plane, width, height, 8)
        record.channel_info.append(ChannelInfo(ChannelID(number), len(channel.data) + 2))
        channels.append(channel)
    return record, channels


def _planes(pixels: Bytes) -> list[bytes]:
    return [pixels[..., channel].tobytes() for channel in range(pixels.shape[2])]
