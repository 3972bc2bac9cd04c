"""What only PyAV keeps of a video: times, sound, odd sides; the clips are made here."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lineart.extract.film import Shot
from lineart.extract.video import open_video, write_video
from lineart.pictures.images import Bytes

av = pytest.importorskip("av")

TIMES = (0, 40, 100, 400, 440)  # milliseconds, no two steps alike
BARS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 120, 40))


def bars(height: int = 64, width: int = 96) -> Bytes:
    """Six upright bars, with a white band above them, so that each way of turning shows."""
    pixels = np.repeat(np.array(BARS, np.uint8), width // 6 + 1, axis=0)[None, :width]
    pixels = pixels.repeat(height, axis=0)
    pixels[:8] = 255
    return pixels


def clip(
    path: Path,
    *,
    codec: str = "libx264",
    form: str = "yuv420p",
    size: tuple[int, int] = (64, 96),
    sound: str = "",
    turned: int = 0,
    begin: int = 0,
) -> Path:
    """Five frames of the bars at uneven times, beside a tone of half a second."""
    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {codec}")
    with av.open(str(path), "w") as file:
        film = file.add_stream(
            codec, rate=25, options={"crf": "4", "x265-params": "log-level=none"}
        )
        film.height, film.width, film.pix_fmt = *size, form
        film.codec_context.time_base = Fraction(1, 1000)
        if turned:
            film.set_display_rotation(turned)
        tone = file.add_stream(sound, rate=48000, layout="mono") if sound else None
        for at in TIMES:
            frame = av.VideoFrame.from_ndarray(bars(*size), format="rgb24")
            frame.pts, frame.time_base = at + begin, Fraction(1, 1000)
            file.mux(film.encode(frame))
        file.mux(film.encode())
        if tone is not None:
            wave = np.sin(np.arange(24000) / 20).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48000, 48 * begin
            frame.time_base = Fraction(1, 48000)
            whole = av.AudioResampler(
                tone.format, "mono", 48000, frame_size=tone.frame_size or None
            )
            for part in (*whole.resample(frame), *whole.resample(None)):
                file.mux(tone.encode(part))
            file.mux(tone.encode())
    return path


def packets(path: Path) -> list[tuple[float, bytes]]:
    """The sound of a file as it lies in it: when each packet is heard, and its bytes."""
    with av.open(str(path)) as file:
        return [
            (round(float(packet.pts * packet.time_base), 3), bytes(packet))
            for stream in file.streams.audio[:1]
            for packet in file.demux(stream)
            if packet.size
        ]


def written(source: Path, target: Path) -> str:
    film = open_video(source)
    return write_video(target, film, film.frames())


@pytest.mark.parametrize(
    ("name", "sound", "target"),
    [
        ("it.mp4", "aac", "lines.mp4"),
        ("it.mp4", "aac", "lines.mkv"),
        ("it.mov", "pcm_s16le", "lines.mov"),
        ("it.mkv", "libopus", "lines.mp4"),
        ("it.mkv", "libmp3lame", "lines.avi"),
        ("it.ts", "aac", "lines.mp4"),
    ],
)
def test_sound_is_copied_packet_by_packet(
    name: str, sound: str, target: str, tmp_path: Path
) -> None:
    source = clip(tmp_path / name, sound=sound)
    assert written(source, tmp_path / target) == ""
    heard, kept = packets(source), packets(tmp_path / target)
    if name.endswith(".ts"):  # each of its packets begins with a header that an MP4 has once
        heard = [(at, data[7:]) for at, data in heard]
    assert [data for _, data in kept] == [data for _, data in heard]
    seen = (
        next(open_video(source).frames()).start,
        next(open_video(tmp_path / target).frames()).start,
    )
    with av.open(str(source)) as file:
        begin = max(0, file.start_time or 0) / 1e6
    gap = [at - begin - float(seen[0]) for at, _ in heard]
    near = 0.03 if target.endswith(".avi") else 0.002  # an AVI cannot begin before 0
    assert [at - float(seen[1]) for at, _ in kept] == pytest.approx(gap, abs=near)


def test_sound_that_a_container_cannot_hold_is_said(tmp_path: Path) -> None:
    source = clip(tmp_path / "it.mkv", sound="tta")
    said = written(source, tmp_path / "lines.mp4")
    assert said.startswith(f"The sound (tta) of {source} cannot be copied into .mp4 and is left")
    assert len(list(open_video(tmp_path / "lines.mp4").frames())) == len(TIMES)
    assert written(source, tmp_path / "lines.mkv") == ""


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv", ".avi"])
@pytest.mark.parametrize("begin", [0, 1400])
def test_frames_keep_their_times(ending: str, begin: int, tmp_path: Path) -> None:
    source = clip(tmp_path / "it.mkv", begin=begin)
    written(source, tmp_path / f"lines{ending}")
    at = [float(shot.start) for shot in open_video(tmp_path / f"lines{ending}").frames()]
    assert at == pytest.approx(
        [time / 1000 for time in TIMES], abs=0.002 if ending != ".avi" else 0.021
    )


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".avi"])
@pytest.mark.parametrize("size", [(63, 95), (63, 96), (64, 95), (1, 1)])
def test_odd_sides_stay(ending: str, size: tuple[int, int], tmp_path: Path) -> None:
    source = clip(tmp_path / "it.mkv", codec="ffv1", form="bgr0", size=size)
    assert written(source, tmp_path / f"lines{ending}") == ""
    shots = list(open_video(tmp_path / f"lines{ending}").frames())
    assert [shot.pixels.shape for shot in shots] == [(*size, 3)] * len(TIMES)


@pytest.mark.parametrize(("turned", "quarters"), [(90, 1), (180, 2), (-90, 3)])
def test_a_turned_video_stands_upright(turned: int, quarters: int, tmp_path: Path) -> None:
    source = clip(tmp_path / "it.mp4", turned=turned)
    upright = np.rot90(bars(), quarters)
    written(source, tmp_path / "lines.mp4")
    for path in (source, tmp_path / "lines.mp4"):
        first = next(open_video(path).frames()).pixels
        assert first.shape == upright.shape
        assert np.abs(first.astype(int) - upright).mean() < 6  # colour has half the resolution
    with av.open(str(tmp_path / "lines.mp4")) as file:
        assert next(file.decode(video=0)).rotation == 0


@pytest.mark.parametrize(
    ("codec", "form"), [("libx265", "yuv420p10le"), ("ffv1", "yuv444p16le"), ("libx264", "yuv444p")]
)
def test_many_bits_become_eight(codec: str, form: str, tmp_path: Path) -> None:
    first = next(open_video(clip(tmp_path / "it.mkv", codec=codec, form=form)).frames()).pixels
    middles = first[40, 8::16].astype(int)
    assert np.abs(middles - np.array(BARS)).max() <= 4


def test_grey_ink_is_kept_within_a_few_shades_and_coloured_ink_in_its_colour(
    tmp_path: Path,
) -> None:
    film = open_video(clip(tmp_path / "it.mkv"))
    shades = np.arange(256, dtype=np.uint8).reshape(16, 16).repeat(4, 0).repeat(6, 1)
    write_video(tmp_path / "grey.mp4", film, iter([Shot(shades, 1.0, Fraction(0), Fraction(1))]))
    first = next(open_video(tmp_path / "grey.mp4").frames()).pixels
    assert np.abs(first.astype(int) - shades[..., None]).mean() < 2
    assert np.all(first == first[..., :1])
    assert first[-2, -2].tolist() == [255, 255, 255]
    write_video(tmp_path / "bars.mp4", film, iter([Shot(bars(), 1.0, Fraction(0), Fraction(1))]))
    first = next(open_video(tmp_path / "bars.mp4").frames()).pixels
    assert np.abs(first[40, 8::16].astype(int) - np.array(BARS)).max() <= 6


def test_a_cover_is_no_film(tmp_path: Path) -> None:
    picture = io.BytesIO()
    with av.open(picture, "w", format="image2pipe") as file:
        stream: Any = file.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 8, 8, "rgb24"
        file.mux(stream.encode(av.VideoFrame.from_ndarray(bars(8, 8), format="rgb24")))
        file.mux(stream.encode())
    picture.seek(0)
    with (
        av.open(str(tmp_path / "it.mp4"), "w") as file,
        av.open(picture, format="png_pipe") as cover,
    ):
        stream = file.add_stream_from_template(cover.streams.video[0], opaque=True)
        stream.disposition = av.stream.Disposition.attached_pic
        film: Any = file.add_stream("mpeg4", rate=25)
        film.width, film.height = 96, 64
        for packet in cover.demux():
            if packet.size:
                packet.stream = stream
                file.mux(packet)
        file.mux(film.encode(av.VideoFrame.from_ndarray(bars(), format="rgb24")))
        file.mux(film.encode())
    assert next(open_video(tmp_path / "it.mp4").frames()).pixels.shape == (64, 96, 3)
