"""Which drawing is painted how: what is done to the colours under the ink, and what to the whole sheet."""

from __future__ import annotations

from dataclasses import dataclass

Steps = tuple[tuple[str, float], ...]  # names of manners.STEPS and their strengths


@dataclass(frozen=True)
class Recipe:
    """How a drawing is painted."""

    under: Steps = ()  # before the ink is laid on
    over: Steps = ()  # after it


RECIPES: dict[str, Recipe] = {
    "bird": Recipe((("brush", 0.8),), (("paper", 0.5),)),
    "bubble": Recipe((), (("jpeg", 0.6),)),
    "car": Recipe((("glow", 0.8),), (("noise", 0.6), ("jpeg", 0.3))),
    "cat": Recipe((("watercolour", 1.0),), (("paper", 0.8),)),
    "dark_dress": Recipe((("mottle", 0.7),), (("noise", 0.3), ("jpeg", 0.35))),
    "dragon": Recipe((("brush", 0.9), ("mottle", 0.6)), (("jpeg", 0.3),)),
    "figure": Recipe((("bleed", 0.6),), (("soft", 0.7), ("jpeg", 0.7))),
    "fish": Recipe((("mottle", 0.8), ("glow", 0.8)), (("jpeg", 0.3),)),
    "flower": Recipe(),
    "hand": Recipe((("bleed", 0.4),), (("paper", 0.3),)),
    "house": Recipe((("watercolour", 0.9), ("stains", 0.8)), (("paper", 0.7),)),
    "interior": Recipe((("brush", 0.5), ("dusk", 0.45)), (("noise", 0.4),)),
    "knight": Recipe((("brush", 1.0), ("dusk", 0.5)), (("jpeg", 0.3),)),
    "manga_head": Recipe(),
    "manga_panel": Recipe((("screentone", 1.0),), (("paper", 0.4), ("jpeg", 0.5))),
    "mecha_part": Recipe((("mottle", 0.4),)),
    "mountains": Recipe((("brush", 0.8), ("mottle", 0.5))),
    "night_boy": Recipe((("glow", 0.5), ("mottle", 0.6)), (("noise", 0.5),)),
    "robot": Recipe((), (("jpeg", 0.9),)),
    "ship": Recipe((("brush", 0.6), ("glow", 0.6)), (("soft", 0.4),)),
    "snail": Recipe((("bleed", 0.8),)),
    "still_life": Recipe((("brush", 1.0), ("mottle", 0.5), ("dusk", 0.6)), (("jpeg", 0.2),)),
    "street": Recipe((("glow", 1.0),), (("noise", 0.8), ("jpeg", 0.5))),
}
