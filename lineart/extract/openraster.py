"""OpenRaster files, as Krita, GIMP, MyPaint and Drawpile open them: the render below, the ink above it.

Written from the specification at openraster.org (baseline 0.0.6): a zip file whose first member, stored as it
is, is the media type; a stack of layers; the merged picture at full size; a thumbnail of at most 256 pixels.
"""

from __future__ import annotations

import io
import zipfile

import cv2
import numpy as np

from lineart.extract.pixels import encode_rgba, laid_over
from lineart.extract.style import as_ink
from lineart.pictures.images import Bytes, encode_png, fit
from lineart.pictures.resolution import Dpi

MEDIA = "image/openraster"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same layers, the same bytes

STACK = """<?xml version="1.0" encoding="UTF-8"?>
<image version="0.0.6" w="{width}" h="{height}" xres="{across:g}" yres="{down:g}">
  <stack>
    <layer name="ink" src="data/ink.png" x="0" y="0" opacity="1.0" visibility="visible" \
composite-op="svg:src-over" />
    <layer name="render" src="data/render.png" x="0" y="0" opacity="1.0" visibility="visible" \
composite-op="svg:src-over" />
  </stack>
</image>
"""


def openraster(ink: Bytes, render: Bytes, dpi: Dpi | None = None) -> bytes:
    """The bytes of an ORA file.

    Args:
        ink: ``(H, W, 4)`` RGBA, the upper layer.
        render: ``(H, W, 3)`` RGB of the same size, the lower one.
        dpi: pixels an inch in print, across and down; 72 if that is not known.
    """
    height, width = render.shape[:2]
    merged = laid_over(ink, render)
    thumbnail = encode_png(fit(as_ink(_small(merged)), 256))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:

        def add(name: str, data: bytes, how: int = zipfile.ZIP_STORED) -> None:
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = how
            archive.writestr(member, data)

        add("mimetype", MEDIA.encode())
        across, down = dpi or (72, 72)
        stack = STACK.format(width=width, height=height, across=across, down=down)
        add("stack.xml", stack.encode(), zipfile.ZIP_DEFLATED)
        add("data/ink.png", encode_rgba(ink))
        add("data/render.png", encode_png(render))
        add("mergedimage.png", encode_png(merged))
        add("Thumbnails/thumbnail.png", thumbnail)
    return buffer.getvalue()


def _small(picture: Bytes) -> Bytes:
    """At most about 512 pixels a side in whole steps, so that little is turned into floats."""
    step = max(1, max(picture.shape[:2]) // 512)
    size = (-(-picture.shape[1] // step), -(-picture.shape[0] // step))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
