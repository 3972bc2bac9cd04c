"""Videos, frame by frame; written in the container they came in, others as MP4.

PyAV reads and writes them where it is installed, else OpenCV: :mod:`.video_pyav`, :mod:`.video_opencv`.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lineart.errors import InputError
from lineart.extract.film import Shot, Video, Writer
from lineart.pictures.decoding import shown
from lineart.pictures.whole import whole_file

VIDEO_ENDINGS = (".mp4", ".m4v", ".mov", ".avi", ".mkv")  # of videos that are written


def ending_of(path: Path) -> str:
    """The ending a video of line art gets: that of the video where it can be written, else ``.mp4``."""
    ending = path.suffix.lower()
    return ending if ending in VIDEO_ENDINGS else ".mp4"


def open_video(path: Path) -> Video:
    """Open a video.

    Raises:
        InputError: if the library finds no video in the file, or frames that are too large.
    """
    video: Video = _library().Video(path)
    return video


def write_video(path: Path, video: Video, shots: Iterator[Shot]) -> str:
    """Write a video whole or not at all.

    Args:
        path: where; its ending chooses the container and the codec.
        video: whose frames these are, as :func:`open_video` gave it.
        shots: the frames, all of one size.

    Returns:
        What of the source is left behind, in a sentence; empty if nothing is.

    Raises:
        InputError: if the frames cannot be written as this video, or the disk is full.
    """
    with whole_file(path) as temporary:
        writer: Writer = _library().Writer(temporary, video)
        count, size = 0, (0, 0)
        with writer:
            for shot in shots:
                writer.add(shot)
                count, size = count + 1, (len(shot.pixels), len(shot.pixels[0]))
        # An encoder may not say when the disk is full, but the file does.
        there = 0
        with contextlib.suppress(InputError):
            there = sum(shot.pixels.shape[:2] == size for shot in open_video(temporary).frames())
        if there != count:
            raise InputError(
                f"{shown(path)} could not be written: {there} of {count} frames arrived; is the disk "
                f"full?"
            )
        return writer.left


def _library() -> Any:
    name = "video_pyav" if find_spec("av") else "video_opencv"
    return importlib.import_module(f"lineart.extract.{name}")
