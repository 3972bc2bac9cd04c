"""What the name of a layer says: whether it is ink or colour, and which drawing it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from dataset_tools.sources.layered.settings import LayeredSettings

SEPARATORS = " _-.:/#|"
LAST_NUMBER = re.compile(r"(?<=[^0-9])([0-9]+)$")


class Meaning(NamedTuple):
    """What a name says."""

    kind: str  # "ink", "colour" or "other"
    key: str  # what the layers of one drawing have in common: "3" of "3 outlines"; may be empty


def meaning_of(name: str, settings: LayeredSettings) -> Meaning:
    """What the name of a layer says.

    A pattern fits the whole name or what is left after a prefix, which then is the key; of a name
    that fits whole the key is the number at its end. Ink goes before colour.

    >>> meaning_of("3 outlines", LayeredSettings()), meaning_of("Line 07", LayeredSettings())
    (Meaning(kind='ink', key='3'), Meaning(kind='ink', key='7'))
    >>> meaning_of("猫上色", LayeredSettings()), meaning_of("outline", LayeredSettings())
    (Meaning(kind='colour', key='猫'), Meaning(kind='ink', key=''))
    """
    plain = " ".join(name.split()).casefold()
    for kind, patterns in (("ink", settings.ink), ("colour", settings.colour)):
        folded = [pattern.casefold() for pattern in patterns]
        for start in _starts(plain):
            if any(fnmatchcase(plain[start:], pattern) for pattern in folded):
                return Meaning(kind, key_of(plain[:start]) if start else last_number(plain))
    return Meaning("other", "")


def _starts(name: str) -> Iterator[int]:
    """Where in a name a word begins, the first one first.

    After a separator, where a number ends, and at any letter of a script that sets no spaces.
    """
    yield 0
    for place in range(1, len(name)):
        before, here = name[place - 1], name[place]
        if here in SEPARATORS:
            continue
        if before in SEPARATORS or (before.isdigit() and not here.isdigit()) or here >= "\u2e80":
            yield place


def key_of(text: str) -> str:
    """A prefix without the separators around it and the zeros before its number.

    >>> key_of("cat_"), key_of("007 "), key_of("0")
    ('cat', '7', '0')
    """
    key = text.strip(SEPARATORS)
    return str(int(key)) if re.fullmatch("[0-9]+", key) else key


def last_number(name: str) -> str:
    """The number at the end of a name; empty if there is none."""
    found = LAST_NUMBER.search(name)
    return key_of(found[1]) if found else ""


def owner_of(name: str, keys: Sequence[str]) -> str:
    """Which of the keys a name without a known word belongs to; empty if to none.

    >>> owner_of("3 shadows under hat", ["3", "12"]), owner_of("paper", ["3", "12"])
    ('3', '')
    """
    plain = " ".join(name.split()).casefold()
    starts = [start for start in _starts(plain) if start]
    prefixes = {key_of(plain[:start]) for start in [*starts, len(plain)]} | {last_number(plain)}
    return max((key for key in keys if key and key in prefixes), key=len, default="")
