"""What a split is worth: leaks, balance and stability, on real drawings, beside a plain hash.

    python benchmarks/splits.py [--pairs data/pairs] [--count 400] [--seeds 10]

Writes the tables of docs/splits.md. Leaks are counted by what was planted, not by what our checks find:
twins of drawings (the same file under another name, re-encoded, shrunk, moved, recoloured, mirrored) and
further drawings of a series. The hash is what is commonly done, a number from the drawing's id; it is also
given the clusters, which is what this project did before.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from dataset_tools.checks import View
from dataset_tools.sources.drawing import stable_fraction
from dataset_tools.splits.duplicates import (
    DuplicateSettings,
    Fingerprint,
    clusters_of,
    fingerprint,
    near_duplicates,
)
from dataset_tools.splits.split import SplitSettings, split_pairs
from dataset_tools.splits.strata import limits_of, strata_of
from lineart.pictures.images import Picture, to_bytes
from lineart.sets.pairs import Pair, read_pairs
from lineart.sets.shards import SPLITS
from pipelines.report.marked import write_between

DOCUMENT = Path("docs", "splits.md")
BEGIN = "<!-- splits: written by `python benchmarks/splits.py` -->"
END = "<!-- end of splits -->"
SHARES = (0.6, 0.3, 0.1)
Drawn = tuple[Picture, Picture]


@dataclass(frozen=True)
class Known:
    """A drawing: its row, its measures and its fingerprint."""

    pair: Pair
    print: Fingerprint
    stroke_width: float
    coverage: float


def known(pair: Pair, drawn: Drawn) -> Known:
    view = View(*drawn)
    return Known(pair, fingerprint(pair, *drawn), view.stroke_width, view.share)


def jpeg(drawn: Drawn) -> Drawn:
    """Saved as JPEG on the way; OpenCV's order of channels changes nothing here."""
    _, data = cv2.imencode(".jpg", to_bytes(drawn[0]), [cv2.IMWRITE_JPEG_QUALITY, 60])
    read = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(read, np.float32) / 255, drawn[1]


def shrunk(drawn: Drawn) -> Drawn:
    render, line = (
        cv2.resize(picture, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA) for picture in drawn
    )
    return np.asarray(render, np.float32), np.asarray(line, np.float32)


def moved(drawn: Drawn) -> Drawn:
    return np.roll(drawn[0], 1, axis=(0, 1)), np.roll(drawn[1], 1, axis=(0, 1))


def recoloured(drawn: Drawn) -> Drawn:
    return np.ascontiguousarray(drawn[0][..., ::-1]), drawn[1]


def mirrored(drawn: Drawn) -> Drawn:
    return np.ascontiguousarray(drawn[0][:, ::-1]), np.ascontiguousarray(drawn[1][:, ::-1])


TWINS: dict[str, Callable[[Drawn], Drawn]] = {
    "the same picture": lambda drawn: drawn,
    "JPEG 60": jpeg,
    "shrunk to 80 %": shrunk,
    "moved by a pixel": moved,
    "red and blue exchanged": recoloured,
    "mirrored": mirrored,
    "mirrored and shrunk": lambda drawn: shrunk(mirrored(drawn)),
}
SERIES = "another of the series"


def table(drawings: list[Known]) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """What the stage qa hands to the split: checked pairs with their clusters, and the duplicates."""
    prints = [item.print for item in drawings]
    found = near_duplicates(prints, DuplicateSettings())
    clusters = clusters_of(prints, found)
    rows = [
        {
            "id": item.pair.id,
            "group": item.pair.group,
            "source": item.pair.source,
            "cluster": clusters[item.pair.id],
            "stroke_width": item.stroke_width,
            "coverage": item.coverage,
        }
        for item in drawings
    ]
    return pd.DataFrame(rows), [(item.one, item.other) for item in found]


def places(splits: dict[str, pd.DataFrame]) -> dict[str, str]:
    return {id: name for name, part in splits.items() for id in part["id"]}


def hashed(frame: pd.DataFrame, column: str, seed: int) -> dict[str, str]:
    """Id to split by a hash of a column."""
    found = {}
    for id, name in zip(frame["id"], frame[column], strict=True):
        position = stable_fraction(f"{seed}:{name}")
        limits = zip(SPLITS, accumulate(SHARES), strict=True)
        found[id] = next((split for split, limit in limits if position < limit), SPLITS[-1])
    return found


def leaks(drawings: list[Known], folder: Path, seeds: int, each: int) -> pd.DataFrame:
    """How many planted drawings end on another side than their original."""
    rows = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        originals, others = np.split(rng.permutation(len(drawings)), [len(drawings) // 2])
        planted: list[tuple[str, str, Known]] = []
        for number, (kind, edit) in enumerate(TWINS.items()):
            for place in originals[number * each : (number + 1) * each]:
                pair = drawings[place].pair
                name = f"{pair.id} {kind}"
                twin = dataclasses.replace(pair, id=name, group=name)
                planted.append((kind, pair.id, known(twin, edit(pair.pictures(folder)))))
        kept = set(range(len(drawings)))
        for place, other in zip(originals[-each:], others[:each], strict=True):
            pair = dataclasses.replace(drawings[other].pair, group=drawings[place].pair.group)
            print_ = dataclasses.replace(drawings[other].print, group=pair.group)
            sibling = dataclasses.replace(drawings[other], pair=pair, print=print_)
            planted.append((SERIES, drawings[place].pair.id, sibling))
            kept.discard(int(other))
        old = [drawings[place] for place in sorted(kept)]
        frame, links = table(old + [twin for _, _, twin in planted])
        at_once = places(split_pairs(frame, SplitSettings(seed=seed), None, links).splits)
        record = split_pairs(table(old)[0], SplitSettings(seed=seed)).record
        later = places(split_pairs(frame, SplitSettings(seed=seed), record, links).splits)
        plain = hashed(frame, "id", seed)
        for kind, original, twin in planted:
            name = twin.pair.id
            row: dict[str, Any] = {"planted": kind}
            for column, found in (("hash", plain), ("at once", at_once), ("later", later)):
                both = name in found and original in found
                row[column] = both and found[name] != found[original]
            rows.append({**row, "left out": name not in later or original not in later})
    found = pd.DataFrame(rows).groupby("planted", sort=False)
    return found.sum().assign(drawings=found.size()).reset_index()


def balance(frame: pd.DataFrame, seeds: int) -> pd.DataFrame:
    """Drawings too many or too few: the largest error of a split, and of a stratum in a split."""
    rows, strata = [], strata_of(frame, limits_of(frame))
    for seed in range(seeds):
        for way, found in (
            ("hash of the id", hashed(frame, "id", seed)),
            ("hash of the cluster", hashed(frame, "cluster", seed)),
            ("dealt out", places(split_pairs(frame, SplitSettings(seed=seed)).splits)),
        ):
            counts = pd.crosstab(strata, frame["id"].map(found)).reindex(columns=list(SPLITS))
            error = counts - np.outer(counts.sum(axis=1), SHARES)
            rows.append(
                {
                    "way": way,
                    "whole": abs(error.sum()).max(),
                    "stratum": abs(error).to_numpy().max(),
                    "test": int(counts["test"].sum()),
                }
            )
    return pd.DataFrame(rows)


def stability(frame: pd.DataFrame, seeds: int) -> pd.DataFrame:
    """How many old drawings change their split when others come, and how even it is afterwards."""
    rows = []
    for seed in range(seeds):
        names = np.random.default_rng(seed).permutation(sorted(set(frame["cluster"])))
        for more in (0.1, 0.5):
            first = set(names[: round(len(names) / (1 + more))])
            old = frame[frame["cluster"].isin(first)]
            settings = SplitSettings(seed=seed)
            before = split_pairs(old, settings)
            base = places(before.splits)
            ways = {
                "dealt out, with its record": split_pairs(frame, settings, before.record).splits,
                "dealt out, without": split_pairs(frame, settings).splits,
            }
            for way, splits in ways.items():
                rows.append({"more": more, "way": way, **change(base, places(splits))})
            then, now = hashed(old, "cluster", seed), hashed(frame, "cluster", seed)
            rows.append({"more": more, "way": "hash of the cluster", **change(then, now)})
    return pd.DataFrame(rows)


def change(before: dict[str, str], after: dict[str, str]) -> dict[str, float]:
    sizes = [list(after.values()).count(name) for name in SPLITS]
    return {
        "moved": sum(after[id] != split for id, split in before.items()),
        "whole": np.abs(np.array(sizes) - len(after) * np.array(SHARES)).max(),
    }


def document(
    drawings: int, seeds: int, leaked: pd.DataFrame, even: pd.DataFrame, stable: pd.DataFrame
) -> str:
    lines = [
        f"{drawings} OpenMoji drawings, {seeds} seeds each.",
        "",
        "**Leaks**: planted drawings that end on another side than their original. *At once*: all are there "
        "from the beginning; *later*: they come when the others are decided.",
        "",
        "| planted | drawings | hash of the id | at once | later | left out |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in [*leaked.to_dict("records"), {**leaked.sum(numeric_only=True), "planted": "all"}]:
        keys = ("drawings", "hash", "at once", "later", "left out")
        lines.append(f"| {row['planted']} | {' | '.join(str(int(row[key])) for key in keys)} |")
    lines += [
        "",
        "**Balance**: the largest error against 6:3:1, in drawings; mean over the seeds (worst).",
        "",
        "| way | of a split | of a stratum in a split | drawings in test |",
        "| --- | --- | --- | --- |",
    ]
    for way, rows in even.groupby("way", sort=False):
        errors = [
            f"{rows[name].mean():.1f} ({rows[name].max():.1f})" for name in ("whole", "stratum")
        ]
        lines.append(
            f"| {way} | {' | '.join(errors)} | {rows['test'].min()}–{rows['test'].max()} |"
        )
    lines += [
        "",
        "**Stability**: old drawings that change their split when new ones come; mean (worst).",
        "",
        "| new drawings | | moved | largest error of a split |",
        "| --- | --- | --- | --- |",
    ]
    for (more, way), rows in stable.groupby(["more", "way"], sort=False):
        moved_ = f"{rows['moved'].mean():.1f} ({rows['moved'].max()})"
        error = f"{rows['whole'].mean():.1f} ({rows['whole'].max():.1f})"
        lines.append(f"| +{more:.0%} | {way} | {moved_} | {error} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=Path, default=Path("data", "pairs"))
    parser.add_argument("--count", type=int, default=400, help="take this many pairs")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--each", type=int, default=20, help="planted drawings of a kind and seed")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rows = sorted(read_pairs(options.pairs / "pairs.csv"), key=lambda row: stable_fraction(row.id))
    drawings = [known(pair, pair.pictures(options.pairs)) for pair in rows[: options.count]]
    frame, _ = table(drawings)
    leaked = leaks(drawings, options.pairs, options.seeds, options.each)
    even, stable = balance(frame, options.seeds), stability(frame, options.seeds)
    text = document(len(drawings), options.seeds, leaked, even, stable)
    write_between(DOCUMENT, BEGIN, END, text)
    print(text)


if __name__ == "__main__":
    main()
