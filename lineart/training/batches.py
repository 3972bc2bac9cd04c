"""What training sees: a stream of batches that is a pure function of (seed, step).

Nothing is remembered between two batches, so the position in the data is the step number and a resumed
run sees exactly what an uninterrupted one would have seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from lineart.pictures.images import Bytes
from lineart.sets.shards import Shards
from lineart.training.saliency import saliency_map, salient_crop

Crop = tuple[Tensor, Tensor, Tensor]

# Where crops lie, and for what share of them the most salient of some places is taken.
POLICIES = {"uniform": 0.0, "salient": 1.0, "mixed": 0.5}


def crop_pair(
    render: Bytes,
    line: Bytes,
    size: int,
    rng: np.random.Generator,
    policy: str = "uniform",
    smallest: float = 1.0,
    margin: int = 0,
) -> tuple[Bytes, Bytes, NDArray[np.bool_]]:
    """Cut the same random square out of both; smaller pictures are widened with white paper.

    Args:
        render: ``(H, W, 3)``.
        line: ``(H, W)``.
        size: side of the square, in pixels.
        rng: what the place is drawn from.
        policy: a name of ``POLICIES``.
        smallest: the pictures are shrunk first, by factors from here to 1, all equally likely on a
            logarithmic scale, so that thin strokes are seen too; at 1 none is.
        margin: pixels along the sides that cut through the picture in which nothing is asked. A network
            tells by its own padding where a picture ends; a solid cut in two and a night that ends there look
            alike, and only the second one does so at the end of a picture.

    Returns:
        Render ``(size, size, 3)``, line ``(size, size)``, and where an answer is asked for, ``(size, size)``.
    """
    if smallest < 1:
        factor = max(smallest ** rng.random(), size / max(line.shape))
        render, line = (_shrunk(picture, factor) for picture in (render, line))
    height, width = line.shape
    if min(height, width) < size:
        below, right = max(0, size - height), max(0, size - width)
        render = np.pad(render, ((0, below), (0, right), (0, 0)), constant_values=255)
        line = np.pad(line, ((0, below), (0, right)))
        height, width = line.shape
    if rng.random() < POLICIES[policy]:
        top, left = salient_crop(saliency_map(render), size, rng)
    else:
        top, left = int(rng.integers(height - size + 1)), int(rng.integers(width - size + 1))
    window = slice(top, top + size), slice(left, left + size)
    asked = np.outer(_asked(top, size, height, margin), _asked(left, size, width, margin))
    return render[window], line[window], asked


def _asked(start: int, size: int, whole: int, margin: int) -> NDArray[np.bool_]:
    """Along one side of a picture: all of a crop but the margins at those ends where it cuts.

    >>> _asked(0, 4, 6, 1).astype(int), _asked(1, 4, 6, 1).astype(int), _asked(0, 4, 4, 1).astype(int)
    (array([1, 1, 1, 0]), array([0, 1, 1, 0]), array([1, 1, 1, 1]))
    """
    asked = np.ones(size, bool)
    if start > 0:
        asked[:margin] = False
    if start + size < whole:
        asked[size - margin :] = False
    return asked


def _shrunk(picture: Bytes, factor: float) -> Bytes:
    """A picture at ``factor`` times its size, where that is smaller; thin ink turns grey, as on paper."""
    if factor >= 1:
        return picture
    size = [max(1, round(side * factor)) for side in picture.shape[1::-1]]
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


class Crops(Dataset[Crop]):
    """Crops by position in the endless stream: position p shows picture p of a shuffled deck.

    Args:
        shards: the split to draw from; each epoch shows every picture once, in an order of its own.
        size: side of the square crop in pixels.
        seed: of order and crops.
        policy: where the crops lie, a name of ``POLICIES``.
        smallest: factor down to which pictures are shrunk first, see :func:`crop_pair`.
        margin: pixels along cut sides in which nothing is asked, see :func:`crop_pair`.
    """

    def __init__(
        self,
        shards: Shards,
        size: int,
        seed: int,
        policy: str = "uniform",
        smallest: float = 1.0,
        margin: int = 0,
    ):
        self.shards, self.size, self.seed = shards, size, seed
        self.policy, self.smallest, self.margin = policy, smallest, margin
        self._epoch = -1
        self._order: NDArray[np.int64] = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self.shards)

    def __getitem__(self, position: int) -> Crop:
        """Render ``(3, S, S)``, ink ``(1, S, S)``, float32 in [0, 1]; where it is asked ``(1, S, S)``."""
        rng = np.random.default_rng((self.seed, 1, position))
        pictures = self.shards[self._picture(position)]
        render, line, asked = crop_pair(
            *pictures, self.size, rng, self.policy, self.smallest, self.margin
        )
        return (
            torch.from_numpy(np.ascontiguousarray(render.transpose(2, 0, 1))).float() / 255,
            torch.from_numpy(np.ascontiguousarray(line[None])).float() / 255,
            torch.from_numpy(asked[None]),
        )

    def keys(self, positions: Iterable[int]) -> list[str]:
        """Which children are shown at some positions, to name them."""
        return [self.shards.children[self._picture(position)].key for position in positions]

    def _picture(self, position: int) -> int:
        epoch, place = divmod(position, len(self.shards))
        if epoch != self._epoch:
            self._order = np.random.default_rng((self.seed, epoch)).permutation(len(self.shards))
            self._epoch = epoch
        return int(self._order[place])


class Steps(Sampler[list[int]]):
    """The positions of each batch from one step to another; several processes share a batch's positions."""

    def __init__(self, first: int, last: int, batch: int, rank: int = 0, world: int = 1):
        self.first, self.last, self.batch, self.rank, self.world = first, last, batch, rank, world

    def __len__(self) -> int:
        return self.last - self.first

    def __iter__(self) -> Iterator[list[int]]:
        for step in range(self.first, self.last):
            whole = range(step * self.batch, (step + 1) * self.batch)
            yield list(whole)[self.rank :: self.world]


def batches(crops: Crops, steps: Steps, workers: int) -> DataLoader[Crop]:
    """The batches of some steps, read by ``workers`` processes (0: by this one)."""
    return DataLoader(
        crops,
        batch_sampler=steps,
        num_workers=workers,
        pin_memory=torch.cuda.is_available(),
        persistent_workers=False,
    )
