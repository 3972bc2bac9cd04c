"""The pictures of the report, small and inline: grids of predictions, quarantined pairs, children."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dataset_tools.views.contact import Tile, contact_sheet
from dataset_tools.views.pictures import differences, inline
from lineart.errors import InputError
from lineart.pictures.images import Picture, read_line, read_render
from lineart.sets.pairs import read_table
from lineart.sets.shards import TABLE, Shards
from pipelines.report.records import Record


@dataclass(frozen=True)
class Figure:
    """A picture and the words below it."""

    uri: str
    caption: str = ""
    best: bool = False


@dataclass(frozen=True)
class Row:
    """One drawing in a grid: its render, its truth, what each model made of it."""

    title: str
    place: int  # from the worst, 1 first
    figures: list[Figure]


def chosen_places(total: int, wanted: int) -> list[int]:
    """Places in an order from worst to best: the worst third closely, the rest evenly to the best.

    >>> chosen_places(5, 9), chosen_places(100, 6)
    ([0, 1, 2, 3, 4], [0, 1, 2, 34, 67, 99])
    """
    if total <= wanted:
        return list(range(total))
    close = max(1, wanted // 3 + 1)
    rest = np.linspace(close - 1, total - 1, wanted - close + 1)[1:]
    return [*range(close), *(round(float(place)) for place in rest)]


class Pictures:
    """The evaluated pictures of some models by key, as data URIs.

    Args:
        data: the augmented sets.
        key: of one picture of the split that was evaluated.
        longest: the longer side, in pixels.
    """

    def __init__(self, data: Path, key: str, longest: int):
        splits = read_table(data / TABLE).set_index("key")["split"]
        self.shards = Shards(data, str(splits[key]))
        self.places = {child.key: place for place, child in enumerate(self.shards.children)}
        self.longest = longest
        self._cache: dict[str, tuple[str, str]] = {}

    def pair(self, key: str) -> tuple[str, str]:
        """Render and truth."""
        if key not in self._cache:
            render, line = self.shards[self.places[key]]
            self._cache[key] = inline(render, self.longest), inline(line, self.longest)
        return self._cache[key]

    def prediction(self, record: Record, key: str) -> str:
        """What a model made of it."""
        return inline(_ink(record, key), self.longest)

    def compared(self, record: Record, key: str) -> str:
        """The prediction over the truth, see :func:`differences`."""
        _, line = self.shards[self.places[key]]
        return inline(differences(_ink(record, key), line / np.float32(255)), self.longest)


def _ink(record: Record, key: str) -> Picture:
    return read_line(record.scored / "predictions" / f"{key}.png")


class Grids:
    """Grids of the pictures that were evaluated.

    Args:
        records: the models, in the order of the columns.
        reference: the name of the model whose MAE orders the rows.
        pictures: theirs.
    """

    def __init__(self, records: Sequence[Record], reference: str, pictures: Pictures):
        self.records = records
        self.pictures = pictures
        self.tables = {record.model: record.pictures.set_index("key") for record in records}
        self.order = self.tables[reference].sort_values(["mae", "key"], ascending=[False, True])

    def rows(self, children: bool, wanted: int) -> tuple[list[Row], int]:
        """Rows from worst to best of the originals or of the children, and how many there are in all."""
        some = self.order[(self.order["child"] > 0) == children]
        picked = chosen_places(len(some), wanted)
        return [self._row(str(some.index[place]), place + 1) for place in picked], len(some)

    def _row(self, key: str, place: int) -> Row:
        figures = [Figure(uri) for uri in self.pictures.pair(key)]
        errors = {name: float(table["mae"].loc[key]) for name, table in self.tables.items()}
        for record in self.records:
            error = errors[record.model]
            uri = self.pictures.prediction(record, key)
            figures.append(Figure(uri, f"{error:.4f}", error == min(errors.values())))
        return Row(key, place, figures)


def quarantined(
    table: pd.DataFrame, folder: Path, longest: int
) -> list[tuple[str, str, list[Figure]]]:
    """Pairs in quarantine: id, reason, and the two pictures (empty where one cannot be read)."""
    found = []
    for row in table.to_dict("records"):
        figures = []
        for read, name in ((read_render, row["render"]), (read_line, row["line"])):
            try:
                figures.append(Figure(inline(read(folder / name), longest)))
            except InputError as error:
                figures.append(Figure("", str(error)))
        found.append((str(row["id"]), str(row["reason"]), figures))
    return found


def children_sheet(data: Path, split: str, drawings: int) -> str:
    """Some drawings of a split and their children as one inline contact sheet."""
    shards = Shards(data, split)
    families: dict[str, list[int]] = {}
    for place, child in enumerate(shards.children):
        families.setdefault(child.parent, []).append(place)
    parents = sorted(families)
    step = max(1, len(parents) // drawings)
    rows = []
    for parent in parents[::step][:drawings]:
        tiles = []
        for place in sorted(families[parent], key=lambda place: shards.children[place].number)[:7]:
            child = shards.children[place]
            ops = [step["op"] for step in json.loads(child.recipe)]
            caption = ", ".join(ops[1:] or ops) if child.number else "original"
            tiles.append(Tile(shards[place][0], caption))
        rows.append(tiles)
    return inline(contact_sheet(rows, cell=192), longest=4000)
