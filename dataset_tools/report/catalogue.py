"""The checks in words: what each finds, and the limits it holds pairs to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dataset_tools.checks import CHECKS, TITLES, CheckSettings

REVIEW = {"review": "A person decided against it"}  # the one reason that no check gives


@dataclass(frozen=True)
class Limits:
    """What some checks go by: a part of the section ``qa.checks`` of the params file."""

    name: str
    checks: list[str]
    settings: dict[str, str]  # name to value


def catalogue(names: Iterable[str]) -> dict[str, str]:
    """What each check finds, in a few words; its name where nothing more is known of it."""
    known = {**TITLES, **REVIEW}
    return {name: known.get(name, name) for name in names}


def limits_of(settings: CheckSettings) -> list[Limits]:
    """All limits by the checks that go by them."""
    found = []
    for field in dataclasses.fields(settings):
        group = getattr(settings, field.name)
        checks = [name for name, check in CHECKS.items() if check.limits == field.name]
        values = {
            item.name: _spelled(getattr(group, item.name)) for item in dataclasses.fields(group)
        }
        found.append(Limits(field.name, checks, values))
    return found


def _spelled(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
