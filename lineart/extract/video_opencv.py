"""Videos through OpenCV, which is always there: at one frame rate, and sound is left behind.

OpenCV's own build has no H.264 encoder. Of what it has, MPEG-4 is what editors and players take, and FFV1 in
a Matroska file loses nothing.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from lineart.errors import InputError
from lineart.extract import film
from lineart.extract.film import Shot

CODECS = {
    ".mp4": "mp4v",
    ".m4v": "mp4v",
    ".mov": "mp4v",
    ".avi": "XVID",
    ".mkv": "FFV1",
}
DEFAULT_RATE = 25.0  # frames a second of a video that does not say
INSTALL = "pip install 'lineart[video]'"


class Video:
    """See :class:`lineart.extract.film.Video`.

    Args:
        path: the file.

    Raises:
        InputError: if OpenCV finds no video in it, or frames that are too large.
    """

    def __init__(self, path: Path):
        _quiet()
        self.path = path
        self._file = cv2.VideoCapture(film.checked(path), cv2.CAP_FFMPEG)
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
            raise film.unreadable(path, "OpenCV")
        film.require_frame_size(path, width, height)
        # 1000 is what files say whose frames have times of their own, as those that browsers record
        known = math.isfinite(rate) and 0 < rate < 1000
        self.rate = rate if known else DEFAULT_RATE
        self.count = (
            max(0, int(count)) if known else 0
        )  # as the file claims, or works out of its rate

    def frames(self) -> Iterator[Shot]:
        """See :class:`lineart.extract.film.Video`."""
        number, share, lasts = 0, 1.0, 1 / Fraction(self.rate)
        try:
            while True:
                there, pixels = self._file.read()
                if not there:
                    break
                number += 1
                if self.count:  # either may be wrong where frames have times of their own
                    seconds = self._file.get(cv2.CAP_PROP_POS_MSEC) / 1000
                    share = min(1.0, max(number, seconds * self.rate + 1) / self.count)
                rgb = np.ascontiguousarray(pixels[..., ::-1], np.uint8)
                yield Shot(rgb, share, (number - 1) * lasts, lasts)
        finally:
            self._file.release()
        film.require_whole(self.path, number, share)


class Writer:
    """See :class:`lineart.extract.film.Writer`.

    Args:
        path: where; its ending chooses the container and the codec.
        video: whose frames are written, at its frame rate.
    """

    left = (
        f"Sound, and frame times of their own, are left behind where PyAV is not installed; "
        f"`{INSTALL}` and --overwrite keep both."
    )

    def __init__(self, path: Path, video: Video):
        self._path, self._rate = path, video.rate
        self._file: cv2.VideoWriter | None = None

    def add(self, shot: Shot) -> None:
        """See :class:`lineart.extract.film.Writer`."""
        pixels = shot.pixels
        if self._file is None:
            self._file = _opened(self._path, self._rate, *pixels.shape[:2])
        code = cv2.COLOR_GRAY2BGR if pixels.ndim == 2 else cv2.COLOR_RGB2BGR
        self._file.write(cv2.cvtColor(pixels, code))

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *failed: object) -> None:
        if self._file is not None:
            self._file.release()


def _opened(path: Path, rate: float, height: int, width: int) -> cv2.VideoWriter:
    _quiet()
    codec = cv2.VideoWriter.fourcc(*CODECS[path.suffix])
    if height % 2 == width % 2 == 0:  # OpenCV would cut a row or a column off
        name = film.for_ffmpeg(path)
        file = cv2.VideoWriter(name, cv2.CAP_FFMPEG, codec, rate, (width, height))
        if file.isOpened():
            return file
    raise InputError(
        f"OpenCV cannot write frames of {width} x {height} pixels as a video {path.suffix}; take "
        f"`--frames` for a folder of numbered pictures, or `{INSTALL}`."
    )


def _quiet() -> None:
    """Keep OpenCV and FFmpeg from writing to the terminal; what is wrong is said in our words."""
    logging = getattr(cv2.utils, "logging", cv2)  # the first since OpenCV 5, the second before
    logging.setLogLevel(0)
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
