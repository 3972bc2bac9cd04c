"""Videos through PyAV, where it is installed: frame times, sound and subtitles are those of the source.

Line art is written as H.264 at a quality at which the eye sees no loss, with colour at half the resolution
(4:2:0), for other H.264 is not played everywhere; ink in black or grey loses nothing by that. Frames with an
odd side must be 4:4:4, which phones and Safari do not play. FFV1 in a Matroska file loses nothing.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from lineart.errors import InputError
from lineart.extract import film
from lineart.extract.film import Shot
from lineart.pictures.decoding import shown

FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".avi": "avi", ".mkv": "matroska"}
DEFAULT_RATE = Fraction(25)  # frames a second of a video that does not say
FASTEST = 1000  # frames a second; what claims more has frames with times of their own
KEPT = {"audio": "sound", "subtitle": "subtitles"}  # kinds of streams that are copied


@dataclass(frozen=True)
class Codec:
    """How frames are encoded."""

    name: str
    pixels: str  # FFmpeg's name of their form
    options: dict[str, str]
    tag: str = ""  # what the container calls the codec, where that is not FFmpeg's choice


H264 = Codec("libx264", "yuv420p", {"crf": "12"})
H264_ODD = Codec("libx264", "yuv444p", {"crf": "12"})
MPEG4 = Codec(
    "mpeg4", "yuv420p", {"flags": "+qscale", "global_quality": str(2 * 118)}
)  # best but one
XVID = Codec(MPEG4.name, MPEG4.pixels, MPEG4.options, "XVID")
FFV1 = Codec("ffv1", "bgr0", {"level": "3"})


class Video:
    """See :class:`lineart.extract.film.Video`.

    Args:
        path: the file.

    Raises:
        InputError: if FFmpeg finds no video in it, or frames that are too large.
    """

    def __init__(self, path: Path):
        self.path = path
        name = film.checked(path)
        try:
            self._file = _opened(name)
            self._stream = _film(self._file)
        except (av.FFmpegError, StopIteration) as error:
            raise film.unreadable(path, "FFmpeg") from error
        stream = self._stream
        if not stream.width or not stream.height:
            raise film.unreadable(path, "FFmpeg")
        film.require_frame_size(path, stream.width, stream.height)
        stream.thread_type = "AUTO"
        rate = stream.average_rate or stream.base_rate
        known = rate is not None and 0 < rate < FASTEST
        self.rate = rate if known else DEFAULT_RATE
        self.slots = stream.base_rate if known and stream.base_rate else self.rate
        self.ticks = stream.time_base
        self.shape = stream.sample_aspect_ratio or Fraction(1)  # a pixel's width over its height
        self.turned = False  # whether rows were columns; known with the first frame
        self._begin = start_of(self._file)
        self._length = max(Fraction(0), _end(stream) - self._begin)  # seconds, 0 if it is not known

    def frames(self) -> Iterator[Shot]:
        """See :class:`lineart.extract.film.Video`."""
        number, share, following = 0, 1.0, Fraction(0)
        with self._file:
            for frame in self._decoded():
                at = frame.pts if frame.pts is not None else frame.dts
                start = following if at is None else at * self.ticks - self._begin
                lasts = Fraction(frame.duration * self.ticks) or 1 / self.rate
                number, following = number + 1, start + lasts
                if self._length:
                    share = min(1.0, float(following / self._length))
                elif self._stream.frames:
                    share = min(1.0, number / self._stream.frames)
                yield Shot(self._upright(frame), share, start, lasts)
        film.require_whole(self.path, number, share)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """What can be decoded; how much is missing shows in the number."""
        packets = self._file.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError):
                return
            with contextlib.suppress(av.FFmpegError):
                yield from packet.decode()

    def _upright(self, frame: av.VideoFrame) -> Any:
        size = self._stream.width, self._stream.height  # of all frames; a stream may change its own
        pixels = frame.reformat(*size, format="rgb24").to_ndarray()
        quarters = round(frame.rotation / 90) % 4
        self.turned = quarters % 2 == 1
        return np.ascontiguousarray(np.rot90(pixels, quarters))


class Writer:
    """See :class:`lineart.extract.film.Writer`.

    Args:
        path: where; its ending chooses the container and the codec.
        video: whose frames, sound and subtitles are written.
    """

    def __init__(self, path: Path, video: Video):
        self._path, self._video = path, video
        self._file: Any = None
        self._stream: Any = None
        self._others: _Others | None = None
        self._last = -1  # when the frame before was shown, in ticks

    @property
    def left(self) -> str:
        """See :class:`lineart.extract.film.Writer`."""
        return self._others.left if self._others is not None else ""

    def add(self, shot: Shot) -> None:
        """See :class:`lineart.extract.film.Writer`."""
        with self._said():
            if self._file is None:
                self._open(*shot.pixels.shape[:2])
            self._add(shot)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._file is None:
            return
        try:
            if kind is None:
                self._finish()
        finally:
            with contextlib.suppress(av.FFmpegError):  # what is not whole is deleted
                self._file.close()
            if self._others is not None:
                self._others.close()

    def _finish(self) -> None:
        assert self._others is not None
        with self._said():
            self._file.mux(self._stream.encode())
            self._others.rest()
            self._file.close()

    def _open(self, height: int, width: int) -> None:
        kind, video = FORMATS[self._path.suffix], self._video
        # The index before the pictures lets a browser begin before it has all.
        options = {"movflags": "+faststart"} if kind in ("mp4", "mov") else {}
        self._file = av.open(film.for_ffmpeg(self._path), "w", format=kind, options=options)
        codec = codec_for(kind, height, width)
        # An AVI has no times but the numbers of its frames.
        self._ticks = 1 / video.slots if kind == "avi" else video.ticks
        stream = self._file.add_stream(codec.name, rate=video.rate, options=codec.options)
        stream.width, stream.height, stream.pix_fmt = width, height, codec.pixels
        context = stream.codec_context
        context.time_base = self._ticks
        context.sample_aspect_ratio = 1 / video.shape if video.turned else video.shape
        if codec.tag:
            context.codec_tag = codec.tag
        if codec.pixels.startswith("yuv"):
            context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
            context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        self._stream, self._codec = stream, codec
        self._others = _Others(video.path, self._file, self._path.suffix)

    def _add(self, shot: Shot) -> None:
        assert self._others is not None
        pixels = shot.pixels
        if pixels.ndim == 2:  # FFmpeg would make a tint of grey
            pixels = np.repeat(pixels[..., None], 3, axis=2)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        if self._codec.pixels.startswith("yuv"):
            colours = {"dst_colorspace": Colorspace.ITU709, "dst_color_range": ColorRange.MPEG}
        else:
            colours = {}
        frame = frame.reformat(format=self._codec.pixels, **colours)
        frame.time_base = self._ticks
        frame.pts = max(round(shot.start / self._ticks), self._last + 1)
        frame.duration = max(1, round(shot.lasts / self._ticks))
        self._last = frame.pts
        self._others.until(shot.start)
        self._file.mux(self._stream.encode(frame))

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        """Say in our words what FFmpeg cannot write; what a disk cannot take is said elsewhere."""
        try:
            yield
        except OSError:
            raise
        except av.FFmpegError as error:
            raise InputError(
                f"FFmpeg cannot write {shown(self._video.path)} as a video {self._path.suffix} "
                f"({error.strerror}); take `--frames` for a folder of numbered pictures."
            ) from error


class _Others:
    """The streams beside the film, copied packet by packet between its frames.

    Args:
        source: the file they are in.
        file: where they go, before anything is written to it.
        ending: of that file.
    """

    def __init__(self, source: Path, file: Any, ending: str):
        self._file, self._to = _opened(film.for_ffmpeg(source)), file
        self._begin = start_of(self._file)
        self._source = source
        self._streams: dict[int, Any] = {}
        self._last: dict[int, int] = {}  # when the packet before was, by stream
        refused = []
        for stream in self._file.streams:
            if stream.type not in KEPT:
                continue
            if holds(file.format.name, stream):
                self._streams[stream.index] = copy = file.add_stream_from_template(stream)
                copy.metadata.update(stream.metadata)
            else:
                codec = stream.codec_context.name if stream.codec_context else "unknown"
                refused.append(f"{KEPT[stream.type]} ({codec})")
        wanted = [self._file.streams[index] for index in self._streams]
        self._packets = self._file.demux(wanted) if wanted else iter(())
        self._next: Any = None
        self.left = ""
        if refused:
            self.left = (
                f"The {' and '.join(refused)} of {shown(source)} cannot be copied into {ending} and "
                f"is left behind; name a file .mkv with -o, which takes most kinds."
            )

    def until(self, seconds: Fraction) -> None:
        """Copy what begins up to then."""
        while (packet := self._ahead()) is not None:
            if packet.dts is not None and packet.dts * packet.time_base - self._begin > seconds:
                return
            self._copy(packet)

    def rest(self) -> None:
        """Copy what has not been."""
        while (packet := self._ahead()) is not None:
            self._copy(packet)

    def close(self) -> None:
        """Close the source."""
        self._file.close()

    def _ahead(self) -> Any:
        """The packet that is next, None at the end; the empty one that ends a stream is passed."""
        while self._next is None or self._next.size == 0:
            try:
                self._next = next(self._packets, None)
            except av.FFmpegError:
                self._next = None
                self.left = f"The sound of {shown(self._source)} is damaged and ends early."
            if self._next is None:
                self._packets = iter(())
                return None
        return self._next

    def _copy(self, packet: Any) -> None:
        """Copy a packet; those of a careless file may have no time, or that of another."""
        shift = round(self._begin / packet.time_base)
        at = packet.dts if packet.dts is not None else packet.pts
        at = 0 if at is None else at - shift
        if packet.stream.index in self._last:
            at = max(at, self._last[packet.stream.index] + 1)
        packet.pts = at if packet.pts is None else max(at, packet.pts - shift)
        self._last[packet.stream.index] = packet.dts = at
        packet.stream = self._streams[packet.stream.index]
        self._next = None
        self._to.mux(packet)


def codec_for(kind: str, height: int, width: int) -> Codec:
    """How frames of a size are encoded in a container."""
    if kind == "matroska":
        return FFV1
    if kind == "avi":
        return XVID
    if "libx264" not in av.codecs_available:
        return MPEG4
    return H264 if height % 2 == width % 2 == 0 else H264_ODD


def holds(kind: str, stream: Any) -> bool:
    """Whether a container takes a stream as it is, which its muxer says when it is asked to."""
    try:
        with av.open(io.BytesIO(), "w", format=kind) as trial:
            trial.add_stream_from_template(stream)
            trial.start_encoding()
    except (av.FFmpegError, ValueError, OSError):
        return False
    return True


def start_of(file: Any) -> Fraction:
    """When a file begins, in seconds; some, as those of television, begin at another time than 0."""
    return max(Fraction(0), Fraction(file.start_time or 0, av.time_base))


def _end(stream: Any) -> Fraction:
    """When the last frame of a film ends, in seconds, as its stream says; 0 if it does not.

    What the file says counts for nothing, since sound may last longer.
    """
    if stream.duration:
        return Fraction(((stream.start_time or 0) + stream.duration) * stream.time_base)
    written = re.fullmatch(r"(\d+):(\d+):(\d+\.\d+)", stream.metadata.get("DURATION", ""))
    if not written:  # so it stands in a Matroska file
        return Fraction(0)
    hours, minutes, seconds = map(Fraction, written.groups())
    return 3600 * hours + 60 * minutes + seconds


def _opened(name: str) -> Any:
    return av.open(name, metadata_errors="replace")


def _film(file: Any) -> Any:
    """The stream of moving pictures; the cover of an album is none.

    Raises:
        StopIteration: if there is none.
    """
    covers = av.stream.Disposition.attached_pic
    return next(stream for stream in file.streams.video if not stream.disposition & covers)
