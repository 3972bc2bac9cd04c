"""One-to-one matching of line pixels that lie within reach of one another, always the optimum.

- :func:`most` counts the pairs of a maximum matching, by maximum flow (Dinic's algorithm in SciPy).
- :func:`nearest` gives the pairs of a maximum matching whose distances sum to the least, as an assignment
  problem (Jonker & Volgenant 1987, sparse, in SciPy) in which every pixel may also stay alone at a
  price that no gain in distance can pay.

``scipy.sparse.csgraph.maximum_bipartite_matching`` is not used: it takes exponential time on just such
graphs (scipy/scipy#26147).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow, min_weight_full_bipartite_matching

from lineart.pictures.thinning import Mask

Numbers = NDArray[np.integer[Any]]
SLACK = 1e-9  # of the squared reach: 0.0075 x 400 is exactly 3, and must be so after rounding too
CHUNK = 1 << 19  # neighbours looked up at once; more would leave the cache


class Neighbours:
    """A page with a margin, in which the disk round a pixel is a fixed list of steps.

    Args:
        shape: of the picture, ``(H, W)``.
        reach: the largest distance of a pair, in pixels; a pair at exactly this distance counts.
    """

    def __init__(self, shape: tuple[int, int], reach: float):
        self.height, self.width = shape
        # No pair is further apart than twice the longer side; more, or infinity, says nothing else.
        squared = min(reach, 2 * max(shape)) ** 2 * (1 + SLACK)
        # No row or column is further away than the page is long, so a larger disk would only cost.
        self.margin = min(math.isqrt(int(squared)), max(shape))
        self.stride = self.width + self.margin  # the right margin of a row is the left of the next
        self.size = (self.height + 2 * self.margin + 1) * self.stride
        span = np.arange(-self.margin, self.margin + 1)
        square = span[:, None] ** 2 + span**2
        down, right = np.nonzero(square <= squared)
        nearest_first = np.argsort(square[down, right], kind="stable")
        down, right = span[down[nearest_first]], span[right[nearest_first]]
        self.steps: Numbers = down * self.stride + right
        self.distances = np.sqrt(down**2 + right**2)

    def places(self, pixels: Numbers) -> Numbers:
        """Where pixels of the picture, numbered row by row, are on the page with a margin."""
        return pixels + pixels // self.width * self.margin + self.margin * self.stride

    def chunks(self, places: Numbers) -> Iterator[Numbers]:
        """The places in pieces whose neighbours fit the cache."""
        size = max(1, CHUNK // len(self.steps))
        for start in range(0, len(places), size):
            yield places[start : start + size]


class Partners:
    """The line pixels of a truth, ready to be looked up from many predictions.

    Args:
        truth: ``(H, W)`` bool.
        neighbours: the page and the reach.
    """

    def __init__(self, truth: Mask, neighbours: Neighbours):
        self.neighbours = neighbours
        places = neighbours.places(np.flatnonzero(truth))
        self.pixels = len(places)
        self._label = np.full(neighbours.size, -1, np.int32)
        self._label[places] = np.arange(self.pixels)
        self._near = np.zeros(neighbours.size, bool)
        for step in neighbours.steps:
            self._near[places + step] = True

    def of(self, pixels: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Every pair of a prediction pixel and a truth pixel within reach.

        Args:
            pixels: of the prediction, numbered row by row.

        Returns:
            The pixels that have a partner; how many each has; the partners (numbers of truth pixels), pixel
            after pixel; for each partner the number of its step, near steps first.
        """
        places = self.neighbours.places(pixels)
        near = self._near[places]
        none = np.zeros(0, np.int64)
        rows: list[Numbers] = [none]
        partners: list[Numbers] = [none]
        steps: list[Numbers] = [none]
        passed = 0
        for part in self.neighbours.chunks(places[near]):
            labels = self._label.take(part[:, None] + self.neighbours.steps).ravel()
            hits = np.flatnonzero(labels >= 0)
            row, step = np.divmod(hits, len(self.neighbours.steps))
            rows.append(passed + row)
            steps.append(step)
            partners.append(labels[hits])
            passed += len(part)
        counts = np.bincount(np.concatenate(rows), minlength=passed)
        return pixels[near], counts, np.concatenate(partners), np.concatenate(steps)


def most(pixels: Numbers, partners: Partners) -> int:
    """How many pairs a maximum matching has.

    Args:
        pixels: of the prediction, numbered row by row.
        partners: the truth.
    """
    pixels, counts, found, _ = partners.of(pixels)
    if not len(pixels):
        return 0
    ends, labels = _renumber(found, partners.pixels)
    left, right = len(pixels), int(ends.sum())
    sink = left + right + 1
    # Nodes: the source, the prediction's pixels, the truth's, the sink. Every edge carries one pair.
    heads = np.concatenate([np.arange(1, left + 1), left + 1 + labels[found], np.full(right, sink)])
    edges = np.concatenate([[left], counts, np.ones(right, np.int32), [0]])
    starts = np.concatenate([[0], np.cumsum(edges)])
    graph = csr_matrix(
        (np.ones(len(heads), np.int32), heads.astype(np.int32), starts.astype(np.int32)),
        shape=(sink + 1, sink + 1),
    )
    graph.sort_indices()
    return int(maximum_flow(graph, 0, sink, method="dinic").flow_value)


def nearest(pixels: Numbers, partners: Partners) -> tuple[Numbers, Numbers]:
    """The pairs of a maximum matching with the least sum of distances.

    Args:
        pixels: of the prediction, numbered row by row.
        partners: the truth.

    Returns:
        The matched pixels of the prediction and, in the same order, the numbers of the truth's.
    """
    pixels, counts, found, steps = partners.of(pixels)
    if not len(pixels):
        return pixels, pixels
    left = len(pixels)
    # SciPy takes a weight of 0 for no edge, so all are one higher; then a detour through every pixel
    # costs less than staying alone.
    weights = 1 + partners.neighbours.distances[steps]
    alone = float(weights.max()) * (left + 1)
    starts = np.concatenate([[0], np.cumsum(counts + 1)])
    last = starts[1:] - 1  # a pixel's own column for staying alone closes its row
    columns = np.empty(starts[-1], np.int32)
    prices = np.empty(starts[-1])
    columns[last] = partners.pixels + np.arange(left)
    prices[last] = alone
    inner = np.ones(starts[-1], bool)
    inner[last] = False
    columns[inner], prices[inner] = found, weights
    graph = csr_matrix((prices, columns, starts), shape=(left, partners.pixels + left))
    graph.sort_indices()
    rows, chosen = min_weight_full_bipartite_matching(graph)
    paired = chosen < partners.pixels
    return pixels[rows[paired]], chosen[paired]


def _renumber(found: Numbers, total: int) -> tuple[Mask, Numbers]:
    """Which truth pixels are found at all, and the numbers they get when the others are left out."""
    used = np.zeros(total, bool)
    used[found] = True
    return used, np.cumsum(used) - 1
