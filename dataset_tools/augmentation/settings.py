"""The settings of the stage augment: how many children, and how often and how hard each op comes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from dataset_tools.augmentation.geometry import GeometrySettings, require_chance
from lineart.settings import require


@dataclass(frozen=True)
class Enemies:
    """How often and how hard: [weight among the enemies, 0 for never; greatest strength, 0 to 1]."""

    ink: tuple[float, ...] = (1.5, 1.0)  # lines in dark blue, sepia, grey, dark colours
    dark: tuple[float, ...] = (2.0, 1.0)  # cells nearly as dark as ink: hair, night, black cloth
    gradients: tuple[float, ...] = (0.5, 1.0)  # fills that darken softly, or in cells
    paint: tuple[float, ...] = (0.6, 1.0)  # paint that dried unevenly, strokes of a brush
    cloth: tuple[float, ...] = (0.5, 1.0)  # folds of clothing in the fills
    hatching: tuple[float, ...] = (0.4, 1.0)  # pale strokes side by side, or crossed
    screentone: tuple[float, ...] = (0.8, 1.0)  # a printer's screen of dots or lines
    background: tuple[float, ...] = (3.0, 1.0)  # coloured paper, gradients, blobs, patterns
    texture: tuple[float, ...] = (1.8, 1.0)  # grain, tooth, fibres, canvas
    stains: tuple[float, ...] = (1.6, 1.0)  # dried water with hard and soft rims
    rings: tuple[float, ...] = (0.6, 1.0)  # of cups of coffee, tea, wine
    folds: tuple[float, ...] = (0.6, 1.0)  # creases and crumples
    scratches: tuple[float, ...] = (0.8, 1.0)  # thin and light, a few faintly dark
    shadows: tuple[float, ...] = (1.8, 1.0)  # of edges, windows, hands, leaves
    lighting: tuple[float, ...] = (0.8, 1.0)  # light that falls off
    night: tuple[float, ...] = (2.5, 1.0)  # all is dark, but for what a lamp lights
    lowlight: tuple[float, ...] = (0.5, 1.0)  # a dim room: dark, tinted, noisy
    scanner: tuple[float, ...] = (0.7, 1.0)  # bar of the lamp, streaks, lid, yellowed paper
    blur: tuple[float, ...] = (0.4, 1.0)  # a little out of focus
    noise: tuple[float, ...] = (0.6, 1.0)  # of a sensor
    rescale: tuple[float, ...] = (0.5, 1.0)  # traces of shrinking and enlarging
    jpeg: tuple[float, ...] = (0.7, 1.0)  # traces of quality 90 to 35
    webp: tuple[float, ...] = (0.3, 1.0)  # traces of quality 85 to 15
    # What people paint and draw with. The small size leaves it out: params/release.yaml, docs/augmentation.md
    coloured: tuple[float, ...] = (0.0, 1.0)  # ink in a darker shade of what it borders
    dry: tuple[float, ...] = (0.0, 1.0)  # pencil, crayon, charcoal, wax, a dry brush
    bleed: tuple[float, ...] = (0.0, 1.0)  # marker, wet paper
    refill: tuple[float, ...] = (0.0, 1.0)  # cells in the colours of skin, hair, cloth, leather
    cel: tuple[float, ...] = (0.0, 1.0)  # shadows with a hard edge
    airbrush: tuple[float, ...] = (0.0, 1.0)  # soft shadows along the outlines
    brushwork: tuple[float, ...] = (0.0, 1.0)  # strokes of a brush, wood, leather
    shine: tuple[float, ...] = (0.0, 1.0)  # bands in hair, rims of light, glints
    glow: tuple[float, ...] = (0.0, 1.0)  # bloom, particles, bokeh

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            pair = getattr(self, field.name)
            right = len(pair) == 2 and pair[0] >= 0 and 0 <= pair[1] <= 1
            wanted = "[weight of 0 or more, strength from 0 to 1]"
            require(right, f"augment.enemies.{field.name}", list(pair), wanted)


@dataclass(frozen=True)
class AugmentSettings:
    """What the children of a drawing are like."""

    children: int = 4  # a drawing; the original comes on top
    seed: int = 0  # another seed, other children
    clean: float = 0.15  # part of the children without an enemy: moved, and their colours changed
    heavy: float = 0.1  # part of the children with six to eight enemies; the rest has two to four
    colour: float = 0.6  # probability of a change of hue, and of one of exposure
    scenes: tuple[float, ...] = (0.2, 1.0)  # several drawings in one: [probability, strength]
    weight: tuple[float, ...] = (0.3, 1.0)  # thinner or bolder strokes: [probability, strength]
    # strokes that swell and thin out: [probability, strength]
    taper: tuple[float, ...] = (0.3, 1.0)
    solids: tuple[float, ...] = (0.25, 1.0)  # cells filled with ink: [probability, strength]
    pupils: tuple[float, ...] = (0.4, 1.0)  # spots of ink, some in an iris: likewise
    geometry: GeometrySettings = dataclasses.field(default_factory=GeometrySettings)
    enemies: Enemies = dataclasses.field(default_factory=Enemies)

    def __post_init__(self) -> None:
        require(0 <= self.children <= 1000, "augment.children", self.children, "from 0 to 1000")
        require(0 <= self.clean <= 1, "augment.clean", self.clean, "from 0 to 1")
        wanted = "from 0 to 1, and at most 1 together with augment.clean"
        require(0 <= self.heavy <= 1 - self.clean, "augment.heavy", self.heavy, wanted)
        require(0 <= self.colour <= 1, "augment.colour", self.colour, "from 0 to 1")
        require_chance("augment.scenes", self.scenes)
        require_chance("augment.weight", self.weight)
        require_chance("augment.taper", self.taper)
        require_chance("augment.solids", self.solids)
        require_chance("augment.pupils", self.pupils)
