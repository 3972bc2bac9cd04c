"""The leaderboard as a table: one row a model, with intervals and differences; and its files."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lineart.errors import InputError
from lineart.metrics.bootstrap import compare
from lineart.metrics.curves import recall_range
from lineart.metrics.table import SCORES
from lineart.pictures.images import write_text
from lineart.sets.pairs import read_table, write_table
from pipelines.failed import Failed
from pipelines.report.columns import PARTS, RANKED, columns
from pipelines.report.markdown import document
from pipelines.report.precision_recall import PROTOCOL_NAMES, points

if TYPE_CHECKING:  # it imports torch, which whoever shows a table can do without
    from pipelines.report.records import Record

ROLES = {"network": "network", "published": "published", "classical": "floor"}  # by kind
PREFERRED = "clearnet"  # what all are compared with, where it is a row
FAILED = "failed"  # the role of a row without figures, and the column that names its stage
INTERVAL = ("low", "high", "difference", "difference_low", "difference_high", "distinguishable")


def role(record: Record) -> str:
    """``floor`` for a method without learning, ``published`` for weights of others, else ``network``."""
    return ROLES[record.summary["kind"]]


def reference(records: Sequence[Record]) -> str | None:
    """The model all others are compared with: CLEAR-Net, else the best network; None without networks."""
    networks = [record for record in records if role(record) == "network"]
    for record in networks:
        if record.model == PREFERRED:
            return record.model
    ranked = sorted(networks, key=lambda record: (record.scores["originals"][RANKED], record.model))
    return ranked[0].model if ranked else None


def leaderboard(records: Sequence[Record]) -> pd.DataFrame:
    """One row a model: networks, published weights, floors; each by MAE on originals.

    Columns: ``model``, ``role``, ``reference`` (the model differences are to, the same in each row); for each
    part and each name of SCORES ``PART_NAME``, with ``_low`` and ``_high`` (95 % interval),
    ``_difference``, ``_difference_low``, ``_difference_high`` and ``_distinguishable``; the blank page's
    background figures; what the model costs and how it was trained.
    """
    frame = pd.DataFrame([_row(record) for record in records])
    chosen = reference(records)
    frame.insert(2, "reference", chosen or "")
    scored = {record.model: record.evaluated for record in records}
    for part in shown_parts(frame):
        frame = frame.merge(_intervals(compare(scored, chosen, part), part), on="model")
    places = {name: place for place, name in enumerate(("network", "published", "floor"))}
    order = pd.DataFrame(
        {
            "place": frame["role"].map(places),
            "error": frame[f"originals_{RANKED}"],
            "model": frame["model"],
        }
    ).sort_values(["place", "error", "model"])
    return frame.loc[order.index].reset_index(drop=True).copy()


def shown_parts(frame: pd.DataFrame) -> list[str]:
    """Originals and children, less what has no pictures (a data set may be made without children)."""
    return [part for part in PARTS if frame[f"{part}_pictures"].iloc[0]]


def _row(record: Record) -> dict[str, Any]:
    summary, scores = record.summary, record.scores
    row: dict[str, Any] = {"model": record.model, "role": role(record)}
    for part in PARTS:
        row |= _scores(record, part)
    speed = scores["speed"]
    return {
        **row,
        "threshold": summary["threshold"],
        "parameters": summary["parameters"],
        "multiply_adds": scores.get("multiply_adds"),
        "pictures_per_second": speed["pictures_per_second"],
        "speed_spread": speed["spread"],
        "with_files_per_second": speed.get("with_files_per_second"),
        "with_files_spread": speed.get("with_files_spread"),
        "speed_size": speed["size"],
        "device": speed["device"],
        "precision": speed["precision"],
        "preset": summary.get("preset", ""),
        "epochs": summary.get("epochs"),
        "steps": summary.get("steps"),
        "pictures_seen": summary.get("pictures"),
        "minutes": round(summary["seconds"] / 60, 2) if "seconds" in summary else None,
        "stopped_by": summary.get("stopped_by", ""),
        "tau": summary.get("tau"),
        "best_epoch": summary.get("best_epoch"),
    }


def _scores(record: Record, part: str) -> dict[str, Any]:
    """The figures of a part, and the recalls that its AP stands on."""
    scores = record.scores[part]
    row: dict[str, Any] = {f"{part}_pictures": scores["pictures"]}
    row |= {f"{part}_{name}": scores.get(name) for name in SCORES}
    if scores["pictures"]:
        counts = record.evaluated.part(part).counts
        for protocol in PROTOCOL_NAMES:
            low, high = recall_range(counts[protocol])
            row[f"{part}_{protocol}_recall_from"] = round(low, 4)
            row[f"{part}_{protocol}_recall_to"] = round(high, 4)
    return row


def _intervals(compared: pd.DataFrame, part: str) -> pd.DataFrame:
    """What :func:`compare` found, a row a model and a column a metric and figure."""
    found: dict[str, dict[str, Any]] = {}
    for entry in compared.to_dict("records"):
        row = found.setdefault(entry["model"], {"model": entry["model"]})
        for name in INTERVAL:
            value = entry[name]
            row[f"{part}_{entry['metric']}_{name}"] = (
                round(value, 6) if isinstance(value, float) else value
            )
    return pd.DataFrame(list(found.values()))


def write_tables(
    frame: pd.DataFrame,
    records: Sequence[Record],
    version: str,
    out: Path,
    failed: Sequence[Failed] = (),
) -> None:
    """Write ``leaderboard.csv`` (everything), ``leaderboard.md`` (for reading), and for `dvc plots`
    ``curves/MODEL.csv`` (the training) and ``pr/PART-PROTOCOL/MODEL.csv`` (recall and precision).

    Rows that failed stand last in both tables, in the CSV file with the role ``failed`` and two columns
    of their own, which are not there where none did: ``failed``, the stage, and ``reason``.
    """
    for folder in ("curves", "pr"):
        shutil.rmtree(out / folder, ignore_errors=True)  # of a row that is none any more
    for record in records:
        if record.history is not None:
            write_table(out / "curves" / f"{record.model}.csv", record.history)
        # A file a curve: that is what DVC can draw.
        for (part, protocol), curve in points(record.evaluated).groupby(["part", "protocol"]):
            write_table(out / "pr" / f"{part}-{protocol}" / f"{record.model}.csv", curve)
    write_text(out / "leaderboard.md", document(frame, records, version, failed))
    whole = frame.assign(data_version=version)
    if failed:
        lost = pd.DataFrame(
            [
                {"model": each.row, "role": FAILED, FAILED: each.stage, "reason": each.reason}
                for each in failed
            ]
        )
        # Numbers stay as they are written, for a hole would make floats of whole ones.
        whole = pd.concat(
            [whole.astype(object), lost.assign(data_version=version)], ignore_index=True
        )
    write_table(out / "leaderboard.csv", whole)


def read_leaderboard(path: Path) -> pd.DataFrame:
    """Read the rows of ``leaderboard.csv`` that have figures: numbers are numbers, what is missing is None.

    Raises:
        InputError: if there is none, or it is no leaderboard.
    """
    frame = read_table(path)
    missing = [name for name in ("model", "role", "reference", "data_version") if name not in frame]
    if missing:
        raise InputError(f"{path} is no leaderboard of this version: it lacks {missing[0]}.")
    if FAILED in frame:
        # Beside a hole a number is text: read once more without the holes, it is a number again.
        kept = frame[frame["role"] != FAILED].drop(columns=[FAILED, "reason"])
        frame = pd.read_csv(io.StringIO(kept.to_csv(index=False)), keep_default_na=False)
    # A digest may look like a number.
    frame["data_version"] = pd.read_csv(path, usecols=["data_version"], dtype=str)["data_version"]
    for column in columns():
        if column.digits < 0:
            continue
        names = [column.name, column.spread, *column.beside]
        names += [f"{column.name}_{name}" for name in INTERVAL[:-1]]
        for name in names:
            if name in frame:  # a floor has no steps
                frame[name] = pd.to_numeric(frame[name], errors="coerce")
        told = f"{column.name}_distinguishable"
        if told in frame:
            frame[told] = [None if value == "" else str(value) == "True" for value in frame[told]]
    return frame


def read_failures(path: Path) -> list[Failed]:
    """The rows of ``leaderboard.csv`` that failed.

    Raises:
        InputError: if there is no such file.
    """
    frame = read_table(path)
    if FAILED not in frame:
        return []
    lost = frame[frame["role"] == FAILED]
    return [Failed(*pair) for pair in zip(lost[FAILED], lost["reason"], strict=True)]
