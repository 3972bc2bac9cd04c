"""What one must know to read the leaderboard, a sentence each, made from what the runs say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from lineart.metrics.boundary import PROTOCOLS, TOLERANCE
from pipelines.report.columns import NEAR, RANKED, TITLES, columns, difference, near

if TYPE_CHECKING:
    from pipelines.report.records import Record

# How an argument of a network is said where its name alone would not be understood.
ARGUMENTS = {"last_smish": "its last activation"}


def words(name: str) -> str:
    """A name of a model, a metric or an argument, to be read."""
    return name.replace("_", " ")


def listed(items: Iterable[str]) -> str:
    """Some things in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def notes(frame: pd.DataFrame, records: Sequence[Record]) -> list[str]:
    """All of them, for the table of some records."""
    return [*reading(frame), *protocols(), *speed(frame), *budget_notes(frame, records).values()]


def reading(frame: pd.DataFrame) -> list[str]:
    """How marks, intervals and roles are meant."""
    found = ["The best of each column is bold; arrows point to better. A blank page is never best."]
    reference = words(str(frame["reference"].iloc[0]))
    if reference:
        found.append(
            f"Intervals are of 95 %, by a paired bootstrap over drawings: the same drawings are drawn again "
            f"for all models, and children go with their drawing. {NEAR} marks what cannot be told from "
            f"{reference}: the interval of the difference holds 0."
        )
    found += told(frame)
    roles = set(frame["role"])
    if "floor" in roles:
        found.append(
            "A floor does not learn: its settings are tuned on the validation split, and a network has "
            "to beat it."
        )
    if "published" in roles:
        found.append("A published row has the weights and the output its authors give away.")
    found.append(
        "Where a metric needs yes or no, ink is at and above the threshold that is best on the "
        "validation split."
    )
    found.append(
        "Crispness has no better: thick strokes lower it, the line art's own (beside it) too."
    )
    return found


def told(frame: pd.DataFrame) -> list[str]:
    """Which rows cannot be told from the reference by the main metric, a sentence for each part."""
    found = []
    rows = frame.to_dict("records")
    for column in columns():
        if column.metric != RANKED:
            continue
        alike = [row for row in rows if near(row, column)]
        if alike:
            said = listed(f"{words(row['model'])} by {difference(row, column)}" for row in alike)
            found.append(
                f"By {column.title} on the {TITLES[column.part]} these differ from "
                f"{words(alike[0]['reference'])} by no more than chance does: {said}."
            )
    return found


def protocols() -> list[str]:
    """What ODS, OIS and AP are."""
    titles = listed(protocol.title for protocol in PROTOCOLS)
    found = [
        f"ODS, OIS and AP are those of the edge benchmark (99 thresholds, exact one-to-one matching "
        f"within {TOLERANCE:g} of the diagonal), under two protocols: {titles}."
    ]
    found.append(
        "AP is the sum of precision over the recalls that the thresholds reach (beside it). Crisp maps "
        "reach few and have a low AP however good they are, so no AP is best; AP with ends leads the "
        "curve on to recall 0 and 1."
    )
    return found


def speed(frame: pd.DataFrame) -> list[str]:
    """What the speed of each row was measured on."""
    found = []
    for (size, device), rows in frame.groupby(["speed_size", "device"], sort=True):
        kinds = listed(
            f"{precision} ({listed(map(words, some['model']))})"
            for precision, some in rows.groupby("precision", sort=True)
        )
        found.append(
            f"Speed: one picture of {size} x {size} at a time on {device}, median ± half the distance of "
            f"the quartiles, in {kinds}."
        )
    return found


def budget_notes(frame: pd.DataFrame, records: Sequence[Record]) -> dict[str, str]:
    """How each row came to be, by model; first, under "", whether all networks were given the same."""
    by_name = {record.model: record for record in records}
    trained = frame[frame["role"] == "network"]
    seen = sorted(set(trained["pictures_seen"].dropna().astype(int)))
    found = {}
    if len(trained) > 1 and len(seen) == 1:
        found[""] = f"Every network saw {seen[0]:,} pictures in training, repetitions counted."
    elif len(seen) > 1:
        found[""] = (
            f"The budgets are not equal: networks saw {seen[0]:,} to {seen[-1]:,} pictures in training."
        )
    for row in frame.to_dict("records"):
        record = by_name[row["model"]]
        if row["role"] == "network":
            found[row["model"]] = trained_note(row, record.settings)
        elif row["role"] == "published":
            found[row["model"]] = published_note(record.summary)
        else:
            found[row["model"]] = tuned_note(row["model"], record.settings)
    return found


def trained_note(row: Mapping[Any, Any], settings: Mapping[str, Any]) -> str:
    """How one network was trained, in a sentence.

    Args:
        row: of the leaderboard.
        settings: of ``settings.json``.
    """
    train, recipe = settings.get("train", {}), settings.get("recipe", {})
    arguments = dict(settings.get("arguments", {}))
    preset = arguments.pop("preset", row["preset"])
    name = f"{words(row['model'])} ({preset})" if preset else words(row["model"])
    how = [f"batches of {train['batch']}" if "batch" in train else ""]
    how += [f"crops of {train['crop']} px" if "crop" in train else ""]
    how += [f"{words(recipe['loss'])} loss" if recipe.get("loss") else ""]
    said = [part for part in how if part]
    limit = "its epochs were done" if row["stopped_by"] == "epochs" else "its time was over"
    return (
        f"{name} was trained for {row['steps']:,.0f} steps on {row['pictures_seen']:,.0f} pictures in "
        f"{row['minutes']:.1f} minutes{f' ({listed(said)})' if said else ''}"
        f"{built(arguments)}. It ended when {limit}; epoch {row['best_epoch']:.0f} of "
        f"{row['epochs']:.0f} is kept."
    )


def tuned_note(model: str, settings: Mapping[str, Any]) -> str:
    """The settings that the validation split chose for a method that does not learn, in a sentence."""
    chosen = [f"{words(key)} {value:g}" for key, value in settings.get("arguments", {}).items()]
    if not chosen:
        return f"{words(model)} has nothing to be tuned."
    return f"{words(model)} is tuned on the validation split: {listed(chosen)}."


def published_note(summary: Mapping[str, Any]) -> str:
    """Where a published row comes from, in a sentence."""
    stretched = ", which stretches each picture to its own minimum and maximum"
    return (
        f"{words(str(summary['model']))} was not trained here: it has the weights of {summary['weights']} "
        f"(SHA-256 {str(summary['weights_sha256'])[:12]}) and the output of its authors' own "
        f"script{stretched if summary.get('stretched') else ''}."
    )


def built(arguments: Mapping[str, Any]) -> str:
    """The arguments a network was built with, as a clause; empty if there are none.

    >>> built({"last_smish": False}), built({})
    (', without its last activation', '')
    """
    said = []
    for key, value in arguments.items():
        what = ARGUMENTS.get(key, words(key))
        if isinstance(value, bool):
            said.append(f"{'with' if value else 'without'} {what}")
        else:
            said.append(f"with {what} {value}")
    return f", {listed(said)}" if said else ""
