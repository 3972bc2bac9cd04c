"""The options of ``lineart extract``: in groups, and short enough that its help is one screen."""

from __future__ import annotations

import argparse
from pathlib import Path

from lineart.errors import InputError
from lineart.extract.animation import WRITTEN
from lineart.extract.outputs import FORMATS, format_named
from lineart.extract.style import BLACKS, Style
from lineart.pictures.decoding import shown
from lineart.pictures.manner import AUTO

ABOUT = """Turn pictures into line art of the same size.

  lineart extract cat.png                            cat.lines.png, beside it
  lineart extract drawings -o out                    a folder with all below it
  lineart extract 'pages/*.psd' -o out --format transparent --ink navy
  lineart extract clip.mp4 -o clip-lines.mp4
  cat cat.png | lineart extract - > lines.png
"""
COLUMN = 24  # where what an option does begins


def arguments() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = argparse.ArgumentParser(
        "lineart extract",
        usage="lineart extract INPUT... [-o OUT] [options]",
        description=ABOUT,
        add_help=False,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
            prog, max_help_position=COLUMN
        ),
    )
    reads = parser.add_argument_group("what is read").add_argument
    reads(
        "input",
        nargs="+",
        metavar="INPUT",
        help="a picture, video, folder, pattern, or - for a pipe",
    )
    reads("-h", "--help", action="help", help="show this")
    _what_is_written(parser.add_argument_group("what is written"))
    _how_it_looks(parser.add_argument_group("how the ink looks"))
    _how_it_is_read(parser.add_argument_group("how a picture is read"))
    _what_reads(parser.add_argument_group("what reads it"))
    return parser


def _what_is_written(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("-o", "--out", metavar="OUT", help="a folder, a file for one picture, or - for a pipe")
    add(
        "--format",
        metavar="NAME",
        help=f"{', '.join(FORMATS)}; else by the ending of OUT, else png",
    )
    add("--frames", action="store_true", help="of animations and videos, a folder of pictures")
    add("--overwrite", action="store_true", help="make results anew that are there already")


def _how_it_looks(group: argparse._ArgumentGroup) -> None:
    add, style = group.add_argument, Style()
    add("--ink", default=style.ink, metavar="COLOUR", help="a name, #rrggbb, or own (black)")
    add("--paper", default=style.paper, metavar="COLOUR", help="below the ink, where there is one (white)")
    add(
        "--weight",
        type=float,
        default=style.weight,
        metavar="PIXELS",
        help="wider or, below 0, thinner",
    )
    add(
        "--detail",
        type=float,
        default=style.detail,
        metavar="D",
        help="above 0 more faint strokes, below fewer",
    )
    add(
        "--clean",
        type=int,
        default=style.clean,
        metavar="AREA",
        help="drop specks of fewer pixels",
    )
    add(
        "--blacks",
        choices=BLACKS,
        default=style.blacks,
        metavar="WHAT",
        help="keep solid areas, or leave their outline",
    )
    add("--binary", action="store_true", help="ink or paper, nothing between")
    add(
        "--close",
        type=int,
        default=style.close,
        metavar="GAP",
        help="close gaps of so many pixels, for the bucket",
    )


def _how_it_is_read(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--background", default="white", metavar="COLOUR", help="under transparency (white)")
    add(
        "--no-steady", action="store_true", help="of films, each frame by itself; lines may flicker"
    )
    add(
        "--input",
        dest="polarity",
        default=AUTO,
        metavar="NAME",
        help="auto, dark-on-light, or light-on-dark, as chalk on a board",
    )
    add("--read-at", default=AUTO, metavar="PIXELS", help="of its longer side, or 0.5x; else auto")


def _what_reads(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--model", metavar="NAME", help="see `lineart models`; or a run folder, an .onnx file")
    backends = ("auto", "torch", "onnx", "openvino")
    add("--backend", choices=backends, default="auto", metavar="NAME", help=", ".join(backends))
    add("--device", metavar="NAME", help="cpu, cuda or mps, for torch")
    precisions = ("auto", "float32", "bfloat16")
    add(
        "--precision",
        choices=precisions,
        default="auto",
        metavar="NAME",
        help=", ".join(precisions),
    )
    add("--tile", type=int, metavar="PIXELS", help="side of the parts a large picture is read in")
    add("--jobs", type=int, default=1, metavar="N", help="pictures read at a time (1)")


def format_of(asked: str | None, out: str | None) -> str:
    """The name of the format: as asked for, or by the ending of the result's name.

    Raises:
        InputError: for a format that is not known, or another than the name of the result says.
    """
    ending = Path(out).suffix.lower() if out else ""
    by_ending = {
        one: name for name, form in reversed(FORMATS.items()) for one in (form.ending, *form.others)
    }
    if asked is None:
        return by_ending.get(ending, "png")
    form = format_named(asked)
    fitting = (form.ending, *form.others, *WRITTEN.get(asked, {}).values())
    if ending in by_ending and ending not in fitting:
        raise InputError(
            f"--format {asked} does not go with {shown(out or '')}; change one of both."
        )
    return asked
