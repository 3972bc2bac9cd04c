"""Which drawings belong together, and whom to name: a table beside the pictures, or the names themselves.

A group is never in two splits. The table, ``groups.csv``, has the columns ``name`` and any of ``group``,
``artist`` and ``license``, one row a drawing. A drawing without a row, or with an empty ``group``, may get
its group from its name by the setting ``ingest.series``, and else stands alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

from dataset_tools.sources.drawing import IngestSettings, safe_id
from lineart.errors import InputError, unknown_name
from lineart.pictures.decoding import shown
from lineart.sets.pairs import read_table

GROUPS = "groups.csv"
COLUMNS = ("name", "group", "artist", "license")
NAMED = 2000  # names that are searched for one like the wrong one


def groups_of(table: Path, names: Collection[str]) -> dict[str, dict[str, str]]:
    """The rows of a ``groups.csv`` by name; empty if there is no such file.

    Args:
        table: the file.
        names: of all drawings there are, without endings.

    Raises:
        InputError: for a column that is not known, a name without a drawing, or two rows of one.
    """
    if not table.is_file():
        return {}
    frame = read_table(table).astype(str)
    wrong = [str(column) for column in frame.columns if column not in COLUMNS]
    if wrong or "name" not in frame.columns:
        raise InputError(
            f"{shown(table)} has the columns {shown(', '.join(map(str, frame.columns)))}; wanted are name "
            f"and any of {', '.join(COLUMNS[1:])}."
        )
    rows: dict[str, dict[str, str]] = {}
    for record in frame.to_dict("records"):
        row = {str(key): str(value).strip() for key, value in record.items()}
        name = unicodedata.normalize("NFC", row["name"])
        if name not in names:
            raise unknown_name(f"drawing for {GROUPS}:", shown(name, 80), _some(names))
        if name in rows:
            raise InputError(f"{shown(table)} names '{shown(name)}' twice; leave one row.")
        rows[name] = row
    return rows


def _some(names: Collection[str]) -> list[str]:
    return [shown(name, 80) for name in sorted(names)[:NAMED]]


def series_of(name: str, settings: IngestSettings) -> str:
    """The group of a drawing by its name alone: its series if ``ingest.series`` finds one, else itself.

    >>> series_of("char_012_a", IngestSettings(series=r"(char_\\d+)"))
    'char_012'
    >>> series_of("0031", IngestSettings())
    '0031'
    """
    found = re.search(settings.series, name) if settings.series else None
    return safe_id((found and found.group(1)) or name)


def check_series(names: Collection[str], settings: IngestSettings) -> None:
    """Refuse an ``ingest.series`` that fits no name at all.

    Raises:
        InputError: with the first of the names.
    """
    if settings.series and names and not any(re.search(settings.series, name) for name in names):
        raise InputError(
            f"The setting ingest.series is {settings.series!r}, which fits none of {len(names)} names; the "
            f"first is {shown(min(names))!r}."
        )
