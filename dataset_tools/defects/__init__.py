"""Faults to plant into clean pairs: the proof that the checks find what they should.

A fault has a strength in a unit of its own. The table :data:`DEFECTS` lists each with its graded strengths,
from slight to gross, the one from which on a person would object, and the checks that should find it.

Faults live in three places. In the pictures of one pair (most): a function (render, line art, strength,
generator) to (render, line art), of :mod:`.placement`, :mod:`.strokes`, :mod:`.sheet` and :mod:`.light`.
In a delivered file (:mod:`.files`): its bytes. In the set (:mod:`.sets`): a copy of a pair laid beside it,
or two line arts exchanged. Every fault depends on its arguments alone and leaves them as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from numpy.random import Generator

from dataset_tools.defects import files, light, placement, sets, sheet, strokes
from lineart.pictures.images import Picture

Plant = Callable[[Picture, Picture, float, Generator], tuple[Picture, Picture]]
Deliver = Callable[[Picture, Picture, float, Generator], tuple[bytes, bytes]]
Place = Literal["pictures", "files", "copy", "partner"]


@dataclass(frozen=True)
class Defect:
    """One kind of fault."""

    title: str  # in words, for tables and pages
    unit: str  # of its strength
    strengths: tuple[float, ...]  # from slight to gross
    objection: float  # the strength, one of them, from which on a person would object
    checks: tuple[str, ...]  # any of these should find it
    plant: Plant | None = None  # into the pictures; of a copy if ``place`` is copy
    deliver: Deliver | None = None  # as the bytes of the delivered render and line art
    place: Place = "pictures"

    @property
    def objectionable(self) -> tuple[float, ...]:
        """The strengths a person would object to."""
        return self.strengths[self.strengths.index(self.objection) :]


def _files(title: str, unit: str, strengths: tuple[float, ...], objection: float,
           checks: tuple[str, ...], deliver: Deliver) -> Defect:  # fmt: skip
    return Defect(title, unit, strengths, objection, checks, deliver=deliver, place="files")


def _copy(
    title: str, unit: str, strengths: tuple[float, ...], objection: float, plant: Plant
) -> Defect:
    return Defect(title, unit, strengths, objection, ("duplicate", "near"), plant, place="copy")


DEFECTS: dict[str, Defect] = {
    # Where the line art lies.
    "shift": Defect(
        "line art moved as a whole", "px", (0.5, 1, 2, 4), 1, ("shift",), placement.shift
    ),
    "drift": Defect(
        "line art moved in one region", "px", (1, 2, 3, 5), 3, ("drift",), placement.drift
    ),
    "resized": Defect(
        "line art of another size", "times", (0.98, 0.9, 0.5), 0.98, ("sizes",), placement.resized
    ),
    "stretched": Defect(
        "line art of another aspect", "times", (1.02, 1.1, 1.5), 1.02, ("sizes",), placement.stretched
    ),
    # What is drawn.
    "erased": Defect(
        "whole strokes erased",
        "of the strokes",
        (0.02, 0.05, 0.1, 0.2, 0.3),
        0.05,
        ("missing", "broken"),
        strokes.erased,
    ),
    "added": Defect(
        "strokes added that the render lacks",
        "of the strokes",
        (0.02, 0.05, 0.1, 0.2, 0.3),
        0.05,
        ("extra", "visible"),
        strokes.added,
    ),
    "gaps": Defect(
        "strokes broken by short gaps",
        "of the strokes",
        (0.02, 0.05, 0.1, 0.2),
        0.1,
        ("broken", "missing"),
        strokes.gaps,
    ),
    "hollowed": Defect("solid areas left hollow", "of the areas", (0.2, 0.5, 1), 0.5, ("missing",),
                       strokes.hollowed),
    "filled": Defect("an enclosed area filled with ink", "of the picture", (0.005, 0.02, 0.1), 0.02,
                     ("visible", "extra"), strokes.filled),
    "bold": Defect("strokes too bold", "times the width", (1.5, 2, 3), 2, ("weight",), strokes.weighted),
    "thin": Defect(
        "strokes too thin", "times the width", (0.7, 0.5, 0.3), 0.5, ("weight",), strokes.weighted
    ),
    "blank": Defect("line art blank", "of the ink", (1,), 1, ("blank",), sheet.grey),
    "flooded": Defect(
        "areas flooded with ink",
        "of the picture",
        (0.1, 0.2, 0.4, 0.6),
        0.4,
        ("flooded", "visible"),
        sheet.flooded,
    ),
    # The sheet of the line art.
    "inverted": Defect("white on black", "of the picture", (1,), 1, ("polarity",), sheet.inverted),
    "resaved": Defect(
        "line art once saved as JPEG", "quality", (90, 70, 50, 30), 70, ("lossy",), sheet.resaved
    ),
    "grey": Defect(
        "ink in grey instead of black", "of the ink", (0.2, 0.35, 0.5, 0.65), 0.35, ("grey_coded",),
        sheet.grey,
    ),
    "coloured": Defect(
        "strokes in colour", "of the ink", (0.1, 0.25, 0.5, 1), 0.25, ("grey_coded",), sheet.coloured
    ),
    "soft": Defect("line art out of focus", "px", (0.5, 1, 2), 1, ("grey_coded",), sheet.soft),
    "specks": Defect("specks of dirt", "specks", (5, 20, 80, 200), 20, ("dirt",), sheet.specks),
    "texture": Defect(
        "texture of paper in the line art", "of black", (0.03, 0.06, 0.12, 0.25), 0.12, ("texture",),
        sheet.texture,
    ),
    "frame": Defect("frame around the drawing", "px", (1, 2, 4), 1, ("border",), sheet.framed),
    "marks": Defect("crop marks in the corners", "px", (1, 2, 4), 1, ("border",), sheet.marked),
    "signature": Defect(
        "signature in a corner", "of the side", (0.06, 0.1, 0.16), 0.1, ("border",), sheet.signed
    ),
    # The render.
    "dark": Defect("render too dark", "stops", (1, 2, 3, 4), 3, ("dark",), light.dark),
    "bright": Defect("render too bright", "stops", (1, 2, 3, 4), 3, ("bright",), light.bright),
    "flat": Defect(
        "render without contrast", "of the contrast", (0.5, 0.3, 0.15), 0.3, ("flat",), light.flat
    ),
    "blurred": Defect("render out of focus", "px", (1, 2, 4), 2, ("blur",), light.blurred),
    # The delivered files.
    "jpeg": _files("line art delivered as JPEG", "quality", (95, 90, 70, 50, 30), 90, ("lossy",),
                   files.jpeg),
    "transparent": _files("transparency left in the render", "of the picture", (0.05, 0.25, 0.75),
                          0.25, ("alpha",), files.transparent),
    "profile": _files("colours of another profile", "profile", (1,), 1, ("profile",), files.profiled),
    "truncated": _files("file cut short", "of the bytes", (0.01, 0.1, 0.5, 1), 0.01, ("decodes",),
                        files.truncated),
    "garbled": _files("file damaged inside", "bytes", (1, 10, 100), 10, ("decodes",), files.garbled),
    # The set.
    "swapped": Defect(
        "line art of another drawing",
        "of the set, the likest",
        (0.01, 0.1, 1),
        1,
        ("partner",),
        place="partner",
    ),
    "again": _copy("the same pair again", "times", (1,), 1, sets.again),
    "again_small": _copy("the pair again, at another size", "times", (0.9, 0.7, 0.5), 0.5,
                         sets.again_small),
    "again_jpeg": _copy("the pair again, from JPEG", "quality", (90, 70, 50), 70, sets.again_jpeg),
    "again_mirrored": _copy("the pair again, mirrored", "times", (1,), 1, sets.again_mirrored),
}  # fmt: skip
