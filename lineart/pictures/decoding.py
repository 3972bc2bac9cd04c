"""The bytes of a picture file, whoever made them, to pixels: the one place where a delivered file is decoded.

The header is read first and its claims are held against :data:`MAX_PIXELS`; pixels are turned into what is
asked for strip by strip, so that the memory a file takes is bounded by that limit (2.5 GB at the most as
floats). Whatever the libraries raise on the way is one sentence.
"""

from __future__ import annotations

import contextlib
import io
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from lineart.errors import InputError
from lineart.pictures.colours import WHITE, Colour

Picture = NDArray[np.floating[Any]]  # float32; the stubs lose the width in arithmetic
Strip = NDArray[np.uint8] | Picture  # rows of a picture, 0 to 255 or 0 to 1

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF")  # no other decoder of Pillow's sees a delivered file
MAX_PIXELS = 80_000_000  # an A3 sheet at 600 dpi has 70
ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile inflates others without a bound
NEW_SUBFILE_TYPE = 254  # a tag of TIFF
NO_PAGE = 0b101  # its bits: a smaller copy of another page, and a mask
SAID = 6  # formats that a message lists
STRIP = 64  # rows that are turned into floats at a time

SEEN = 0.1  # how far from the ground, in [0, 1], what is painted stands out from it
FEW = 0.01  # of what is painted: if less stands out, lines vanish

Image.MAX_IMAGE_PIXELS = None  # our own limit speaks first, in one sentence


class Ground:
    """What lies under the transparency of a picture, and how much of what is laid on it stands out.

    Args:
        colour: red, green and blue, 0 to 255.
    """

    def __init__(self, colour: Colour = WHITE):
        self._colour = np.array(colour, np.float32) / np.float32(255)
        self.forget()

    def forget(self) -> None:
        """What was laid on it so far is not the picture that is shown."""
        self._painted = self._bare = self._standing_out = 0  # pixels

    def under(self, rgb: Picture, alpha: Picture) -> Picture:
        """Rows of colours, ``(H, W, 3)``, laid on it by their alpha, ``(H, W)``; all in [0, 1]."""
        laid: Picture = rgb * alpha[..., None] + (1 - alpha[..., None]) * self._colour
        painted = np.count_nonzero(alpha >= 0.5)
        self._painted += painted
        self._bare += alpha.size - painted
        away = np.abs(laid - self._colour).max(axis=2)
        self._standing_out += np.count_nonzero(away > SEEN)
        return laid

    @property
    def hides(self) -> bool:
        """Whether nearly all that was painted is as light as the ground, so that its lines vanish in it."""
        return self._bare > 0 and self._standing_out < FEW * self._painted


def shown(text: Path | str, longest: int = 400) -> str:
    """What a delivery calls something, as a message can print it: short, on one line, and encodable.

    >>> shown("a\\nb")
    'a\\\\nb'
    """
    text = str(text)
    text = text if len(text) <= longest else f"{text[: longest - 3]}..."
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else char
        for char in text
    )


def decode_render(data: bytes, name: str = "the picture") -> Picture:
    """Decode the bytes of a picture file as sRGB on white paper.

    PNG, JPEG, WebP and TIFF; 8 or 16 bits a channel, grey, palette, RGB or CMYK; of several frames or
    pages the first. Transparency is laid over white, the EXIF orientation is applied, an embedded colour
    profile is converted to sRGB.

    Args:
        data: the whole file.
        name: what it is called in messages.

    Returns:
        ``(H, W, 3)`` float32 in [0, 1], RGB.

    Raises:
        InputError: if the bytes are no whole picture of these kinds, or one that is too large.
    """
    with opened(data, name) as image:
        return _decode(data, image, np.float32, Ground())


def decode_pixels(
    data: bytes,
    name: str = "the picture",
    formats: Sequence[str] = FORMATS,
    ground: Ground | None = None,
) -> NDArray[np.uint8]:
    """The same in a quarter of the memory: :func:`decode_render` rounded to 8 bits a channel.

    Args:
        data: the whole file.
        name: what it is called in messages.
        formats: Pillow's names of the formats that are taken.
        ground: what lies under transparency, white if not given.

    Returns:
        ``(H, W, 3)`` uint8, RGB.

    Raises:
        InputError: as :func:`decode_render`.
    """
    with opened(data, name, formats) as image:
        return _decode(data, image, np.uint8, ground or Ground())


def frame_pixels(image: Image.Image, ground: Ground | None = None) -> NDArray[np.uint8]:
    """The frame at which an opened picture stands, as :func:`decode_pixels`; 8 bits of it are read."""
    image.load()
    pixels = _collected(_strips_of_8_bits(image, ground or Ground()), image, np.uint8)
    return _turn(pixels, orientation_of(image))


@contextlib.contextmanager
def opened(data: bytes, name: str, formats: Sequence[str] = FORMATS) -> Iterator[Image.Image]:
    """A picture of one of the ``formats`` whose header has been read and whose pixels have not.

    Whatever the library raises inside the block becomes an :class:`InputError` that says ``name``.

    Raises:
        InputError: if the bytes are no picture, or their header claims more than ``MAX_PIXELS``.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata; the pixels are what counts
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=tuple(formats)) as image:
                _to_first_page(image)
                require_size(image, name)
                yield image
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{shown(name)} cannot be read as a picture ({_reason(error)}); "
            f"wanted is a whole {_listed(formats)} file."
        ) from error


def is_page(image: Image.Image) -> bool:
    """Whether what a TIFF stands at is a page, and no smaller copy of one and no mask."""
    return not getattr(image, "tag_v2", {}).get(NEW_SUBFILE_TYPE, 0) & NO_PAGE


def _to_first_page(image: Image.Image) -> None:
    """Go past the thumbnail that some programs put before the picture of a TIFF."""
    with contextlib.suppress(EOFError):  # nothing else is there
        while image.format == "TIFF" and not is_page(image):
            image.seek(image.tell() + 1)
        return
    image.seek(0)


def require_size(image: Image.Image, name: str) -> None:
    """Refuse what would not fit into memory.

    Raises:
        InputError: if the header claims more than ``MAX_PIXELS``.
    """
    if image.width * image.height > MAX_PIXELS:
        raise InputError(
            f"{shown(name)} claims {image.width} x {image.height} pixels; "
            f"at most {MAX_PIXELS / 1e6:.0f} megapixels are read."
        )


def _listed(formats: Sequence[str]) -> str:
    names = [name.replace("WEBP", "WebP") for name in formats]
    if len(names) > SAID:
        return f"{', '.join(names[:SAID])} or other picture"
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _reason(error: Exception) -> str:
    """The library's words, on one short line, the same in every run."""
    if isinstance(error, UnidentifiedImageError):  # its words name an object in memory
        return "its content is of no known format"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    words = shown(" ".join(str(error).split()), 160)
    return words if words and not isinstance(error, cv2.error) else "its content is damaged"


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation of a picture, 1 to 8; 1 if it says none."""
    if image.format == "JXL":  # its own field turned the pixels, and is above what EXIF says
        return 1
    # Not the method of PNG, which decodes all pixels to see whether more metadata follows them.
    value = Image.Image.getexif(image).get(0x0112, 1)
    return value if value in range(1, 9) else 1


def _decode(
    data: bytes, image: Image.Image, kind: type[np.generic], ground: Ground
) -> NDArray[Any]:
    image.load()
    deep = _strips_of_16_bits(data, image, ground)
    strips = _strips_of_8_bits(image, ground) if deep is None else deep
    picture = _collected(strips, image, kind)
    # Both libraries turn a TIFF themselves, and nothing else.
    return picture if image.format == "TIFF" else _turn(picture, orientation_of(image))


def _collected(strips: Iterable[Strip], image: Image.Image, kind: type[np.generic]) -> NDArray[Any]:
    """Strips of a picture, from the top, as one array: uint8, or float32 in [0, 1]."""
    picture = np.empty((image.height, image.width, 3), kind)
    top = 0
    for strip in strips:
        rows = picture[top : top + len(strip)]
        if strip.dtype == picture.dtype:
            rows[:] = strip
        elif kind is np.uint8:
            rows[:] = np.round(strip * 255)
        else:
            np.divide(strip, np.float32(255), out=rows)
        top += len(strip)
    return picture


def _strips_of_8_bits(image: Image.Image, ground: Ground) -> Iterator[Strip]:
    deep = image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PPM")
    if image.mode in ("I", "F") and not deep:
        raise ValueError("32 bits a channel; save it with 8 or 16")
    if deep:
        yield from _strips_of_deep_grey(image, ground)
        return
    clear = "transparency" in image.info or bool({"A", "a"} & set(image.getbands()))
    opaque = image.mode if image.mode in ("CMYK", "L") and not clear else "RGB"
    convert = _to_srgb(image.info.get("icc_profile"), opaque)
    for top in range(0, image.height, STRIP):
        part = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        strip = _as(part, "RGBA" if clear else opaque)
        rgb = np.asarray(convert(_as(strip, opaque)))
        if clear:
            alpha = np.asarray(strip.getchannel("A")) / np.float32(255)
            yield ground.under(rgb / np.float32(255), alpha)
        else:
            yield rgb


def _strips_of_deep_grey(image: Image.Image, ground: Ground) -> Iterator[Strip]:
    """Grey of 9 to 16 bits, which Pillow keeps whole, and would cut off at 255 if it were to convert it."""
    tags = getattr(image, "tag_v2", {})
    white = 2 ** int(np.max(tags.get(258, 16))) - 1
    clear = image.info.get("transparency")  # the level that is no paint
    for top in range(0, image.height, STRIP):
        part = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        levels = np.asarray(part)
        grey = levels.astype(np.float32) / np.float32(white)
        if tags.get(262) == 0:  # white is zero
            grey = 1 - grey
        rgb = np.repeat(grey[..., None], 3, axis=2)
        yield rgb if clear is None else ground.under(rgb, (levels != clear).astype(np.float32))


def _as(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _to_srgb(profile: bytes | None, mode: str) -> Callable[[Image.Image], Image.Image]:
    """From pixels of ``mode`` to RGB, by the colour profile if it fits them."""
    if profile:
        # A profile that does not fit the pixels is treated as absent.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(source, target, mode, "RGB")
            return lambda strip: transform.apply(strip)
    return lambda strip: _as(strip, "RGB")


def _strips_of_16_bits(data: bytes, image: Image.Image, ground: Ground) -> Iterator[Strip] | None:
    """The pixels of a 16-bit PNG or TIFF of which Pillow keeps 8 bits, or None for other files."""
    if bits_of(data, image) != 16 or image.mode not in ("L", "LA", "RGB", "RGBA"):
        return None
    if image.info.get("icc_profile") or "transparency" in image.info:
        return None  # profiles, and a colour that is no paint, are applied to 8 bits
    # Colours that are multiplied by their alpha already: Pillow divides them, OpenCV does not.
    if 1 in np.atleast_1d(getattr(image, "tag_v2", {}).get(338, 0)):
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.shape[:2] != image.size[::-1]:
        return None
    return (_of_16_bits(pixels[top : top + STRIP], ground) for top in range(0, len(pixels), STRIP))


def _of_16_bits(pixels: NDArray[Any], ground: Ground) -> Picture:
    """OpenCV's grey, BGR or BGRA rows as RGB on the ground."""
    values: Picture = pixels.astype(np.float32) / 65535
    if values.ndim == 2:
        return np.repeat(values[..., None], 3, axis=2)
    rgb = values[..., 2::-1]
    return ground.under(rgb, values[..., 3]) if values.shape[2] == 4 else rgb


def bits_of(data: bytes, image: Image.Image) -> int:
    """Bits a channel of the file ``data`` that ``image`` was opened from."""
    if image.format == "PNG":
        return data[24]
    if image.format == "TIFF":
        return int(np.max(getattr(image, "tag_v2", {}).get(258, 1)))
    return 8


def _turn(picture: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Apply an EXIF orientation (1 to 8) to an array."""
    if orientation in (5, 6, 7, 8):
        picture = picture.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return np.ascontiguousarray(picture)
