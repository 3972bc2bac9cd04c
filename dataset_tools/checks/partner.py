"""Does a line art belong to its render? Asked of the whole set: do others fit it better?

How well two pictures fit is the correlation of their coarse ridge maps, 32 cells a side, so that a shift
of a few pixels does not matter. No absolute fit is asked for: a painting shows its lines less than a
cartoon does. A pair is suspect when its line art fits another render clearly better than its own, or its
render another line art. Drawings of one family, clock faces say, fit one another about as well as
themselves, and so are not suspected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dataset_tools.checks.finding import Finding, graded
from lineart.settings import require

BLOCK = 512  # line arts that are compared with all renders at a time: bounds the memory

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class PartnerLimits:
    """When a line art is taken for another drawing's."""

    doubt: float = 0.15  # how much better another fits, both in [0, 1]
    lead: float = 0.2
    fit: float = 0.6  # from here on another fits well enough to be named as the right partner

    def __post_init__(self) -> None:
        for name in ("doubt", "lead", "fit"):
            value = getattr(self, name)
            require(0 < value <= 1, f"qa.checks.partner.{name}", value, "above 0, at most 1")
        require(
            self.doubt <= self.lead,
            "qa.checks.partner.doubt",
            self.doubt,
            "at most the setting qa.checks.partner.lead",
        )


class Print(Protocol):
    """What is known of a pair (:class:`dataset_tools.splits.duplicates.Fingerprint`)."""

    @property
    def id(self) -> str:
        """Of the pair."""

    @property
    def ridges(self) -> bytes:
        """Thin dark structures of render and line art as (2, 32, 32) bytes, 0 to 127."""


@dataclass(frozen=True)
class _Rivals:
    """For every drawing its own fit, and of all others the best, how good it is, and how many are better."""

    own: Numbers
    best: Numbers
    place: Places
    better: Places


def partner_findings(prints: Iterable[Print], settings: PartnerLimits) -> dict[str, Finding]:
    """Whether each line art belongs to its render, by id; the same whatever the order of ``prints``.

    Ten thousand drawings are a hundred million fits: some ten seconds, in blocks of 20 MB.
    """
    prints = sorted(prints, key=lambda item: item.id)
    if not prints:
        return {}
    names = [item.id for item in prints]
    maps = np.frombuffer(b"".join(item.ridges for item in prints), np.uint8)
    renders, lines = maps.reshape(len(prints), 2, -1).transpose(1, 0, 2)
    as_lines, as_renders = _rivals(lines, renders), _rivals(renders, lines)
    return {
        name: _finding(at, names, as_lines, as_renders, settings) for at, name in enumerate(names)
    }


def _finding(
    at: int, names: list[str], lines: _Rivals, renders: _Rivals, settings: PartnerLimits
) -> Finding:
    """The finding of the drawing ``at``, from what fits its line art and what fits its render."""
    rivals, this, that = lines, "line art", "render"
    if renders.best[at] > lines.best[at]:
        rivals, this, that = renders, "render", "line art"
    own, best, rival = rivals.own[at], rivals.best[at], names[rivals.place[at]]
    fix = ""
    if best < settings.fit:
        reason = (
            f"the {this} fits the {that} of {rivals.better[at]} of {len(names) - 1} other drawings better "
            f"than its own"
        )
    else:
        reason = f"the {this} fits the {that} of '{rival}' ({best:.2f}), not its own ({own:.2f})"
        if lines.place[at] == renders.place[at]:
            fix = f"swap the line art with that of '{rival}'"
        else:
            fix = f"pair the {this} with the {that} of '{rival}'"
    lead = max(0.0, float(best - own))
    return graded("partner", lead, settings.lead, settings.doubt, reason, fix=fix)


def _rivals(pictures: NDArray[np.uint8], others: NDArray[np.uint8]) -> _Rivals:
    """What fits each of ``pictures`` among ``others``, both ``(N, P)`` in 0..127, its own is in its own row.

    The products of such small whole numbers are exact in float32, in whatever order they are summed (1,024
    times 127 squared is below 2 to the 24), so that no two machines disagree.
    """
    count, pixels = pictures.shape
    columns = np.ascontiguousarray(others.astype(np.float32).T)
    sums, norms = _sums_and_norms(others)
    own, best = np.zeros(count), np.zeros(count)
    place, better = np.zeros(count, np.intp), np.zeros(count, np.intp)
    for start in range(0, count, BLOCK):
        block = pictures[start : start + BLOCK]
        block_sums, block_norms = _sums_and_norms(block)
        products = (block.astype(np.float32) @ columns).astype(np.float64)
        spread = block_norms[:, None] * norms
        fits = (pixels * products - block_sums[:, None] * sums) / np.maximum(spread, 1)
        rows = np.arange(len(block))
        part = slice(start, start + len(block))
        own[part] = fits[rows, start + rows]
        fits[rows, start + rows] = -1
        place[part] = fits.argmax(axis=1)
        best[part] = fits.max(axis=1)
        better[part] = (fits > own[part, None]).sum(axis=1)
    return _Rivals(own, best, place, better)


def _sums_and_norms(pictures: NDArray[np.uint8]) -> tuple[Numbers, Numbers]:
    """Sums of the pixels, and lengths about the mean times the root of their number; 0 for a flat one."""
    values = pictures.astype(np.float64)
    sums = values.sum(axis=1)
    return sums, np.sqrt(pictures.shape[1] * (values**2).sum(axis=1) - sums**2)
