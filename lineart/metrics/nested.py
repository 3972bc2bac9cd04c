"""A maximum matching that grows: the pixels of a falling threshold, added one after another.

Without thinning the maps of falling thresholds contain one another, so the matching of one map is the
start for the next. New pixels take the nearest free partner; those left over search alternating paths,
all at once, breadth first (as in Hopcroft & Karp 1973). A search that fails has walked round a set of
truth pixels that are all taken and lead nowhere; no later pixel can gain by entering it (Kuhn's Hungarian
tree), so it is closed for good. That is why all 99 thresholds cost little more than one.
"""

from __future__ import annotations

import numpy as np

from lineart.metrics.matching import Neighbours, Numbers
from lineart.pictures.thinning import Mask

NOBODY = -1


class GrowingMatch:
    """The size of a maximum matching between a truth and a growing set of prediction pixels.

    Args:
        truth: ``(H, W)`` bool.
        neighbours: the page and the reach.
    """

    def __init__(self, truth: Mask, neighbours: Neighbours):
        self.pairs = 0
        self._pixels = int(truth.sum())
        self._page = neighbours
        size = neighbours.size
        self._open = np.zeros(size, bool)  # truth pixels that a search may enter
        self._open[neighbours.places(np.flatnonzero(truth))] = True
        self._free = self._open.copy()  # truth pixels without a partner
        self._of_truth = np.full(size, NOBODY)  # the prediction pixel a truth pixel is matched to
        self._of_pixel = np.full(size, NOBODY)  # and the other way round
        self._came_from = np.full(
            size, NOBODY
        )  # the prediction pixel a search reached a truth from
        self._done = np.zeros(size, bool)  # roots whose search has found a free partner

    def add(self, pixels: Numbers) -> int:
        """Add pixels of the prediction, numbered row by row; returns the pairs there are now."""
        if self.pairs == self._pixels:
            return self.pairs  # more there cannot be
        waiting = self._page.places(pixels)
        for step in self._page.steps:
            if not len(waiting):
                break
            # One step leads different pixels to different partners, so no two want the same.
            partners = waiting + step
            taken = self._free[partners]
            self._join(waiting[taken], partners[taken])
            self.pairs += int(taken.sum())
            waiting = waiting[~taken]
        while len(waiting):
            won = self._search(waiting)
            self.pairs += len(won)
            waiting = waiting[~np.isin(waiting, won)] if len(won) else won
        return self.pairs

    def _join(self, pixels: Numbers, partners: Numbers) -> None:
        self._of_pixel[pixels] = partners
        self._of_truth[partners] = pixels
        self._free[partners] = False

    def _search(self, roots: Numbers) -> Numbers:
        """Grow a tree from every root at once; returns the roots that are matched now.

        Trees share no pixel, so their paths can all be turned. A tree may fail because another took
        its way; only where none succeeds is everything walked through closed.
        """
        won, walked = [roots[:0]], []
        front, owners = roots, roots
        while len(front):
            partners, owners = self._reach(front, owners)
            walked.append(partners)
            free = self._free[partners]
            if free.any():
                found, first = np.unique(owners[free], return_index=True)
                self._turn(partners[free][first])
                self._done[found] = True
                won.append(found)
                on = ~free & ~self._done[owners]
                partners, owners = partners[on], owners[on]
            front = self._of_truth[partners]
        winners = np.concatenate(won)
        self._done[winners] = False
        if len(winners):
            self._open[np.concatenate(walked)] = True
        return winners

    def _reach(self, front: Numbers, owners: Numbers) -> tuple[Numbers, Numbers]:
        """The open truth pixels within reach, each once, and the root of its tree; shut from now on."""
        found = []
        passed = 0
        for pixels in self._page.chunks(front):
            partners = pixels[:, None] + self._page.steps
            hits = np.flatnonzero(self._open.take(partners))
            partner, row = partners.ravel()[hits], hits // len(self._page.steps)
            parent = pixels[row]
            self._came_from[partner] = parent
            mine = self._came_from[partner] == parent  # of several, the last has written
            partner = partner[mine]
            self._open[partner] = False
            found.append((partner, owners[passed + row[mine]]))
            passed += len(pixels)
        partners, roots = (np.concatenate(part) for part in zip(*found, strict=True))
        return partners, roots

    def _turn(self, ends: Numbers) -> None:
        """Along the path from each free partner back to its root, match every pixel to the next partner."""
        while len(ends):
            pixels = self._came_from[ends]
            before = self._of_pixel[pixels]
            self._join(pixels, ends)
            ends = before[before != NOBODY]
