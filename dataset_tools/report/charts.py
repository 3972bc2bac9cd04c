"""Charts as SVG, drawn by hand so that the page needs no library and no network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np


@dataclass(frozen=True)
class Frame:
    """A drawing and the field of its axes, in its own units."""

    width: float
    height: float
    left: float
    right: float = 12
    top: float = 28
    bottom: float = 42

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the field: ``x`` from left to right, ``y`` from the bottom up, both in [0, 1]."""
        return (
            self.left + x * (self.width - self.left - self.right),
            self.height - self.bottom - y * (self.height - self.top - self.bottom),
        )


WIDE, SMALL = Frame(460, 260, left=52), Frame(300, 190, left=46, top=24)
COLOURS = ("#1f4e9c", "#c2571a", "#2f7d4f", "#7a4a9e", "#a8861d", "#3a8a9e", "#b23a5a", "#555555")
BARS = "#d9d3c5"


def histogram(values: Sequence[float], parts: Mapping[str, Sequence[float]], across: str) -> str:
    """How a measure is spread: all values as bars, each part as a line of steps, both as shares.

    Args:
        values: of all drawings.
        parts: of some of them, by name.
        across: title of the horizontal axis.

    Returns:
        An ``<svg>`` element; empty text without values.
    """
    finite = _finite(values)
    if not finite.size:
        return ""
    low, high = float(finite.min()), float(finite.max())
    step = round_step((high - low) / 16) if high > low else max(abs(high), 1.0) / 16
    first, last = math.floor(low / step + 1e-9), math.floor(high / step + 1e-9) + 1
    edges = step * np.arange(first, last + 1)
    bars = _shares(finite, edges)
    lines = {name: _shares(_finite(some), edges) for name, some in parts.items()}
    top = max(float(shares.max()) for shares in (bars, *lines.values())) * 1.06

    def place(x: float, y: float) -> tuple[float, float]:
        return WIDE.at((x - edges[0]) / (edges[-1] - edges[0]), y / top)

    marks = []
    for left, right, share in zip(edges[:-1], edges[1:], bars, strict=True):
        (u, v), (end, ground) = place(left, share), place(right, 0)
        marks.append(
            f'<rect x="{u:.1f}" y="{v:.1f}" width="{end - u:.1f}" height="{ground - v:.1f}" '
            f'fill="{BARS}"/>'
        )
    for number, (_, shares) in enumerate(lines.items()):
        corners = [place(edges[0], 0)]
        for left, right, share in zip(edges[:-1], edges[1:], shares, strict=True):
            corners += [place(left, share), place(right, share)]
        path = "L".join(f"{u:.1f} {v:.1f}" for u, v in [*corners, place(edges[-1], 0)])
        marks.append(
            f'<path d="M{path}" fill="none" stroke="{COLOURS[number]}" stroke-width="1.8"/>'
        )
    ticks = [(place(x, 0)[0], f"{x:g}") for x in _every(edges, 9)]
    levels = [(place(edges[0], y)[1], f"{y:.0%}") for y in _levels(top)]
    legend = [("all", BARS), *zip(lines, COLOURS, strict=False)]
    return _svg(WIDE, across, "share of drawings", ticks, levels, marks, legend)


def recall(
    strengths: Sequence[str],
    curves: Mapping[str, Sequence[float]],
    unit: str,
    aim: float,
    first: int | None,
) -> str:
    """How much of a planted defect is found, over the strength it was planted at.

    Args:
        strengths: in words, from slight to gross; they are drawn evenly spaced.
        curves: recall in [0, 1] at each, by name.
        unit: of the strengths.
        aim: the recall that is wanted.
        first: place of the first strength at which it is wanted; None if at none.

    Returns:
        An ``<svg>`` element.
    """

    def place(number: float, y: float) -> tuple[float, float]:
        return SMALL.at((number + 0.5) / len(strengths), y)

    marks = []
    if first is not None:
        (x, y), (end, top) = place(first - 0.5, aim), place(len(strengths) - 0.5, 1)
        marks.append(
            f'<rect class="aim" x="{x:.1f}" y="{top:.1f}" width="{end - x:.1f}" height="{y - top:.1f}"/>'
        )
    for number, (name, values) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        spots = [place(at, y) for at, y in enumerate(values)]
        path = "L".join(f"{u:.1f} {v:.1f}" for u, v in spots)
        marks.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        marks += [
            f'<circle cx="{u:.1f}" cy="{v:.1f}" r="3" fill="{colour}">'
            f"<title>{escape(name)}, {escape(strength)}: {y:.1%}</title></circle>"
            for (u, v), strength, y in zip(spots, strengths, values, strict=True)
        ]
    ticks = [(place(at, 0)[0], strength) for at, strength in enumerate(strengths)]
    levels = [(place(0, y / 4)[1], f"{y / 4:.0%}") for y in range(5)]
    legend = list(zip(curves, COLOURS, strict=False)) if len(curves) > 1 else []
    return _svg(SMALL, unit, "found", ticks, levels, marks, legend)


def round_step(rough: float) -> float:
    """The round number (1, 2 or 5 times a power of ten) that is ``rough`` or the next above it.

    >>> [round_step(value) for value in (0.13, 0.5, 7)]
    [0.2, 0.5, 10]
    """
    exponent = math.floor(math.log10(rough) + 1e-9)
    for factor in (1, 2, 5, 10):
        # A quotient of whole numbers prints as it is meant: 0.2, not 0.2000000001.
        step = factor / 10**-exponent if exponent < 0 else factor * 10**exponent
        if step >= rough * (1 - 1e-9):
            return step
    raise AssertionError(rough)


def _finite(values: Sequence[float]) -> np.ndarray:
    found = np.asarray(values, np.float64)
    return found[np.isfinite(found)]


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    # A value on an edge, but for rounding, belongs to the bin that begins there.
    places = np.floor((values - edges[0]) / (edges[1] - edges[0]) + 1e-9).astype(int)
    counts = np.bincount(np.clip(places, 0, len(edges) - 2), minlength=len(edges) - 1)
    return np.asarray(counts / max(1, len(values)))


def _every(edges: np.ndarray, most: int) -> list[float]:
    return [float(edge) for edge in edges[:: math.ceil(len(edges) / most)]]


def _levels(top: float) -> list[float]:
    step = round_step(top / 5)
    return [step * number for number in range(int(top / step + 1e-9) + 1)]


def _svg(
    frame: Frame,
    across: str,
    up: str,
    ticks: Sequence[tuple[float, str]],
    levels: Sequence[tuple[float, str]],
    marks: Sequence[str],
    legend: Sequence[tuple[str, str]],
) -> str:
    (left, bottom), (right, top) = frame.at(0, 0), frame.at(1, 1)
    parts = [
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" '
        f'aria-label="{escape(up)} by {escape(across)}">'
    ]
    for y, text in levels:
        parts.append(
            f'<line class="grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        )
    for x, text in ticks:
        parts.append(
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 4}"/>'
            f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{escape(text)}</text>'
        )
    parts += [
        *marks,
        f'<path class="axis" d="M{left} {top}V{bottom}H{right}" fill="none"/>',
        f'<text x="{(left + right) / 2}" y="{frame.height - 6}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(11 {(top + bottom) / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>",
    ]
    x = left
    for name, colour in legend:
        parts.append(
            f'<rect x="{x}" y="4" width="11" height="11" rx="2" fill="{colour}"/>'
            f'<text x="{x + 16}" y="14">{escape(name)}</text>'
        )
        x += 32 + 7 * len(name)
    return "".join([*parts, "</svg>"])
