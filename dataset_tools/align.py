"""The mend for line art that lies beside its render: moved back by what was measured, to a part of a pixel.

Offered, never done unasked: the aligned pairs are written as new files, in the layout of the source
``folders``, so that they can be looked at and ingested again. What was delivered stays as it is.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dataset_tools.checks.registration import RegistrationLimits, moved, offset_of
from dataset_tools.checks.view import View
from lineart.errors import InputError
from lineart.pictures.images import Picture, write_line, write_render
from lineart.sets.pairs import Pair, read_pairs, read_table, write_table

# a move this near to whole pixels is made in whole pixels, and keeps every grey value
NEARLY_WHOLE = 0.15
TABLE = "moved.csv"
GROUPS = "groups.csv"  # read by the source `folders`: groups, artists and licences are kept


@dataclass(frozen=True)
class Moved:
    """What was done to one pair."""

    id: str
    dx: float  # pixels by which its line art was moved to the right
    dy: float  # and down


def aligned(
    render: Picture, line: Picture, limits: RegistrationLimits | None = None
) -> tuple[Picture, float, float]:
    """Move a line art onto the lines of its render.

    Args:
        render: ``(H, W, 3)`` in [0, 1].
        line: ``(H, W)`` in [0, 1], ink 1.
        limits: how well it must fit once moved.

    Returns:
        The line art and the pixels by which it was moved to the right and down; itself, 0 and 0, where
        there is nothing to go by. White paper comes in at the border.
    """
    limits = limits or RegistrationLimits()
    dx = dy = 0.0
    # The second look is at what the first has left; the delivered picture is moved once, by the sum.
    for _ in range(2):
        offset = offset_of(View(render, moved(line, dx, dy)))
        if offset.fit < limits.fit:
            return line, 0.0, 0.0
        dx, dy = dx - offset.dx, dy - offset.dy
    if max(abs(dx - round(dx)), abs(dy - round(dy))) <= NEARLY_WHOLE:
        dx, dy = float(round(dx)), float(round(dy))
    return moved(line, dx, dy), dx, dy


def align_pairs(folder: Path, findings: Path, out: Path) -> list[Moved]:
    """Align the pairs in which nothing is wrong but a shift, and write them to a folder of their own.

    Args:
        folder: of the pairs, with ``pairs.csv``.
        findings: ``findings.csv`` of the stage qa, or the folder that holds it.
        out: a folder that is not there yet, or empty. It gets ``render/ID.png``, ``line/ID.png``,
            ``groups.csv`` and, last, ``moved.csv`` with a row for each pair: ``id``, ``dx``, ``dy``.

    Returns:
        What was moved, by id.

    Raises:
        InputError: if a table or a picture is missing, or ``out`` holds anything.
    """
    findings = findings / "findings.csv" if findings.is_dir() else findings
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} is not empty; give a new folder, nothing is ever overwritten.")
    chosen = set(only_shifted(read_table(findings)))
    pairs = [pair for pair in read_pairs(folder / "pairs.csv") if pair.id in chosen]
    done = []
    for pair in pairs:
        render, line = pair.pictures(folder)
        line, dx, dy = aligned(render, line)
        if dx or dy:
            write_render(out / "render" / f"{pair.id}.png", render)
            write_line(out / "line" / f"{pair.id}.png", line)
            done.append(Moved(pair.id, round(dx, 3), round(dy, 3)))
    ids = {item.id for item in done}
    _write_groups(out / GROUPS, [pair for pair in pairs if pair.id in ids])
    columns = [field.name for field in dataclasses.fields(Moved)]
    write_table(out / TABLE, pd.DataFrame(done, columns=columns))
    return done


def only_shifted(findings: pd.DataFrame) -> list[str]:
    """The ids of the pairs that are doubted or in quarantine for ``shift`` and for nothing else.

    Raises:
        InputError: if the table is not the findings of the stage qa.
    """
    lacking = {"id", "verdict", "shift.reason"} - set(findings.columns)
    if lacking:
        raise InputError(
            f"The table of findings lacks the columns {', '.join(sorted(lacking))}; "
            f"give the findings.csv of the stage qa."
        )
    # That another drawing is nearly the same says nothing against either.
    reasons = [
        name
        for name in findings.columns
        if name.endswith(".reason") and name not in ("shift.reason", "near.reason")
    ]
    fine = (findings[reasons] == "").all(axis=1)
    shifted = (findings["shift.reason"] != "") & (findings["verdict"] != "accept")
    return sorted(findings.loc[fine & shifted, "id"])


def _write_groups(path: Path, pairs: list[Pair]) -> None:
    rows = [
        {"name": pair.id, "group": pair.group, "artist": pair.artist, "license": pair.license}
        for pair in pairs
    ]
    write_table(path, pd.DataFrame(rows, columns=["name", "group", "artist", "license"]))
