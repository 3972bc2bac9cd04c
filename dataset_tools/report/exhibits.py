"""What the page shows in pictures: the worst pairs of each check, duplicates, doubted pairs, children."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from dataset_tools.checks.finding import boxes_from
from dataset_tools.report.counts import found_by
from dataset_tools.report.settings import DatasetReportSettings
from dataset_tools.report.tables import BETWEEN, DataSet
from dataset_tools.views.pictures import differences, from_near, inline, marked
from lineart.errors import InputError
from lineart.pictures.images import Picture, read_line, read_render
from lineart.sets.shards import Shards


@dataclass(frozen=True)
class Figure:
    """A picture, what it is, and what else there is to say of it."""

    uri: str  # empty if it cannot be shown; then ``title`` says why
    title: str
    more: str = ""
    near: bool = False  # few pixels, to be enlarged without smoothing


@dataclass(frozen=True)
class Exhibit:
    """One pair, or two that are compared, in a row of pictures."""

    ids: list[str]  # of the drawings in it, by which it is found
    words: str  # what is wrong with it
    figures: list[Figure]
    score: float | None = None
    verdict: str = ""
    fix: str = ""
    facts: list[str] = field(default_factory=list)


class Album:
    """The pictures of the pairs, as figures.

    Args:
        data: whose pairs.
        longest: longer side of a picture, in pixels.
    """

    def __init__(self, data: DataSet, longest: int):
        self.folder = data.folders.pairs
        self.longest = longest
        rows = data.pairs[["id", "render", "line"]].itertuples(index=False)
        self.files = {str(id): (str(render), str(line)) for id, render, line in rows}

    def read(self, id: str) -> tuple[Picture | str, Picture | str]:
        """Render and line art of a pair, or in words why there is none."""
        if id not in self.files:
            return "no such pair", "no such pair"
        render, line = self.files[id]
        return _read(read_render, self.folder / render), _read(read_line, self.folder / line)

    def figure(self, picture: Picture | str, title: str, more: str = "") -> Figure:
        """A picture, or the words for its absence, as a figure."""
        if isinstance(picture, str):
            return Figure("", f"{title}: {picture}")
        return Figure(inline(picture, self.longest), title, more)

    def named(self, id: str) -> list[Figure]:
        """Render and line art, each under the name of the drawing."""
        render, line = self.read(id)
        return [self.figure(render, id), self.figure(line, f"{id}, line art")]

    def fault(self, id: str, where: str) -> list[Figure]:
        """Render, line art, both with the fault marked, and the largest fault from near."""
        render, line = self.read(id)
        figures = [self.figure(render, "render"), self.figure(line, "line art")]
        if isinstance(render, str) or isinstance(line, str) or render.shape[:2] != line.shape:
            return figures
        boxes = boxes_from(where)
        over = marked(render, line, boxes, self.longest)
        figures.append(self.figure(over, "fault marked" if boxes else "one over the other"))
        if boxes:
            near = inline(from_near(render, line, boxes[0]), self.longest)
            figures.append(Figure(near, "from near", near=True))
        return figures

    def doubt(self, id: str, prediction: Path) -> list[Figure]:
        """Render, line art, what the model made of the render, and where it disagrees."""
        render, line = self.read(id)
        seen = _read(read_line, prediction)
        figures = [
            self.figure(render, "render"),
            self.figure(line, "line art"),
            self.figure(seen, "prediction"),
        ]
        if isinstance(line, str) or isinstance(seen, str) or line.shape != seen.shape:
            return figures
        return [*figures, self.figure(differences(seen, line), "difference")]


def _read(read: Any, path: Path) -> Picture | str:
    try:
        picture: Picture = read(path)
    except InputError as error:
        return str(error)
    return picture


def worst_pairs(data: DataSet, album: Album, wanted: int) -> dict[str, list[Exhibit]]:
    """The worst pairs of each check that found fault with any, by check."""
    found = {}
    for check in data.checks:
        rows = found_by(data, check) if check not in BETWEEN else pd.DataFrame()
        if len(rows):
            found[check] = [
                Exhibit(
                    ids=[str(row["id"])],
                    words=str(row["reason"]),
                    figures=album.fault(str(row["id"]), str(row["where"])),
                    score=float(row["score"]),
                    verdict=str(row["verdict"]),
                    fix=str(row["fix"]),
                )
                for row in rows.head(wanted).to_dict("records")
            ]
    return found


def duplicates(data: DataSet, album: Album, wanted: int) -> list[Exhibit]:
    """Drawings that are one drawing twice, side by side: exact ones first, then the most alike."""
    order = {"exact": 0, "mirrored": 2}
    rows = data.duplicates.assign(
        place=[order.get(str(kind), 1) for kind in data.duplicates["kind"]],
        difference=pd.to_numeric(data.duplicates["difference"], errors="coerce"),
    ).sort_values(["place", "difference", "one", "other"], kind="stable")
    found = []
    for row in rows.head(wanted).to_dict("records"):
        ids = [str(row["one"]), str(row["other"])]
        figures = [figure for id in ids for figure in album.named(id)]
        words = str(row["kind"])
        if words != "exact":
            words += f", {float(row['difference']):.1%} differ"
        facts = [_fate(data, id) for id in ids]
        found.append(Exhibit(ids=ids, words=words, figures=figures, facts=facts))
    return found


def _fate(data: DataSet, id: str) -> str:
    return data.split_of.get(id) or data.verdicts.get(id, "")


def doubted(data: DataSet, album: Album, wanted: int) -> list[Exhibit]:
    """The pairs that the model, trained without them, doubts most."""
    if data.doubts.empty or data.folders.doubts is None:
        return []
    rows = data.doubts.assign(rank=pd.to_numeric(data.doubts["rank"])).sort_values(["rank", "id"])
    predictions = data.folders.doubts / "predictions"
    return [
        Exhibit(
            ids=[str(row["id"])],
            words=f"rank {int(row['rank'])} of {len(rows)}",
            figures=album.doubt(str(row["id"]), predictions / f"{row['id']}.png"),
            score=float(row["disagreement"]),
            verdict=data.verdicts.get(str(row["id"]), ""),
        )
        for row in rows.head(wanted).to_dict("records")
    ]


@dataclass(frozen=True)
class Family:
    """A drawing and its children, each with its recipe."""

    parent: str
    split: str
    renders: list[Figure]
    lines: list[Figure]


def families(data: DataSet, settings: DatasetReportSettings) -> list[Family]:
    """Some drawings of each split, evenly taken, with all their children."""
    found = []
    for split in data.splits:
        shards = Shards(data.folders.augmented, split)
        places: dict[str, list[int]] = {}
        for place, child in enumerate(shards.children):
            places.setdefault(child.parent, []).append(place)
        parents = sorted(places)
        step = max(1, len(parents) // settings.families)
        for parent in parents[::step][: settings.families]:
            family = Family(parent, split, [], [])
            for place in sorted(places[parent], key=lambda place: shards.children[place].number):
                render, line = shards[place]
                child = shards.children[place]
                steps = json.loads(child.recipe)
                title = ", ".join(str(step["op"]) for step in steps) or "the drawing itself"
                more = "\n".join(map(spelled, steps))
                family.renders.append(Figure(inline(render, settings.picture), title, more))
                family.lines.append(Figure(inline(line, settings.picture), title, more))
            found.append(family)
    return found


def spelled(step: Mapping[str, Any]) -> str:
    """One step of a recipe in a line.

    >>> spelled({"op": "hue", "strength": 0.5, "seed": 7, "turn": -0.25})
    'hue: strength 0.5, turn -0.25'
    """
    told = [f"{name} {value}" for name, value in step.items() if name not in ("op", "seed")]
    return f"{step['op']}: {', '.join(told)}" if told else str(step["op"])
