"""Which faults the checks find, planted into clean pairs at every strength, and how often they cry wolf.

    python benchmarks/planted_defects.py                      # 100 drawings at 256; writes docs/
    python benchmarks/planted_defects.py --size 512           # the same at 512
    python benchmarks/planted_defects.py --count 20 --dry     # quick, prints and writes nothing
    python benchmarks/planted_defects.py --data data          # on the accepted pairs of one's own data

The pairs go the way of the stages ingest and qa, with the settings of the params file. A fault counts as
found if a check gives a reason: one of those that should find it, or any.

False alarms are doubts and quarantines of clean pairs. Clean are the drawings in ``clean.txt``, whatever the
checks say of them; with ``--data`` they are pairs that the checks have passed, so only doubts can be counted.

Speed is that of all checks together, reading and fingerprint included, on one core, in processor time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import cv2
import pandas as pd
from planted_sets import VARIANTS, Clean, draw, inspect, plant, read, write
from planted_tables import BEGIN, DOCUMENT, END, overview, tables
from scipy.stats import binomtest

from dataset_tools.defects import DEFECTS
from dataset_tools.qa import COLUMNS, Judgement, QaSettings, check_pairs
from lineart.arithmetic.processor import processor_name
from lineart.sets.pairs import write_table
from pipelines.params import read_params
from pipelines.report.marked import write_between

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"


def recall(clean: list[Clean], names: list[str], settings: QaSettings, work: Path) -> pd.DataFrame:
    """One row a fault and strength: which part of the pairs with it was found."""
    rows = []
    for name in names:
        defect = DEFECTS[name]
        for strength in defect.strengths:
            planted = plant(defect, name, strength, clean, work / "planted")
            if not planted.ids:
                continue
            given = reasons(inspect(planted.folder, settings), planted.ids)
            given = given.reindex(columns=given.columns.union(defect.checks), fill_value=False)
            row = {
                "check": defect.checks[0],
                "checks": " ".join(defect.checks),
                "defect": name,
                "title": defect.title,
                "strength": strength,
                "unit": defect.unit,
                "objection": strength in defect.objectionable,
                "pairs": len(given),
                "recall": round(float(given[list(defect.checks)].any(axis=1).mean()), 4),
                "recall_any": round(float(given[list(COLUMNS)].any(axis=1).mean()), 4),
                "quarantined": round(float(given["quarantined"].mean()), 4),
            }
            rows.append(row)
            print(
                f"  {name:15} {strength:>6g} {defect.unit:24} {row['recall']:7.1%} "
                f"any {row['recall_any']:7.1%} quarantined {row['quarantined']:7.1%}",
                flush=True,
            )
    return pd.DataFrame(rows)


def reasons(judgement: Judgement, ids: list[str]) -> pd.DataFrame:
    """One row an id: whether each check gave a reason, and whether the pair is in quarantine."""
    findings, rows = judgement.findings.set_index("id"), []
    quarantined = judgement.quarantined.set_index("id")["check"].to_dict()
    for name in ids:
        # What ingest refused has no row of findings, and the check that it is in quarantine for.
        given = findings.loc[name] if name in findings.index else {}
        row = {check: bool(given.get(f"{check}.reason", "")) for check in COLUMNS}
        if name in quarantined:
            row[quarantined[name]] = True
        rows.append({**row, "quarantined": name in quarantined})
    return pd.DataFrame(rows, index=ids)


def false_alarms(sets: dict[str, Path], settings: QaSettings) -> pd.DataFrame:
    """One row a check and kind of clean pair: the part that is doubted or quarantined."""
    rows = []
    for kind, folder in sets.items():
        summary = inspect(folder, settings).summary
        levels = {"any check": summary["verdicts"], **summary["checks"]}
        for check, counts in levels.items():
            alarms, pairs = counts["doubt"] + counts["quarantine"], summary["pairs"]
            interval = binomtest(alarms, pairs).proportion_ci(method="wilson")
            rows.append(
                {
                    "check": check,
                    "kind": kind,
                    "pairs": pairs,
                    "doubts": counts["doubt"],
                    "quarantined": counts["quarantine"],
                    "false_alarms": round(alarms / pairs, 4),
                    "low": round(interval.low, 4),
                    "high": round(interval.high, 4),
                }
            )
            if alarms:
                print(f"  {kind:16} {check:12} {alarms} of {pairs}", flush=True)
    return pd.DataFrame(rows)


def speed(pairs: list[Clean], folder: Path, settings: QaSettings, rounds: int) -> str:
    """Pairs a second of the checks of one pair, on one core."""
    cv2.setNumThreads(1)
    rows = [one.pair for one in pairs]
    check_pairs(rows[:2], folder, settings)
    rates = []
    for _ in range(rounds):
        start = time.process_time()
        check_pairs(rows, folder, settings)
        rates.append(len(rows) / (time.process_time() - start))
    longest = max(max(one.line.shape) for one in pairs)
    return (
        f"{statistics.median(rates):.1f} pairs a second ({min(rates):.1f}–{max(rates):.1f} in {rounds} "
        f"rounds of {len(rows)} pairs at {longest} pixels) on one core of {processor_name()}, "
        f"processor time, reading and fingerprint included"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=100, help="pairs each fault is planted into")
    parser.add_argument("--size", type=int, default=256, help="longer side of the drawings")
    parser.add_argument("--defects", nargs="+", choices=DEFECTS, default=list(DEFECTS))
    parser.add_argument(
        "--data", type=Path, help="a folder with pairs/ and checked/ to use instead"
    )
    parser.add_argument(
        "--clean", type=int, help="clean pairs for false alarms; default: all listed"
    )
    parser.add_argument(
        "--timed", type=int, default=60, help="pairs at 512 that are timed; 0: none"
    )
    parser.add_argument("--dry", action="store_true", help="write nothing")
    given = parser.parse_args()
    settings: QaSettings = read_params(ROOT / "params.yaml").qa
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if given.data:
            clean = read(given.data / "checked" / "pairs.csv", given.data / "pairs")
            sets = {"accepted": write(clean, [], work / "accepted").folder}
            clean = clean[: given.count]
        else:
            sets = {kind: work / kind for kind in VARIANTS}
            drawn = {kind: draw(kind, given.size, given.clean, sets[kind]) for kind in VARIANTS}
            clean = drawn["as drawn"][: given.count]
        print(
            f"{len(clean)} clean pairs at {given.size}; load {os.getloadavg()[0]:.1f}", flush=True
        )
        alarms = false_alarms(sets, settings)
        found = recall(clean, given.defects, settings, work)
        rate = ""
        if given.timed:
            timed = draw("as drawn", 512, given.timed, work / "timed")
            rate = speed(timed, work / "timed", settings, rounds=3)
            print(rate, flush=True)
    plain = alarms[alarms["kind"] == alarms["kind"].iloc[0]].set_index("check")["false_alarms"]
    found["false_alarms"] = found["check"].map(plain)
    print(overview(found, alarms, rate))
    print(f"Measured in {time.perf_counter() - started:.0f} s.")
    if given.dry:
        return
    write_table(RESULTS / "planted_defects.csv", found)
    write_table(RESULTS / "false_alarms.csv", alarms)
    write_between(ROOT / DOCUMENT, BEGIN, END, tables(found, alarms, rate, given.size))


if __name__ == "__main__":
    main()
