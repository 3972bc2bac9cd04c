"""Videos, frame by frame through OpenCV; written in the container they came in, at their frame rate.

OpenCV's own build has no H.264 encoder. Of what it has, MPEG-4 is what editors and players take, and FFV1 in
a Matroska file loses nothing. A WebM becomes an MP4, and sound is left behind.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from lineart.errors import InputError
from lineart.pictures.decoding import MAX_PIXELS, shown
from lineart.pictures.images import Bytes
from lineart.pictures.whole import whole_file

CODECS = {  # by the ending of the file that is written
    ".mp4": "mp4v",
    ".m4v": "mp4v",
    ".mov": "mp4v",
    ".avi": "XVID",
    ".mkv": "FFV1",
}
DEFAULT_RATE = 25.0  # frames a second of a video that does not say


class Video:
    """A video that is read from its start, once.

    Args:
        path: the file.

    Raises:
        InputError: if OpenCV finds no video in it, or frames that are too large.
    """

    def __init__(self, path: Path):
        _quiet()
        self.path = path
        if not os.path.exists(path):
            raise InputError(f"There is no video {shown(path)}; check the name.")
        if not os.path.isfile(path):  # a named pipe would wait for ever
            raise InputError(f"{shown(path)} is no file; wanted is a video.")
        self._file = cv2.VideoCapture(_for_ffmpeg(path), cv2.CAP_FFMPEG)
        width, height, rate, count = (
            self._file.get(what)
            for what in (
                cv2.CAP_PROP_FRAME_WIDTH,
                cv2.CAP_PROP_FRAME_HEIGHT,
                cv2.CAP_PROP_FPS,
                cv2.CAP_PROP_FRAME_COUNT,
            )
        )
        if not self._file.isOpened() or not width or not height:
            raise InputError(
                f"{shown(path)} cannot be read as a video; wanted is a whole file that OpenCV knows, "
                f"such as MP4, WebM, MKV, MOV or AVI."
            )
        if width * height > MAX_PIXELS:
            raise InputError(
                f"{shown(path)} has frames of more than {MAX_PIXELS // 10**6} megapixels."
            )
        # 1000 is what files say whose frames have times of their own, as those that browsers record
        known = math.isfinite(rate) and 0 < rate < 1000
        self.rate = rate if known else DEFAULT_RATE
        self.count = max(0, int(count)) if known else 0  # as the file claims; 0 if it does not

    def frames(self) -> Iterator[tuple[Bytes, float]]:
        """``(H, W, 3)`` RGB uint8, and the share of the video that is read with it.

        Raises:
            InputError: if there is no frame, or the file ends in the middle.
        """
        number = 0
        try:
            while True:
                there, pixels = self._file.read()
                if not there:
                    break
                number += 1
                share = min(1.0, number / (self.count or number))
                yield np.ascontiguousarray(pixels[..., ::-1], np.uint8), share
        finally:
            self._file.release()
        if not number:
            raise InputError(f"{shown(self.path)} holds no frame that can be read.")
        if number < 0.9 * self.count:  # the claim of a sound file may be off by a few
            raise InputError(
                f"{shown(self.path)} ends after {number} of {self.count} frames; it is truncated or damaged."
            )


def ending_of(path: Path) -> str:
    """The ending a video of line art gets: that of the video where it can be written, else ``.mp4``."""
    ending = path.suffix.lower()
    return ending if ending in CODECS else ".mp4"


def write_video(path: Path, rate: float, frames: Iterator[Bytes]) -> None:
    """Write a video whole or not at all.

    Args:
        path: where; its ending chooses the container and the codec.
        rate: frames a second.
        frames: ``(H, W)`` grey or ``(H, W, 3)`` RGB, uint8, all of one size.

    Raises:
        InputError: if the frames cannot be written as this video, or the disk is full.
    """
    with whole_file(path) as temporary:
        count, size = _encode(temporary, rate, frames)
        # The encoder does not say when the disk is full, but the file does.
        there = 0
        with contextlib.suppress(InputError):
            there = sum(frame.shape[:2] == size for frame, _ in Video(temporary).frames())
        if there != count:
            raise InputError(
                f"{path} could not be written: {there} of {count} frames arrived; is the disk full?"
            )


def _encode(path: Path, rate: float, frames: Iterator[Bytes]) -> tuple[int, tuple[int, int]]:
    """Write the frames; returns how many, and their height and width."""
    file: cv2.VideoWriter | None = None
    count, size = 0, (0, 0)
    try:
        for pixels in frames:
            if file is None:
                size = pixels.shape[0], pixels.shape[1]
                file = _writer(path, rate, size)
            code = cv2.COLOR_GRAY2BGR if pixels.ndim == 2 else cv2.COLOR_RGB2BGR
            file.write(cv2.cvtColor(pixels, code))
            count += 1
    finally:
        if file is not None:
            file.release()
    return count, size


def _writer(path: Path, rate: float, size: tuple[int, int]) -> cv2.VideoWriter:
    _quiet()
    height, width = size
    codec = cv2.VideoWriter.fourcc(*CODECS[path.suffix])
    if height % 2 == width % 2 == 0:  # OpenCV would cut a row or a column off
        name = _for_ffmpeg(path)
        file = cv2.VideoWriter(name, cv2.CAP_FFMPEG, codec, rate, (width, height))
        if file.isOpened():
            return file
    raise InputError(
        f"Frames of {width} x {height} pixels cannot be written as a video {path.suffix}; take "
        f"`--frames` for a folder of numbered pictures."
    )


def _for_ffmpeg(path: Path) -> str:
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


def _quiet() -> None:
    """Keep OpenCV and FFmpeg from writing to the terminal; what is wrong is said in our words."""
    logging = getattr(cv2.utils, "logging", cv2)  # the first since OpenCV 5, the second before
    logging.setLogLevel(0)
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
