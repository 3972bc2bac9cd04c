"""What two versions of a data set differ in: drawings, pictures, labels, verdicts and splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from dataset_tools.versions.versions import Version

NAMES = 10  # of a kind in the table for people; for machines all
NOWHERE = "none"


@dataclass(frozen=True)
class Step:
    """A drawing that is in both versions and stands elsewhere in the second."""

    id: str
    before: str
    after: str
    reason: str = ""  # the second version's, if it gives one

    def __str__(self) -> str:
        return f"{self.id} ({self.before} → {self.after}{self.reason and '; ' + self.reason})"


@dataclass(frozen=True)
class Difference:
    """From one version to another; every list is sorted by id."""

    added: list[str]
    removed: list[str]
    renamed: list[Step]  # both pictures are the same, under another id; neither added nor removed
    changed: list[str]  # the render is another
    relabelled: list[str]  # the line art is another, the render the same
    judged: list[Step]  # from one verdict to another
    moved: list[Step]  # from one split to another, or to or from none
    counts: dict[str, dict[str, int]]  # of each version: pairs, verdicts, splits
    not_compared: list[str]  # what one of the versions says nothing about

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def difference(one: Version, other: Version) -> Difference:
    """What has to happen to ``one`` to make it ``other``."""
    both = sorted(one.ids & other.ids)
    added, removed = sorted(other.ids - one.ids), sorted(one.ids - other.ids)
    renamed: list[Step] = []
    changed, relabelled, not_compared = [], [], []
    if one.pictures is None or other.pictures is None:
        not_compared.append("pictures")
    else:
        renamed = _renamed(one.pictures, other.pictures, removed, added)
        added = sorted(set(added) - {step.after for step in renamed})
        removed = sorted(set(removed) - {step.before for step in renamed})
        for id in sorted(one.pictures.keys() & other.pictures.keys()):
            (render, line), now = one.pictures[id], other.pictures[id]
            if render != now[0]:
                changed.append(id)
            elif line != now[1]:
                relabelled.append(id)
    judged: list[Step] = []
    if one.verdicts is None or other.verdicts is None:
        not_compared.append("verdicts")
    else:
        for id in both:
            before, _ = one.verdicts.get(id, (NOWHERE, ""))
            after, reason = other.verdicts.get(id, (NOWHERE, ""))
            if before != after:
                judged.append(Step(id, before, after, reason))
    moved: list[Step] = []
    if one.splits is None or other.splits is None:
        not_compared.append("splits")
    else:
        steps = ((id, one.splits.get(id, NOWHERE), other.splits.get(id, NOWHERE)) for id in both)
        moved = [Step(*step) for step in steps if step[1] != step[2]]
    counts = {"one": _counts(one), "other": _counts(other)}
    return Difference(
        added, removed, renamed, changed, relabelled, judged, moved, counts, not_compared
    )


def _renamed(
    one: dict[str, tuple[str, str]],
    other: dict[str, tuple[str, str]],
    removed: list[str],
    added: list[str],
) -> list[Step]:
    """Drawings that are gone, and are there under another id. The first of equals is taken."""
    gone: dict[tuple[str, str], list[str]] = {}
    for id in reversed(removed):
        if id in one:
            gone.setdefault(one[id], []).append(id)
    found = [(gone[other[id]].pop(), id) for id in added if id in other and gone.get(other[id])]
    return [Step(before, before, after) for before, after in sorted(found)]


def _counts(version: Version) -> dict[str, int]:
    verdicts = Counter(verdict for verdict, _ in (version.verdicts or {}).values())
    splits = Counter((version.splits or {}).values())
    return {"pairs": len(version.ids), **verdicts, **splits}


def as_text(found: Difference, one: str, other: str) -> str:
    """For people: counts of both versions, then what differs, with some names of each kind."""
    before, after = found.counts["one"], found.counts["other"]
    rows = [("", one, other)]
    rows += [
        (name, str(before.get(name, 0)), str(after.get(name, 0)))
        for name in dict.fromkeys([*before, *after])
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"{name:<{widths[0]}}  {left:>{widths[1]}}  {right:>{widths[2]}}"
        for name, left, right in rows
    ]
    lines.append("")
    renamed = [f"{step.before} → {step.after}" for step in found.renamed]
    kinds: dict[str, Iterable[Any]] = {
        "added": found.added,
        "removed": found.removed,
        "renamed": renamed,
        "changed": found.changed,
        "relabelled": found.relabelled,
        "judged anew": found.judged,
        "moved": found.moved,
    }
    for kind, items in kinds.items():
        names = [str(item) for item in items]
        more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
        lines.append(f"{kind:<12} {len(names):>5}  {', '.join(names[:NAMES])}{more}".rstrip())
    if found.not_compared:
        lines.append(f"not compared, for want of tables: {', '.join(found.not_compared)}")
    return "\n".join(lines)
