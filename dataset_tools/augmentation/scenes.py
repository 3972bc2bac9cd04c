"""Scenes: several drawings in one picture, the front ones hiding what is behind them, in both pictures.

A drawing covers where its paper is not bare (its silhouette). What of another drawing lies behind it is
hidden in the render and in the line art by the same share of every pixel, so the label stays exact
(T. Porter and T. Duff, "Compositing digital images", SIGGRAPH 1984: the operator *over*).

The others in a child's scene are chosen by rendezvous hashing (D. Thaler and C. Ravishankar, IEEE/ACM
Transactions on Networking 6, 1998): every drawing of the split has a rank of its own for that child, and the
first ones come. A new drawing therefore changes a scene only where it ranks first, and a child that
is no scene never.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dataset_tools.augmentation.geometry import Matrix, Motion, draw_strength, turning
from dataset_tools.augmentation.sheet import Notes, lay_behind
from dataset_tools.augmentation.warp import Layers, move
from dataset_tools.augmentation.weight import Drawn
from lineart.sets.pairs import Pair

MOST = 3  # other drawings in a scene
LARGEST = 1.25  # a drawing is enlarged by no more: its lines would be soft


@dataclass(frozen=True)
class Cast:
    """Who is in a child's scene besides its parent, and how dense it is."""

    strength: float  # in [0, 1]
    seed: int  # of the places
    partners: tuple[Pair, ...]


class Pool:
    """The drawings of one split, to choose partners from.

    Args:
        pairs: in any order.
    """

    def __init__(self, pairs: Sequence[Pair]):
        self.pairs = sorted(pairs, key=lambda pair: pair.id)
        self._keys = np.array([_hash(pair.id) for pair in self.pairs], np.uint64)

    def choose(self, child: str, parent: Pair, count: int) -> tuple[Pair, ...]:
        """The ``count`` drawings that rank first for a child; none of its parent's group."""
        ranks = mixed(self._keys ^ np.uint64(_hash(child)))
        ahead = np.argsort(ranks, kind="stable")
        chosen: list[Pair] = []
        for index in ahead:
            if len(chosen) == count:
                break
            if self.pairs[index].group != parent.group:
                chosen.append(self.pairs[index])
        return tuple(chosen)


def draw_cast(
    seed: int, parent: Pair, number: int, chance: tuple[float, ...], pool: Pool
) -> Cast | None:
    """Who is in the scene of a child; None for a child that shows its parent alone.

    Args:
        seed: of the augmentation.
        parent: the child's drawing.
        number: of the child.
        chance: [probability, greatest strength] of scenes.
        pool: where the others come from.
    """
    child = f"{seed}|{parent.id}|{number}|scene"
    rng = np.random.default_rng(_hash(child))
    strength = draw_strength(rng, chance)
    if not strength:
        return None
    count = 1 + int(rng.integers(0, 1 + round((MOST - 1) * strength)))
    partners = pool.choose(child, parent, count)
    return Cast(strength, int(rng.integers(2**32)), partners) if partners else None


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers, each by itself (the finaliser of SplitMix64, G. Steele et al., 2014)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def compose(
    drawings: Sequence[Layers], motion: Motion, rng: Generator, strength: float
) -> tuple[Drawn, Notes]:
    """Lay drawings over one another in the frame of the first.

    Args:
        drawings: the parent first; each with bare paper around it.
        motion: its perspective and bending are those of the whole scene.
        rng: where places, sizes and the order come from.
        strength: in [0, 1]; the higher, the more they overlap.

    Returns:
        The scene, and ``order``: the drawings' positions in ``drawings`` from back to front.
    """
    shape = drawings[0].paper.shape[0], drawings[0].paper.shape[1]
    bearing, count = rng.uniform(0, 2 * math.pi), len(drawings)
    places = []
    for number, drawing in enumerate(drawings):
        around = bearing + 2 * math.pi * (number + rng.uniform(-0.2, 0.2)) / count
        places.append(place(drawing, shape, around, rng, strength, count))
    order = [int(index) for index in rng.permutation(count)]
    scene = None
    for index in order:
        figure = Drawn(*move(drawings[index], replace(motion, matrix=places[index]), shape))
        scene = figure if scene is None else over(figure, scene)
    assert scene is not None, "a scene without a drawing"
    return scene, {"order": order}


def place(
    drawing: Layers,
    shape: tuple[int, int],
    bearing: float,
    rng: Generator,
    strength: float,
    count: int,
) -> Matrix:
    """Where a drawing stands: the matrix that brings it into the frame, off its middle by ``bearing``."""
    left, top, right, bottom = drawing.extent
    side = rng.uniform(0.5, 0.8) * (1 - 0.07 * (count - 2)) * min(shape)
    scale = min(side / max(right - left, bottom - top, 1), LARGEST)
    linear = turning(rng.uniform(-15, 15), scale, bool(rng.uniform() < 0.5))
    far = (0.3 - 0.14 * strength) * rng.uniform(0.8, 1.2)
    height, width = shape
    middle = np.array([width, height]) / 2 - 0.5
    goal = middle + far * np.array([width * math.cos(bearing), height * math.sin(bearing)])
    own = np.array([left + right - 1, top + bottom - 1]) / 2
    return np.column_stack([linear, goal - linear @ own])


def over(front: Drawn, back: Drawn) -> Drawn:
    """One drawing in front of another: what is behind shows where the front one's paper is bare."""
    return Drawn(
        lay_behind(front.render, front.bare, back.render),
        np.minimum(front.line + front.bare * back.line, 1),
        front.bare * back.bare,
    )
