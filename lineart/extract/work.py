"""One job done: read, extract, give it a style, write; still pictures, pages, animations and videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from lineart.extract.animation import (
    Animation,
    Frame,
    encode_animation,
    read_frames,
    repeats_of,
    require_room,
)
from lineart.extract.film import Shot
from lineart.extract.kept import kept
from lineart.extract.outputs import FORMATS, encode, inks_of
from lineart.extract.own import vanishes
from lineart.extract.pixels import Inks, on_paper
from lineart.extract.plan import FRAMES, PAGES, STILL, VIDEO, Job
from lineart.extract.steady import Steady
from lineart.extract.style import Style, apply
from lineart.extract.video import open_video, write_video
from lineart.pictures.colours import WHITE, Colour, colour_of
from lineart.pictures.images import Bytes, Picture, read_file, to_bytes, write_bytes
from lineart.pictures.inputs import Sheet, read_sheet
from lineart.pictures.manner import AS_IT_IS, AUTO, Manner

S = TypeVar("S", bound=Sheet)
M = TypeVar("M", Frame, Shot)
Extract = Callable[[Any], Picture]  # (H, W, 3) to ink, (H, W) float32
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
    steady: bool = True  # whether ink stays where a film stands still
    by: str = ""  # names what draws, so that what it has read of a film can be told from others'
    notes: list[str] = field(default_factory=list)  # what a person should know at the end
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
    if job.moving != PAGES:
        hand = replace(hand, manner=hand.manner.steady)
    if job.kind == FRAMES:
        return _write_frames(job, _steadied(hand) if job.moving != PAGES else hand, tell)
    by = f"{hand.by}\nsteady: {hand.steady}"
    with kept(hand.extract, job.source, job.target, by, hand.notes) as extract:
        write = _write_video if job.kind == VIDEO else _write_animation
        write(job, _steadied(replace(hand, extract=extract)), tell)
    return True


def _steadied(hand: Hand) -> Hand:
    return replace(hand, extract=Steady(hand.extract)) if hand.steady else hand


def _write_video(job: Job, hand: Hand, tell: Tell) -> None:
    video = open_video(job.source)
    name, paper = str(job.source), colour_of(hand.style.paper)
    shots = (
        replace(shot, pixels=on_paper(*hand.draw(shot.pixels, name), paper))
        for shot in _told(video.frames(), tell)
    )
    left = write_video(job.target, video, shots)
    if left:
        hand.notes.append(left)


def _told(frames: Iterator[M], tell: Tell) -> Iterator[M]:
    """Frames; what is done is told when the next one is asked for."""
    for frame in frames:
        yield frame
        tell(frame.share)


def _write_animation(job: Job, hand: Hand, tell: Tell) -> None:
    data = read_file(job.source)
    own = hand.style.own
    require_room(data, str(job.source), own)
    ink, milliseconds, dpi = [], [], None
    colours: list[Bytes] = []
    for frame in _told(read_frames(data, str(job.source), hand.background), tell):
        drawn, inks = hand.draw(hand.noted(frame, job).pixels, str(job.source))
        ink.append(to_bytes(drawn))
        if not isinstance(inks, tuple):
            colours.append(inks)
        milliseconds.append(frame.milliseconds)
        dpi = frame.dpi
    animation = Animation(ink, milliseconds, repeats_of(data, str(job.source)), dpi)
    ending = job.target.suffix.lower()
    colour = colours if own else colour_of(hand.style.ink)
    paper = colour_of(hand.style.paper)
    write_bytes(job.target, encode_animation(animation, ending, hand.format, colour, paper))


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
    if job.moving == VIDEO:
        shots = enumerate(open_video(job.source).frames(), start=1)
        return (Frame(shot.pixels, share=shot.share, number=number) for number, shot in shots)
    return read_frames(read_file(job.source), str(job.source), hand.background)


def frame_path(folder: Path, number: int, ending: str) -> Path:
    """Where a frame is written; numbers from 1, in an order that sorts."""
    return folder / f"{number:06d}{ending}"
