"""Augmenting: each drawing becomes itself and a few children, in tar shards.

A child is its parent moved (:mod:`dataset_tools.geometry`) and then, in the render alone, drawn with another
ink, laid on other paper, stained, lit and photographed. These are the enemies the paper names, "water stains,
shadows, complex texture". What was done is the child's recipe: a list of ops in order, each with its
name, strength and seed, and what it chose.

A child depends on (seed, id of the pair, number of the child) and on nothing else: not on the order, the
other pairs, or the number of workers.

The label stays true: after the ops the ink must still stand out from what is around it
(:func:`ink_kept`); where it does not, the same ops are applied again at half the strength.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.random import Generator

from dataset_tools import backgrounds, ink, light, paper
from dataset_tools.backgrounds import Notes, Sheet, bare_paper
from dataset_tools.geometry import GeometrySettings, Layers, draw_geometry, layers_of, move
from lineart.images import Picture, luminance
from lineart.pairs import Pair, write_table
from lineart.settings import require
from lineart.shards import SPLITS, TABLE, Child, encode_child, write_shard

Op = Callable[[Picture, Sheet, Generator, float], tuple[Picture, Notes]]
Recipe = list[dict[str, Any]]

# In the order in which they happen to a real sheet: drawn, laid on paper, worn, lit, photographed.
OPS: dict[str, Op] = {
    "ink": ink.ink,
    "fills": ink.fills,
    "hue": light.hue,
    "background": backgrounds.background,
    "texture": paper.texture,
    "stains": paper.stains,
    "folds": paper.folds,
    "scratches": paper.scratches,
    "shadows": light.shadows,
    "lighting": light.lighting,
    "exposure": light.exposure,
    "blur": light.blur,
    "noise": light.noise,
    "jpeg": light.jpeg,
}
COLOUR = ("hue", "exposure")  # too mild to be counted as enemies

KEPT = 0.97  # part of the ink that must stay visible
CONTRAST = 0.25  # part of its contrast that visible ink has kept
FAINT = 0.1  # ink with less contrast than this in the parent is not looked for
VIEW = 128  # longer side at which the contrast is measured, in pixels

SHARD = re.compile(rf"({'|'.join(SPLITS)})-\d{{6}}\.tar")


@dataclass(frozen=True)
class Enemies:
    """How often and how hard: [weight among the enemies, 0 for never; greatest strength, 0 to 1]."""

    ink: tuple[float, ...] = (0.8, 1.0)  # lines in dark blue, sepia, grey, dark colours
    fills: tuple[float, ...] = (0.6, 1.0)  # faint hatching, dots or paint in the fills
    background: tuple[float, ...] = (2.5, 1.0)  # coloured paper, gradients, blobs, patterns
    texture: tuple[float, ...] = (1.8, 1.0)  # grain, tooth, fibres, canvas
    stains: tuple[float, ...] = (2.0, 1.0)  # dried water with hard and soft rims
    folds: tuple[float, ...] = (0.6, 1.0)  # creases and crumples
    scratches: tuple[float, ...] = (0.8, 1.0)  # thin and light, a few faintly dark
    shadows: tuple[float, ...] = (1.8, 1.0)  # of edges, windows, hands, leaves
    lighting: tuple[float, ...] = (0.8, 1.0)  # light that falls off
    blur: tuple[float, ...] = (0.4, 1.0)  # a little out of focus
    noise: tuple[float, ...] = (0.6, 1.0)  # of a sensor
    jpeg: tuple[float, ...] = (0.8, 1.0)  # traces of quality 90 to 35

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
    geometry: GeometrySettings = dataclasses.field(default_factory=GeometrySettings)
    enemies: Enemies = dataclasses.field(default_factory=Enemies)

    def __post_init__(self) -> None:
        require(0 <= self.children <= 1000, "augment.children", self.children, "from 0 to 1000")
        require(0 <= self.clean <= 1, "augment.clean", self.clean, "from 0 to 1")
        wanted = "from 0 to 1, and at most 1 together with augment.clean"
        require(0 <= self.heavy <= 1 - self.clean, "augment.heavy", self.heavy, wanted)
        require(0 <= self.colour <= 1, "augment.colour", self.colour, "from 0 to 1")


def child_rng(seed: int, parent: str, number: int) -> Generator:
    """The generator of one child; its own, whatever was drawn before."""
    digest = hashlib.sha256(f"{seed}|{parent}|{number}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def augment(
    render: Picture,
    line: Picture,
    rng: Generator,
    settings: AugmentSettings,
    layers: Layers | None = None,
) -> tuple[Picture, Picture, Recipe]:
    """Make one child of a pair.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink is 1; it is moved and nothing else.
        rng: where every choice comes from.
        settings: what the child may be like.
        layers: of :func:`prepare`, for a pair that has several children.

    Returns:
        The child's render and line art, of the same sizes, and its recipe: dictionaries with ``op`` first
        and numbers rounded to four places.
    """
    matrix, notes = draw_geometry(rng, line, settings.geometry)
    render, line, bare = move(layers or prepare(render, line), matrix)
    plan = draw_plan(rng, settings, has_paper=float(bare.mean()) > 0.02)
    sheet = Sheet(line, bare)
    first = {"op": "geometry", **_rounded(notes)}
    factor = 1.0
    while True:
        child, steps = apply_plan(render, sheet, plan, factor)
        if factor < 0.2 or ink_kept(render, child, line) >= KEPT:
            return child, line, [first, *steps]
        factor /= 2


def prepare(render: Picture, line: Picture) -> Layers:
    """What :func:`augment` moves: the pair and its bare paper, worked out once for all children."""
    return layers_of(render, line, bare_paper(render, line))


def draw_plan(
    rng: Generator, settings: AugmentSettings, has_paper: bool = True
) -> list[tuple[str, float, int]]:
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
        steps.append({"op": name, "strength": strength, "seed": seed, **_rounded(notes)})
    return render, steps


def _rounded(notes: Notes) -> Notes:
    """Notes fit for JSON, numbers to four places."""

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        if isinstance(value, float | np.floating):
            return round(float(value), 4)
        return value

    return {name: plain(value) for name, value in notes.items()}


def ink_kept(before: Picture, after: Picture, line: Picture) -> float:
    """The part of the ink that can still be seen as ink.

    Contrast is how much darker ink is than the lightest place a few pixels around it. Ink counts as kept
    if it has a quarter of the contrast it had, and as lost where it became lighter than its surroundings.

    Args:
        before: the render on its own paper, ``(H, W, 3)`` in [0, 1].
        after: the same after the ops.
        line: ``(H, W)`` in [0, 1], ink is 1.

    Returns:
        From 0 to 1; 1 where there was no ink to be seen.
    """
    scale = min(1.0, VIEW / max(line.shape))
    size = tuple(max(1, round(side * scale)) for side in reversed(line.shape))
    small = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    contrasts = []
    for render in (before, after):
        shrunk = cv2.resize(render, size, interpolation=cv2.INTER_AREA)
        grey = luminance(shrunk.astype(np.float32, copy=False))
        around = cv2.dilate(np.where(small < 0.2, grey, 0).astype(np.float32), np.ones((9, 9)))
        contrasts.append(around - grey)
    seen = small * (contrasts[0] > FAINT) * (small > 0.3)
    total = float(seen.sum())
    kept = float((seen * (contrasts[1] >= CONTRAST * contrasts[0])).sum())
    return kept / total if total else 1.0


def shard_name(split: str, number: int) -> str:
    """The file name of a shard, ``train-000007.tar``."""
    return f"{split}-{number:06d}.tar"


def make_shard(
    name: str, rows: list[Pair], split: str, folder: Path, out: Path, settings: AugmentSettings
) -> list[Child]:
    """Write the originals and the children of some pairs as one tar. Runs in a worker process.

    Args:
        name: of the tar, from :func:`shard_name`.
        rows: the pairs.
        split: the split they are in.
        folder: what the pairs' paths are relative to.
        out: where the tar goes.
        settings: what the children are like.

    Returns:
        One row a child, for :func:`write_children`.

    Raises:
        InputError: if a picture cannot be read, or the tar not be written.
    """
    assert SHARD.fullmatch(name), f"{name} is no name of a shard; take shard_name"
    cv2.setNumThreads(1)  # the workers share the cores among themselves
    members = []
    for pair in rows:
        original = pair.pictures(folder)
        layers = prepare(*original)
        for number in range(settings.children + 1):
            render, line, recipe = (*original, list[dict[str, Any]]())
            if number:
                rng = child_rng(settings.seed, pair.id, number)
                render, line, recipe = augment(render, line, rng, settings, layers)
            render_png, line_png, digest = encode_child(render, line)
            child = Child(
                key=f"{pair.id}-{number}",
                parent=pair.id,
                number=number,
                split=split,
                group=pair.group,
                shard=name,
                width=line.shape[1],
                height=line.shape[0],
                sha256=digest,
                recipe=json.dumps(recipe, separators=(",", ":")),
            )
            members.append((child, render_png, line_png))
    write_shard(out / name, members)
    return [child for child, _, _ in members]


def write_children(out: Path, children: list[Child]) -> None:
    """Write ``children.csv``, sorted by split and key, and remove the shards it does not name.

    Those are left from other settings; only files named like a shard are touched.
    """
    rows = sorted(children, key=lambda child: (child.split, child.key))
    columns = [field.name for field in dataclasses.fields(Child)]
    table = pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=columns)
    write_table(out / TABLE, table)
    named = {child.shard for child in children}
    for file in sorted(out.glob("*.tar")):
        if SHARD.fullmatch(file.name) and file.name not in named:
            file.unlink()
