"""Learning curves as SVG, drawn by hand so that the report needs no library and no network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 14, 46
COLOURS = ("#1f4e9c", "#c2571a", "#2f7d4f", "#7a4a9e", "#a8861d", "#3a8a9e", "#b23a5a", "#555555")


def chart(curves: Mapping[str, Points], across: str, up: str) -> str:
    """Some curves over one horizontal axis from 0, on a logarithmic vertical axis.

    Args:
        curves: name to points (x, y); y above 0.
        across: title of the horizontal axis.
        up: title of the vertical axis.

    Returns:
        An ``<svg>`` element; empty text without points.
    """
    points = [point for curve in curves.values() for point in curve]
    if not points:
        return ""
    right = max(x for x, _ in points)
    levels = [math.log10(y) for _, y in points]
    low, high = min(levels), max(levels)
    margin = max(0.05, 0.06 * (high - low))
    low, high = low - margin, high + margin

    def place(x: float, y: float) -> tuple[float, float]:
        across_part = x / right if right else 0.0
        up_part = (math.log10(y) - low) / (high - low)
        return (
            LEFT + across_part * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up_part * (HEIGHT - TOP - BOTTOM),
        )

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(up)} by {escape(across)}">'
    ]
    for y in log_ticks(10**low, 10**high):
        _, v = place(0, y)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{v:.1f}" y2="{v:.1f}"/>'
        )
        parts.append(f'<text x="{LEFT - 8}" y="{v + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in ticks(right):
        u, _ = place(x, 10**low)
        bottom = HEIGHT - BOTTOM
        parts.append(
            f'<line class="axis" x1="{u:.1f}" x2="{u:.1f}" y1="{bottom}" y2="{bottom + 5}"/>'
        )
        parts.append(f'<text x="{u:.1f}" y="{bottom + 19}" text-anchor="middle">{x:,.0f}</text>')
    parts.append(
        f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none"/>'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{escape(across)}</text>"
        f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(up)}</text>'
    )
    for number, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        spots = [place(x, y) for x, y in curve]
        path = "L".join(f"{u:.1f} {v:.1f}" for u, v in spots)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{u:.1f}" cy="{v:.1f}" r="2.6" fill="{colour}"/>' for u, v in spots]
        row = TOP + 14 + 18 * number
        parts.append(
            f'<line x1="{WIDTH - 150}" x2="{WIDTH - 128}" y1="{row - 4}" y2="{row - 4}" '
            f'stroke="{colour}" stroke-width="2"/>'
            f'<text x="{WIDTH - 122}" y="{row}">{escape(name)}</text>'
        )
    return "".join([*parts, "</svg>"])


def ticks(end: float) -> list[float]:
    """Round numbers from 0 to ``end``, about six.

    >>> ticks(9_000)
    [0, 2000, 4000, 6000, 8000]
    """
    if end <= 0:
        return [0]
    step = _round_step(end / 5)
    return [step * number for number in range(int(end / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers in a range for a logarithmic axis; evenly spaced ones where it is a narrow range.

    >>> log_ticks(0.004, 0.3), log_ticks(0.0083, 0.0148)
    ([0.005, 0.01, 0.02, 0.05, 0.1, 0.2], [0.01, 0.012, 0.014])
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1,), (1, 2, 5)):
        found = [
            round(factor * 10.0**power, 12)
            for power in powers
            for factor in factors
            if low <= factor * 10.0**power <= high
        ]
        if len(found) >= 4:
            return found[:: max(1, len(found) // 8)]
    step = _round_step((high - low) / 5)
    numbers = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [round(step * number, 12) for number in numbers]


def _round_step(rough: float) -> float:
    power = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
