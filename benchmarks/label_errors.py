"""Label errors that no rule sees, planted into one pair in twenty and looked for by networks.

    python benchmarks/label_errors.py                     # 386 drawings at 256, once; writes docs/
    python benchmarks/label_errors.py --repeats 3         # other errors, other folds, each time
    python benchmarks/label_errors.py --count 120 --dry   # prints, writes nothing

A fault is planted at the greatest strength at which all rule checks still accept the pair without a doubt;
where none passes, another kind is tried. Then everything is done as in the stage disagree: out-of-fold
predictions by small networks, trained on the labels as they are now, and the ranking. Enrichment is how many
times more of the first 5 % are planted than of all. Beside it, the ranking by the worst score of the rules.

It goes on where it was stopped. One repeat takes as long as the stage disagree, and a minute for planting.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from planted_sets import Clean, draw, rng_of, write
from planted_tables import DOCUMENT

from dataset_tools.defects import DEFECTS
from dataset_tools.defects.sets import partners
from dataset_tools.disagreement import DisagreeSettings, compare, rank
from dataset_tools.qa import COLUMNS, Judgement, QaSettings, check_pairs, judge
from lineart.pictures.images import write_line
from lineart.sets.pairs import Pair, read_pairs, sha256, write_pairs, write_table
from lineart.training.crossfit import cross_predict, deal
from pipelines.params import read_params
from pipelines.report.marked import write_between
from pipelines.stages.disagree import training

ROOT = Path(__file__).parents[1]
BEGIN = "<!-- label errors: written by `python benchmarks/label_errors.py` -->"
END = "<!-- end of the label errors -->"
SHARE = 0.05  # of the pairs that get an error, and of the ranking that is looked at
# Kinds of error and the strengths that are tried, the greatest first.
KINDS: dict[str, tuple[float, ...]] = {
    "erased": (0.05, 0.03, 0.02, 0.01),
    "added": (0.05, 0.03, 0.02, 0.01),
    "drift": (3, 2, 1.5, 1),
    "filled": (0.1, 0.02, 0.005),
    "gaps": (0.05, 0.02, 0.01),
    "thin": (0.5, 0.7, 0.8),
    "bold": (1.5, 1.3, 1.2),
    "hollowed": (1,),
    "swapped": (0.01,),
}


@dataclass
class Slot:
    """A pair that is to get an error."""

    at: int  # number of the pair
    plans: list[tuple[str, float]]  # kinds and strengths that are still to be tried, in order
    error: tuple[str, float] | None = None  # what was tried last
    passed: bool = False  # whether the rules let that pass


def faulty(clean: list[Clean], at: int, kind: str, strength: float) -> Clean | None:
    """A pair with an error; None if it has no place for one."""
    one, rng = clean[at], rng_of("label error", kind, strength, clean[at].pair.id)
    if kind == "swapped":
        other = partners([each.line for each in clean], strength, rng)[at]
        line = clean[other].line
    else:
        plant = DEFECTS[kind].plant
        assert plant is not None
        _, line = plant(one.render, one.line, strength, rng)
    return None if np.array_equal(line, one.line) else dataclasses.replace(one, line=line)


def plant_errors(
    clean: list[Clean], repeat: int, folder: Path, settings: QaSettings
) -> tuple[list[Slot], Judgement]:
    """Write the set with errors in ``SHARE`` of its pairs, and judge it."""
    order = rng_of("label errors", repeat).permutation(len(clean))
    kinds = list(KINDS)
    slots = []
    for number, at in enumerate(order[: round(SHARE * len(clean))]):
        turn = number % len(kinds)
        names = kinds[turn:] + kinds[:turn]
        slots.append(Slot(int(at), [(name, value) for name in names for value in KINDS[name]]))
    write(clean, [], folder)
    pairs = read_pairs(folder / "pairs.csv")
    rows = check_pairs(pairs, folder, settings)
    while True:
        judgement = judge(pairs, rows, settings)
        verdicts = judgement.findings.set_index("id")["verdict"]
        for slot in slots:
            slot.passed = slot.error is not None and verdicts[pairs[slot.at].id] == "accept"
        tell(slots)
        waiting = [slot for slot in slots if not slot.passed and slot.plans]
        if not waiting:
            write_pairs(folder / "pairs.csv", pairs)  # with the hashes of the faulty line arts
            return slots, judgement
        for slot in waiting:
            put(slot, clean, pairs, folder)
            rows[slot.at] = check_pairs([pairs[slot.at]], folder, settings)[0]


def put(slot: Slot, clean: list[Clean], pairs: list[Pair], folder: Path) -> None:
    """Plant the next error that the pair has a place for; the pair as it was if there is none left."""
    planted, slot.error = None, None
    while planted is None and slot.plans:
        slot.error = slot.plans.pop(0)
        planted = faulty(clean, slot.at, *slot.error)
    line = write_line(folder / pairs[slot.at].line, (planted or clean[slot.at]).line)
    pairs[slot.at] = dataclasses.replace(pairs[slot.at], line_sha256=sha256(line))


def tell(slots: list[Slot]) -> None:
    passed = Counter(slot.error[0] for slot in slots if slot.passed and slot.error)
    print(f"  planted {passed.total()} of {len(slots)}: {dict(passed)}", flush=True)


def repeat_once(
    clean: list[Clean], repeat: int, settings: DisagreeSettings, qa: QaSettings, work: Path
) -> pd.DataFrame:
    """One row an accepted pair: its kind of error, if any, and its rank by the networks and by the rules."""
    folder = work / f"repeat-{repeat}"
    slots, judgement = plant_errors(clean, repeat, folder, qa)
    accepted = judgement.accepted["id"].tolist()
    pairs = [pair for pair in read_pairs(folder / "pairs.csv") if pair.id in set(accepted)]
    folds = deal(judgement.accepted["cluster"].tolist(), settings.folds, repeat)
    started = time.perf_counter()
    cross_predict(
        settings.model,
        pairs,
        folds,
        folder,
        training(dataclasses.replace(settings, seed=repeat)),
        work,
        folder / "predictions",
        lambda done, count: print(f"  fold {done} of {count}", flush=True),
    )
    doubts = rank(accepted, compare(pairs, folder, folder / "predictions"), folds).set_index("id")
    print(f"  {time.perf_counter() - started:.0f} s for the networks and the ranking", flush=True)
    findings = judgement.findings.set_index("id").loc[accepted]
    worst = findings[list(COLUMNS)].astype(float).min(axis=1)
    errors = {clean[slot.at].pair.id: slot.error for slot in slots if slot.passed and slot.error}
    table = doubts[["rank", "disagreement", "missing", "extra", "displaced"]].sort_index()
    table["rank_by_rules"] = worst.rank(method="first").astype(int)
    table.insert(0, "kind", [errors[name][0] if name in errors else "" for name in table.index])
    table.insert(
        1, "strength", [errors[name][1] if name in errors else 0.0 for name in table.index]
    )
    table.insert(0, "repeat", repeat)
    return table.reset_index()


def enrichment(table: pd.DataFrame, column: str) -> float:
    """How many times more of the first ``SHARE`` of a ranking are planted than of all; a mean."""
    found = []
    for _, rows in table.groupby("repeat"):
        planted = rows["kind"] != ""
        first = rows[column] <= round(SHARE * len(rows))
        found.append(planted[first].mean() / planted.mean())
    return float(np.mean(found))


def report(table: pd.DataFrame, settings: DisagreeSettings, size: int) -> str:
    """The result in words and as a table a kind."""
    planted = table[table["kind"] != ""]
    pairs = [len(rows) for _, rows in table.groupby("repeat")]
    first = planted["rank"] <= SHARE * np.mean(pairs)
    times, by_rules = enrichment(table, "rank"), enrichment(table, "rank_by_rules")
    lines = [
        f"{len(planted)} errors in {sum(pairs)} pairs at {size} pixels (repeats: {len(pairs)}), each at a "
        f"strength at which no rule check has a doubt. In the first {SHARE:.0%} of the ranking they are "
        f"**{times:.1f} times** as frequent as in the set ({1 / SHARE:.0f} would be all), and "
        f"{first.mean():.0%} of them are there; by the worst score of the rule checks, {by_rules:.1f} times. "
        f"Networks: {settings.model} {settings.preset}, {settings.folds} folds, {settings.epochs} epochs.",
        "",
        "| error | strengths that passed | planted | median rank | in the first 5 % |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for kind in KINDS:
        rows = planted[planted["kind"] == kind]
        strengths = ", ".join(f"{value:g}" for value in sorted(set(rows["strength"])))
        title = f"{DEFECTS[kind].title} ({DEFECTS[kind].unit})"
        if len(rows):
            share = f"{first[rows.index].mean():.0%}"
            cells = [title, strengths, str(len(rows)), f"{rows['rank'].median():.0f}", share]
        else:
            cells = [title, "none", "0", "–", "–"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, help="drawings; default: all listed")
    parser.add_argument("--size", type=int, default=256, help="their longer side in pixels")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--epochs", type=int, help="of a training; default: as in the params file")
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "label-errors")
    parser.add_argument("--dry", action="store_true", help="write nothing but the work folder")
    given = parser.parse_args()
    params = read_params(ROOT / "params.yaml")
    settings: DisagreeSettings = params.section("disagree")
    if given.epochs:
        settings = dataclasses.replace(settings, epochs=given.epochs)
    clean = draw("as drawn", given.size, given.count, given.work / "clean")
    tables = []
    for repeat in range(given.repeats):
        print(f"Repeat {repeat}: {len(clean)} drawings", flush=True)
        tables.append(repeat_once(clean, repeat, settings, params.qa, given.work))
    table = pd.concat(tables, ignore_index=True)
    text = report(table, settings, given.size)
    print(text)
    if not given.dry:
        write_table(ROOT / "docs" / "results" / "label_errors.csv", table)
        document = ROOT / DOCUMENT
        write_between(document, BEGIN, END, text)


if __name__ == "__main__":
    main()
