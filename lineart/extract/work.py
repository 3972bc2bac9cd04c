"""One job done: read, extract, give it a style, write; still pictures, pages, animations and videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from lineart.extract.animation import (
    PAGES,
    Animation,
    Frame,
    encode_animation,
    read_frames,
    repeats_of,
    require_room,
    several_in,
)
from lineart.extract.outputs import FORMATS, encode, inks_of
from lineart.extract.own import vanishes
from lineart.extract.pixels import Inks, on_paper
from lineart.extract.plan import ANIMATION, FRAMES, STILL, Job
from lineart.extract.style import Style, apply
from lineart.extract.video import Video, write_video
from lineart.pictures.colours import WHITE, Colour, colour_of
from lineart.pictures.images import Bytes, Picture, read_file, to_bytes, write_bytes
from lineart.pictures.inputs import Sheet, read_sheet
from lineart.pictures.manner import AS_IT_IS, AUTO, Manner

S = TypeVar("S", bound=Sheet)
Extract = Callable[[Bytes], Picture]  # (H, W, 3) to ink, (H, W) float32
Tell = Callable[[float], None]  # called with the share of a job that is done
Turn = Callable[[Callable[[], Any]], Any]  # does work where and when the extractor may be used


def alone(work: Callable[[], Any]) -> Any:
    """The turn of whoever has the extractor to himself."""
    return work()


@dataclass
class Noticed:
    """Names of pictures that are to be told of."""

    inverted: set[str] = field(default_factory=set)  # read as drawings in light ink, unasked
    sizes: dict[str, str] = field(default_factory=dict)  # read at another size than their own
    vanishing: set[str] = field(default_factory=set)  # whose own colours are those of the paper


@dataclass(frozen=True)
class Hand:
    """What draws: the extractor, the style and the form."""

    extract: Extract
    style: Style
    format: str  # a name of FORMATS
    overwrite: bool = False  # of single frames; whole files are planned
    turn: Turn = alone  # for reading one picture, or all frames of one
    background: Colour = WHITE  # what lies under transparency
    hidden: set[Path] = field(
        default_factory=set
    )  # pictures whose lines vanish in it, as they are read
    manner: Manner = AS_IT_IS  # in which pictures are read
    noticed: Noticed = field(default_factory=Noticed)

    def draw(self, pixels: Bytes, name: str, turn: Turn = alone) -> tuple[Picture, Inks]:
        """The ink of a picture in the style that was asked for, and its colours.

        Args:
            pixels: ``(H, W, 3)``.
            name: what the picture is called where something is noticed.
            turn: in which it is read.
        """
        prepared = self.manner.prepared(pixels)
        if prepared.inverted and self.manner.input == AUTO:
            self.noticed.inverted.add(name)
        if prepared.resized:
            self.noticed.sizes[name] = prepared.size_said
        ink = prepared.back(turn(lambda: self.extract(prepared.picture)))
        inks = inks_of(self.style, ink, pixels)
        ink = apply(ink, self.style)
        if FORMATS[self.format].paper and vanishes(ink, inks, colour_of(self.style.paper)):
            self.noticed.vanishing.add(name)
        return ink, inks

    def encoded(self, sheet: Sheet, name: str = "the picture", turn: Turn = alone) -> bytes:
        """A picture as the bytes of its line art; arguments as of :meth:`draw`."""
        ink, inks = self.draw(sheet.pixels, name, turn)
        return encode(self.format, ink, self.style, sheet.pixels, sheet.dpi, inks)

    def noted(self, sheet: S, job: Job) -> S:
        """A picture of a job, after it was noted whether its lines vanish."""
        if sheet.hidden:
            self.hidden.add(job.source)
        return sheet


def do(job: Job, hand: Hand, tell: Tell) -> bool:
    """Do a job.

    Args:
        job: what to read and to write.
        hand: what draws.
        tell: called with the share of the job that is done, where it has parts.

    Returns:
        Whether something was written; False if all frames were there already.

    Raises:
        InputError: saying what is wrong with the picture, or why the result cannot be written.
    """
    if job.kind == STILL:
        sheet = hand.noted(read_sheet(job.source, hand.background), job)
        write_bytes(job.target, hand.encoded(sheet, str(job.source), hand.turn))
        return True
    # All its frames are one turn: of two films at a time each would take twice as long.
    wrote: bool = hand.turn(lambda: _do_moving(job, hand, tell))
    return wrote


def _do_moving(job: Job, hand: Hand, tell: Tell) -> bool:
    """A job whose picture moves, as :func:`do`."""
    if several_in(job.source) != PAGES:
        hand = replace(hand, manner=hand.manner.steady)
    name = str(job.source)
    if job.kind == FRAMES:
        return _write_frames(job, hand, tell)
    if job.kind == ANIMATION:
        _write_animation(job, hand, tell)
        return True
    video = Video(job.source)
    paper = colour_of(hand.style.paper)
    frames = (
        on_paper(*hand.draw(frame.pixels, name), paper) for frame in _told(_filmed(video), tell)
    )
    write_video(job.target, video.rate, frames)
    return True


def _told(frames: Iterator[Frame], tell: Tell) -> Iterator[Frame]:
    """Frames; what is done is told when the next one is asked for."""
    for frame in frames:
        yield frame
        tell(frame.share)


def _filmed(video: Video) -> Iterator[Frame]:
    frames = enumerate(video.frames(), start=1)
    return (Frame(pixels, share=share, number=number) for number, (pixels, share) in frames)


def _write_animation(job: Job, hand: Hand, tell: Tell) -> None:
    data = read_file(job.source)
    own = hand.style.own
    require_room(data, str(job.source), own)
    ink, milliseconds, dpi, colours = [], [], None, []
    for frame in _told(read_frames(data, str(job.source), hand.background), tell):
        drawn, inks = hand.draw(hand.noted(frame, job).pixels, str(job.source))
        ink.append(to_bytes(drawn))
        if not isinstance(inks, tuple):
            colours.append(inks)
        milliseconds.append(frame.milliseconds)
        dpi = frame.dpi
    animation = Animation(ink, milliseconds, repeats_of(data, str(job.source)), dpi)
    ending = job.target.suffix.lower()
    inks = colours if own else colour_of(hand.style.ink)
    paper = colour_of(hand.style.paper)
    write_bytes(job.target, encode_animation(animation, ending, hand.format, inks, paper))


def _write_frames(job: Job, hand: Hand, tell: Tell) -> bool:
    """A folder of numbered pictures; those that are there are left alone, so it can be gone on with."""
    wrote = False
    for frame in _told(_frames_of(job, hand), tell):
        target = frame_path(job.target, frame.number, FORMATS[hand.format].ending)
        if hand.overwrite or not target.exists():
            write_bytes(target, hand.encoded(hand.noted(frame, job), str(job.source)))
            wrote = True
    return wrote


def _frames_of(job: Job, hand: Hand) -> Iterator[Frame]:
    if job.moving != ANIMATION:
        return _filmed(Video(job.source))
    return read_frames(read_file(job.source), str(job.source), hand.background)


def frame_path(folder: Path, number: int, ending: str) -> Path:
    """Where a frame is written; numbers from 1, in an order that sorts."""
    return folder / f"{number:06d}{ending}"
