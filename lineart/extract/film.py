"""What reads a video and what writes one, whichever library does it.

Both libraries have the same two classes: ``Video``, read from its start, once, and ``Writer``, which keeps of
that video what its library can.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from lineart.errors import InputError
from lineart.pictures.decoding import MAX_PIXELS, shown
from lineart.pictures.images import Bytes


@dataclass(frozen=True)
class Shot:
    """A frame of a video, and when it is shown."""

    pixels: Bytes  # (H, W, 3) RGB, or (H, W) grey
    share: float  # of the video, how much is read with this one
    start: Fraction  # seconds from the start of the video
    lasts: Fraction  # seconds, 0 where the video does not say


class Video(Protocol):
    """A video that is read from its start, once."""

    path: Path

    def frames(self) -> Iterator[Shot]:
        """Its frames, upright.

        Raises:
            InputError: if there is none, or the file ends in the middle.
        """


class Writer(Protocol):
    """A video of one codec that is being written; its size is that of its first frame.

    It is whole when the ``with`` block that it is used in has ended.
    """

    @property
    def left(self) -> str:
        """What of the source is left behind and why, in a sentence; empty if nothing is."""

    def add(self, shot: Shot) -> None:
        """Write a frame.

        Raises:
            InputError: if frames like this cannot be written.
        """

    def __enter__(self) -> Writer: ...

    def __exit__(self, *failed: Any) -> None: ...


def checked(path: Path) -> str:
    """The name of a video's file as FFmpeg takes it.

    Raises:
        InputError: if there is no such file.
    """
    if not os.path.exists(path):
        raise InputError(f"There is no video {shown(path)}; check the name.")
    if not os.path.isfile(path):  # a named pipe would wait for ever
        raise InputError(f"{shown(path)} is no file; wanted is a video.")
    return for_ffmpeg(path)


def for_ffmpeg(path: Path) -> str:
    """A path as FFmpeg takes it: absolute, for it reads what stands before a colon as a protocol.

    Raises:
        InputError: if the path is not UTF-8, for OpenCV dies of it.
    """
    name = os.path.abspath(path)
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"The path {shown(name)} is not UTF-8; rename it.") from error
    return name


def unreadable(path: Path, library: str) -> InputError:
    """What is said of a file that a library finds no video in."""
    return InputError(
        f"{shown(path)} cannot be read as a video; wanted is a whole file that {library} knows, "
        f"such as MP4, WebM, MKV, MOV or AVI."
    )


def require_frame_size(path: Path, width: float, height: float) -> None:
    """Refuse frames that are too large.

    Raises:
        InputError: if they have more than ``MAX_PIXELS``.
    """
    if width * height > MAX_PIXELS:
        raise InputError(f"{shown(path)} has frames of more than {MAX_PIXELS // 10**6} megapixels.")


def require_whole(path: Path, number: int, share: float) -> None:
    """Refuse a video that ended early.

    Args:
        path: of the video.
        number: of frames that were read.
        share: that they are of what it claims to hold; that of a sound file may be off a little.

    Raises:
        InputError: if frames are missing.
    """
    if not number:
        raise InputError(f"{shown(path)} holds no frame that can be read.")
    if share < 0.9:
        raise InputError(
            f"{shown(path)} ends after {number} frames, {share:.0%} of its length; it is truncated or "
            f"damaged."
        )
