"""Quality of the pairs: run every check on each, join duplicates, and give a verdict with its reason.

A pair is accepted, doubted (it trains, and a person should look at it) or quarantined (it does not
train, and stays on record with the reason). Nothing is ever deleted. :func:`check_pairs` looks at a chunk
of pairs in a worker, :func:`judge` at all of them together.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from dataset_tools.checks import CHECKS, LEVELS, TITLES, CheckSettings, Finding, Level, View
from dataset_tools.checks.partner import partner_findings
from dataset_tools.checks.registration import offset_of
from dataset_tools.sources.drawing import Refused
from dataset_tools.sources.files import FileFacts
from dataset_tools.splits.duplicates import (
    Duplicate,
    DuplicateSettings,
    Fingerprint,
    clusters_of,
    exact_duplicates,
    fingerprint,
    near_duplicates,
)
from lineart.errors import InputError
from lineart.pictures.images import write_text
from lineart.pictures.masks import Box, boxes_of
from lineart.sets.pairs import Pair, write_table

# Every check of findings.csv, and the order in which a quarantined pair's first reason is looked up.
COLUMNS = tuple(TITLES)
MEASURED = ("stroke_width", "coverage")  # what the tables of pairs tell, too
MEASURES = (*MEASURED, "dx", "dy")
Facts = Mapping[tuple[str, str], FileFacts]  # by id of the pair and role, render or line


@dataclass(frozen=True)
class QaSettings:
    """The settings of the stage qa."""

    checks: CheckSettings = field(default_factory=CheckSettings)  # limits of the checks of one pair
    duplicates: DuplicateSettings = field(default_factory=DuplicateSettings)  # and between pairs


@dataclass(frozen=True)
class Row:
    """What a worker found out about one pair. Faults have boxes here; their pictures stay behind."""

    id: str
    findings: list[Finding]
    boxes: dict[str, list[Box]] = field(default_factory=dict)  # by check
    measures: dict[str, float] = field(default_factory=dict)  # by name, see :data:`MEASURES`
    fingerprint: Fingerprint | None = None  # None if the pictures cannot be read


@dataclass(frozen=True)
class Judgement:
    """All pairs, judged; every table is sorted by id."""

    accepted: pd.DataFrame  # columns of Pair, ``cluster``, ``stroke_width`` in pixels, ``coverage``
    quarantined: pd.DataFrame  # the same columns, ``check`` and ``reason``
    findings: pd.DataFrame  # ``id``, ``verdict``, measures; a check's score, reason, where and fix
    duplicates: pd.DataFrame  # ``one``, ``other``, ``kind``, ``difference``
    summary: dict[str, Any]  # counts by verdict and by check


def check_pairs(
    pairs: list[Pair], folder: Path, settings: QaSettings, facts: Facts | None = None
) -> list[Row]:
    """Check a chunk of pairs whose pictures lie in ``folder``; each picture is read once.

    A pair that cannot be read, or whose sizes do not fit, is not looked at further.

    Args:
        pairs: the chunk.
        folder: of the pictures.
        settings: limits of the checks.
        facts: of the files that were delivered, as far as there are any.
    """
    return [_check_pair(pair, folder, settings.checks, facts or {}) for pair in pairs]


def _check_pair(pair: Pair, folder: Path, settings: CheckSettings, facts: Facts) -> Row:
    try:
        render, line = pair.pictures(folder)
    except InputError as error:
        return Row(pair.id, [Finding("decodes", 0.0, str(error), "quarantine")])
    view = View(render, line, facts.get((pair.id, "render")), facts.get((pair.id, "line")))
    findings, boxes = [Finding("decodes", 1.0)], {}
    measures = {"stroke_width": round(view.stroke_width, 3), "coverage": round(view.share, 5)}
    for name, check in CHECKS.items():
        found = check(view, settings)
        if found.where is not None:
            boxes[name] = boxes_of(found.where)
        findings.append(dataclasses.replace(found, where=None))
        if name == "sizes" and found.level == "quarantine":
            break  # the other checks compare pixel with pixel
    else:
        offset = view.once(offset_of)
        if offset.fit >= settings.registration.fit:
            measures |= {"dx": round(offset.dx, 3), "dy": round(offset.dy, 3)}
    return Row(pair.id, findings, boxes, measures, fingerprint(pair, render, line))


def judge(
    pairs: Iterable[Pair],
    rows: Iterable[Row],
    settings: QaSettings,
    refused: Iterable[Refused] = (),
) -> Judgement:
    """The verdict on every pair; the same whatever the order of ``rows``.

    Args:
        pairs: all of them.
        rows: what :func:`check_pairs` found of each.
        settings: limits between pairs.
        refused: what never became a pair; it is quarantined, too.

    Raises:
        InputError: if the pairs and the rows are not of the same drawings.
    """
    by_id = {pair.id: pair for pair in sorted(pairs, key=lambda pair: pair.id)}
    by_row = {row.id: row for row in sorted(rows, key=lambda row: row.id)}
    if by_id.keys() != by_row.keys():
        raise InputError(
            f"{len(by_id)} pairs were given and {len(by_row)} checked; run the stage qa again."
        )
    found = {name: {item.check: item for item in row.findings} for name, row in by_row.items()}
    prints = [row.fingerprint for row in by_row.values() if row.fingerprint is not None]
    near = near_duplicates(prints, settings.duplicates)
    _add(found, partner_findings(prints, settings.checks.partner))
    _add(found, _exact_findings(found, prints))
    _add(found, _near_findings(prints, near))
    verdicts = {name: _worst(of.values()) for name, of in found.items()}
    clusters = clusters_of(prints, near)
    accepted, quarantined = [], []
    for name, pair in by_id.items():
        measures = by_row[name].measures
        row = {
            **dataclasses.asdict(pair),
            "cluster": clusters.get(name, pair.group),
            **{key: measures.get(key) for key in MEASURED},
        }
        if verdicts[name] == "quarantine":
            first = next(
                of
                for check in COLUMNS
                if (of := found[name].get(check)) and of.level == "quarantine"
            )
            quarantined.append({**row, "check": first.check, "reason": first.reason})
        else:
            accepted.append(row)
    refused = sorted(refused, key=lambda item: (item.id, item.reason))
    quarantined += [_refused_row(item) for item in refused]
    quarantined.sort(key=lambda row: str(row["id"]))
    columns = [*(item.name for item in dataclasses.fields(Pair)), "cluster", *MEASURED]
    return Judgement(
        accepted=pd.DataFrame(accepted, columns=columns),
        quarantined=pd.DataFrame(quarantined, columns=[*columns, "check", "reason"]),
        findings=_findings_table(by_row, found, verdicts),
        duplicates=pd.DataFrame(near, columns=list(Duplicate._fields)).round(5),
        summary={
            **_summary(found, verdicts),
            "near_duplicates": sum(
                bool(of["near"].reason) for of in found.values() if "near" in of
            ),
            "clusters": len({row["cluster"] for row in accepted}),
            "refused": len(refused),
        },
    )


def write_judgement(out: Path, judgement: Judgement) -> None:
    """Write the tables, ``summary.json`` and, last, ``pairs.csv``.

    Raises:
        InputError: if not one pair was accepted; the other tables are there to tell why.
    """
    write_table(out / "quarantine.csv", judgement.quarantined)
    write_table(out / "findings.csv", judgement.findings)
    write_table(out / "duplicates.csv", judgement.duplicates)
    write_text(out / "summary.json", json.dumps(judgement.summary, indent=2) + "\n")
    if judgement.accepted.empty:
        check, number = Counter(judgement.quarantined["check"]).most_common(1)[0]
        raise InputError(
            f"Not one of {len(judgement.findings)} pairs passed, {number} of them for the check '{check}'; "
            f"see {out / 'quarantine.csv'}."
        )
    write_table(out / "pairs.csv", judgement.accepted)


def _add(found: dict[str, dict[str, Finding]], more: Mapping[str, Finding]) -> None:
    for name, finding in more.items():
        found[name][finding.check] = finding


def _exact_findings(
    found: dict[str, dict[str, Finding]], prints: list[Fingerprint]
) -> dict[str, Finding]:
    """Of equal renders that pass every other check, the first stays."""
    passing = {item.id: item for item in prints if _worst(found[item.id].values()) != "quarantine"}
    findings = {item.id: Finding("duplicate", 1.0) for item in prints}
    for name, original in exact_duplicates(passing.values()).items():
        same = passing[name].line_pixels == passing[original].line_pixels
        reason = f"the same render as '{original}'" + ("" if same else ", with another line art")
        findings[name] = Finding("duplicate", 0.0, reason, "quarantine", fix="keep one of the two")
    return findings


def _near_findings(prints: list[Fingerprint], near: list[Duplicate]) -> dict[str, Finding]:
    """The nearest of the near duplicates; no reason to refuse a pair, but a reason for its cluster."""
    findings = {item.id: Finding("near", 1.0) for item in prints}
    words = {"near": "nearly the same drawing as", "mirrored": "nearly the mirror image of"}
    for item in sorted(near, key=lambda item: (-item.difference, item.other, item.one)):
        if item.kind == "exact":
            continue
        for name, partner in ((item.one, item.other), (item.other, item.one)):
            reason = f"{words[item.kind]} '{partner}' ({item.difference:.1%} differ)"
            findings[name] = Finding("near", round(item.difference, 4), reason)
    return findings


def _worst(findings: Iterable[Finding]) -> Level:
    return LEVELS[max(LEVELS.index(finding.level) for finding in findings)]


def _refused_row(refused: Refused) -> dict[str, str | int]:
    """A row of the quarantine for what never became a pair: all that is known is its name and the reason."""
    empty = {item.name: 0 if item.type in (int, "int") else "" for item in dataclasses.fields(Pair)}
    return {**empty, "id": refused.id, "check": "decodes", "reason": refused.reason}


def _findings_table(
    rows: dict[str, Row], found: dict[str, dict[str, Finding]], verdicts: dict[str, Level]
) -> pd.DataFrame:
    table = []
    for name, row in rows.items():
        cells: dict[str, Any] = {"id": name, "verdict": verdicts[name]}
        cells |= {measure: row.measures.get(measure) for measure in MEASURES}
        for check in COLUMNS:
            of = found[name].get(check)
            boxes = row.boxes.get(check, [])
            cells[check] = of.score if of else None
            cells[f"{check}.reason"] = of.reason if of else ""
            cells[f"{check}.where"] = ";".join(" ".join(map(str, box)) for box in boxes)
            cells[f"{check}.fix"] = of.fix if of else ""
        table.append(cells)
    pieces = [check + end for check in COLUMNS for end in ("", ".reason", ".where", ".fix")]
    return pd.DataFrame(table, columns=["id", "verdict", *MEASURES, *pieces])


def _summary(found: dict[str, dict[str, Finding]], verdicts: dict[str, Level]) -> dict[str, Any]:
    counts = Counter((item.check, item.level) for of in found.values() for item in of.values())
    levels = Counter(verdicts.values())
    return {
        "pairs": len(found),
        "verdicts": {level: levels[level] for level in LEVELS},
        "checks": {
            check: {level: counts[check, level] for level in LEVELS[1:]} for check in COLUMNS
        },
    }
