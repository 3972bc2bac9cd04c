"""Quality of the pairs: run every check on each, join duplicates, and give a verdict with its reason.

A pair is accepted, doubted (it trains, and a person should look at it) or quarantined (it does not
train, and stays on record with the reason). Nothing is ever deleted. :func:`check_pairs` looks at a chunk
of pairs in a worker, :func:`judge` at all of them together.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

import pandas as pd

from dataset_tools.checks import CHECKS, LEVELS, CheckSettings, Finding, Level
from dataset_tools.duplicates import (
    DuplicateSettings,
    Fingerprint,
    clusters_of,
    exact_duplicates,
    fingerprint,
    near_duplicates,
)
from lineart.errors import InputError
from lineart.images import write_text
from lineart.pairs import Pair, write_table

# Every column of findings.csv, and the order in which a quarantined pair's first reason is looked up.
COLUMNS = ("decodes", *CHECKS, "duplicate", "near")


@dataclass(frozen=True)
class QaSettings:
    """The settings of the stage qa."""

    checks: CheckSettings = field(default_factory=CheckSettings)  # limits of the checks of one pair
    duplicates: DuplicateSettings = field(default_factory=DuplicateSettings)  # and between pairs


class Row(TypedDict):
    """What a worker found out about one pair."""

    id: str
    findings: list[Finding]
    fingerprint: Fingerprint | None  # None if the pictures cannot be read


@dataclass(frozen=True)
class Judgement:
    """All pairs, judged."""

    accepted: pd.DataFrame  # columns of Pair and ``cluster``; accepted and doubted pairs, by id
    quarantined: pd.DataFrame  # columns of Pair, ``check`` and ``reason``, by id
    findings: (
        pd.DataFrame
    )  # ``id``, ``verdict``, and per check ``CHECK`` and ``CHECK.reason``, by id
    summary: dict[str, Any]  # counts by verdict and by check


def check_pairs(pairs: list[Pair], folder: Path, settings: QaSettings) -> list[Row]:
    """Check a chunk of pairs whose pictures lie in ``folder``; each picture is read once.

    A pair that cannot be read, or whose sizes do not fit, is not looked at further.
    """
    return [_check_pair(pair, folder, settings.checks) for pair in pairs]


def _check_pair(pair: Pair, folder: Path, settings: CheckSettings) -> Row:
    try:
        render, line = pair.pictures(folder)
    except InputError as error:
        finding = Finding("decodes", 0.0, str(error), "quarantine")
        return Row(id=pair.id, findings=[finding], fingerprint=None)
    findings = [Finding("decodes", 1.0)]
    for name, check in CHECKS.items():
        findings.append(check(render, line, settings))
        if name == "sizes" and findings[-1].level == "quarantine":
            break  # the other checks compare pixel with pixel
    return Row(id=pair.id, findings=findings, fingerprint=fingerprint(pair, render, line))


def judge(pairs: Iterable[Pair], rows: Iterable[Row], settings: QaSettings) -> Judgement:
    """The verdict on every pair; the same whatever the order of ``rows``.

    Raises:
        InputError: if the pairs and the rows are not of the same drawings.
    """
    by_id = {pair.id: pair for pair in sorted(pairs, key=lambda pair: pair.id)}
    rows = sorted(rows, key=lambda row: row["id"])
    found = {row["id"]: list(row["findings"]) for row in rows}
    prints = [print_ for row in rows if (print_ := row["fingerprint"]) is not None]
    if by_id.keys() != found.keys():
        raise InputError(
            f"{len(by_id)} pairs were given and {len(found)} checked; run the stage qa again."
        )
    near = near_duplicates(prints, settings.duplicates)
    for finding_of in (_exact_findings(found, prints), _near_findings(prints, near)):
        for name, finding in finding_of.items():
            found[name].append(finding)
    return _tables(by_id, found, clusters_of(prints, near))


def write_judgement(out: Path, judgement: Judgement) -> None:
    """Write ``quarantine.csv``, ``findings.csv``, ``summary.json`` and, last, ``pairs.csv``.

    Raises:
        InputError: if not one pair was accepted; the other tables are there to tell why.
    """
    write_table(out / "quarantine.csv", judgement.quarantined)
    write_table(out / "findings.csv", judgement.findings)
    write_text(out / "summary.json", json.dumps(judgement.summary, indent=2) + "\n")
    if judgement.accepted.empty:
        check, number = Counter(judgement.quarantined["check"]).most_common(1)[0]
        raise InputError(
            f"Not one of {len(judgement.findings)} pairs passed, {number} of them for the check '{check}'; "
            f"see {out / 'quarantine.csv'}."
        )
    write_table(out / "pairs.csv", judgement.accepted)


def _exact_findings(
    found: dict[str, list[Finding]], prints: list[Fingerprint]
) -> dict[str, Finding]:
    """Of equal renders that pass every other check, the first stays."""
    passing = {item.id: item for item in prints if _worst(found[item.id]) != "quarantine"}
    originals = exact_duplicates(list(passing.values()))
    findings = {item.id: Finding("duplicate", 1.0) for item in prints}
    for name, original in originals.items():
        same = passing[name].line_pixels == passing[original].line_pixels
        reason = f"the same render as '{original}'" + ("" if same else ", with another line art")
        findings[name] = Finding("duplicate", 0.0, reason, "quarantine")
    return findings


def _near_findings(
    prints: list[Fingerprint], near: list[tuple[str, str, float]]
) -> dict[str, Finding]:
    """The nearest of the near duplicates; no reason to refuse a pair, but a reason for its cluster."""
    findings = {item.id: Finding("near", 1.0) for item in prints}
    for one, other, difference in sorted(near, key=lambda item: (-item[2], item[1], item[0])):
        for name, partner in ((one, other), (other, one)):
            reason = f"nearly the same drawing as '{partner}' ({difference:.1%} differ)"
            findings[name] = Finding("near", round(difference, 4), reason, "accept")
    return findings


def _worst(findings: Iterable[Finding]) -> Level:
    return LEVELS[max(LEVELS.index(finding.level) for finding in findings)]


def _tables(
    pairs: dict[str, Pair], found: dict[str, list[Finding]], clusters: dict[str, str]
) -> Judgement:
    accepted, quarantined, table = [], [], []
    counts = {check: Counter[str]() for check in COLUMNS}
    for name, pair in pairs.items():
        verdict = _worst(found[name])
        row: dict[str, Any] = {"id": name, "verdict": verdict}
        of = {finding.check: finding for finding in found[name]}
        for check in COLUMNS:
            row[check] = of[check].score if check in of else None
            row[f"{check}.reason"] = of[check].reason if check in of else ""
            if check in of:
                counts[check][of[check].level] += 1
        table.append(row)
        fields = dataclasses.asdict(pair)
        if verdict == "quarantine":
            first = next(of[c] for c in COLUMNS if c in of and of[c].level == "quarantine")
            quarantined.append({**fields, "check": first.check, "reason": first.reason})
        else:
            accepted.append({**fields, "cluster": clusters[name]})
    columns = [item.name for item in dataclasses.fields(Pair)]
    pieces = [piece for check in COLUMNS for piece in (check, f"{check}.reason")]
    verdicts = Counter(row["verdict"] for row in table)
    summary: dict[str, Any] = {
        "pairs": len(table),
        "verdicts": {level: verdicts[level] for level in LEVELS},
        "near_duplicates": sum(bool(row["near.reason"]) for row in table),
        "clusters": len({row["cluster"] for row in accepted}),
        "checks": {
            check: {level: counts[check][level] for level in LEVELS[1:]} for check in COLUMNS
        },
    }
    return Judgement(
        accepted=pd.DataFrame(accepted, columns=[*columns, "cluster"]),
        quarantined=pd.DataFrame(quarantined, columns=[*columns, "check", "reason"]),
        findings=pd.DataFrame(table, columns=["id", "verdict", *pieces]),
        summary=summary,
    )
