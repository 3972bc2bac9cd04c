"""The settings of layered files: which layers are ink, which are colour, and how drawings are cropped."""

from __future__ import annotations

from dataclasses import dataclass

from lineart.settings import require

INK = ("line*", "ink*", "outline*", "线稿*", "線稿*", "線画*", "主线*", "主線*", "ペン入れ*")
COLOUR = (
    *("c", "col", "cols", "color*", "colour*", "flat*", "fill*", "paint*", "shad*", "render*"),
    *("上色*", "彩色*", "底色*", "着色*", "颜色*", "色*", "塗り*", "カラー*"),
)


@dataclass(frozen=True)
class LayeredSettings:
    """How the drawings of a layered file are found and cut out.

    A name is matched whole, or after a prefix that tells which drawing it belongs to ("3 outlines",
    "cat line"), without regard to case. ``*`` stands for any characters, ``?`` for one, ``[0-9]`` for
    one of these.
    """

    ink: tuple[str, ...] = INK  # names of the layers or groups that hold the line art
    colour: tuple[str, ...] = COLOUR  # names of the layers or groups that hold the colours
    several: bool = True  # a file may hold several drawings; false: everything in it is one
    hidden_frames: bool = False  # true: also drawings whose whole group or pair of layers is hidden
    margin: float = 0.05  # paper left around a drawing, as a share of its longer side

    def __post_init__(self) -> None:
        for field in ("ink", "colour"):
            patterns = getattr(self, field)
            require(
                bool(patterns) and all(pattern.strip() for pattern in patterns),
                f"ingest.layered.{field}",
                patterns,
                "a list of one or more name patterns, none of them empty",
            )
        require(
            0 <= self.margin <= 1, "ingest.layered.margin", self.margin, "a share of 0 to 1 (0.05)"
        )
