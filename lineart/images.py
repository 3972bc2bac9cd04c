"""The one picture convention, and every way a picture enters or leaves the project.

In memory a render is ``(H, W, 3)`` RGB and a line art ``(H, W)``, both float32 in [0, 1]; in a line
art **ink is 1 and paper is 0**. On disk both are 8-bit PNG in sRGB, and a line art is black ink on
white paper.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from lineart.errors import InputError

Picture = NDArray[np.floating[Any]]  # float32; the stubs lose the width in arithmetic
Bytes = NDArray[np.uint8]

READABLE = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
# Run lengths over differences to the row above: twice as fast as the default, a tenth larger.
PNG_OPTIONS = (
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP),
)
MAX_PIXELS = 20_000 * 20_000  # above this a header is taken for a decompression bomb

Image.MAX_IMAGE_PIXELS = None  # our own limit speaks first, in one sentence


def read_render(path: Path | str) -> Picture:
    """Read a picture as sRGB on white paper.

    PNG, JPEG, WebP and TIFF; 8 or 16 bits a channel, grey, palette, RGB or CMYK. Transparency is laid
    over white, the EXIF orientation is applied, an embedded colour profile is converted to sRGB.

    Returns:
        ``(H, W, 3)`` float32 in [0, 1], RGB.

    Raises:
        InputError: if the file is missing, empty, truncated, too large or no picture.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"There is no picture {path}; check the name.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be opened ({error.strerror}).") from error
    if not data:
        raise InputError(f"{path} is empty (0 bytes); deliver the picture again.")
    return decode_render(data, str(path))


def decode_render(data: bytes, name: str = "the picture") -> Picture:
    """Decode the bytes of a picture file; see :func:`read_render`. ``name`` is used in messages."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Pillow warns of odd metadata; the pixels are what counts
            image = Image.open(io.BytesIO(data))
            if image.width * image.height > MAX_PIXELS:
                raise InputError(
                    f"{name} claims {image.width} x {image.height} pixels; "
                    f"at most {MAX_PIXELS / 1e6:.0f} megapixels are read."
                )
            deep = _decode_16_bit(data, image)
            image.load()
            if deep is not None:
                return _turn(deep, image.getexif().get(0x0112, 1))
            return _decode_8_bit(image)
    except InputError:
        raise
    except Exception as error:
        # Pillow's own words name an object in memory here, which would differ from run to run.
        known = not isinstance(error, UnidentifiedImageError)
        reason = str(error) if known else "its content is of no known format"
        raise InputError(
            f"{name} cannot be read as a picture ({reason}); "
            f"wanted is a whole PNG, JPEG, WebP or TIFF file."
        ) from error


def _decode_8_bit(image: Image.Image) -> Picture:
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    alpha = None
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"), np.float32)[..., None] / 255
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    if profile:
        # A profile that does not fit the pixels is treated as absent.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            opaque = image.convert("RGB") if image.mode == "RGBA" else image
            converted = ImageCms.profileToProfile(
                opaque, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            image = converted if converted is not None else opaque
    rgb = np.asarray(image.convert("RGB"), np.float32) / 255
    return rgb if alpha is None else rgb * alpha + (1 - alpha)


def _decode_16_bit(data: bytes, image: Image.Image) -> Picture | None:
    """The pixels of a 16-bit PNG or TIFF (Pillow keeps 8 bits of them), or None for other files."""
    deep_png = image.format == "PNG" and data[24] == 16
    deep_tiff = image.format == "TIFF" and 16 in np.atleast_1d(
        getattr(image, "tag_v2", {}).get(258, 8)
    )
    if not (deep_png or deep_tiff) or image.info.get("icc_profile"):
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        return None
    values = pixels.astype(np.float32) / 65535
    if values.ndim == 2:
        return np.repeat(values[..., None], 3, axis=2)
    if values.shape[2] == 4:
        values = values[..., :3] * values[..., 3:] + (1 - values[..., 3:])
    return np.ascontiguousarray(values[..., ::-1])


def _turn(picture: Picture, orientation: int) -> Picture:
    """Apply an EXIF orientation (1 to 8) to an array."""
    if orientation in (5, 6, 7, 8):
        picture = picture.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return np.ascontiguousarray(picture)


def read_line(path: Path | str) -> Picture:
    """Read a line art: black ink on white paper on disk, ink 1 and paper 0 in memory.

    Returns:
        ``(H, W)`` float32 in [0, 1].

    Raises:
        InputError: as :func:`read_render`.
    """
    return 1 - luminance(read_render(path))


def luminance(rgb: Picture) -> Picture:
    """The grey value of a render, ``(..., 3)`` to ``(...)``, weights of ITU-R BT.601."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.clip(rgb @ weights, 0, 1).astype(np.float32, copy=False)


def to_bytes(picture: Picture | Bytes) -> Bytes:
    """Round [0, 1] to 0..255, the same shape."""
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def encode_png(picture: Picture | Bytes) -> bytes:
    """PNG bytes of an RGB ``(H, W, 3)`` or grey ``(H, W)`` picture; the same input, the same bytes."""
    pixels = picture if picture.dtype == np.uint8 else to_bytes(picture)
    if pixels.ndim == 3:
        pixels = pixels[..., ::-1].copy()
    done, data = cv2.imencode(".png", pixels, PNG_OPTIONS)
    assert done, "OpenCV could not encode a PNG"
    return data.tobytes()


def decode_png(data: bytes, grey: bool) -> Bytes:
    """Decode a PNG that this project wrote: ``(H, W)`` uint8 if ``grey``, else ``(H, W, 3)`` RGB."""
    pixels = cv2.imdecode(
        np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR
    )
    if pixels is None:
        raise InputError(
            "A picture of the data set is damaged; run `dvc repro` or `dvc pull` again."
        )
    return np.ascontiguousarray(pixels if grey else pixels[..., ::-1], np.uint8)


def write_render(path: Path, render: Picture) -> bytes:
    """Write a render as PNG, whole or not at all; returns the bytes written."""
    return write_bytes(path, encode_png(render))


def write_line(path: Path, line: Picture) -> bytes:
    """Write a line art as black ink on white paper, whole or not at all; returns the bytes written."""
    return write_bytes(path, encode_png(1 - line))


def write_bytes(path: Path, data: bytes) -> bytes:
    """Write a file whole or not at all (a temporary neighbour is renamed onto it); returns ``data``.

    Raises:
        InputError: if the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message = (
                f"The disk is full: {path} could not be written; free some space and run again."
            )
        else:
            message = f"{path} could not be written ({error.strerror})."
        raise InputError(message) from error
    return data


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all; errors as :func:`write_bytes`."""
    write_bytes(path, text.encode())


def fit(picture: Picture, longest: int) -> Picture:
    """Shrink a picture so that its longer side is at most ``longest`` pixels; never enlarges.

    Averages over areas, so that thin ink turns grey instead of vanishing.
    """
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
