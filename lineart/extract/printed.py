"""The size in print of files of line art, as PNG and SVG say it."""

from __future__ import annotations

import struct
import zlib

from lineart.pictures.resolution import INCH, Dpi, per_metre

HEADER = 33  # bytes of a PNG up to the end of its first chunk


def png_in_print(data: bytes, dpi: Dpi | None) -> bytes:
    """A PNG that says its resolution, in the chunk ``pHYs``; as it is if that is not known."""
    if dpi is None:
        return data
    body = b"pHYs" + struct.pack(">IIB", *map(per_metre, dpi), 1)  # 1 is the metre
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:HEADER] + chunk + data[HEADER:]


def svg_size(width: int, height: int, dpi: Dpi | None) -> str:
    """The attributes of an SVG that tell its size, in millimetres if it is known in print, else in pixels.

    Its coordinates stay pixels; where they are no squares in print, the drawing is stretched to its size.

    >>> svg_size(1000, 500, (254, 254)), svg_size(8, 6, None)
    ('width="100mm" height="50mm"', 'width="8" height="6"')
    """
    if dpi is None:
        return f'width="{width}" height="{height}"'
    across, down = (
        side * INCH / per_inch for side, per_inch in zip((width, height), dpi, strict=True)
    )
    stretched = ' preserveAspectRatio="none"' if dpi[0] != dpi[1] else ""
    return f'width="{across:.6g}mm" height="{down:.6g}mm"{stretched}'
