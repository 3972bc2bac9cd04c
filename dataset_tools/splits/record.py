"""The record of a split: what was decided for each drawing, so that it stays decided.

``record.csv`` has one row a drawing that ever was in a split: ``id``, ``group``, ``split`` and ``rule``,
the ratios and the seed it was decided by. Rows of another rule do not count. A drawing that is gone keeps its
row: if it comes back, it comes back to its split, and what is new in its group follows it.

New drawings may join two old clusters that are in different splits. The old ones stay, and what would be
a leak is left out: :func:`recall` says which drawings those are, and why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lineart.errors import InputError
from lineart.sets.pairs import read_table
from lineart.sets.shards import SPLITS

COLUMNS = ("id", "group", "split", "rule")
# Where two drawings that were decided for different splits turn out to be one: the first of these stays,
# because scores are compared on it.
STAYS = tuple(reversed(SPLITS))


@dataclass(frozen=True)
class Recalled:
    """What a record says about the drawings of a table."""

    splits: dict[str, str]  # id to split, of drawings it decides; new ones that follow old ones too
    left_out: dict[str, str]  # id to the reason
    clusters: dict[str, str]  # id to cluster, of drawings whose cluster had to be taken apart


def read_record(path: Path) -> pd.DataFrame:
    """Read a record; an empty one if there is none.

    Raises:
        InputError: if the file is no record.
    """
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    restore = f"restore it with `git checkout {path}`"
    try:
        frame = read_table(path)
    except InputError as error:
        raise InputError(f"{error} It is the record of a split; {restore}.") from error
    known = list(frame.columns) == list(COLUMNS) and frame["split"].isin(SPLITS).all()
    if not known or frame["id"].duplicated().any():
        raise InputError(
            f"{path} is no record of a split: wanted are the columns {', '.join(COLUMNS)}, one row an id, "
            f"and a split out of {', '.join(SPLITS)}; {restore}."
        )
    return frame


def recall(frame: pd.DataFrame, record: pd.DataFrame, links: Iterable[tuple[str, str]]) -> Recalled:
    """What a record decides for a table with the columns ``id``, ``group`` and ``cluster``.

    A cluster with a decided member, or a decided group, follows it whole. A cluster that would have to
    follow two is taken apart.

    Args:
        frame: the pairs of today.
        record: of one rule.
        links: pairs of ids that are duplicates, exact, near or mirrored; those of ids that are not
            in the table count for nothing.
    """
    by_id = dict(zip(record["id"], record["split"], strict=True))
    by_group: dict[str, set[str]] = defaultdict(set)
    for group, split in zip(record["group"], record["split"], strict=True):
        by_group[group].add(split)
    group_of = dict(zip(frame["id"], frame["group"], strict=True))
    neighbours = _neighbours(group_of, links)
    recalled = Recalled({}, {}, {})
    for _, members in frame.groupby("cluster", sort=True)["id"]:
        ids = sorted(members)
        says = {id: {by_id[id]} if id in by_id else by_group[group_of[id]] for id in ids}
        found = set().union(*says.values())
        if len(found) == 1:
            recalled.splits.update(dict.fromkeys(ids, found.pop()))
        elif found:
            _take_apart(ids, by_id, says, neighbours, recalled)
            kept = {id: group_of[id] for id in ids if id not in recalled.left_out}
            recalled.clusters.update(_components(kept, neighbours))
    return recalled


def _neighbours(group_of: dict[str, str], links: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Id to the ids that must be on its side: those of its group, and its duplicates."""
    members: dict[str, set[str]] = defaultdict(set)
    for id, group in group_of.items():
        members[group].add(id)
    found = {id: members[group] - {id} for id, group in group_of.items()}
    for one, other in links:
        if one in found and other in found:
            found[one].add(other)
            found[other].add(one)
    return found


def _take_apart(
    ids: list[str],
    by_id: dict[str, str],
    says: dict[str, set[str]],
    neighbours: dict[str, set[str]],
    recalled: Recalled,
) -> None:
    """Decide for the members of a cluster that belongs to several splits."""
    splits, left_out = recalled.splits, recalled.left_out
    old = [id for split in STAYS for id in ids if by_id.get(id) == split]
    for id in old:
        others = [n for n in sorted(neighbours[id]) if splits.get(n, by_id[id]) != by_id[id]]
        if others:
            left_out[id] = (
                f"decided for {by_id[id]}, but one with '{others[0]}', which stays in {splits[others[0]]}"
            )
        else:
            splits[id] = by_id[id]
    waiting = [id for id in ids if id not in by_id]
    followed = True
    while followed:  # what follows an old drawing is followed in turn
        followed = False
        for id in list(waiting):
            near = {splits[n]: n for n in sorted(neighbours[id], reverse=True) if n in splits}
            found = says[id] | near.keys()
            if not found:
                continue
            waiting.remove(id)
            if len(found) == 1:
                splits[id] = found.pop()
                followed = True
            else:
                left_out[id] = "one with " + " and with ".join(
                    f"'{near[split]}' in {split}" if split in near else f"its group in {split}"
                    for split in SPLITS
                    if split in found
                )


def _components(group_of: dict[str, str], neighbours: dict[str, set[str]]) -> dict[str, str]:
    """Id to cluster among the given ids; a cluster bears the first name of its groups."""
    clusters: dict[str, str] = {}
    for start in sorted(group_of):
        if start in clusters:
            continue
        reached, edge = {start}, [start]
        while edge:
            more = (neighbours[edge.pop()] & group_of.keys()) - reached
            reached |= more
            edge.extend(more)
        clusters.update(dict.fromkeys(reached, min(group_of[id] for id in reached)))
    return clusters
