"""``lineart extract INPUT... [-o OUT]``: pictures, folders, animations and videos to line art.

What is written goes to files, or down a pipe; what is said goes to the standard error. The exit status is 0
if all was done, 1 if something could not be or a value cannot be used, 2 for options that do not exist and
values of the wrong kind, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineart.errors import InputError
from lineart.extract.animation import kind_of_several
from lineart.extract.batch import SHORT, Outcome, Pulse, Watch, is_shortage, run
from lineart.extract.options import arguments, format_of
from lineart.extract.outputs import check_ink
from lineart.extract.plan import STILL, Job, Plan, Wish, check_ending, is_there, plan
from lineart.extract.style import Style
from lineart.extract.work import Hand, Noticed, do
from lineart.pictures.colours import colour_of
from lineart.pictures.decoding import shown
from lineart.pictures.images import read_file, write_bytes
from lineart.pictures.inputs import PIPE, decode_sheet, hidden_said, read_pipe
from lineart.pictures.manner import Manner
from lineart.progress import Tell, progress
from lineart.search import Found, find
from lineart.settings import require

if TYPE_CHECKING:
    from lineart.catalogue.cards import ModelCard

ENDINGS_SAID = 8  # of what is left out


def main(argv: list[str]) -> int:
    """Run the command; returns the exit status.

    Raises:
        InputError: if nothing can be done at all: a setting, the model, or the place of the results is wrong.
    """
    given = arguments().parse_args(argv)
    style = Style(
        ink=given.ink,
        weight=given.weight,
        detail=given.detail,
        clean=given.clean,
        blacks=given.blacks,
        binary=given.binary,
        close=given.close,
        paper=given.paper,
    )
    Manner(given.polarity, given.read_at)
    colour_of(given.background)
    require(given.jobs >= 1, "jobs", given.jobs, "1 or more")
    format = format_of(given.format, given.out)
    check_ink(format, style)
    if PIPE in given.input or given.out == PIPE:
        return _pipe(given, style, format)
    out = Path(given.out) if given.out else None
    wish = Wish(format, out, given.frames, given.overwrite)
    found, results, others, missing = find(given.input, out)
    planned = plan(found, wish)
    outcome, hidden, remarks, noticed = Outcome(), set[Path](), list[str](), Noticed()
    if planned.jobs:
        try:
            outcome = _extract(planned, given, style, format, hidden, remarks, noticed)
        except KeyboardInterrupt:  # while the model was loaded
            outcome.stopped = True
    elif planned.there and given.model is not None:
        _require_model(given.model)
    left = len(planned.jobs) - len(outcome.done) - len(outcome.there) - len(outcome.failures)
    outcome.there.extend(planned.there)
    outcome.failures[:0] = [*missing, *planned.failures]
    vanished = [str(job.source) for job in planned.jobs if job.source in hidden]
    notes = [hidden_said(vanished, given.background)] if vanished else []
    notes += [*dict.fromkeys(remarks), *noticed_said(noticed, style)]
    for line in [*left_out(results), *unread(others), *notes, *told(outcome, left)]:
        print(line, file=sys.stderr)
    return 130 if outcome.stopped else 1 if outcome.failures else 0


def extractor(given: argparse.Namespace, pulse: Pulse | None) -> Any:
    """The model that was asked for, which is loaded here and not before there is something to read."""
    from lineart.inference.extractor import Extractor

    options = {"model": given.model, "tile": given.tile}
    return Extractor(
        **{name: value for name, value in options.items() if value is not None},
        backend=given.backend,
        device=given.device,
        precision=given.precision,
        progress=pulse,
        input=given.polarity,
        read_at=given.read_at,
    )


def _require_model(name: str) -> None:
    """Say that a model is not there, even where nothing is left for it to do."""
    from lineart.catalogue.store import find_model

    find_model(name)


def _pipe(given: argparse.Namespace, style: Style, format: str) -> int:
    """One picture from a pipe, or into one."""
    if len(given.input) > 1:
        raise InputError("A pipe holds one picture; name one INPUT, or leave `-` out.")
    if given.frames:
        raise InputError("A pipe holds one picture; name a folder for the frames with -o.")
    name = given.input[0]
    to_pipe = given.out in (None, PIPE)
    if to_pipe and sys.stdout is None:
        raise InputError("There is no standard output to write to; name a file with -o.")
    if to_pipe and sys.stdout.isatty():
        raise InputError("A picture would be written to the terminal; name a file with -o.")
    target = None if to_pipe else Path(given.out)
    if target is not None:
        exists = is_there(target)
        if exists and target.is_dir():
            raise InputError(f"{shown(target)} is a folder; name the file to be written with -o.")
        check_ending(target, STILL, format)
        if exists and not given.overwrite:
            print(f"{shown(target)} is there already; --overwrite makes it anew.", file=sys.stderr)
            return 0
    data = read_pipe() if name == PIPE else read_file(Path(name))
    called = "what came through the pipe" if name == PIPE else name
    sheet = decode_sheet(data, called, colour_of(given.background))
    if sheet.hidden:
        print(hidden_said([called], given.background), file=sys.stderr)
    if kind_of_several(io.BytesIO(data)):
        print(
            f"Of {shown(called)} only the first frame or page is read, for a pipe holds one picture; name "
            f"the file, and a place for its results with -o, for all.",
            file=sys.stderr,
        )
    model = extractor(given, None)
    hand = Hand(model.read, style, format, manner=model.manner)
    try:
        result = hand.encoded(sheet, called)
    except Exception as error:
        if is_shortage(error):
            raise InputError(f"The picture {SHORT}") from error
        raise
    for line in noticed_said(hand.noticed, style):
        print(line, file=sys.stderr)
    if target is not None:
        write_bytes(target, result)
        return 0
    try:
        sys.stdout.buffer.write(result)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise InputError(f"The pipe did not take the line art ({error.strerror}).") from error
    return 0


def _extract(
    planned: Plan,
    given: argparse.Namespace,
    style: Style,
    format: str,
    hidden: set[Path],
    remarks: list[str],
    noticed: Noticed,
) -> Outcome:
    pulse = Pulse()
    background = colour_of(given.background)
    model = extractor(given, pulse)
    hand = Hand(
        model.read,
        style,
        format,
        overwrite=given.overwrite,
        turn=pulse.turn,
        background=background,
        hidden=hidden,
        steady=not given.no_steady,
        by=_named(model.about, given),
        notes=remarks,
        manner=model.manner,
        noticed=noticed,
    )
    with progress("", log=False) as tell:
        watch = _watch(tell, len(planned.jobs))
        return run(planned.jobs, lambda job, part: do(job, hand, part), watch, given.jobs, pulse)


def _named(card: ModelCard, given: argparse.Namespace) -> str:
    """What reads, in a line: its files as they are now, and how they are used."""
    paths = [path for path in (card.path, card.weights, card.onnx) if path is not None]
    files = [f"{path.resolve()} {path.stat().st_mtime_ns}" for path in paths]
    how = [given.backend, given.device, given.precision, given.tile, given.background]
    how += [given.polarity, given.read_at]
    return " ".join([card.name, *files, *map(str, how)])


def _watch(tell: Tell, total: int) -> Watch:
    """What is told of each job how much of it is done, and tells of all."""
    shares: dict[Job, float] = {}
    tell(0, total)

    def watch(job: Job, share: float) -> None:
        shares[job] = share
        done = list(shares.values())
        tell(sum(done), total, job.source.name, sum(map(int, done)))

    return watch


def left_out(results: Sequence[Found]) -> list[str]:
    """What was named and is not read, in a sentence."""
    if not results:
        return []
    if len(results) == 1:
        return [f"{shown(results[0].path)} is left out, as the result of an earlier run."]
    first = shown(results[0].path)
    return [f"{len(results)} files are left out, as results of earlier runs: {first} and others."]


def unread(others: Sequence[Path]) -> list[str]:
    """How many files are no pictures, in a sentence: of each ending, the most frequent first."""
    if not others:
        return []
    endings = Counter(path.suffix.lower() or "without an ending" for path in others)
    first = endings.most_common(ENDINGS_SAID)
    more = len(others) - sum(count for _, count in first)
    parts = [f"{count} {shown(ending, 20)}" for ending, count in first]
    parts += [f"{more} others"] if more else []
    return [f"Neither pictures nor videos by their names, so left out: {', '.join(parts)}."]


def noticed_said(noticed: Noticed, style: Style) -> list[str]:
    """What is to be known of how pictures were read, in sentences."""
    lines = []
    if noticed.inverted:
        lines.append(
            f"{_first_of(noticed.inverted)} read inverted, for light lines on dark; --input dark-on-light "
            "reads what is there."
        )
    if noticed.sizes:
        first = min(noticed.sizes)
        others = len(noticed.sizes) - 1
        more = f", {others} others at sizes of theirs" if others else ""
        lines.append(
            f"{shown(first)} is read at {noticed.sizes[first]} pixels{more}; --read-at 1x reads pictures as "
            "large as they are."
        )
    if noticed.vanishing:
        lines.append(
            f"{_first_of(noticed.vanishing)} drawn in colours that cannot be told from {style.paper} paper; "
            "name another with --paper, or a format without."
        )
    return lines


def _first_of(names: Collection[str]) -> str:
    """One name, or that there are more; with the verb that follows."""
    if len(names) == 1:
        return f"{shown(min(names))} is"
    return f"{shown(min(names))} and {len(names) - 1} others are"


def told(outcome: Outcome, left: int) -> list[str]:
    """What became of the pictures, in sentences; ``left`` is how many a stop has left."""
    lines = []
    if len(outcome.done) == 1:
        lines.append(f"Written: {shown(outcome.done[0].target)}.")
    elif outcome.done:
        folders = {job.target.parent for job in outcome.done}
        where = f" to {shown(folders.pop())}" if len(folders) == 1 else ""
        lines.append(f"{len(outcome.done)} results written{where}.")
    if len(outcome.there) == 1:
        target = shown(outcome.there[0].target)
        lines.append(f"{target} is there already; --overwrite makes it anew.")
    elif outcome.there:
        lines.append(f"{len(outcome.there)} are there already; --overwrite makes them anew.")
    if outcome.failures:
        lines.append(f"{len(outcome.failures)} could not be done:")
        lines += [f"  {failure.why}" for failure in outcome.failures]
    if outcome.stopped:
        lines.append(f"Stopped with {left} left; the same command goes on where this one ended.")
    return lines
