"""The scores of a folder as text, as rows, and their precision and recall as a drawing (SVG)."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from lineart.metrics.boundary import Counts
from lineart.metrics.curves import optimal_dataset_scale, recall_precision
from lineart.metrics.table import METRICS, PICTURE_METRICS

SIDE, EDGE = 420, 56  # of the drawing, in its own units: the square of the axes, the space round it
COLOURS = (  # of the curves, readable on white
    *("#0b5fa5", "#c2410c", "#15803d", "#7e22ce", "#0e7490"),
    *("#be185d", "#a16207", "#475569", "#65a30d", "#111827"),
)
LEVELS = (0.2, 0.4, 0.6, 0.8)  # F of the grey lines


def as_rows(scores: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a figure: where it belongs, its name, its value, and what METRICS says of it."""
    groups = {
        **scores["benchmark"],
        "pictures": scores["means"],
        "background": scores["background"],
    }
    rows = []
    for group, values in groups.items():
        for name, value in values.items():
            metric = METRICS.get(name)
            rows.append(
                {
                    "group": group,
                    "metric": name,
                    "value": round(value, 6),
                    "better": metric.better if metric else "",
                    "low": metric.low if metric else "",
                    "high": metric.high if metric else "",
                    "source": metric.source if metric else "",
                }
            )
    return rows


def as_text(scores: Mapping[str, Any]) -> str:
    """The scores to be read in a terminal."""
    pixels = scores["tolerance_pixels"]
    reach = f"{scores['tolerance']:g} of the diagonal" if pixels is None else f"{pixels:g} px"
    lines = [
        f"{scores['pictures']} pictures of {scores['predictions']} against {scores['truths']}",
        *(f"  {note}" for note in scores["notes"]),
        "",
        f"Edge benchmark: 99 thresholds, one-to-one matching within {reach}",
        f"  {'':54}  ODS     at   OIS    AP  of recalls  AP with ends   R50",
    ]
    for name, values in scores["benchmark"].items():
        recalls = f"{values['ap_recall_low']:.2f}-{values['ap_recall_high']:.2f}"
        lines.append(
            f"  {scores['protocols'][name]:54} {values['ods']:.3f}  {values['ods_threshold']:.3f} "
            f"{values['ois']:.3f} {values['ap']:.3f}   {recalls}         {values['ap_ended']:.3f} "
            f"{values['r50']:.3f}"
        )
    below = scores["ois_below_ods"]
    lines += [f"  {name}: {below[name]}" for name in scores["benchmark"] if name in below]
    lines += [
        "",
        f"Means over pictures (ink is {scores['threshold']:.3f} and above where it matters)",
    ]
    arrows = {"lower": "lower is better", "higher": "higher is better", "": ""}
    for name, metric in PICTURE_METRICS.items():
        value = scores["means"][name]
        lines.append(f"  {metric.title:18} {value:10.4f}  {arrows[metric.better]}")
    lines += ["", "Beside the paper's figures (the background is what is to be found)"]
    for name, value in scores["background"].items():
        if name in METRICS:
            blank = scores["background"][f"{name}_of_blank"]
            lines.append(f"  {METRICS[name].title:18} {value:10.4f}  a blank page has {blank:.4f}")
    lines += [f"  {below[name]}" for name in below if name not in scores["benchmark"]]
    return "\n".join([*lines, ""])


def draw_curves(curves: Mapping[str, Counts]) -> str:
    """Precision over recall as an SVG, lines of equal F behind, ODS as a dot.

    Args:
        curves: counts ``(pictures, thresholds, 4)`` by title.

    Returns:
        A drawing without scripts, fonts or links; the same counts, the same text.
    """
    size = SIDE + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size + 20 * len(curves)}" '
        f'font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#666"/>',
    ]
    for level in LEVELS:
        recall = np.linspace(level / (2 - level), 1, 60)
        parts.append(_line(recall, level * recall / (2 * recall - level), "#ccc", 1))
        x, y = _at(1, level / (2 - level))
        parts.append(f'<text x="{x + 4:.1f}" y="{y + 4:.1f}" fill="#888">F {level}</text>')
    for tick in np.linspace(0, 1, 6):
        x, y = _at(tick, tick)
        parts.append(
            f'<text x="{x:.1f}" y="{EDGE + SIDE + 18}" text-anchor="middle">{tick:.1f}</text>'
            f'<text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:.1f}</text>'
        )
    middle = EDGE + SIDE / 2
    parts += [
        f'<text x="{middle}" y="{EDGE + SIDE + 38}" text-anchor="middle">Recall</text>',
        f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">Precision</text>',
    ]
    for number, (title, counts) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        total = counts.sum(axis=0)
        recall, precision = recall_precision(total[total[:, 3] > 0])
        best = optimal_dataset_scale(counts)
        x, y = _at(best.recall, best.precision)
        parts += [
            _line(recall, precision, colour, 2),
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>',
            f'<text x="{EDGE}" y="{size + 20 * number}" fill="{colour}">'
            f"{escape(title)}: ODS {best.f:.3f}</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])


def _at(recall: float, precision: float) -> tuple[float, float]:
    return EDGE + recall * SIDE, EDGE + (1 - precision) * SIDE


def _line(recall: np.ndarray, precision: np.ndarray, colour: str, width: int) -> str:
    points = " ".join(
        f"{x:.1f},{y:.1f}" for x, y in (_at(*pair) for pair in zip(recall, precision, strict=True))
    )
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
