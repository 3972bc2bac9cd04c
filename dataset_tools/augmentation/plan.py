"""Which ops a child gets, doing them, and whether the ink can still be seen afterwards.

:data:`OPS` is the table of what changes the render alone; the weights of its ops are
:class:`~dataset_tools.augmentation.settings.Enemies`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation import (
    backgrounds,
    camera,
    fills,
    ink,
    light,
    media,
    painter,
    paper,
    scanner,
    shadows,
    stains,
)
from dataset_tools.augmentation.settings import AugmentSettings, Enemies
from dataset_tools.augmentation.sheet import Notes, Op, Sheet
from lineart.pictures.images import Picture, luminance

Recipe = list[dict[str, Any]]
Plan = list[tuple[str, float, int]]  # name, strength and seed of each op

# In the order in which they happen to a real sheet: drawn, coloured, laid on paper, worn, lit, photographed.
OPS: dict[str, Op] = {
    "ink": ink.ink,
    "refill": painter.refill,
    "dark": fills.dark,
    "gradients": fills.gradients,
    "paint": fills.paint,
    "cloth": fills.cloth,
    "hatching": fills.hatching,
    "screentone": fills.screentone,
    "cel": painter.cel,
    "airbrush": painter.airbrush,
    "brushwork": painter.brushwork,
    "shine": painter.shine,
    "coloured": media.coloured,
    "bleed": media.bleed,
    "dry": media.dry,
    "hue": light.hue,
    "background": backgrounds.background,
    "texture": paper.texture,
    "stains": stains.stains,
    "rings": stains.rings,
    "folds": paper.folds,
    "scratches": paper.scratches,
    "shadows": shadows.shadows,
    "lighting": light.lighting,
    "night": light.night,
    "glow": painter.glow,
    "exposure": light.exposure,
    "lowlight": light.lowlight,
    "scanner": scanner.scanner,
    "blur": camera.blur,
    "noise": camera.noise,
    "rescale": camera.rescale,
    "jpeg": camera.jpeg,
    "webp": camera.webp,
}
COLOUR = ("hue", "exposure")  # too mild to be counted as enemies

KEPT = 0.97  # part of the ink that must stay visible
CONTRAST = 0.25  # part of its contrast that visible ink has kept
EDGE = 0.125  # the same, against the darkest place around
# or a contrast of this part of the light around it, for in the dark less is seen (Weber)
WEBER = 0.4
LEAST = 0.05  # and no less than this, in luminance
LEAST_EDGE = 0.03  # the same, against the darkest place around
FAINT = 0.1  # ink with less contrast than this in the parent is not looked for
VIEW = 128  # longer side of the grid on which ink is compared with what is around, in cells
ENOUGH = 0.1  # part of a cell that must be free of ink to say what is around


def draw_plan(rng: Generator, settings: AugmentSettings, has_paper: bool = True) -> Plan:
    """Choose the ops of a child: (name, strength, seed), in the order of :data:`OPS`.

    Args:
        rng: where the choices come from.
        settings: the mixture of children, and the enemies' weights and strengths.
        has_paper: False where no paper is bare, so that no background can be laid.
    """
    kind = rng.uniform()
    if kind < settings.clean:
        count = 0
    elif kind < settings.clean + settings.heavy:
        count = int(rng.integers(6, 9))
    else:
        count = int(rng.integers(2, 5))
    table = {
        field.name: getattr(settings.enemies, field.name) for field in dataclasses.fields(Enemies)
    }
    names = [name for name, (weight, _) in table.items() if weight > 0]
    if not has_paper:
        names = [name for name in names if name != "background"]
    weights = np.array([table[name][0] for name in names])
    chosen: dict[str, float] = {name: 1.0 for name in COLOUR if rng.uniform() < settings.colour}
    if names:
        picks = rng.choice(
            len(names), min(count, len(names)), replace=False, p=weights / weights.sum()
        )
        chosen |= {names[pick]: table[names[pick]][1] for pick in picks}
    return [
        (name, round(chosen[name] * rng.uniform(0.35, 1), 4), int(rng.integers(2**32)))
        for name in OPS
        if name in chosen
    ]


def apply_plan(
    render: Picture, sheet: Sheet, plan: Iterable[tuple[str, float, int]], factor: float = 1.0
) -> tuple[Picture, Recipe]:
    """Apply ops to a render, their strengths times ``factor``; returns it and the steps taken."""
    steps = []
    for name, strength, seed in plan:
        strength = round(strength * factor, 4)
        render, notes = OPS[name](render, sheet, np.random.default_rng(seed), strength)
        steps.append({"op": name, "strength": strength, "seed": seed, **rounded(notes)})
    return render, steps


def rounded(notes: Notes) -> Notes:
    """Notes fit for JSON, numbers to four places."""

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        if isinstance(value, float | np.floating):
            return round(float(value), 4)
        return value

    return {name: plain(value) for name, value in notes.items()}


def ink_kept(before: Picture, after: Picture, line: Picture, broken: bool = False) -> float:
    """The part of the ink that can still be seen as ink.

    Ink is darker than what is around it: than the lightest place a few pixels away, and, where it was so,
    than the darkest, for a stroke between a light fill and a background as dark as ink has lost an edge. It
    counts as kept with a quarter of the first contrast that it had and an eighth of the second, and as lost
    where it became lighter than its surroundings. By night less is enough: what is seen is the contrast's
    share of the light around (E. Weber, 1834).

    Args:
        before: the render on its own paper, ``(H, W, 3)`` in [0, 1].
        after: the same after the ops.
        line: ``(H, W)`` in [0, 1], ink is 1.
        broken: whether gaps as small as grain are no loss: ink counts that is seen beside them.

    Returns:
        From 0 to 1; 1 where there was no ink to be seen.
    """
    scale = min(1.0, VIEW / max(line.shape))
    height, width = (max(1, round(side * scale)) for side in line.shape)
    solid, free = (line > 0.5).astype(np.float32), (line < 0.02).astype(np.float32)
    inked, clear = (
        cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA) for part in (solid, free)
    )
    window = np.ones((9, 9), np.uint8)
    above, below, lightest = [], [], inked
    for render in (before, after):
        grey = luminance(render)
        ink, light = (
            cv2.resize(grey * part, (width, height), interpolation=cv2.INTER_AREA)
            / np.maximum(share, np.float32(1e-6))
            for part, share in ((solid, inked), (free, clear))
        )
        if broken and render is after:
            ink = cv2.erode(np.where(inked > 0, ink, np.float32(1)), np.ones((3, 3), np.uint8))
        lightest = cv2.dilate(np.where(clear > ENOUGH, light, np.float32(0)), window)
        above.append(lightest - ink)
        below.append(cv2.erode(np.where(clear > ENOUGH, light, np.float32(1)), window) - ink)
    seen = inked * (above[0] > FAINT)
    total = float(seen.sum())
    stands_out = above[1] >= np.minimum(
        CONTRAST * above[0], np.maximum(WEBER * lightest, np.float32(LEAST))
    )
    has_edges = (below[0] <= FAINT) | (below[1] >= np.minimum(EDGE * below[0], LEAST_EDGE))
    return float((seen * stands_out * has_edges).sum()) / total if total else 1.0
