"""The size in print of files of line art: what PNG, SVG and OpenRaster say of it."""

from __future__ import annotations

import struct
import zlib

from lineart.pictures.resolution import INCH, Dpi, per_metre

HEADER = 33  # bytes of a PNG up to the end of its first chunk


def png_in_print(data: bytes, dpi: Dpi) -> bytes:
    """A PNG that says its resolution, in the chunk ``pHYs``."""
    body = b"pHYs" + struct.pack(">IIB", *map(per_metre, dpi), 1)  # 1 is the metre
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:HEADER] + chunk + data[HEADER:]


def svg_in_print(data: bytes, shape: tuple[int, int], dpi: Dpi) -> bytes:
    """An SVG of ``(H, W)`` pixels that is as large as the picture in print, in millimetres.

    Its coordinates stay pixels; where they are no squares in print, the drawing is stretched to its size.
    """
    height, width = shape
    across, down = (
        side * INCH / per_inch for side, per_inch in zip((width, height), dpi, strict=True)
    )
    size = f'width="{across:.6g}mm" height="{down:.6g}mm"'
    if dpi[0] != dpi[1]:
        size += ' preserveAspectRatio="none"'
    return data.replace(f'width="{width}" height="{height}"'.encode(), size.encode(), 1)
