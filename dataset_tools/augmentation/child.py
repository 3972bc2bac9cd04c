"""One child of a pair: moved, or in a scene with others, drawn with another pen, then worn and photographed.

What is done to the render alone are the enemies the paper names, "water stains, shadows, complex texture",
and their kin. What was done is the child's recipe: a list of ops in order, each with its name, strength and
seed, and what it chose.

The label stays true: after the ops the ink must still stand out from what is around it
(:func:`dataset_tools.augmentation.plan.ink_kept`); where it does not, the same ops are applied again at half
the strength, and at last not at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from dataset_tools.augmentation.geometry import draw_motion, draw_strength
from dataset_tools.augmentation.plan import KEPT, Recipe, apply_plan, draw_plan, ink_kept, rounded
from dataset_tools.augmentation.scenes import compose
from dataset_tools.augmentation.settings import AugmentSettings
from dataset_tools.augmentation.sheet import Sheet, bare_paper
from dataset_tools.augmentation.solids import blacken, pupils
from dataset_tools.augmentation.warp import Layers, layers_of, move
from dataset_tools.augmentation.weight import Drawn, taper, weight
from lineart.pictures.images import Picture

PAPER = 0.02  # part of a picture that must be bare paper to lay something there
BROKEN = "dry"  # the op whose strokes have gaps
FACTORS = (1.0, 0.5, 0.25, 0.0)  # of the ops' strengths, until the ink can be seen


def child_rng(seed: int, parent: str, number: int) -> Generator:
    """The generator of one child; its own, whatever was drawn before."""
    digest = hashlib.sha256(f"{seed}|{parent}|{number}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def prepare(render: Picture, line: Picture) -> Layers:
    """What :func:`augment` moves: the pair and its bare paper, worked out once for all children."""
    return layers_of(render, line, bare_paper(render, line))


@dataclass(frozen=True)
class Scene:
    """Who else is in a child, and how densely they stand."""

    strength: float  # in [0, 1]
    seed: int  # of the places
    partners: tuple[tuple[str, Layers], ...]  # id and pictures of each


def augment(
    render: Picture,
    line: Picture,
    rng: Generator,
    settings: AugmentSettings,
    layers: Layers | None = None,
    scene: Scene | None = None,
) -> tuple[Picture, Picture, Recipe]:
    """Make one child of a pair.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink is 1.
        rng: where every choice comes from.
        settings: what the child may be like.
        layers: of :func:`prepare`, for a pair that has several children.
        scene: the other drawings in it; none if not given.

    Returns:
        The child's render and line art, of the same sizes, and its recipe: dictionaries with ``op`` first
        and numbers rounded to four places.
    """
    drawn, recipe = redraw(line, layers or prepare(render, line), rng, settings, scene)
    plan = draw_plan(rng, settings, has_paper=float(drawn.bare.mean()) > PAPER)
    if any(step["op"] == "solids" and step["cells"] for step in recipe):
        plan = [step for step in plan if step[0] != "ink"]  # areas of ink are black
    sheet, broken = Sheet(drawn.line, drawn.bare), any(name == BROKEN for name, *_ in plan)
    for factor in FACTORS:
        child, steps = drawn.render, Recipe()
        if factor:
            child, steps = apply_plan(drawn.render, sheet, plan, factor)
        if ink_kept(drawn.render, child, drawn.line, broken) >= KEPT:
            break
    return child, drawn.line, [*recipe, *steps]


def redraw(
    line: Picture,
    layers: Layers,
    rng: Generator,
    settings: AugmentSettings,
    scene: Scene | None = None,
) -> tuple[Drawn, Recipe]:
    """What changes render and line art alike: place, company and pen; arguments as :func:`augment`."""
    motion, notes = draw_motion(rng, line, settings.geometry)
    recipe = [{"op": "geometry", **rounded(notes)}]
    partners = [] if scene is None else [p for p in scene.partners if has_paper(p[1])]
    if scene is None or not partners or not has_paper(layers):
        drawn = Drawn(*move(layers, motion))
    else:
        others = [other for _, other in partners]
        rng_of_places = np.random.default_rng(scene.seed)
        drawn, order = compose([layers, *others], motion, rng_of_places, scene.strength)
        about = {"strength": scene.strength, "seed": scene.seed}
        names = [name for name, _ in partners]
        recipe.append({"op": "scene", **about, "partners": names, **order})
    for name, pen, chance in (
        ("weight", weight, settings.weight),
        ("taper", taper, settings.taper),
        ("solids", blacken, settings.solids),
        ("pupils", pupils, settings.pupils),
    ):
        strength, seed = draw_strength(rng, chance), int(rng.integers(2**32))
        if strength:
            drawn, changed = pen(drawn, np.random.default_rng(seed), strength)
            recipe.append({"op": name, "strength": strength, "seed": seed, **rounded(changed)})
    return drawn, recipe


def has_paper(layers: Layers) -> bool:
    """Whether something can be seen beside a drawing: it has bare paper."""
    return float(layers.paper.mean()) > 255 * PAPER
