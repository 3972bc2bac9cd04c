"""The pictures that show what the weights that ship can do and cannot.

    python -m scripts.showcase [MODEL]

Reads the drawings of `benchmarks/out_of_distribution`, which no network was trained on, and writes

    docs/images/before_after.png      for the top of the README: renders, and the line art of them
    docs/gallery.md, docs/images/gallery/    twelve of them, the worst three included
    lineart/web/examples/             four renders to try the web page with

Run it again whenever other weights ship. What the gallery says of a drawing is worked out from its figures.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from benchmarks.out_of_distribution.drawings import Example, example
from benchmarks.out_of_distribution.figures import Measured, Row, of_set
from benchmarks.out_of_distribution.recipes import RECIPES
from benchmarks.out_of_distribution.score import read_set
from lineart.catalogue.store import DEFAULT
from lineart.errors import InputError
from lineart.metrics.pixels.validation import spread
from lineart.pictures.images import Picture, fit, to_bytes, write_bytes
from pipelines.report.marked import write_between

ROOT = Path(__file__).resolve().parents[1]
BEFORE_AFTER = ROOT / "docs/images/before_after.png"
PAGE = ROOT / "docs/gallery.md"
PICTURES = ROOT / "docs/images/gallery"
EXAMPLES = ROOT / "lineart/web/examples"
START, END = "<!-- gallery: made by scripts/showcase.py -->", "<!-- end of gallery -->"

FRONT = ("bird", "manga_head", "fish")  # at the top of the README
TRY = ("cat", "knight", "manga_head", "house")  # on the web page
SHOWN, FAILURES = 12, 3
HEIGHT = 320  # pixels of a picture at the top of the README
SIDE = 380  # pixels of the longer side of a picture in the gallery
GAP = 10
FRAME = 0.8  # grey of the thin frame about line art
EXAMPLE_BYTES = 85_000  # of an example at most

HARD = {
    "bird": "Painted with bristles that leave light and dark marks beside every line; blue ink.",
    "bubble": "Lettering and a heavy frame over flat, loud colours, in a JPEG of low quality.",
    "car": "A dark car at night: black tyres are ink, the road and the sky are not.",
    "cat": "Watercolour whose edges gather pigment like lines; brown ink, whiskers a pixel wide.",
    "dark_dress": "Black ink on a dress that is nearly as dark.",
    "dragon": "A ground full of leaves that are no lines, and scales that are.",
    "figure": "Softened and packed as a poor JPEG, as pictures from the web are.",
    "fish": "Black ink over dark water, and bubbles drawn in blue.",
    "flower": "Flat white paper and ink in three colours; veins thinner than a pixel at their ends.",
    "hand": "Blue ink, shading without edges, hatching.",
    "house": "Watercolour with stains, on rough paper; hundreds of short strokes.",
    "interior": "A dim room painted with bristles: brown ink on brown.",
    "knight": "Steel with hard reflections before a dark, painted ground.",
    "manga_head": "Near-black hair, in which the strands are a shade darker than the hair.",
    "manga_panel": "Solid blacks and speed lines are ink, the dots of the screentone are not.",
    "mecha_part": "Technical lines of one pixel, on a printed grid that is no ink.",
    "mountains": "Ridges without ink between ridges that have it; hatching over paint.",
    "night_boy": "Dark violet ink on dark violet hair, among stars.",
    "robot": "Metal whose shading has edges, with the blocks of a poor JPEG.",
    "ship": "Rigging of one pixel at night, clouds and foam.",
    "snail": "Violet ink five pixels wide, and colour that strays over it.",
    "still_life": "Dark paint with bristle marks; black ink in a nearly black room.",
    "street": "Perspective at night: black lines on dark walls, and hundreds of lit windows.",
}


class Read(NamedTuple):
    """A drawing, what was read from it, and how well."""

    drawn: Example
    ink: Picture  # (H, W), ink 1
    row: Row


def main(argv: Sequence[str] | None = None) -> int:
    """Write all pictures and the page; 1 for a model that is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.showcase", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("model", nargs="?", default=DEFAULT, help="a name or a path")
    given = parser.parse_args(argv)
    try:
        found, seen = read_set([given.model], list(RECIPES))
        measured = found[given.model]
        reads = ranked(
            [Read(drawn, ink, one.row) for (drawn, ink), one in zip(seen, measured, strict=True)]
        )
        write_bytes(BEFORE_AFTER, as_png(before_after(reads)))
        write_gallery(reads, measured)
        for name in TRY:
            write_bytes(EXAMPLES / f"{name}.jpg", as_jpeg(example(name).render))
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def ranked(reads: Sequence[Read]) -> list[Read]:
    """The best first: by clDice, which asks for the lines and lets the width go."""
    return sorted(reads, key=lambda read: (-(read.row["cldice"] or 0), read.drawn.name))


def chosen(reads: Sequence[Read]) -> tuple[list[Read], list[Read]]:
    """Those to show, evenly spread from the best on; and the worst, which are all shown."""
    others, worst = list(reads[:-FAILURES]), list(reads[-FAILURES:])
    return [others[number] for number in spread(len(others), SHOWN - FAILURES)], worst


def write_gallery(reads: Sequence[Read], measured: Sequence[Measured]) -> None:
    """Write the page between its comments, and the pictures on it; pictures that are no longer shown go."""
    good, bad = chosen(reads)
    for read in (*good, *bad):
        write_bytes(picture_of(read), as_webp(strip(read)))
    for path in set(PICTURES.glob("*.webp")) - {picture_of(read) for read in (*good, *bad)}:
        path.unlink()
    write_between(PAGE, START, END, page(good, bad, of_set(measured), len(reads)))


def picture_of(read: Read) -> Path:
    """Where the picture of a drawing in the gallery lies."""
    return PICTURES / f"{read.drawn.name}.webp"


def page(good: Sequence[Read], bad: Sequence[Read], means: Row, count: int) -> str:
    """The gallery as Markdown."""
    words = ["MSE {mse:.4f}", "MAE {mae:.4f}", "F {f:.3f}", "clDice {cldice:.3f}"]
    figures = ", ".join(words).format(**means)
    head = f"Mean over all {count} drawings: {figures}. From left to right: render, result, truth."
    parts = [head, *map(entry, good), "## Failures"]
    parts.append(f"The {len(bad)} worst of the {count} by clDice, the worst last.")
    return "\n\n".join([*parts, *map(entry, bad)])


def entry(read: Read) -> str:
    """A drawing on the page: its name, its picture, what is hard, and how it went."""
    name = read.drawn.name
    title = name.replace("_", " ").capitalize()
    link = f"![{title}: render, result, truth](images/gallery/{name}.webp)"
    return f"### {title}\n\n{link}\n\n{HARD[name]} {how_it_went(read.row)}"


def how_it_went(row: Row) -> str:
    """What a person would say who saw the figures.

    >>> how_it_went({"cldice": 0.5, "missed_lines": 0.4, "false_lines": 0.01, "haze": 0.02, "rim": None})
    'clDice 0.500. 40 % of the lines are missing; grey haze lies in flat areas.'
    """
    limits = {
        "missed_lines": (0.03, "{:.0%} of the lines are missing"),
        "false_lines": (0.03, "{:.0%} of what it drew is no line"),
        "haze": (0.01, "grey haze lies in flat areas"),
        "dark_fill": (0.03, "dark colour is read as ink"),
        "hollow": (0.05, "solid black comes out grey or hollow"),
        "rim": (0.01, "the border of the picture is grey"),
    }
    said = [
        words.format(row[name]).replace("%", " %")
        for name, (most, words) in limits.items()
        if (row.get(name) or 0) > most
    ]
    verdict = "; ".join(said) or "hardly a line is missing or too many"
    return f"clDice {row['cldice']:.3f}. {verdict[0].upper()}{verdict[1:]}."


def before_after(reads: Sequence[Read]) -> Picture:
    """Renders, and to the right of each its line art, in one row: ``(H, W, 3)``."""
    by_name = {read.drawn.name: read for read in reads}
    tiles = []
    for name in FRONT:
        read = by_name[name]
        height, width = read.ink.shape
        longest = round(HEIGHT * max(height, width) / height)
        tiles += [fit(read.drawn.render, longest), on_paper(fit(read.ink, longest))]
    return side_by_side(tiles)


def strip(read: Read) -> Picture:
    """Render, result and truth side by side: ``(H, W, 3)``."""
    line = (on_paper(fit(ink, SIDE)) for ink in (read.ink, read.drawn.line))
    return side_by_side([fit(read.drawn.render, SIDE), *line])


def on_paper(ink: Picture) -> Picture:
    """Black ink on white in a thin grey frame, for the page is white, too; ``(H, W)`` to ``(H, W, 3)``."""
    paper = np.pad(1 - ink[1:-1, 1:-1], 1, constant_values=FRAME)
    return np.repeat(paper[..., None], 3, axis=2)


def side_by_side(pictures: Sequence[Picture]) -> Picture:
    """Pictures of about one height in a row, with white between."""
    height = min(picture.shape[0] for picture in pictures)
    gap = np.ones((height, GAP, 3), np.float32)
    parts = [part for picture in pictures for part in (picture[:height], gap)]
    return np.concatenate(parts[:-1], axis=1)


def as_png(picture: Picture) -> bytes:
    """A PNG of 256 colours: a third of the size, and hardly to be told from the full one."""
    image = Image.fromarray(to_bytes(picture))
    # Colours that are seldom, such as those of eyes, keep their place only where the palette is refined.
    small = image.quantize(256, kmeans=4, dither=Image.Dither.NONE)
    image = image.quantize(palette=small, dither=Image.Dither.FLOYDSTEINBERG)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def as_webp(picture: Picture) -> bytes:
    """A WebP file, half the size of a JPEG that looks the same."""
    file = io.BytesIO()
    Image.fromarray(to_bytes(picture)).save(file, "WEBP", quality=72, method=6)
    return file.getvalue()


def as_jpeg(picture: Picture) -> bytes:
    """A JPEG of at most :data:`EXAMPLE_BYTES`, as good as that allows."""
    for quality in range(92, 30, -4):
        file = io.BytesIO()
        Image.fromarray(to_bytes(picture)).save(file, "JPEG", quality=quality, optimize=True)
        if len(file.getvalue()) <= EXAMPLE_BYTES:
            break
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
